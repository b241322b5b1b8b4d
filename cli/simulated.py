"""Living a scenario: a ledger of its own that is thrown away, no connection, nothing sent."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from rich.console import Console

from cli.replay import Replay, slots
from cli.voices import Said, Voices
from config.contacts import contacts_of, named_in
from directives.definition import Definition
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.foreseen import simulated_year
from directives.ledger.opening import open_campaign
from directives.ledger.states import campaign_row
from directives.manners import Behaviour
from directives.simulated import SimulatedMail, SimulatedYear
from notifications.keys import Keys
from notifications.smtp import Outcome
from notifications.transport import Recorder
from notifications.writer import Post

POST = Post("dondoc@dondoc.example", "dondoc", "ops@dondoc.example", keys=Keys.of("simulated"))


@dataclass(frozen=True)
class Scenario:
    """What is lived: a campaign with its ladder, and who answers: seeded units, or what was `said` before; else silence."""

    label: str
    definition: Definition
    behaviour: Behaviour | None = None
    said: Sequence[Said] | None = None

    def voices(self) -> Voices:
        return Voices.of(self.definition, self.behaviour) if self.said is None else Voices(self.said)


@dataclass
class Keeper(Recorder):
    """Takes every mail and keeps its bytes in a folder, under its message's uid."""

    folder: Path = Path()

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        (self.folder / f"{_uid(raw)}.eml").write_bytes(raw)
        return await super().send(envelope_from, recipient, raw)


def lived(
    scenario: Scenario,
    contacts: Path | None,
    start: datetime,
    until: datetime,
    *,
    post: Post = POST,
    keep: Path | None = None,
) -> SimulatedYear:
    """The days with start <= slot < until. `keep`: a folder for the bytes of every mail, see `kept`."""
    definition = scenario.definition
    days = len(list(slots(definition, start, until)))
    refused: list[str] = []
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
        migrate(engine)
        with begin(engine) as session:
            open_campaign(session, definition, contacts_of(contacts, definition.units), at=start)
        transport = Keeper(folder=keep) if keep else Recorder()
        replay = Replay(engine, definition, post, scenario.voices(), transport, True, refused)
        with Console(stderr=True).status("") as status:
            seen = iter(range(1, days + 1))
            replay.live(
                start,
                until,
                progress=lambda day: status.update(
                    f"{scenario.label}: {day:%d/%m/%Y} ({next(seen)} of {days} days)"
                ),
            )
        with reading(engine) as session:
            book = Casebook(session, campaign_row(session, definition.campaign.campaign))
            year = simulated_year(book, start, until)
        engine.dispose()
    return replace(year, refused=tuple(refused), placeholders=_placeholders(contacts, definition))


def _placeholders(contacts: Path | None, definition: Definition) -> tuple[str, ...]:
    """Units that owe and that a contacts file leaves out; without a file all addresses stand in for real ones."""
    if contacts is None:
        return ()
    known = named_in(contacts, definition.units)
    return tuple(code for code in dict.fromkeys(one.unit for one in definition.steps) if code not in known)


def kept(mail: SimulatedMail, folder: Path) -> bytes:
    return (folder / f"{mail.uid}.eml").read_bytes()


def _uid(raw: bytes) -> str:
    found = message_from_bytes(raw, policy=policy.compat32)["Message-ID"]
    return str(found).strip("<>").partition("@")[0]
