"""For any calendar: counting forth and back, and days and deadlines that belong to each other."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directives.deadline import days_late, last_good_day, last_workday, resolve
from directives.model import Due
from directives.workdays import WorkCalendar
from tests.directives.strategies import a_day, a_random_calendar, an_instant

a_count = st.integers(1, 40)
# A slow machine is no finding.
at_ease = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(at_ease, max_examples=100)


@many
@given(a_random_calendar(), a_day(), a_count)
def test_adding_working_days_and_counting_between_are_inverse(
    calendar: WorkCalendar, start: date, n: int
) -> None:
    later = calendar.add(start, n)
    assert later > start
    assert calendar.is_workday(later)
    assert calendar.between(start, later) == n
    assert calendar.between(later, start) == -n


@many
@given(a_random_calendar(), a_day(), a_count)
def test_from_a_working_day_the_way_back_is_the_way_there(
    calendar: WorkCalendar, start: date, n: int
) -> None:
    start = calendar.on_or_after(start)
    assert calendar.add(calendar.add(start, n), -n) == start
    assert calendar.add(calendar.add(start, -n), n) == start


@many
@given(a_random_calendar(), a_day(), a_count, a_count)
def test_steps_of_working_days_add_up(calendar: WorkCalendar, start: date, n: int, m: int) -> None:
    assert calendar.add(calendar.add(start, n), m) == calendar.add(start, n + m)


@many
@given(a_random_calendar(), a_day(), a_day(), a_day())
def test_stretches_of_working_days_add_up(
    calendar: WorkCalendar, first: date, middle: date, last: date
) -> None:
    assert calendar.between(first, middle) + calendar.between(middle, last) == calendar.between(first, last)


@many
@given(a_random_calendar(), a_day())
def test_the_nearest_working_days_enclose_a_day_without_another_between(
    calendar: WorkCalendar, one: date
) -> None:
    before, after = calendar.on_or_before(one), calendar.on_or_after(one)
    assert before <= one <= after
    assert calendar.between(before, after) == (0 if calendar.is_workday(one) else 1)


@many
@given(a_random_calendar(), a_day())
def test_a_last_good_day_and_its_deadline_belong_to_each_other(calendar: WorkCalendar, one: date) -> None:
    opened = calendar.at(one, datetime.min.time())
    due_before = resolve(Due(by=one), calendar, opened)
    assert last_good_day(due_before, calendar) == one
    assert due_before == resolve(Due(before=one + timedelta(1)), calendar, opened)
    assert last_workday(due_before, calendar) == calendar.on_or_before(one)


@many
@given(a_random_calendar(), an_instant(), an_instant())
def test_a_report_is_late_by_a_day_at_least_exactly_when_it_is_not_before_the_deadline(
    calendar: WorkCalendar, due_before: datetime, reported_at: datetime
) -> None:
    assert (days_late(due_before, reported_at, calendar) >= 1) == (reported_at >= due_before)


@many
@given(a_random_calendar(), an_instant())
def test_the_next_slot_may_be_used_and_none_lies_between(calendar: WorkCalendar, now: datetime) -> None:
    slot = calendar.next_slot(now)
    assert slot >= now
    assert calendar.digest_may_leave(slot)
    assert calendar.next_slot(slot) == slot
    assert calendar.next_slot(slot - timedelta(minutes=1)) == slot


@many
@given(a_random_calendar(), an_instant())
def test_a_pass_decides_for_its_own_day_and_never_for_the_past(calendar: WorkCalendar, now: datetime) -> None:
    decided = calendar.planning_instant(now)
    assert decided >= now
    assert calendar.local(decided).date() == calendar.local(now).date()
    assert calendar.planning_instant(decided) == decided
