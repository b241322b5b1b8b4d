"""A campaign that lives its days in a real ledger: what the later lessons do things with.

`Life.live("2020-11-06", "2020-11-10")` runs, on each of those days, the passes and the deliveries of production;
only the transport records mails instead of sending them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from cli.replay import Replay
from config.contacts import default_contacts
from directives import ledger
from directives.conversation import Channel, Done, StepRef
from directives.definition import Definition
from directives.evaluate import Status, status
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.opening import open_campaign
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Body, Message
from notifications.keys import Keys
from notifications.writer import Post
from tests.directives.builders import at

POST = Post("dondoc@dondoc.example", "dondoc", "ops@dondoc.example", keys=Keys.of("a lesson"))


@dataclass(frozen=True)
class Mail:
    """One mail that left: on which day, to which unit, as what (lead, superior or monitor), and what it says."""

    day: str
    unit: str
    target: str
    subject: str
    text: str


@dataclass(frozen=True)
class Life:
    engine: Engine
    definition: Definition

    def live(self, first: str, last: str) -> None:
        """Every day's passes and deliveries, both days included."""
        Replay(self.engine, self.definition, POST).live(at(first), at(last) + timedelta(1))

    def mails(self) -> list[Mail]:
        """Everything that left so far, in order."""
        with reading(self.engine) as session:
            codes = {key: unit.code for key, unit in self._book(session).units.items()}
            rows = session.exec(
                select(Message, Body)
                .join(Body, col(Body.message_id) == Message.id)
                .where(Message.state == "accepted")
                .order_by(col(Message.id))
            )
            return [
                Mail(
                    f"{row.slot_on}", codes[row.unit_id], row.target, body.mail["subject"], body.mail["text"]
                )
                for row, body in rows
            ]

    def done(self, instruction: str, step: str, unit: str, when: str) -> None:
        """The unit reports that it is done, with the number of a document."""
        ref = StepRef(campaign=self.key, instruction=instruction, step=step, unit=unit)
        answer = Done(step=ref, at=at(when), channel=Channel.MAIL, doc_number=f"215/BC-{unit}")
        with begin(self.engine) as session:
            ledger.answer(session, answer, at(when))

    def statuses(self, when: str) -> dict[str, list[Status]]:
        """The statuses of every unit's steps, in the order of the file."""
        found: defaultdict[str, list[Status]] = defaultdict(list)
        with reading(self.engine) as session:
            book = self._book(session)
            for unit_id, steps in book.steps_of_units(list(book.units)).items():
                states = book.states(steps)
                for step in steps.values():
                    found[book.units[unit_id].code].append(
                        status(states[ident(step)], book.calendar, at(when))
                    )
        return dict(found)

    @property
    def key(self) -> str:
        return self.definition.campaign.campaign

    def _book(self, session: Session) -> Casebook:
        return Casebook(session, campaign_row(session, self.key))


def opened(engine: Engine, definition: Definition) -> Life:
    """The campaign opened on its day in an empty ledger."""
    with begin(engine) as session:
        open_campaign(session, definition, default_contacts(definition.units), at=definition.opened_at)
    return Life(engine, definition)
