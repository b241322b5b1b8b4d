"""Many reports recorded at once, most of which come by e-office: previewed, then confirmed once as they were seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from directives.bulk import Entry, Frame, Row, Unread, read
from directives.conversation import Channel, Done, StepRef, moment
from directives.errors import Refused
from directives.ledger.answers import answer
from directives.ledger.casebook import Casebook
from directives.ledger.states import campaign_now, campaign_row
from directives.ledger.tables import Instruction, Step, Unit
from directives.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be recorded of one step, and what not. `names`: the units' names by their codes."""

    campaign: str
    step: str
    title: str
    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...]
    names: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> str:
        """Of everything that is recorded: given back to confirm, so that what is confirmed is what was seen."""
        said = [
            [one.unit, one.doc_number, one.received.isoformat(), str(one.doc_date or ""), one.proposed]
            for one in self.entries
        ]
        left = [[one.line, one.text, one.why, one.named] for one in self.unread]
        content = json.dumps([self.campaign, self.step, said, left], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    def name(self, unit: str) -> str:
        return dict(self.names)[unit]


def preview(
    session: Session, campaign: str, step: str, rows: Iterable[Row], machine_now: datetime
) -> Preview:
    """Changes nothing. Errors: Refused for a step that the campaign does not have."""
    book = Casebook(session, campaign_row(session, campaign))
    now = campaign_now(book.campaign, machine_now)
    steps = _steps_by_unit(session, book, step)
    today = book.calendar.local(now).date()
    reading = read(rows, Frame(book.definition.units, book.definition.day, today, frozenset(steps)))
    entries: list[Entry] = []
    unread = list(reading.unread)
    lines: dict[str, int] = {}
    for one in reading.entries:
        why, named = _against(one, steps.get(one.unit), book.calendar, now)
        if not why and one.unit in lines:
            why, named = "twice", str(lines[one.unit])
        if why:
            unread.append(Unread(one.line, one.text, why, named))
        else:
            lines[one.unit] = one.line
            entries.append(one)
    names = tuple((one.unit, book.definition.units[one.unit].name) for one in entries)
    in_order = tuple(sorted(unread, key=lambda one: one.line))
    return Preview(campaign, step, _title(book, step), tuple(entries), in_order, names)


def record(
    session: Session, seen: Preview, rows: Iterable[Row], confirmed: str, by: str, machine_now: datetime
) -> int:
    """Record all of it or, when anything differs from what was seen, nothing; returns how many reports.

    Errors: Refused for a fingerprint of something else, an unknown coordinator, or nothing to record.
    """
    row = campaign_row(session, seen.campaign, lock=True)
    book = Casebook(session, row)
    known = [one.name for one in book.definition.campaign.monitor.deciding]
    if by not in known:
        raise Refused(f"'{by}' is no coordinator; name one of: {'; '.join(known)}", "no_officer", name=by)
    current = preview(session, seen.campaign, seen.step, rows, machine_now)
    if confirmed.strip() != current.fingerprint:
        raise Refused(
            "this is not what was previewed, or was recorded already; preview it again", "bulk_changed"
        )
    if not current.entries:
        raise Refused("no line was recognised; nothing was recorded", "bulk_nothing")
    now = campaign_now(row, machine_now)
    for one in current.entries:
        answer(session, _done(seen, one, book.calendar.local(now), by), machine_now)
    return len(current.entries)


def _done(seen: Preview, one: Entry, clock_at: datetime, by: str) -> Done:
    instruction, _, step = seen.step.partition("/")
    return Done(
        step=StepRef(campaign=seen.campaign, instruction=instruction, step=step, unit=one.unit),
        at=moment(one.received, clock_at),
        channel=Channel.E_OFFICE,
        by=by,
        doc_number=one.doc_number,
        doc_date=one.doc_date,
    )


def _steps_by_unit(session: Session, book: Casebook, step: str) -> dict[str, Step]:
    instruction, _, key = step.partition("/")
    rows = session.exec(
        select(Unit.code, Step)
        .join(Step, col(Step.unit_id) == Unit.id)
        .join(Instruction, col(Instruction.id) == Step.instruction_id)
        .where(Step.campaign_id == book.campaign.id, Instruction.key == instruction, Step.key == key)
    ).all()
    if not rows:
        raise Refused(
            f"'{step}' is no step of '{book.campaign.key}'; write one like 1g/report", "no_step", name=step
        )
    return dict(rows)


def _title(book: Casebook, step: str) -> str:
    return next(one.spec.title for one in book.definition.steps if f"{one.instruction}/{one.step}" == step)


def _against(one: Entry, step: Step | None, calendar: WorkCalendar, now: datetime) -> tuple[str, str]:
    """Why the ledger does not take it, and what that speaks of; two empty texts when it does."""

    def day(at: datetime) -> str:
        return f"{calendar.local(at):%d/%m/%Y}"

    if step is None:
        return "not_asked", ""
    if step.waived_at is not None:
        return "waived", day(step.waived_at)
    if step.accepted_at is not None:
        return "accepted", day(step.accepted_at)
    if step.reported_at is not None:
        return "reported", day(step.reported_at)
    if step.returned_at is not None and moment(one.received, calendar.local(now)) <= step.returned_at:
        return "returned", day(step.returned_at)
    return "", ""
