"""What happened to steps since Prefect was last told, as the audit chain says it: for those who build automations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select, update

from directives.deadline import last_good_day
from directives.ledger import audit
from directives.ledger.casebook import Casebook
from directives.ledger.states import campaign_row, chunks, ident
from directives.ledger.tables import Answer, Audit, Campaign, MessageItem, Step
from directives.model import AcceptedBy, Target
from directives.plan import Reason

OURS = UUID("4f3c3a0e-5d0b-4a54-9d53-6f7b0f0f2d1a")  # the name space of the events' ids
READ = 100  # audit events at a time
SPEAKING = ("pass", "answer.done", "decision.accept", "contact.bounced")
OVERDUE = frozenset({Reason.FIRST_OVERDUE, Reason.STILL_OVERDUE, Reason.ESCALATED, Reason.REPEATED})


class Kind(StrEnum):
    OVERDUE = "overdue"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    ESCALATED = "escalated"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened to one step, at that instant of the campaign's clock.

    `id` is always the same for the same thing: told twice, it is known again. `instruction` and `step` are empty
    where an overview came back: its unit owes nothing in it. `due` is the last good day (YYYY-MM-DD), or empty.
    `details` hold no personal text.
    """

    id: UUID
    kind: Kind
    at: datetime
    seq: int
    campaign: str
    instruction: str
    step: str
    unit: str
    unit_name: str
    due: str
    details: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class News:
    """The happenings of the audit events after `after` up to `upto`; nothing is left to tell when both are equal."""

    campaign: str
    after: int
    upto: int
    happenings: tuple[Happening, ...]


def untold(session: Session) -> list[str]:
    """The keys of the campaigns, closed ones too, whose chain goes on behind what Prefect was told."""
    rows = select(Campaign.key).where(col(Campaign.events_seq) < Campaign.audit_seq)
    return list(session.exec(rows.order_by(col(Campaign.id))))


def news(session: Session, campaign_key: str, limit: int = READ) -> News:
    """What the next audit events say, of at most `limit` of them."""
    book = Casebook(session, campaign_row(session, campaign_key))
    after = book.campaign.events_seq
    events = session.exec(
        select(Audit)
        .where(Audit.campaign_id == book.campaign.id, col(Audit.seq) > after)
        .order_by(col(Audit.seq))
        .limit(limit)
    ).all()
    told = _Telling(book, [event for event in events if event.kind in SPEAKING])
    return News(campaign_key, after, events[-1].seq if events else after, tuple(told.happenings()))


def told(session: Session, said: News) -> bool:
    """Remember that Prefect knows; False when another run has told it meanwhile."""
    moved = session.exec(
        update(Campaign)
        .where(col(Campaign.key) == said.campaign, col(Campaign.events_seq) == said.after)
        .values(events_seq=said.upto)
    )
    return moved.rowcount == 1


def nothing_to_tell(session: Session, campaign_key: str) -> None:
    """What happened so far is history, as after a replay: Prefect hears of what comes."""
    campaign = campaign_row(session, campaign_key, lock=True)
    campaign.events_seq = campaign.audit_seq
    session.add(campaign)


class _Telling:
    """Some audit events beside the rows that they speak of, each kind read at once."""

    def __init__(self, book: Casebook, events: Sequence[Audit]) -> None:
        self.book, self.events = book, events
        self.answers = self._answers()
        self.items = self._items()
        noticed = {row[0] for event in events if event.kind == "pass" for row in audit.said(event, "notices")}
        named = {event.step_id for event in events if event.step_id is not None}
        items = {step_id for some in self.items.values() for step_id in some}
        self.steps = book.steps(sorted(noticed | named | items))
        rungs = book.policy.ladder.rungs
        self.first_overdue = next((rung.key for rung in rungs if rung.after), "")
        self.upward = {rung.key for rung in rungs if any(one is not Target.LEAD for one in rung.to)}

    def happenings(self) -> Iterator[Happening]:
        for event in self.events:
            if event.kind == "pass":
                yield from self._passed(event)
            elif event.kind == "answer.done":
                yield from self._answered(event)
            elif event.kind == "decision.accept":
                yield from self._one(event, Kind.ACCEPTED, event.step_id, by="decision")
            else:
                yield from self._bounced(event)

    def _passed(self, event: Audit) -> Iterator[Happening]:
        """A rung passed over (an outage) makes no step less overdue: it is said with the notice that was planned."""
        passed_over = {
            step_id for step_id, _, rung in audit.said(event, "superseded") if rung == self.first_overdue
        }
        for step_id, number, rung, repeat, reason in audit.said(event, "notices"):
            said = {"rung": rung, "repeat": str(repeat), "deadline_number": str(number), "reason": reason}
            if reason == Reason.FIRST_OVERDUE or (reason in OVERDUE and step_id in passed_over):
                yield from self._one(event, Kind.OVERDUE, step_id, **said)
            if reason == Reason.ESCALATED or (reason == Reason.REPEATED and rung in self.upward):
                yield from self._one(event, Kind.ESCALATED, step_id, **said)

    def _answered(self, event: Audit) -> Iterator[Happening]:
        """A report that was withdrawn before it was told, or that changed nothing, is not told."""
        answer, accepts = self.answers[audit.said(event, "answer")]
        if answer.undone_at is not None or not audit.said(event, "changed"):
            return
        given = event.data
        said = {"channel": given["channel"], "document": given.get("doc_number", "")}
        said = {name: str(value) for name, value in said.items() if value}
        yield from self._one(event, Kind.REPORTED, event.step_id, **said)
        if accepts == AcceptedBy.EVIDENCE and (given.get("doc_number") or given.get("file_sha256")):
            yield from self._one(event, Kind.ACCEPTED, event.step_id, by="evidence")

    def _bounced(self, event: Audit) -> Iterator[Happening]:
        message_id, unit_id = audit.said(event, "message"), audit.said(event, "unit")
        for step_id in self.items[message_id]:
            yield from self._one(event, Kind.UNREACHED, step_id, message=str(message_id))
        if not self.items[message_id]:
            yield self._happening(event, Kind.UNREACHED, None, unit_id, {"message": str(message_id)})

    def _one(self, event: Audit, kind: Kind, step_id: int | None, **details: str) -> Iterator[Happening]:
        """Nothing of a step that an amended campaign no longer has."""
        if (step := self.steps.get(step_id or 0)) is not None:
            yield self._happening(event, kind, step, step.unit_id, details)

    def _happening(
        self, event: Audit, kind: Kind, step: Step | None, unit_id: int, details: dict[str, str]
    ) -> Happening:
        campaign, unit = self.book.campaign.key, self.book.units[unit_id]
        due = (
            last_good_day(step.due_before, self.book.calendar).isoformat() if step and step.due_before else ""
        )
        about = f"{campaign}/{event.hash}/{kind}/{ident(step) if step else ''}"
        return Happening(
            id=uuid5(OURS, about),
            kind=kind,
            at=event.at,
            seq=event.seq,
            campaign=campaign,
            instruction=self.book.instructions[step.instruction_id].key if step else "",
            step=step.key if step else "",
            unit=unit.code,
            unit_name=unit.name,
            due=due,
            details=details,
        )

    def _answers(self) -> dict[int, tuple[Answer, str]]:
        """Each answer, and who accepts the step that was answered: that of the one which carried it."""
        wanted = [audit.said(event, "answer") for event in self.events if event.kind == "answer.done"]
        given = aliased(Answer)
        found: dict[int, tuple[Answer, str]] = {}
        for some in chunks(wanted):
            rows = self.book.session.exec(
                select(Answer, Step.accepts)
                .join(given, col(given.id) == func.coalesce(Answer.carried_by_id, Answer.id))
                .join(Step, col(Step.id) == given.step_id)
                .where(col(Answer.id).in_(some))
            )
            found |= {ident(answer): (answer, accepts) for answer, accepts in rows}
        return found

    def _items(self) -> defaultdict[int, list[int]]:
        """The steps that each mail which came back had asked for; what it listed besides was told before."""
        wanted = [audit.said(event, "message") for event in self.events if event.kind == "contact.bounced"]
        found: defaultdict[int, list[int]] = defaultdict(list)
        for some in chunks(wanted):
            rows = self.book.session.exec(
                select(MessageItem.message_id, MessageItem.step_id)
                .where(col(MessageItem.message_id).in_(some), MessageItem.rung != "")
                .order_by(col(MessageItem.n))
            )
            for message_id, step_id in rows:
                found[message_id].append(step_id)
        return found
