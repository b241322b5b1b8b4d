"""For any facts about a step: what a pass may and may not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from directives.evaluate import Status, StepState, counts, status
from directives.model import Target
from directives.plan import Reason
from tests.directives.builders import a_policy, noticed, vietnam
from tests.directives.strategies import (
    FIRST,
    LAST,
    a_day,
    a_state,
    a_working_day,
    an_instant,
    an_open_state,
)
from tests.directives.walking import days, walk

POLICY = a_policy()
# A slow machine is no finding.
at_ease = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(at_ease, max_examples=100)
few = settings(at_ease, max_examples=20)  # each walks through seven months twice
DONE = ("reported_at", "accepted_at", "waived_at")
an_outage = st.frozensets(a_day(), max_size=30) | st.tuples(a_day(), a_day()).map(
    lambda ends: frozenset(days(min(ends), max(ends)))
)


@many
@given(st.lists(a_state(), max_size=12), an_instant())
def test_the_buckets_sum_to_the_total_at_every_instant(states: list[StepState], now: datetime) -> None:
    found = counts(states, vietnam(), now)
    assert set(found) == set(Status)
    assert sum(found.values()) == len(states)


@many
@given(a_state(), an_instant())
def test_a_second_pass_at_the_same_instant_finds_nothing(state: StepState, now: datetime) -> None:
    plan = POLICY.plan(state, now)
    again = POLICY.plan(noticed(state, plan), now)
    assert (again.notice, again.superseded) == (None, ())
    assert again.next_action_at == plan.next_action_at


@many
@given(an_open_state(), st.sampled_from(DONE), an_instant(), an_instant())
def test_nothing_is_said_about_what_is_done(
    state: StepState, fact: str, happened: datetime, now: datetime
) -> None:
    done = replace(state, **{fact: happened})
    plan = POLICY.plan(done, max(happened, now))
    assert (plan.notice, plan.superseded, plan.next_action_at) == (None, (), None)


@many
@given(a_state(), an_instant())
def test_every_open_step_has_a_next_action_or_a_reason(state: StepState, now: datetime) -> None:
    plan = POLICY.plan(state, now)
    if plan.next_action_at is None:
        assert plan.reason not in (Reason.WAITING, Reason.NOT_OPEN, Reason.AWAITING_DECISION)
    else:
        assert plan.next_action_at > now


@many
@given(an_open_state(), an_instant(), st.data())
def test_nothing_is_missed_by_looking_only_when_the_next_action_has_come(
    state: StepState, now: datetime, data: st.DataObject
) -> None:
    plan = POLICY.plan(state, now)
    state = noticed(state, plan)
    until = plan.next_action_at or now + timedelta(days=200)
    later = now + (until - now) * data.draw(st.floats(0, 1, exclude_max=True))
    assume(later < until)
    assert POLICY.plan(state, later).notice is None


@many
@given(a_state(), an_instant())
def test_who_owes_is_always_written_to_and_alone_at_the_first_contact(
    state: StepState, now: datetime
) -> None:
    notice = POLICY.plan(state, now).notice
    if notice is not None:
        assert notice.targets[0] is Target.LEAD
        assert state.first_mailed_at is not None or notice.targets == (Target.LEAD,)


@many
@given(an_open_state(), an_instant())
def test_nothing_is_planned_while_the_status_is_on_hold(state: StepState, now: datetime) -> None:
    if status(state, vietnam(), now) is Status.ON_HOLD:
        assert POLICY.plan(state, now).notice is None


@many
@given(an_open_state(), an_instant())
def test_a_notice_made_now_may_leave_now(state: StepState, now: datetime) -> None:
    plan = POLICY.plan(state, now)
    if (notice := plan.notice) is not None:
        known = noticed(state, plan)
        reasons = {
            POLICY.obsolete(known, notice.rung, notice.deadline_number, now, target)
            for target in notice.targets
        }
        assert reasons == {None}


def told(state: StepState, events: Mapping[date, Mapping[str, Any]], **how: Any) -> list[tuple[Any, ...]]:
    notices = walk(POLICY, state, FIRST, LAST, events=events, **how)
    return [(one.deadline_number, one.rung, one.repeat, one.targets, one.rung_at) for one in notices]


def fresh(state: StepState) -> StepState:
    """As opening leaves it, with the same holds."""
    due_before = state.due_before
    return StepState(1, state.opened_at, due_before=due_before, holds=state.holds)


something = st.dictionaries(
    a_day(),
    st.dictionaries(
        st.sampled_from(["received_at", "extension_requested_at", *DONE]), an_instant(), max_size=2
    ),
    max_size=3,
)


@few
@given(an_open_state(), a_working_day(), something, an_outage)
def test_an_outage_never_makes_a_notice_that_daily_passes_would_not_have_made(
    state: StepState, mailed_on: date, events: Mapping[date, Mapping[str, Any]], outage: frozenset[date]
) -> None:
    mailed_at = vietnam().at(mailed_on, time(8))
    step = replace(fresh(state), first_mailed_at=mailed_at, opened_at=min(state.opened_at, mailed_at))
    daily = told(step, events)
    assert len(set(daily)) == len(daily)
    rungs = {notice[:4] for notice in daily}
    assert {notice[:4] for notice in told(step, events, outage=outage)} <= rungs


@few
@given(an_open_state(), an_outage)
def test_an_outage_that_also_delays_the_first_mail_never_makes_more_mail(
    state: StepState, outage: frozenset[date]
) -> None:
    # Received: else a later first mail could part the no-receipt rung from another of the same day.
    step = replace(fresh(state), received_at=state.opened_at)
    assert len(told(step, {}, outage=outage)) <= len(told(step, {}))


@few
@given(an_open_state(), something, st.sets(st.times(), min_size=1, max_size=4))
def test_it_does_not_matter_when_and_how_often_a_day_passes_run(
    state: StepState, events: Mapping[date, Mapping[str, Any]], clocks: set[time]
) -> None:
    step = replace(fresh(state), first_mailed_at=state.opened_at)
    assert told(step, events, pass_at=clocks) == told(step, events)
