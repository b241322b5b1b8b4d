"""When coordinators get a brief, and whether it has anything to say: pure, with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from directives.board import Outlook
from directives.deadline import last_good_day
from directives.workdays import WorkCalendar

NEAR = timedelta(days=7)


class BriefDay(StrEnum):
    """Why today has a brief, or has none."""

    FIRST_OF_THE_WEEK = "first_of_the_week"
    DEADLINE_WEEK = "deadline_week"
    DAY_OFF = "day_off"
    OTHER_DAY = "other_day"


DAYS = frozenset({BriefDay.FIRST_OF_THE_WEEK, BriefDay.DEADLINE_WEEK})


def brief_day(today: date, deadlines: Iterable[datetime], calendar: WorkCalendar) -> BriefDay:
    """The week's first working day, and every working day of a week that holds the last good day of a deadline.

    `deadlines` are the directive's own. Weeks begin on Monday.
    """
    if not calendar.is_workday(today):
        return BriefDay.DAY_OFF
    monday = today - timedelta(today.weekday())
    if any(monday <= last_good_day(due, calendar) <= monday + timedelta(6) for due in deadlines):
        return BriefDay.DEADLINE_WEEK
    if today == calendar.on_or_after(monday):
        return BriefDay.FIRST_OF_THE_WEEK
    return BriefDay.OTHER_DAY


def worth_saying(found: Outlook, now: datetime) -> bool:
    """Something waits, is late or at risk, has changed, or falls due within a week."""
    near = any(one.due_before - now <= NEAR for one in found.coming)
    return bool(found.asks or found.late or found.at_risk or near or any(one.count for one in found.changes))
