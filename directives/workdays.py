"""Working days of a calendar: pure date arithmetic over a frozen set of days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

import pendulum

SATURDAY = 5


@dataclass(frozen=True)
class SendWindow:
    """When mail may leave: spans of local time on working days; `slot` is the day's digest."""

    spans: tuple[tuple[time, time], ...] = ((time(7, 30), time(11, 30)), (time(13, 0), time(16, 30)))
    slot: time = time(8, 0)

    @property
    def opening(self) -> time:
        return self.spans[0][0]

    def contains(self, local: time) -> bool:
        return any(start <= local < end for start, end in self.spans)


@dataclass(frozen=True)
class WorkCalendar:
    """Days off and days worked from `first` to `last`; Saturdays and Sundays are off unless worked.

    >>> hanoi = WorkCalendar("Asia/Ho_Chi_Minh", date(2020, 1, 1), date(2020, 12, 31), frozenset(), frozenset())
    >>> hanoi.add(date(2020, 11, 9), -1)
    datetime.date(2020, 11, 6)
    """

    timezone: str
    first: date
    last: date
    days_off: frozenset[date]
    days_worked: frozenset[date]
    window: SendWindow = field(default_factory=SendWindow)

    def __hash__(self) -> int:
        return self._hash  # asked for with every date that is remembered

    def is_workday(self, day: date) -> bool:
        self._covers(day)
        if day in self.days_worked:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off

    def add(self, day: date, n: int) -> date:
        """The n-th working day strictly after `day` (n > 0) or strictly before it (n < 0)."""
        self._covers(day)
        days = self._workdays
        place = bisect_right(days, day) + n - 1 if n > 0 else bisect_left(days, day) + n
        if n == 0 or not 0 <= place < len(days):
            raise ValueError(
                f"no working day {n} from {day} between {self.first} and {self.last}; add the year to config/calendars"
            )
        return days[place]

    def on_or_after(self, day: date) -> date:
        return day if self.is_workday(day) else self.add(day, 1)

    def on_or_before(self, day: date) -> date:
        return day if self.is_workday(day) else self.add(day, -1)

    def between(self, start: date, end: date) -> int:
        """How many working days d with start < d <= end; negative when end comes first."""
        days = self._workdays
        return bisect_right(days, end) - bisect_right(days, start)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self._zone)

    def at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self._zone)

    def begins(self, day: date) -> datetime:
        """The day's first instant."""
        return self.at(day, time(0))

    def ends(self, day: date) -> datetime:
        """The first instant after the day, which a half-open deadline by that day is."""
        return self.begins(day + timedelta(1))

    def instant(self, written: datetime) -> datetime:
        """As people write it: with a zone, or here."""
        return written if written.tzinfo else self.at(written.date(), written.time())

    def opening_of(self, day: date) -> datetime:
        """When the send window opens on that day."""
        return self.at(day, self.window.opening)

    def planning_instant(self, now: datetime) -> datetime:
        """The instant a pass decides for: the window's opening when it is still to come on this working day.

        Passes run before the window opens (07:00-07:25) so that the day's digest finds its notices ready;
        deciding for `now` itself would find each rung a day late.
        """
        local = self.local(now)
        opening = self.opening_of(local.date())
        return opening if self.is_workday(local.date()) and local < opening else now

    def may_send(self, now: datetime) -> bool:
        local = self.local(now)
        return self.is_workday(local.date()) and self.window.contains(local.time())

    def digest_may_leave(self, now: datetime) -> bool:
        """Inside the window and not before the day's slot."""
        return self.may_send(now) and self.local(now).time() >= self.window.slot

    def next_slot(self, now: datetime) -> datetime:
        """The first slot at or after `now`."""
        local = self.local(now)
        day = local.date()
        if self.is_workday(day) and local.time() <= self.window.slot:
            return self.at(day, self.window.slot)
        return self.at(self.add(day, 1), self.window.slot)

    def _covers(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise ValueError(
                f"{day} is outside the calendar ({self.first} to {self.last}); add the year to config/calendars"
            )

    @cached_property
    def _hash(self) -> int:
        return hash((self.timezone, self.first, self.last, self.days_off, self.days_worked, self.window))

    @cached_property
    def _zone(self) -> pendulum.Timezone:
        return pendulum.timezone(self.timezone)

    @cached_property
    def _workdays(self) -> list[date]:
        span = (self.last - self.first).days + 1
        return [day for day in (self.first + timedelta(n) for n in range(span)) if self.is_workday(day)]


def looking_back(as_of: datetime | None, now: datetime, calendar: WorkCalendar) -> datetime:
    """The instant a pass is for: `as_of` (local when it says no zone), or the campaign's `now`.

    Errors: ValueError for an instant still to come, whose notices would be mailed before their time.
    """
    if as_of is None:
        return now
    at = calendar.instant(as_of)
    if at > now:
        raise ValueError(
            f"as_of {calendar.local(at):%Y-%m-%d %H:%M} is still to come on the campaign's clock "
            f"({calendar.local(now):%Y-%m-%d %H:%M}); a pass looks back, never ahead"
        )
    return at
