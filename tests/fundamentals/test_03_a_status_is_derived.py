"""Lesson 3. A status is never stored.

The ledger keeps what happened and when: received, reported, accepted. The status at an instant follows from that,
the first that holds in a fixed order. So nobody has to remember to set a step to "overdue" at midnight, any past
board can be drawn again, and the buckets always sum to the total.
"""

from dataclasses import replace

from directives.evaluate import Status, counts, late_days, status
from tests.directives.builders import a_step, at, vietnam

STEP = a_step(due_before=at("2020-11-10"))


def test_time_alone_changes_the_status_of_a_silent_unit() -> None:
    assert status(STEP, vietnam(), at("2020-07-15")) is Status.NOT_RECEIVED
    assert status(STEP, vietnam(), at("2020-11-02")) is Status.DUE_SOON
    assert status(STEP, vietnam(), at("2020-11-10")) is Status.OVERDUE


def test_what_the_unit_says_changes_it_from_that_moment_on() -> None:
    step = replace(STEP, received_at=at("2020-07-01 09:00"), reported_at=at("2020-11-12 15:00"))
    assert status(step, vietnam(), at("2020-07-15")) is Status.IN_PROGRESS
    assert status(step, vietnam(), at("2020-11-12 14:59")) is Status.OVERDUE
    assert status(step, vietnam(), at("2020-11-12 15:00")) is Status.AWAITING_ACCEPTANCE
    assert late_days(step, vietnam(), at("2020-12-31")) == 3  # stays with the report, whenever one looks


def test_reported_is_not_yet_accepted() -> None:
    step = replace(STEP, reported_at=at("2020-11-06 15:00"), accepted_at=at("2020-11-20 09:00"))
    assert status(step, vietnam(), at("2020-11-19")) is Status.AWAITING_ACCEPTANCE
    assert status(step, vietnam(), at("2020-11-21")) is Status.COMPLETED_ON_TIME


def test_the_buckets_sum_to_the_total() -> None:
    steps = [STEP, replace(STEP, reported_at=at("2020-11-06")), replace(STEP, waived_at=at("2020-09-01"))]
    found = counts(steps, vietnam(), at("2020-11-10"))
    assert sum(found.values()) == 3
    assert found[Status.OVERDUE] == found[Status.AWAITING_ACCEPTANCE] == found[Status.WAIVED] == 1
