"""The status of a step at an instant: derived from facts, the first that holds."""

from __future__ import annotations

from typing import Any

import pytest

from directives.evaluate import OWED, Status, counts, late_days, reported_late, status
from tests.directives.builders import a_hold, a_step, at, vietnam

NOON = at("2020-11-11 12:00")  # two days late
EARLIER = at("2020-11-02 09:00")
AFTER = at("2020-11-12 09:00")

# Each step has everything that the ones below it have, so that the order alone decides.
NOTHING: dict[str, Any] = {"due_before": at("2021-03-01")}
RECEIVED = NOTHING | {"received_at": EARLIER}
NEAR = RECEIVED | {"due_before": at("2020-11-14")}
LATE = RECEIVED | {"due_before": at("2020-11-10")}
RETURNED = NEAR | {"returned_at": EARLIER, "deadline_number": 2}
HELD = RETURNED | {"holds": (a_hold("2020-11-11", "2020-11-11"),)}
REPORTED = HELD | {"reported_at": EARLIER}
ACCEPTED = REPORTED | {"accepted_at": EARLIER}
ACCEPTED_LATE = ACCEPTED | {"due_before": at("2020-11-01")}
WAIVED = ACCEPTED_LATE | {"waived_at": EARLIER}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (NOTHING, Status.NOT_RECEIVED),
        (NOTHING | {"due_before": None}, Status.CONTINUING),
        (RECEIVED, Status.IN_PROGRESS),
        (NEAR, Status.DUE_SOON),
        (LATE, Status.OVERDUE),
        (RETURNED, Status.RETURNED),
        (HELD, Status.ON_HOLD),
        (REPORTED, Status.AWAITING_ACCEPTANCE),
        (ACCEPTED, Status.COMPLETED_ON_TIME),
        (ACCEPTED_LATE, Status.COMPLETED_LATE),
        (WAIVED, Status.WAIVED),
    ],
)
def test_the_first_status_that_holds_is_the_steps(facts: dict[str, Any], expected: Status) -> None:
    assert status(a_step(**facts), vietnam(), NOON) is expected


def test_a_continuing_duty_goes_on_even_when_its_receipt_was_confirmed() -> None:
    assert status(a_step(due_before=None, received_at=EARLIER), vietnam(), NOON) is Status.CONTINUING


@pytest.mark.parametrize("fact", ["waived_at", "accepted_at", "reported_at", "returned_at", "received_at"])
def test_what_happens_later_is_not_known_yet(fact: str) -> None:
    step = a_step(**NOTHING | {fact: AFTER})
    assert status(step, vietnam(), NOON) is Status.NOT_RECEIVED
    assert status(step, vietnam(), AFTER) is not Status.NOT_RECEIVED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2020-10-28 23:59", Status.NOT_RECEIVED),
        ("2020-10-29 00:00", Status.DUE_SOON),  # seven working days before Monday 09/11
        ("2020-11-09 23:59", Status.DUE_SOON),
        ("2020-11-10 00:00", Status.OVERDUE),
    ],
)
def test_due_soon_begins_seven_working_days_before_and_ends_with_the_deadline(
    now: str, expected: Status
) -> None:
    assert status(a_step(), vietnam(), at(now)) is expected


def test_due_soon_steps_over_tet() -> None:
    step = a_step(due_before=at("2026-02-26"))  # L is Wednesday 25/02/2026, Tết from 16/02 to 20/02
    assert status(step, vietnam(), at("2026-02-08 12:00")) is Status.NOT_RECEIVED
    assert status(step, vietnam(), at("2026-02-09 12:00")) is Status.DUE_SOON


def test_a_step_is_overdue_from_the_very_minute_of_a_deadline_with_an_hour() -> None:
    step = a_step(due_before=at("2020-11-09 17:00"))
    assert status(step, vietnam(), at("2020-11-09 16:59")) is Status.DUE_SOON
    assert status(step, vietnam(), at("2020-11-09 17:00")) is Status.OVERDUE


def test_a_report_in_the_last_second_is_on_time_and_at_midnight_it_is_late() -> None:
    assert not reported_late(a_step(reported_at=at("2020-11-09 23:59:59")))
    assert reported_late(a_step(reported_at=at("2020-11-10 00:00")))


def test_when_it_was_accepted_does_not_make_a_report_late() -> None:
    step = a_step(reported_at=at("2020-11-09 16:00"), accepted_at=at("2020-11-20 09:00"))
    assert status(step, vietnam(), at("2020-11-21")) is Status.COMPLETED_ON_TIME


def test_a_late_report_waits_for_acceptance_with_its_days_late_beside() -> None:
    step = a_step(reported_at=at("2020-11-12 09:00"))
    assert status(step, vietnam(), at("2020-11-20")) is Status.AWAITING_ACCEPTANCE
    assert late_days(step, vietnam(), at("2020-11-20")) == 3


def test_a_returned_report_is_overdue_again_after_its_new_date() -> None:
    step = a_step(**RETURNED)
    assert status(step, vietnam(), at("2020-11-14")) is Status.OVERDUE


def test_a_hold_covers_its_days_inclusive() -> None:
    step = a_step(holds=(a_hold("2020-11-11", "2020-11-12"),))
    held = [f"2020-11-{n} {clock}" for n, clock in ((11, "00:00"), (12, "23:59"))]
    assert all(status(step, vietnam(), at(now)) is Status.ON_HOLD for now in held)
    assert status(step, vietnam(), at("2020-11-10 23:59")) is Status.OVERDUE
    assert status(step, vietnam(), at("2020-11-13 00:00")) is Status.OVERDUE


def test_a_hold_without_an_end_lasts_until_it_is_resumed() -> None:
    step = a_step(holds=(a_hold("2020-11-11", None),))
    assert status(step, vietnam(), at("2028-01-01")) is Status.ON_HOLD


def test_days_late_grow_while_nothing_is_reported_and_stop_at_the_report() -> None:
    assert late_days(a_step(), vietnam(), at("2020-11-09 12:00")) == 0
    assert late_days(a_step(), vietnam(), at("2020-11-15 12:00")) == 6
    reported = a_step(reported_at=at("2020-11-11 08:00"))
    assert late_days(reported, vietnam(), at("2020-11-10 12:00")) == 1  # not reported yet at that instant
    assert late_days(reported, vietnam(), at("2020-12-31")) == 2


def test_a_duty_without_a_deadline_is_never_late() -> None:
    assert late_days(a_step(due_before=None), vietnam(), NOON) == 0


def test_counts_name_every_status_and_sum_to_the_total() -> None:
    steps = [a_step(**facts) for facts in (NOTHING, LATE, LATE, WAIVED)]
    found = counts(steps, vietnam(), NOON)
    assert list(found) == list(Status)
    assert {one: n for one, n in found.items() if n} == {
        Status.WAIVED: 1,
        Status.OVERDUE: 2,
        Status.NOT_RECEIVED: 1,
    }


def test_what_is_owed_is_what_a_unit_must_still_do() -> None:
    assert set(Status) - OWED == {
        Status.WAIVED,
        Status.COMPLETED_ON_TIME,
        Status.COMPLETED_LATE,
        Status.AWAITING_ACCEPTANCE,
        Status.CONTINUING,
    }
