"""When mail may leave, and for which instant a pass decides."""

from __future__ import annotations

import pytest

from tests.directives.builders import a_calendar, at


@pytest.mark.parametrize(
    ("now", "may_leave"),
    [
        ("2020-11-10 07:29", False),
        ("2020-11-10 07:30", True),
        ("2020-11-10 11:29", True),
        ("2020-11-10 11:30", False),  # the noon break
        ("2020-11-10 12:59", False),
        ("2020-11-10 13:00", True),
        ("2020-11-10 16:30", False),
        ("2020-11-07 08:00", False),  # a Saturday
    ],
)
def test_mail_leaves_only_inside_the_send_window_of_working_days(now: str, may_leave: bool) -> None:
    assert a_calendar().may_send(at(now)) is may_leave


def test_mail_leaves_on_a_saturday_that_is_worked() -> None:
    assert a_calendar(worked=["2020-11-07"]).may_send(at("2020-11-07 08:00"))


def test_the_digest_waits_for_its_slot_though_the_window_is_open() -> None:
    calendar = a_calendar()
    assert not calendar.digest_may_leave(at("2020-11-10 07:45"))
    assert calendar.digest_may_leave(at("2020-11-10 08:00"))
    assert calendar.digest_may_leave(at("2020-11-10 14:00"))  # still due: deferred, never dropped
    assert not calendar.digest_may_leave(at("2020-11-10 12:00"))


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2020-11-10 06:00", "2020-11-10 08:00"),
        ("2020-11-10 08:00", "2020-11-10 08:00"),
        ("2020-11-10 08:01", "2020-11-11 08:00"),
        ("2020-11-06 09:00", "2020-11-09 08:00"),  # over a weekend
        ("2020-11-07 06:00", "2020-11-09 08:00"),
    ],
)
def test_the_next_slot_is_the_first_one_not_yet_past(now: str, slot: str) -> None:
    assert a_calendar().next_slot(at(now)) == at(slot)


def test_a_pass_before_the_window_opens_decides_for_the_opening() -> None:
    assert a_calendar().planning_instant(at("2020-11-10 07:00")) == at("2020-11-10 07:30")


@pytest.mark.parametrize("now", ["2020-11-10 07:30", "2020-11-10 15:00", "2020-11-07 07:00"])
def test_a_pass_later_in_the_day_or_on_a_day_off_decides_for_its_own_instant(now: str) -> None:
    assert a_calendar().planning_instant(at(now)) == at(now)
