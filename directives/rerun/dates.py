"""How a date of last year's campaign becomes one of this year's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from directives.deadline import last_good_day, resolve
from directives.model import Due
from directives.workdays import WorkCalendar

When = TypeVar("When", date, datetime)


class Rule(StrEnum):
    """Why a date of the new campaign is as it is."""

    GIVEN = "given"  # the directive's own date: as given, never moved
    WITH_ISSUE = "with_issue"  # opened on the day of issue last year, so this year too
    WITH_COVERING = "with_covering"  # part of a report: the report's own instant
    WITH_DEADLINE = "with_deadline"  # the cut-off: the directive's last good day, as last year
    SAME_DAY = "same_day"
    WORKDAY_BEFORE = "workday_before"  # the same day is off: the working day before
    RELATIVE = "relative"  # counted from the opening: nothing to move


def same_day(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th where there is none.

    >>> same_day(date(2020, 2, 29), 7)
    datetime.date(2027, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def moved_day(last: date, years: int, calendar: WorkCalendar) -> tuple[date, Rule]:
    """Where the last good day goes. Errors: ValueError outside the calendar's years."""
    wanted = same_day(last, years)
    found = calendar.on_or_before(wanted)
    return found, Rule.SAME_DAY if found == wanted else Rule.WORKDAY_BEFORE


def moved_due(due: Due, years: int, calendar: WorkCalendar, old: WorkCalendar) -> tuple[Due, Rule]:
    """The deadline as written, so that its last good day follows `moved_day`; an hour stays.

    `old`: the calendar by which last year's was read. A deadline counted from the opening stays as it is.
    """
    written = due.before if due.before is not None else due.by
    if written is None:
        return due, Rule.RELATIVE
    # What `resolve` wants to know of the opening matters to relative deadlines only.
    last = last_good_day(resolve(due, old, old.begins(old.first)), old)
    found, rule = moved_day(last, years, calendar)
    moved = shifted(written, found - last)
    return (Due(before=moved) if due.before is not None else Due(by=moved)), rule


def shifted(written: When, by: timedelta) -> When:
    return written + by


def moved_when(written: When, years: int, calendar: WorkCalendar) -> tuple[When, Rule]:
    """A day, or an hour of one, that is no deadline: an opening, a cut-off."""
    day = written.date() if isinstance(written, datetime) else written
    found, rule = moved_day(day, years, calendar)
    return shifted(written, found - day), rule
