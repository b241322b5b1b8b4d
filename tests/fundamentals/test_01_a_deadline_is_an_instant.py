"""Lesson 1. A deadline is an instant.

A directive says "trước ngày 10 tháng 11 năm 2020", or "chậm nhất ngày 09/11/2020". Read carelessly, one of the two
is a day wrong. dondoc writes both down as the same half-open instant, `due_before`: midnight between the 9th and the
10th, in Việt Nam. Whatever arrives before it is on time; nothing else is.

The deadline does not move when its last day is a Sunday. A mail only suggests an earlier working day.
"""

from datetime import date

from directives.deadline import days_late, last_good_day, last_workday, resolve
from directives.model import Due
from tests.directives.builders import at, vietnam

OPENED = at("2020-06-30 07:30")
NOVEMBER_10 = resolve(Due(before=date(2020, 11, 10)), vietnam(), OPENED)


def test_the_two_ways_to_say_it_are_one_instant() -> None:
    assert at("2020-11-10 00:00") == NOVEMBER_10
    assert resolve(Due(by=date(2020, 11, 9)), vietnam(), OPENED) == NOVEMBER_10


def test_the_last_good_day_is_the_day_before_it() -> None:
    assert last_good_day(NOVEMBER_10, vietnam()) == date(2020, 11, 9)


def test_a_report_a_minute_before_midnight_is_on_time_and_at_midnight_it_is_one_day_late() -> None:
    assert days_late(NOVEMBER_10, at("2020-11-09 23:59"), vietnam()) == 0
    assert days_late(NOVEMBER_10, at("2020-11-10 00:00"), vietnam()) == 1


def test_a_sunday_is_still_the_last_good_day_but_one_had_better_send_it_on_friday() -> None:
    sunday = resolve(Due(by=date(2020, 11, 8)), vietnam(), OPENED)
    assert last_good_day(sunday, vietnam()) == date(2020, 11, 8)
    assert last_workday(sunday, vietnam()) == date(2020, 11, 6)
