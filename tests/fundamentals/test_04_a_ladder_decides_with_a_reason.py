"""Lesson 4. A ladder decides who is written to, and says why.

The standard ladder has rungs before the deadline (30 days, 7 and 1 working days) and after it (+1, +3 with the
superior, +5 also with the monitor, +10 and then every 5). The rule that reads it is a pure function: facts and an
instant in, a plan out. It never answers yes or no, but with a reason, also when nothing is to be done.
"""

from directives.model import Target
from directives.plan import Reason
from tests.directives.builders import a_mailed_step, a_policy, at

POLICY = a_policy()
STEP = a_mailed_step(due_before=at("2020-11-10"))


def test_one_working_day_before_a_monday_is_a_friday() -> None:
    notice = POLICY.plan(STEP, at("2020-11-06 07:30")).notice
    assert notice is not None
    assert (notice.rung, notice.reason) == ("before-1", Reason.BEFORE_DEADLINE)
    assert notice.targets == (Target.LEAD,)


def test_three_working_days_after_it_the_superior_is_told_too() -> None:
    notice = POLICY.plan(STEP, at("2020-11-12 07:30")).notice
    assert notice is not None
    assert (notice.rung, notice.reason) == ("overdue-3", Reason.ESCALATED)
    assert notice.targets == (Target.LEAD, Target.SUPERIOR)  # the one who owes is never left out


def test_a_plan_without_a_notice_says_why_and_when_to_look_again() -> None:
    plan = POLICY.plan(STEP, at("2020-09-01 07:30"))
    assert (plan.notice, plan.reason) == (None, Reason.WAITING)
    assert plan.next_action_at == at("2020-10-12 07:30")  # 30 days before is a Saturday: on to the Monday


def test_what_was_reported_is_left_alone() -> None:
    plan = POLICY.plan(a_mailed_step(reported_at=at("2020-11-05 10:00")), at("2020-11-12 07:30"))
    assert (plan.notice, plan.reason) == (None, Reason.REPORTED)
    assert plan.next_action_at is None
