"""Superior and monitor are never a step's first contact, and escalation counts from the first mail."""

from __future__ import annotations

from directives.model import Target
from directives.plan import Reason
from tests.directives.builders import a_ladder, a_policy, a_step, at, day, noticed
from tests.directives.walking import days, told, walk

POLICY = a_policy()
LATE_OPENING = at("2020-11-18 07:30")  # six working days after L


def test_a_step_opened_when_overdue_starts_at_the_first_overdue_rung() -> None:
    plan = POLICY.plan(a_step(opened_at=LATE_OPENING), LATE_OPENING)
    assert plan.notice is not None
    assert (plan.notice.rung, plan.notice.reason) == ("overdue-1", Reason.FIRST_OVERDUE)
    assert plan.notice.targets == (Target.LEAD,)


def test_escalation_counts_from_the_mail_that_was_the_first_contact() -> None:
    notices = walk(POLICY, a_step(opened_at=LATE_OPENING), day("2020-11-18"), day("2020-12-08"))
    assert told(POLICY, notices) == [
        ("2020-11-18", "overdue-1"),  # the day of the mail is +1
        ("2020-11-20", "overdue-3"),  # and no-receipt, due on that day too, is passed over
        ("2020-11-24", "overdue-5"),
        ("2020-12-01", "overdue-10"),
        ("2020-12-08", "overdue-10+1"),
    ]


def test_what_was_never_mailed_climbs_no_further_whatever_time_passes() -> None:
    step = a_step(opened_at=LATE_OPENING)
    step = noticed(step, POLICY.plan(step, LATE_OPENING))
    for now in ("2020-11-20 07:30", "2020-12-08 07:30", "2021-06-30 07:30"):
        plan = POLICY.plan(step, at(now))
        assert (plan.notice, plan.superseded) == (None, ())


def test_a_mail_server_that_was_away_over_the_deadline_delays_the_escalation() -> None:
    away = list(days(day("2020-06-30"), day("2020-11-24")))
    notices = walk(POLICY, a_step(), day("2020-06-30"), day("2020-11-30"), outage=away)
    assert told(POLICY, notices) == [
        ("2020-11-10", "overdue-1"),  # told on Wednesday 25/11, when everything works again
        ("2020-11-27", "overdue-3"),
    ]


def test_a_first_mail_before_the_deadline_leaves_escalation_with_the_deadline() -> None:
    step = a_step(opened_at=at("2020-11-09 07:30"))
    notices = walk(POLICY, step, day("2020-11-09"), day("2020-11-16"))
    assert told(POLICY, notices) == [
        ("2020-11-09", "assigned"),
        ("2020-11-10", "overdue-1"),
        ("2020-11-11", "no-receipt"),
        ("2020-11-12", "overdue-3"),
        ("2020-11-16", "overdue-5"),
    ]


def test_a_first_notice_upward_of_a_ladder_goes_to_the_unit_alone() -> None:
    policy = a_policy(a_ladder({"key": "late", "after": {"working_days": 1}, "to": ["lead", "superior"]}))
    notice = policy.plan(a_step(opened_at=LATE_OPENING), LATE_OPENING).notice
    assert notice is not None
    assert (notice.targets, notice.reason) == ((Target.LEAD,), Reason.FIRST_OVERDUE)


def test_a_reminder_before_the_deadline_that_copies_the_superior_does_not_when_it_is_the_first_mail() -> None:
    policy = a_policy(a_ladder({"key": "soon", "before": {"working_days": 1}, "to": ["lead", "superior"]}))
    notice = policy.plan(a_step(), at("2020-11-06 07:30")).notice
    assert notice is not None and notice.targets == (Target.LEAD,)


def test_a_first_overdue_rung_does_not_repeat_before_anything_was_mailed() -> None:
    ladder = a_ladder({"key": "late", "after": {"working_days": 1}, "repeat": {"working_days": 5}})
    policy = a_policy(ladder)
    step = a_step(noticed=frozenset({("assigned", 0), ("late", 0)}))
    assert policy.plan(step, at("2021-01-20 07:30")).notice is None  # nobody was reached in ten weeks
    notices = walk(policy, a_step(), day("2021-01-20"), day("2021-02-02"))
    assert told(policy, notices) == [
        ("2020-11-10", "late"),
        ("2021-01-27", "late+1"),  # five working days after that mail
    ]
