"""Lesson 5. A pass asks which rung holds now, not whether today is some rung's day.

Schedules fail: a server is down for a week, a worker sleeps. A pass that asked "is it one working day before?" would
miss its day for ever, and one that made up for every missed day would send four mails at once. dondoc's pass takes
the latest rung whose time has come, once, and writes the ones before it down as passed over.
"""

from tests.directives.builders import a_mailed_step, a_policy, at, day, noticed
from tests.directives.walking import days, told, walk

POLICY = a_policy()
STEP = a_mailed_step(due_before=at("2020-11-10"))


def test_after_an_outage_there_is_one_notice_and_the_rest_is_passed_over() -> None:
    plan = POLICY.plan(STEP, at("2020-11-13 07:30"))
    assert plan.notice is not None
    assert plan.notice.rung == "overdue-3"
    assert [time.rung.key for time in plan.superseded] == ["before-30", "before-7", "before-1", "overdue-1"]


def test_the_same_pass_again_does_nothing() -> None:
    first = POLICY.plan(STEP, at("2020-11-13 07:30"))
    second = POLICY.plan(noticed(STEP, first), at("2020-11-13 07:30"))
    assert second.notice is None


def test_an_outage_of_three_weeks_leaves_fewer_mails_and_then_the_usual_rhythm() -> None:
    quiet = list(days(day("2020-10-26"), day("2020-11-15")))
    with_outage = walk(POLICY, STEP, day("2020-10-01"), day("2020-11-23"), outage=quiet)
    assert told(POLICY, with_outage) == [
        ("2020-10-12", "before-30"),
        ("2020-11-16", "overdue-5"),  # its own day; -7, -1, +1 and +3 were slept through
        ("2020-11-23", "overdue-10"),
    ]
    assert len(walk(POLICY, STEP, day("2020-10-01"), day("2020-11-23"))) == 7
