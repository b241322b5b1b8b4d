"""One deadline phrase: what kind it is, when it ends, and whether a person must look."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from directives.deadline import A_MOMENT, resolve
from directives.drafting.doubts import Doubt
from directives.model import Due
from directives.workdays import WorkCalendar


class Kind(StrEnum):
    STRICT_BEFORE = "strict_before"
    ON_OR_BY = "on_or_by"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    RECURRING = "recurring"
    RELATIVE = "relative"
    TARGET = "target"


PLANNED = 6  # years ahead that directives plan for, at most: the next five-year plan


@dataclass(frozen=True, slots=True)
class Phrase:
    """`phrase` verbatim, text[start:end]. `due_before` aware, half-open; `rrule` (RFC 5545) falls on last good days.

    `since`: the year in which what comes again begins, where the text names it.
    """

    phrase: str
    kind: Kind
    start: int
    end: int
    due: Due | None = None
    due_before: datetime | None = None
    rrule: str | None = None
    days: int | None = None
    working: bool = False
    doubt: Doubt | None = None
    since: int | None = None

    def as_data(self) -> dict[str, Any]:
        """Shape of `dondoc deadline --json`: phrase, kind, due_before (ISO 8601), rrule, days, review."""
        return {
            "phrase": self.phrase,
            "kind": self.kind.value,
            "due_before": self.due_before.isoformat() if self.due_before else None,
            "rrule": self.rrule,
            "days": self.days,
            "review": self.doubt.value if self.doubt else None,
        }


@dataclass(frozen=True, slots=True)
class Signing:
    """What every date is read against: the day of signing, if known, and the calendar of working days."""

    day: date | None
    calendar: WorkCalendar

    def due(self, phrase: Phrase, due: Due) -> Phrase:
        """The phrase with its instant, marked where that instant makes no sense beside the signing."""
        opened = self.calendar.begins(self.day or date(2000, 1, 1))
        try:
            instant = resolve(due, self.calendar, opened)
        except (ValueError, OverflowError):
            return replace(phrase, doubt=phrase.doubt or Doubt.NO_SUCH_DAY)
        return replace(
            phrase, due=due, due_before=instant, doubt=phrase.doubt or self._out_of_place(instant, phrase)
        )

    def _out_of_place(self, instant: datetime, phrase: Phrase) -> Doubt | None:
        if self.day is None:
            return Doubt.UNSIGNED
        last = self.calendar.local(instant - A_MOMENT).date()
        if last < self.day:
            return Doubt.PAST
        # A letter of January that still bears last year's number: its dates seem a year away.
        slip = self.day.month == 1 and last.year == self.day.year + 1 and last.month <= 3
        slip = slip or last.year > self.day.year + PLANNED
        return Doubt.LONG_AFTER if slip and phrase.kind in (Kind.STRICT_BEFORE, Kind.ON_OR_BY) else None


def last_day(year: int, month: int) -> date:
    """The last day of a month; `month` may be 3, 6, 9, 12 for a quarter."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(1)
