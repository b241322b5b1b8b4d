"""Deadlines as half-open instants, and the two ways a person reads them.

"trước ngày 10/11/2020" and "chậm nhất ngày 09/11/2020" are one instant: 2020-11-10T00:00+07:00. A deadline
never moves for a day off (conventions, section 1); `last_workday` is only what a mail suggests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from directives.model import Due, Source
from directives.workdays import WorkCalendar

MIDNIGHT = time(0)
A_MOMENT = timedelta(microseconds=1)
remembered = lru_cache(maxsize=4096)  # thousands of steps have the same few deadlines


@dataclass(frozen=True, slots=True)
class Deadline:
    """One numbered deadline of a step. On time means reported_at < due_before."""

    number: int
    due_before: datetime
    source: Source
    text: str
    set_at: datetime


def resolve(due: Due, calendar: WorkCalendar, opened_at: datetime) -> datetime:
    """The instant before which the step is on time, aware, in the calendar's zone."""
    if due.before is not None:
        return _instant(due.before, calendar)
    if due.by is not None:
        # With an hour, "chậm nhất 17 giờ ngày D" ends at that minute; without, with the day.
        if isinstance(due.by, datetime):
            return _instant(due.by, calendar)
        return calendar.at(due.by + timedelta(1), MIDNIGHT)
    opened = calendar.local(opened_at).date()
    if due.within_days is not None:
        return calendar.at(opened + timedelta(due.within_days + 1), MIDNIGHT)
    assert due.within_working_days is not None
    return calendar.at(calendar.add(opened, due.within_working_days) + timedelta(1), MIDNIGHT)


@remembered
def last_good_day(due_before: datetime, calendar: WorkCalendar) -> date:
    """L: the date of the instant just before the deadline."""
    return calendar.local(due_before - A_MOMENT).date()


def last_workday(due_before: datetime, calendar: WorkCalendar) -> date:
    """The last working day on which it should be sent: L, or the one before a day off."""
    return calendar.on_or_before(last_good_day(due_before, calendar))


@remembered
def days_late(due_before: datetime, at: datetime, calendar: WorkCalendar) -> int:
    """Calendar days since L, 0 while on time: for "trước ngày 10/11" the 10th is day 1."""
    if at < due_before:
        return 0
    # With an hour, the rest of that very day is already late: never "0 days late".
    return max(1, (calendar.local(at).date() - last_good_day(due_before, calendar)).days)


def _instant(written: datetime | date, calendar: WorkCalendar) -> datetime:
    if isinstance(written, datetime):
        return calendar.local(calendar.instant(written))
    return calendar.begins(written)
