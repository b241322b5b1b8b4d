"""A request for extension silences the ladder for a while; a new deadline starts it again."""

from __future__ import annotations

from typing import Any

import pytest

from directives.evaluate import StepState
from directives.model import Target
from directives.plan import Reason
from tests.directives.builders import (
    MAILED,
    a_ladder,
    a_mailed_step,
    a_policy,
    a_step,
    an_overdue_step,
    at,
    day,
)
from tests.directives.walking import told, walk

POLICY = a_policy()


def extended(**changes: Any) -> StepState:
    """The report extended to the end of Friday 20/11/2020, decided on 11/11 in the morning."""
    facts = {
        "deadline_number": 2,
        "due_before": at("2020-11-21"),
        "deadline_set_at": at("2020-11-11 09:30"),
        "noticed": frozenset[tuple[str, int]](),
    }
    return a_mailed_step(**facts | changes)


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2020-11-09 16:00", "2020-11-12 07:30"),
        ("2020-11-11 09:00", "2020-11-16 07:30"),  # over a weekend
        ("2020-11-14 09:00", "2020-11-18 07:30"),  # asked on a Saturday
    ],
)
def test_a_request_for_extension_silences_the_ladder_three_working_days_at_most(
    asked: str, until: str
) -> None:
    step = an_overdue_step(extension_requested_at=at(asked))
    quiet = POLICY.plan(step, at(asked))
    assert (quiet.notice, quiet.reason, quiet.next_action_at) == (None, Reason.AWAITING_DECISION, at(until))
    assert POLICY.plan(step, at(until)).notice is not None


def test_after_the_silence_the_rung_that_holds_then_is_told() -> None:
    step = an_overdue_step(extension_requested_at=at("2020-11-10 06:00"))
    notices = walk(POLICY, step, day("2020-11-10"), day("2020-11-16"))
    assert told(POLICY, notices) == [("2020-11-12", "overdue-3"), ("2020-11-16", "overdue-5")]


def test_a_decided_request_silences_nothing() -> None:
    assert POLICY.plan(an_overdue_step(), at("2020-11-10 07:30")).notice is not None


def test_a_new_deadline_starts_the_ladder_again_without_assigning_anew() -> None:
    notices = walk(POLICY, extended(), day("2020-11-11"), day("2020-12-04"))
    assert {notice.deadline_number for notice in notices} == {2}
    assert told(POLICY, notices) == [
        ("2020-11-19", "before-1"),  # -30 and -7 are older than the decision
        ("2020-11-23", "overdue-1"),
        ("2020-11-25", "overdue-3"),
        ("2020-11-27", "overdue-5"),
        ("2020-12-04", "overdue-10"),
    ]


def test_rungs_older_than_the_decision_are_written_down_as_passed_over() -> None:
    plan = POLICY.plan(extended(), at("2020-11-12 07:30"))
    assert plan.notice is None
    assert [time.rung.key for time in plan.superseded] == ["before-30", "before-7"]


def test_a_new_deadline_of_a_step_never_mailed_is_assigned() -> None:
    step = extended(first_mailed_at=None, received_at=None)
    plan = POLICY.plan(step, at("2020-11-12 07:30"))
    assert plan.notice is not None
    assert (plan.notice.rung, plan.notice.deadline_number) == ("assigned", 2)


def test_a_first_mail_after_the_old_deadline_does_not_count_for_the_new_one() -> None:
    step = extended(first_mailed_at=at("2020-11-10 08:00"))
    assert told(POLICY, walk(POLICY, step, day("2020-11-23"), day("2020-11-25")))[-1] == (
        "2020-11-25",
        "overdue-3",
    )


@pytest.mark.parametrize("number", [1, 2])
def test_only_notices_of_the_present_deadline_still_hold(number: int) -> None:
    reason = POLICY.obsolete(extended(), "overdue-1", number, at("2020-11-23 08:00"))
    assert reason is (None if number == 2 else Reason.NEW_DEADLINE)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"reported_at": MAILED}, Reason.REPORTED),
        ({"accepted_at": MAILED}, Reason.ACCEPTED),
        ({"waived_at": MAILED}, Reason.WAIVED),
        ({"closed_at": MAILED}, Reason.CLOSED),
        ({"extension_requested_at": at("2020-11-10 07:50")}, Reason.AWAITING_DECISION),
    ],
)
def test_a_notice_planned_in_the_morning_does_not_leave_after_what_happened_since(
    facts: dict[str, Any], reason: Reason
) -> None:
    step = an_overdue_step("overdue-1", **facts)
    assert POLICY.obsolete(step, "overdue-1", 1, at("2020-11-10 08:00"), Target.LEAD) is reason


def test_a_receipt_takes_back_the_no_receipt_notice_and_no_other() -> None:
    heard = a_step(first_mailed_at=MAILED, received_at=at("2020-07-02 07:40"))
    now = at("2020-07-02 08:00")
    assert POLICY.obsolete(heard, "no-receipt", 1, now) is Reason.RECEIVED
    assert POLICY.obsolete(heard, "assigned", 1, now) is None


def test_a_notice_of_a_rung_that_an_amended_ladder_no_longer_has_does_not_leave() -> None:
    policy = a_policy(a_ladder({"key": "late", "after": {"working_days": 1}}))
    step = an_overdue_step("overdue-1")
    assert policy.obsolete(step, "overdue-1", 1, at("2020-11-10 08:00")) is Reason.LADDER_CHANGED
