"""What coordinators read of units: the list with its counts, and one unit with all it was sent, said and decided of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from directives.digest import CampaignFacts
from directives.evaluate import OWED, Status, late_days, status
from directives.ledger import fairness, opened
from directives.ledger.casebook import Casebook
from directives.ledger.fairness import Remark
from directives.ledger.history import Event, events_of
from directives.ledger.opened import CameIn
from directives.ledger.past import Past, StepName
from directives.ledger.recipients import recipient_of, valid
from directives.ledger.states import chunks
from directives.ledger.tables import Answer, Evidence
from directives.ledger.why import WhyDay, WhyMail, day_of, why_mail


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit of the list. `counts` sum to its steps; `days_late`: of its latest open step."""

    code: str
    name: str
    kind: str
    above: str
    counts: Mapping[Status, int]
    days_late: int
    unreached: bool

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def owed(self) -> int:
        return sum(self.counts[one] for one in OWED)


@dataclass(frozen=True, slots=True)
class ContactRow:
    """`written_to`: the unit's mail goes here now; `bounced_at`: since when the address refuses it."""

    role: str
    name: str
    address: str
    phone: str
    valid_from: date | None
    valid_to: date | None
    valid_now: bool
    bounced_at: datetime | None
    written_to: bool


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    number: int
    due_before: datetime
    source: str
    text: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What came with an answer: a document's number and date, or a file by its SHA-256."""

    doc_number: str
    doc_date: date | None
    file_name: str
    file_sha256: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An answer with what came with it, or a decision with `by`, who made it."""

    event: Event
    by: str
    enclosed: tuple[Enclosed, ...]


@dataclass(frozen=True, slots=True)
class StepPage:
    """`next_action_at`: when it is looked at again, or why never. `carried`: what its report answers for too."""

    name: StepName
    deliverable: str
    due_before: datetime | None
    status: Status
    days_late: int
    deputy: str
    next_action_at: datetime | None
    next_reason: str
    deadlines: tuple[DeadlineRow, ...]
    happened: tuple[Happened, ...]
    remarks: tuple[Remark, ...]
    carried: tuple[tuple[StepName, Status], ...]


@dataclass(frozen=True, slots=True)
class UnitDossier:
    campaign: CampaignFacts
    code: str
    name: str
    kind: str
    above: str
    now: datetime
    contacts: tuple[ContactRow, ...]
    steps: tuple[StepPage, ...]
    mails: tuple[WhyMail, ...]
    queued: tuple[CameIn, ...]
    day: WhyDay | None


def unit_rows(book: Casebook, now: datetime) -> tuple[UnitRow, ...]:
    """Every unit that owes something, in the organisation's order."""
    steps = book.all_steps()
    states = book.states(steps)
    counts: defaultdict[int, Counter[Status]] = defaultdict(Counter)
    late: defaultdict[int, int] = defaultdict(int)
    for step_id, step in steps.items():
        found = status(states[step_id], book.calendar, now)
        counts[step.unit_id][found] += 1
        if found is Status.OVERDUE:
            late[step.unit_id] = max(late[step.unit_id], late_days(states[step_id], book.calendar, now))
    return tuple(
        UnitRow(
            code=unit.code,
            name=unit.name,
            kind=unit.kind,
            above=book.unit_name(unit.superior_id),
            counts={one: counts[unit_id][one] for one in Status},
            days_late=late[unit_id],
            unreached=recipient_of(book, unit_id, now) is None,
        )
        for unit_id, unit in book.units.items()
        if unit_id in counts
    )


def dossier(book: Casebook, unit_id: int, now: datetime, on: date | None = None) -> UnitDossier:
    """One unit at `now`, the campaign's clock. `on`: also why it was written to on that day, or not."""
    past, unit = Past(book, unit_id), book.units[unit_id]
    said = fairness.remarks(book, past.steps, now)
    happened = _happened(past)
    roots = [key for key, step in past.steps.items() if step.covered_by_id not in past.steps]
    pages = [_step(past, key, happened[key], said.get(key, ()), now) for key in roots]
    return UnitDossier(
        campaign=book.facts,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        above=book.unit_name(unit.superior_id),
        now=now,
        contacts=_contacts(book, unit_id, now),
        steps=tuple(sorted(pages, key=lambda one: (one.status not in OWED, -one.days_late))),
        mails=tuple(why_mail(past, one) for one in reversed(past.mails)),
        queued=opened.queued(book, unit_id),
        day=day_of(past, on, now) if on else None,
    )


def _contacts(book: Casebook, unit_id: int, now: datetime) -> tuple[ContactRow, ...]:
    chosen = recipient_of(book, unit_id, now)
    now_valid = {row.id for row in valid(book, unit_id, now)}
    return tuple(
        ContactRow(
            role=row.role,
            name=row.name,
            address=row.address,
            phone=row.phone,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            valid_now=row.id in now_valid,
            bounced_at=row.bounced_at,
            written_to=chosen is not None and chosen.address == row.address,
        )
        for row in book.contacts.get(unit_id, [])
    )


def _step(
    past: Past, step_id: int, happened: Collection[Happened], remarks: tuple[Remark, ...], now: datetime
) -> StepPage:
    step, spec, calendar = past.steps[step_id], past.book.spec(past.steps[step_id]), past.book.calendar
    below = [key for key, one in past.steps.items() if one.covered_by_id == step_id]
    return StepPage(
        name=past.names[step_id],
        deliverable=spec.deliverable if spec else "",
        due_before=step.due_before,
        status=status(past.states[step_id], calendar, now),
        days_late=late_days(past.states[step_id], calendar, now),
        deputy=step.deputy,
        next_action_at=step.next_action_at,
        next_reason=step.next_reason,
        deadlines=tuple(
            DeadlineRow(one.number, one.due_before, one.source, one.text, one.set_by, one.set_at)
            for one in past.deadlines[step_id]
        ),
        happened=tuple(happened),
        remarks=remarks,
        carried=tuple((past.names[key], status(past.states[key], calendar, now)) for key in below),
    )


def _happened(past: Past) -> defaultdict[int, list[Happened]]:
    """The answers and decisions of each step, the newest first."""
    by = {one.id: one.by for some in past.decided.values() for one in some}
    enclosed = _enclosed(past)
    found: defaultdict[int, list[Happened]] = defaultdict(list)
    for step_id, events in events_of(past.book.session, list(past.steps)).items():
        for event in reversed(events):
            who = by.get(event.id, "") if event.decided else ""
            came = () if event.decided else tuple(enclosed[event.id])
            found[step_id].append(Happened(event, who, came))
    return found


def _enclosed(past: Past) -> defaultdict[int, list[Enclosed]]:
    found: defaultdict[int, list[Enclosed]] = defaultdict(list)
    for some in chunks(sorted(past.steps)):
        rows = past.book.session.exec(
            select(Evidence)
            .join(Answer, col(Answer.id) == Evidence.answer_id)
            .where(col(Answer.step_id).in_(some))
            .order_by(col(Evidence.id))
        )
        for row in rows:
            found[row.answer_id].append(
                Enclosed(row.doc_number, row.doc_date, row.file_name, row.file_sha256)
            )
    return found
