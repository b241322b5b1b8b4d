"""What a changed ladder or calendar does to the plan of a step: which rungs ahead move, and which are passed over. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from directives.evaluate import StepState
from directives.plan import Policy, RungTime

RungKey = tuple[str, int]  # a rung's key and its repeat, from 0
Ahead = Mapping[RungKey, datetime]


@dataclass(frozen=True, slots=True)
class Shift:
    """One rung ahead of a step. `was` None: it comes newly; `now` None: it comes no more."""

    rung: str
    repeat: int
    was: datetime | None
    now: datetime | None

    @property
    def first(self) -> datetime:
        """When the one or the other plan has it, whichever is earlier."""
        return min(time for time in (self.was, self.now) if time is not None)


def ahead(policy: Policy, state: StepState, now: datetime) -> Ahead:
    """The rungs that are still to come by this policy, with the one that is due at `now`; none of a step that is done.

    Of repeats, only the next two: the rest follow from them.
    """
    plan = policy.plan(state, now)
    if plan.notice is None and plan.next_action_at is None:
        return {}
    found = {(plan.notice.rung, plan.notice.repeat): plan.notice.rung_at} if plan.notice else {}
    return found | {time.key: time.at for time in policy.times(state, now) if time.at > now}


def shifts(was: Ahead, then: Ahead) -> tuple[Shift, ...]:
    """The rungs of a step whose time differs between two plans, in the order of their times."""
    found = [
        Shift(*key, was.get(key), then.get(key))
        for key in dict.fromkeys((*was, *then))
        if was.get(key) != then.get(key)
    ]
    return tuple(sorted(found, key=lambda one: (one.first, one.rung, one.repeat)))


def passed_over(was: Ahead, new: Policy, state: StepState, now: datetime) -> tuple[RungTime, ...]:
    """The rungs that the new plan puts before `now` and for which the old one (`was`) would write no more.

    Nobody is written to for them: only a rung that was still to come and whose day has moved into the past is due at
    once. A repeat is not, as the next one comes soon. A step that was never mailed is asked for as its new plan has it.
    """
    if state.due_before is None or state.first_mailed_at is None:
        return ()
    to_come = {key for key, at in was.items() if at <= now or not key[1]}
    return tuple(_past(new, state, now, to_come))


def _past(policy: Policy, state: StepState, now: datetime, to_come: set[RungKey]) -> Iterator[RungTime]:
    for time in policy.times(state, now):
        if time.at <= now and time.key not in state.noticed and time.key not in to_come:
            yield time
