"""What it is fair to say beside a late step: that the task came late, bounced, or waited for a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from directives.deadline import last_good_day
from directives.ledger import audit, facts
from directives.ledger.casebook import Casebook
from directives.ledger.facts import SETTLED_BY
from directives.ledger.states import chunks
from directives.ledger.tables import Answer, Audit, Deadline, Decision, Step
from directives.workdays import WorkCalendar

SHORT_NOTICE_WORKING_DAYS = 5


class Fair(StrEnum):
    TOLD_LATE = "told_late"  # first mailed only after the deadline, `days` after it
    TOLD_SHORTLY = (
        "told_shortly"  # first mailed `days` working days before it, fewer than SHORT_NOTICE_WORKING_DAYS
    )
    NEVER_TOLD = "never_told"  # no mail has reached it
    BOUNCED = "bounced"  # its address refused mail before the deadline; `days`: how often
    WAITED = "waited"  # a request for more time was pending across the deadline, for `days` days
    RETURNED = "returned"  # its report was in before the deadline, and was returned after it


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark. What `days` counts is said by its kind; `at`: when it was so."""

    kind: Fair
    days: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of all steps at once."""

    bounces: Mapping[int, Sequence[datetime]]  # by unit
    requests: Mapping[int, Sequence[Answer]]
    decided: Mapping[int, Sequence[Decision]]
    first_due: Mapping[int, datetime]


def remarks(book: Casebook, steps: Mapping[int, Step], now: datetime) -> dict[int, tuple[Remark, ...]]:
    """The remarks on each of these steps that is late at `now`, or was reported late; steps without any are left out.

    Of a step whose deadline was moved, what is fair is measured against the present one.
    """
    late = {key: step for key, step in steps.items() if _is_late(step, now)}
    known = _Known(
        bounces=_bounces(book),
        requests=_requests(book, late),
        decided=facts.decisions(book.session, late),
        first_due=_first_due(book, late),
    )
    found = {key: tuple(_remarks(step, key, known, book.calendar, now)) for key, step in late.items()}
    return {key: some for key, some in found.items() if some}


def _is_late(step: Step, now: datetime) -> bool:
    if step.due_before is None or step.waived_at is not None:
        return False
    return (step.reported_at or now) >= step.due_before


def _remarks(
    step: Step, step_id: int, known: _Known, calendar: WorkCalendar, now: datetime
) -> Iterator[Remark]:
    due = step.due_before
    assert due is not None
    yield from _told(step, known.first_due.get(step_id, due), calendar)
    bounced = [at for at in known.bounces.get(step.unit_id, ()) if at < due]
    if bounced:
        yield Remark(Fair.BOUNCED, len(bounced), bounced[0])
    yield from _waited(known.requests.get(step_id, ()), known.decided.get(step_id, ()), due, calendar, now)
    for one in known.decided.get(step_id, ()):
        if one.kind == "return" and one.at >= known.first_due.get(step_id, due):
            yield Remark(Fair.RETURNED, 0, one.at)
            break


def _told(step: Step, first_due: datetime, calendar: WorkCalendar) -> Iterator[Remark]:
    """Against the first deadline: a later one was set in knowledge of when the unit was told."""
    mailed = step.first_mailed_at
    if mailed is None:
        yield Remark(Fair.NEVER_TOLD, 0)
        return
    told_on, last = calendar.local(mailed).date(), last_good_day(first_due, calendar)
    if mailed >= first_due:
        yield Remark(Fair.TOLD_LATE, max(1, (told_on - last).days), mailed)
    elif (left := calendar.between(told_on, last)) < SHORT_NOTICE_WORKING_DAYS:
        yield Remark(Fair.TOLD_SHORTLY, left, mailed)


def _waited(
    asked: Sequence[Answer],
    decided: Sequence[Decision],
    due: datetime,
    calendar: WorkCalendar,
    now: datetime,
) -> Iterator[Remark]:
    """The last request that was undecided when the deadline passed."""
    for request in reversed(asked):
        settled = [
            one.at
            for one in decided
            if one.kind in SETTLED_BY["extension"] and one.recorded_at >= request.recorded_at
        ]
        ends = min(settled, default=now)
        if request.at < due <= ends:
            days = (calendar.local(ends).date() - calendar.local(request.at).date()).days
            yield Remark(Fair.WAITED, days, request.at)
            return


def _bounces(book: Casebook) -> dict[int, list[datetime]]:
    found: defaultdict[int, list[datetime]] = defaultdict(list)
    rows = book.session.exec(
        select(Audit)
        .where(Audit.campaign_id == book.campaign.id, Audit.kind == "contact.bounced")
        .order_by(col(Audit.seq))
    )
    for row in rows:
        found[audit.said(row, "unit")].append(row.at)
    return found


def _requests(book: Casebook, steps: Mapping[int, Step]) -> dict[int, list[Answer]]:
    """The requests for more time that stand, in the order of recording."""
    found: defaultdict[int, list[Answer]] = defaultdict(list)
    for some in chunks(sorted(steps)):
        rows = book.session.exec(
            select(Answer)
            .where(col(Answer.step_id).in_(some), Answer.kind == "extension", col(Answer.undone_at).is_(None))
            .order_by(col(Answer.id))
        )
        for row in rows:
            found[row.step_id].append(row)
    return found


def _first_due(book: Casebook, steps: Mapping[int, Step]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for some in chunks(sorted(steps)):
        rows = book.session.exec(
            select(Deadline.step_id, Deadline.due_before).where(
                col(Deadline.step_id).in_(some), Deadline.number == 1
            )
        )
        found |= dict(rows.all())
    return found
