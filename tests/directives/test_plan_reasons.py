"""A pass decides with a reason: why a notice, why none, and when it looks again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from directives.model import Target
from directives.plan import Plan, Reason
from tests.directives.builders import (
    MAILED,
    a_hold,
    a_ladder,
    a_mailed_step,
    a_policy,
    a_step,
    an_overdue_step,
    at,
)

LEAD = (Target.LEAD,)
AND_SUPERIOR = (Target.LEAD, Target.SUPERIOR)
AND_MONITOR = (Target.LEAD, Target.SUPERIOR, Target.MONITOR)


def plan_of(step: Any, now: str) -> Plan:
    return a_policy().plan(step, at(now))


@pytest.mark.parametrize(
    ("step", "now", "rung", "reason", "targets"),
    [
        (a_step(), "2020-06-30 07:30", "assigned", Reason.ASSIGNED, LEAD),
        (
            a_step(first_mailed_at=MAILED, noticed=frozenset({("assigned", 0)})),
            "2020-07-02 07:30",
            "no-receipt",
            Reason.NO_RECEIPT,
            LEAD,
        ),
        (a_mailed_step(), "2020-10-12 07:30", "before-30", Reason.BEFORE_DEADLINE, LEAD),
        (a_mailed_step(), "2020-10-29 07:30", "before-7", Reason.BEFORE_DEADLINE, LEAD),
        (a_mailed_step(), "2020-11-06 07:30", "before-1", Reason.BEFORE_DEADLINE, LEAD),
        (a_mailed_step(), "2020-11-10 07:30", "overdue-1", Reason.FIRST_OVERDUE, LEAD),
        (a_mailed_step(), "2020-11-12 07:30", "overdue-3", Reason.ESCALATED, AND_SUPERIOR),
        (a_mailed_step(), "2020-11-16 07:30", "overdue-5", Reason.ESCALATED, AND_MONITOR),
        (a_mailed_step(), "2020-11-23 07:30", "overdue-10", Reason.ESCALATED, AND_MONITOR),
        (a_mailed_step(), "2020-11-30 07:30", "overdue-10", Reason.REPEATED, AND_MONITOR),
    ],
)
def test_every_rung_of_the_standard_ladder_speaks_with_its_reason(
    step: Any, now: str, rung: str, reason: Reason, targets: tuple[Target, ...]
) -> None:
    notice = plan_of(step, now).notice
    assert notice is not None
    assert (notice.rung, notice.reason, notice.targets, notice.rung_at) == (rung, reason, targets, at(now))
    assert (notice.step_id, notice.deadline_number) == (1, 1)


@pytest.mark.parametrize(
    ("facts", "reason", "looks_again"),
    [
        ({"closed_at": at("2020-11-11 10:00"), "waived_at": MAILED}, Reason.CLOSED, None),
        ({"waived_at": MAILED, "accepted_at": MAILED}, Reason.WAIVED, None),
        ({"accepted_at": MAILED, "reported_at": MAILED}, Reason.ACCEPTED, None),
        ({"reported_at": MAILED, "due_before": None}, Reason.REPORTED, None),
        ({"due_before": None, "opened_at": at("2020-12-01 07:30")}, Reason.CONTINUING, None),
        (
            {"opened_at": at("2020-12-01 07:30"), "holds": (a_hold("2020-11-01", None),)},
            Reason.NOT_OPEN,
            "2020-12-01 07:30",
        ),
        (
            {
                "holds": (a_hold("2020-11-12", "2020-11-12"),),
                "extension_requested_at": at("2020-11-12 07:00"),
            },
            Reason.ON_HOLD,
            "2020-11-13 00:00",
        ),
        ({"holds": (a_hold("2020-11-12", None),)}, Reason.ON_HOLD, None),
        (
            {"extension_requested_at": at("2020-11-11 09:00")},
            Reason.AWAITING_DECISION,
            "2020-11-16 07:30",
        ),
    ],
)
def test_a_silent_step_says_the_strongest_reason_and_when_to_look_again(
    facts: dict[str, Any], reason: Reason, looks_again: str | None
) -> None:
    plan = plan_of(a_mailed_step(**facts), "2020-11-12 07:30")
    again = at(looks_again) if looks_again else None
    assert plan == Plan(None, (), again, reason)


def test_between_two_rungs_a_step_waits_for_the_next() -> None:
    step = an_overdue_step("overdue-1")
    assert plan_of(step, "2020-11-11 07:30") == Plan(None, (), at("2020-11-12 07:30"), Reason.WAITING)


def test_after_the_last_rung_of_a_ladder_without_repeats_nothing_is_to_come() -> None:
    policy = a_policy(a_ladder({"key": "late", "after": {"working_days": 1}}))
    step = a_mailed_step(noticed=frozenset({("assigned", 0), ("late", 0)}))
    assert policy.plan(step, at("2020-11-20 07:30")) == Plan(None, (), None, Reason.LADDER_ENDED)


def test_a_campaign_closes_at_its_instant_and_not_before() -> None:
    step = a_mailed_step(closed_at=at("2020-11-12 10:00"))
    assert plan_of(step, "2020-11-12 07:30").notice is not None
    assert plan_of(step, "2020-11-12 10:00").reason is Reason.CLOSED


def test_no_rung_holds_a_minute_before_its_time() -> None:
    assert plan_of(a_mailed_step(), "2020-10-12 07:29").notice is None


def test_a_receipt_ends_the_no_receipt_rung_and_nothing_else() -> None:
    unheard = a_step(first_mailed_at=MAILED, noticed=frozenset({("assigned", 0)}))
    assert plan_of(unheard, "2020-06-30 09:00").next_action_at == at("2020-07-02 07:30")
    heard = replace(unheard, received_at=at("2020-07-01 09:00"))
    assert plan_of(heard, "2020-07-02 07:30").notice is None
    assert plan_of(heard, "2020-07-02 07:30").next_action_at == at("2020-10-12 07:30")


def test_no_receipt_counts_two_working_days_from_the_first_accepted_mail() -> None:
    mailed_on_friday = a_step(first_mailed_at=at("2020-07-03 08:00"), noticed=frozenset({("assigned", 0)}))
    assert plan_of(mailed_on_friday, "2020-07-06 07:30").notice is None
    notice = plan_of(mailed_on_friday, "2020-07-07 07:30").notice
    assert notice is not None and notice.rung == "no-receipt"


def test_without_a_mail_there_is_no_receipt_to_miss() -> None:
    step = a_step(noticed=frozenset({("assigned", 0)}))
    assert plan_of(step, "2020-07-20 07:30").next_action_at == at("2020-10-12 07:30")


def test_the_first_overdue_rung_is_the_first_wherever_a_ladder_places_it() -> None:
    policy = a_policy(
        a_ladder(
            {"key": "late-2", "after": {"working_days": 2}}, {"key": "late-4", "after": {"working_days": 4}}
        )
    )
    first = policy.plan(a_mailed_step(), at("2020-11-11 07:30")).notice
    second = policy.plan(a_mailed_step(), at("2020-11-13 07:30")).notice
    assert first is not None and first.reason is Reason.FIRST_OVERDUE
    assert second is not None and second.reason is Reason.STILL_OVERDUE
