"""What another ladder or calendar moves of a step's plan, and what it does not make up for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from directives.evaluate import StepState
from directives.model import Ladder
from directives.plan import Policy, RungTime
from directives.projection import Shift, ahead, passed_over, shifts
from tests.directives.builders import (
    a_calendar,
    a_mailed_step,
    a_step,
    an_overdue_step,
    at,
    the_standard_ladder,
)


def policy(*changes: Any, off: tuple[str, ...] = (), **rungs: dict[str, Any] | None) -> Policy:
    """The standard ladder with some rungs changed (None: taken away), on the plain calendar less days off."""
    ladder = the_standard_ladder().model_dump(mode="json", exclude_defaults=True)
    ladder["rungs"] = [one | (rungs.get(one["key"].replace("-", "_")) or {}) for one in ladder["rungs"]]
    gone = {key.replace("_", "-") for key, value in rungs.items() if value is None}
    ladder["rungs"] = [one for one in ladder["rungs"] if one["key"] not in gone] + list(changes)
    return Policy(Ladder.model_validate(ladder), a_calendar(off=off))


OLD = policy()
BY_OCTOBER = frozenset({("assigned", 0), ("before-30", 0)})
LATER = {"key": "before-3", "before": {"working_days": 3}}


def moved(new: Policy, step: StepState, now: datetime) -> tuple[Shift, ...]:
    return shifts(ahead(OLD, step, now), ahead(new, step, now))


def passed(new: Policy, step: StepState, now: datetime) -> tuple[RungTime, ...]:
    return passed_over(ahead(OLD, step, now), new, step, now)


def test_a_policy_that_is_the_same_moves_nothing() -> None:
    assert moved(policy(), a_mailed_step(), at("2020-10-01 09:00")) == ()


def test_a_rung_that_moves_is_named_with_both_times() -> None:
    new = policy(before_7={"before": {"working_days": 10}})
    assert moved(new, a_mailed_step(), at("2020-10-01 09:00")) == (
        Shift("before-7", 0, at("2020-10-29 07:30"), at("2020-10-26 07:30")),
    )


def test_rungs_that_come_newly_or_no_more_stand_in_the_order_of_time() -> None:
    new = policy(LATER, before_7=None)
    assert moved(new, a_mailed_step(), at("2020-10-01 09:00")) == (
        Shift("before-7", 0, at("2020-10-29 07:30"), None),
        Shift("before-3", 0, None, at("2020-11-04 07:30")),
    )


def test_a_day_off_decreed_later_moves_what_counts_working_days_across_it() -> None:
    new = policy(off=("2020-11-05",))
    found = moved(new, a_mailed_step(), at("2020-10-01 09:00"))
    assert found == (Shift("before-7", 0, at("2020-10-29 07:30"), at("2020-10-28 07:30")),)


def test_a_step_that_is_done_has_nothing_ahead() -> None:
    for fact in ("reported_at", "accepted_at", "waived_at"):
        done = a_mailed_step(**{fact: at("2020-09-01 09:00")})
        assert ahead(OLD, done, at("2020-10-01 09:00")) == {}


def test_what_is_due_now_stands_with_what_is_ahead() -> None:
    step = a_mailed_step(noticed=frozenset({("assigned", 0)}))
    assert next(iter(ahead(OLD, step, at("2020-10-29 09:00")))) == ("before-7", 0)


def test_a_new_rung_in_the_past_is_passed_over() -> None:
    new = policy({"key": "before-20", "before": {"working_days": 20}})
    (past,) = passed(new, a_mailed_step(noticed=BY_OCTOBER), at("2020-10-20 09:00"))
    assert past.key == ("before-20", 0)


def test_a_rung_that_was_to_come_and_has_moved_into_the_past_is_due_at_once() -> None:
    new, step, now = policy(off=("2020-11-05",)), a_mailed_step(noticed=BY_OCTOBER), at("2020-10-28 10:00")
    assert passed(new, step, now) == ()
    notice = new.plan(step, now).notice
    assert notice and notice.rung == "before-7"


def test_a_repeat_that_has_moved_into_the_past_is_passed_over() -> None:
    new = policy(overdue_10={"repeat": {"working_days": 4}})
    step = an_overdue_step("overdue-1", "overdue-3", "overdue-5", "overdue-10")
    step = replace(step, noticed=step.noticed | {("overdue-10", 1)})
    now = at("2020-12-03 09:00")  # 18 working days late: the old ladder wrote at 15 and comes again at 20
    assert [time.key for time in passed(new, step, now)] == [("overdue-10", 2)]
    assert passed(OLD, step, at("2020-12-07 09:00")) == ()  # due by both: not lost


def test_a_step_that_was_never_mailed_is_asked_for_by_the_new_ladder() -> None:
    new = policy(assigned=None, no_receipt=None)
    named = policy({"key": "told", "at_assignment": True}, assigned=None)
    step = a_step(noticed=frozenset({("assigned", 0)}))
    assert passed(named, step, at("2020-07-01 09:00")) == ()
    notice = named.plan(step, at("2020-07-01 09:00")).notice
    assert notice and notice.rung == "told"
    assert new.plan(step, at("2020-07-01 09:00")).notice is None
