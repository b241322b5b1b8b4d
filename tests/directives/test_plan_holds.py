"""A hold silences its days, inclusive; after it escalation upward waits one working day more."""

from __future__ import annotations

import pytest

from directives.model import Target
from directives.plan import Reason
from tests.directives.builders import (
    MAILED,
    a_hold,
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


def test_nothing_is_planned_on_the_first_and_on_the_last_day_of_a_hold() -> None:
    step = an_overdue_step(holds=(a_hold("2020-11-10", "2020-11-11"),))
    for now in ("2020-11-10 07:30", "2020-11-11 23:59"):
        plan = POLICY.plan(step, at(now))
        assert (plan.notice, plan.reason, plan.next_action_at) == (None, Reason.ON_HOLD, at("2020-11-12"))


def test_on_resuming_the_unit_gets_the_rung_that_holds_then() -> None:
    step = an_overdue_step(holds=(a_hold("2020-11-09", "2020-11-10"),))
    plan = POLICY.plan(step, at("2020-11-11 07:30"))
    assert plan.notice is not None
    assert (plan.notice.rung, plan.notice.targets) == ("overdue-1", (Target.LEAD,))


def test_escalation_upward_waits_for_the_working_day_after_resuming() -> None:
    step = an_overdue_step(holds=(a_hold("2020-11-09", "2020-11-16"),))  # over +1, +3 and +5
    notices = walk(POLICY, step, day("2020-11-09"), day("2020-11-19"))
    assert told(POLICY, notices) == [("2020-11-10", "overdue-1"), ("2020-11-18", "overdue-5")]


def test_when_the_unit_knew_already_that_it_is_late_only_the_escalation_follows_a_hold() -> None:
    step = an_overdue_step("overdue-1", holds=(a_hold("2020-11-11", "2020-11-12"),))
    assert POLICY.plan(step, at("2020-11-13 07:30")).notice is None
    plan = POLICY.plan(step, at("2020-11-16 07:30"))
    assert plan.notice is not None and plan.notice.rung == "overdue-5"


def test_a_hold_that_ends_before_a_weekend_resumes_on_the_monday() -> None:
    step = an_overdue_step("overdue-1", holds=(a_hold("2020-11-12", "2020-11-13"),))
    assert POLICY.plan(step, at("2020-11-14 07:30")).next_action_at == at("2020-11-17 07:30")
    assert POLICY.plan(step, at("2020-11-16 07:30")).notice is None
    assert POLICY.plan(step, at("2020-11-17 07:30")).notice is not None


def test_an_escalation_whose_day_is_the_day_of_resuming_waits_too() -> None:
    step = an_overdue_step("overdue-1", holds=(a_hold("2020-11-11", "2020-11-11"),))
    assert POLICY.plan(step, at("2020-11-12 07:30")).next_action_at == at("2020-11-13 07:30")


def test_a_hold_over_repeats_ends_with_the_latest_of_them_a_working_day_later() -> None:
    step = an_overdue_step("overdue-1", "overdue-3", "overdue-5", "overdue-10")
    step = an_overdue_step(*(key for key, _ in step.noticed), holds=(a_hold("2020-11-24", "2020-12-15"),))
    notices = walk(POLICY, step, day("2020-11-24"), day("2020-12-21"))
    assert [(one.rung, one.repeat, f"{one.rung_at:%Y-%m-%d}") for one in notices] == [
        ("overdue-10", 3, "2020-12-17"),
        ("overdue-10", 4, "2020-12-21"),
    ]


def test_the_last_of_several_holds_counts() -> None:
    step = an_overdue_step(
        "overdue-1", holds=(a_hold("2020-11-11", "2020-11-11"), a_hold("2020-11-13", "2020-11-16"))
    )
    assert POLICY.plan(step, at("2020-11-13 07:30")).next_action_at == at("2020-11-17")
    assert POLICY.plan(step, at("2020-11-17 07:30")).notice is None
    assert POLICY.plan(step, at("2020-11-18 07:30")).notice is not None


def test_at_the_midnight_that_ends_a_hold_nothing_goes_upward() -> None:
    step = an_overdue_step("overdue-1", holds=(a_hold("2020-11-12", "2020-11-12"),))
    plan = POLICY.plan(step, at("2020-11-13 00:00"))
    assert (plan.notice, plan.next_action_at) == (None, at("2020-11-16 07:30"))


def test_what_was_told_upward_before_a_hold_is_not_looked_at_again_after_it() -> None:
    step = an_overdue_step("overdue-1", "overdue-3", "overdue-5", holds=(a_hold("2020-11-17", "2020-11-17"),))
    assert POLICY.plan(step, at("2020-11-18 07:30")).next_action_at == at("2020-11-23 07:30")


def test_a_hold_does_not_revive_an_escalation_older_than_the_deadlines_decision() -> None:
    amended = an_overdue_step(
        deadline_number=2,
        deadline_set_at=at("2020-11-17 10:00"),  # overdue-5 stood on the 16th
        holds=(a_hold("2020-11-18", "2020-11-18"),),
    )
    assert POLICY.plan(amended, at("2020-11-20 07:30")).notice is None


def test_a_hold_without_an_end_has_no_next_action_but_a_reason() -> None:
    plan = POLICY.plan(an_overdue_step(holds=(a_hold("2020-11-10", None),)), at("2021-03-01 07:30"))
    assert (plan.next_action_at, plan.reason) == (None, Reason.ON_HOLD)


def test_a_hold_leaves_deadlines_and_the_reminders_before_them_where_they_are() -> None:
    step = a_mailed_step(holds=(a_hold("2020-10-28", "2020-11-02"),))
    notices = walk(POLICY, step, day("2020-10-13"), day("2020-11-13"))
    assert told(POLICY, notices) == [
        ("2020-10-12", "before-30"),
        ("2020-10-29", "before-7"),  # told on 03/11, when the hold had ended
        ("2020-11-06", "before-1"),
        ("2020-11-10", "overdue-1"),
        ("2020-11-12", "overdue-3"),
    ]


@pytest.mark.parametrize("upward", ["superior", "monitor"])
def test_a_notice_upward_planned_before_a_hold_also_waits_until_the_day_after_resuming(upward: str) -> None:
    step = an_overdue_step("overdue-1", "overdue-3", "overdue-5", holds=(a_hold("2020-11-16", "2020-11-16"),))
    target = Target(upward)
    assert POLICY.obsolete(step, "overdue-5", 1, at("2020-11-16 08:00"), target) is Reason.ON_HOLD
    assert POLICY.obsolete(step, "overdue-5", 1, at("2020-11-17 08:00"), target) is Reason.ON_HOLD
    assert POLICY.obsolete(step, "overdue-5", 1, at("2020-11-18 08:00"), target) is None


def test_a_notice_to_the_unit_itself_leaves_on_the_day_of_resuming() -> None:
    step = an_overdue_step("overdue-1", holds=(a_hold("2020-11-10", "2020-11-10"),))
    assert POLICY.obsolete(step, "overdue-1", 1, at("2020-11-11 08:00"), Target.LEAD) is None


def test_a_missing_receipt_that_a_ladder_takes_upward_waits_after_a_hold_too() -> None:
    policy = a_policy(
        a_ladder({"key": "unheard", "after_first_mail": {"working_days": 2}, "to": ["lead", "superior"]})
    )
    step = a_step(
        first_mailed_at=MAILED,
        noticed=frozenset({("assigned", 0)}),
        holds=(a_hold("2020-07-01", "2020-07-03"),),
    )
    assert policy.plan(step, at("2020-07-06 07:30")).next_action_at == at("2020-07-07 07:30")
