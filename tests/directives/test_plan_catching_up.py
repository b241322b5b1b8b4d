"""Level-triggered: a pass asks which rung holds now, so an outage costs time and never makes more mail."""

from __future__ import annotations

from typing import Any

import pytest

from directives.evaluate import StepState
from directives.plan import Plan
from tests.directives.builders import a_mailed_step, a_policy, a_step, at, day, noticed
from tests.directives.walking import days, told, walk


def plan_of(step: StepState, now: str) -> Plan:
    return a_policy().plan(step, at(now))


def superseded(plan: Plan) -> list[str]:
    return [time.rung.key for time in plan.superseded]


def rung(plan: Plan) -> str | None:
    return plan.notice.rung if plan.notice else None


def test_after_an_outage_one_notice_is_made_and_the_rungs_passed_over_are_written_down() -> None:
    plan = plan_of(a_mailed_step(), "2020-11-13 07:30")
    assert rung(plan) == "overdue-3"
    assert superseded(plan) == ["before-30", "before-7", "before-1", "overdue-1"]
    assert plan.next_action_at == at("2020-11-16 07:30")


def test_a_second_pass_finds_nothing_to_do() -> None:
    step = a_mailed_step()
    step = noticed(step, plan_of(step, "2020-11-13 07:30"))
    again = plan_of(step, "2020-11-13 07:30")
    assert (again.notice, again.superseded) == (None, ())


def test_a_late_pass_makes_the_notice_that_a_timely_one_would_have_made() -> None:
    timely, late = plan_of(a_mailed_step(), "2020-11-12 07:30"), plan_of(a_mailed_step(), "2020-11-13 16:00")
    assert timely.notice == late.notice


def test_an_outage_over_many_repeats_makes_one_notice_and_goes_on_in_step() -> None:
    policy = a_policy()
    outage = list(days(day("2020-11-24"), day("2021-01-20")))
    notices = walk(policy, a_mailed_step(), day("2020-11-23"), day("2021-01-31"), outage=outage)
    assert told(policy, notices) == [
        ("2020-11-23", "overdue-10"),
        ("2021-01-19", "overdue-10+8"),
        ("2021-01-26", "overdue-10+9"),
    ]


def test_repeats_passed_over_leave_no_rows() -> None:
    amended = a_mailed_step(deadline_number=2, deadline_set_at=at("2021-01-13 09:00"), noticed=frozenset())
    plan = plan_of(amended, "2021-01-14 07:30")  # the repeat of 12/01 is older than the amendment
    assert plan.notice is None
    assert [time.key for time in plan.superseded][-1] == ("overdue-10", 0)
    assert {time.repeat for time in plan.superseded} == {0}


def test_after_a_repeat_the_next_one_is_looked_for() -> None:
    step = a_mailed_step(noticed=frozenset({("overdue-10", 0)}))
    plan = plan_of(step, "2021-01-19 07:30")
    assert plan.notice is not None and plan.notice.repeat == 8
    assert plan.next_action_at == at("2021-01-26 07:30")


def test_rungs_older_than_the_opening_are_passed_over() -> None:
    step = a_step(opened_at=at("2020-11-03 08:15"))
    plan = plan_of(step, "2020-11-03 08:15")
    assert rung(plan) == "assigned"
    assert superseded(plan) == ["before-30", "before-7"]
    assert plan.next_action_at == at("2020-11-06 07:30")


def test_a_rung_of_the_mornings_opening_does_not_come_before_the_assignment() -> None:
    step = a_step(opened_at=at("2020-11-06 10:00"))  # before-1 stood at 07:30 of that day
    plan = plan_of(step, "2020-11-06 10:00")
    assert (rung(plan), superseded(plan)) == ("assigned", ["before-30", "before-7", "before-1"])


@pytest.mark.parametrize("clock", ["07:00", "07:25", "07:30", "11:00", "23:00"])
def test_the_hour_of_a_days_pass_does_not_matter(clock: str) -> None:
    policy = a_policy()
    passes = [at(f"2020-01-01 {clock}").time()]
    notices = walk(policy, a_mailed_step(), day("2020-10-01"), day("2020-11-13"), pass_at=passes)
    assert told(policy, notices) == [
        ("2020-10-12", "before-30"),
        ("2020-10-29", "before-7"),
        ("2020-11-06", "before-1"),
        ("2020-11-10", "overdue-1"),
        ("2020-11-12", "overdue-3"),
    ]


def done(fact: str) -> dict[Any, dict[str, Any]]:
    return {day("2020-11-06"): {fact: at("2020-11-06 15:00")}}


@pytest.mark.parametrize("fact", ["reported_at", "accepted_at", "waived_at"])
def test_after_done_accepted_or_waived_nothing_more_is_said(fact: str) -> None:
    policy = a_policy()
    notices = walk(policy, a_mailed_step(), day("2020-10-01"), day("2021-06-30"), events=done(fact))
    assert [name for _, name in told(policy, notices)] == ["before-30", "before-7", "before-1"]


def test_a_report_that_is_taken_back_brings_the_ladder_back_where_it_stands() -> None:
    policy = a_policy()
    events = done("reported_at") | {day("2020-11-17"): {"reported_at": None}}
    notices = walk(policy, a_mailed_step(), day("2020-11-06"), day("2020-11-30"), events=events)
    assert told(policy, notices) == [
        ("2020-11-06", "before-1"),
        ("2020-11-16", "overdue-5"),
        ("2020-11-23", "overdue-10"),
        ("2020-11-30", "overdue-10+1"),
    ]
