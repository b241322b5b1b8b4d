"""Which years of a calendar still lack their decree of days off and days worked when it is time to have it. Pure."""

from __future__ import annotations

from datetime import date

from directives.model import CalendarSpec

FIRST_MONTH = 10  # from 1 October on, next year is asked for


def undecreed(calendar: CalendarSpec, today: date) -> tuple[int, ...]:
    """This year, and from October next year, where the calendar does not have the year or has it only computed."""
    years = (today.year, today.year + 1) if today.month >= FIRST_MONTH else (today.year,)
    return tuple(year for year in years if not (said := calendar.years.get(year)) or not said.decreed)
