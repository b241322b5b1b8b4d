"""Daily passes over one step on a virtual clock: what production does, without ledger and mail."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from directives.evaluate import StepState
from directives.plan import Notice, Policy
from tests.directives.builders import noticed

PASS_AT = time(7, 10)
Told = list[tuple[str, str]]


def days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(1)


def walk(
    policy: Policy,
    step: StepState,
    first: date,
    last: date,
    *,
    events: Mapping[date, Mapping[str, Any]] | None = None,
    outage: Collection[date] = (),
    pass_at: Collection[time] = (PASS_AT,),
) -> list[Notice]:
    """The notices of passes on every day but those of the outage, both ends included.

    A notice's mail is accepted at the slot of the first working day without outage. `events` are facts that become
    true in the course of a day, after its passes and its digest.
    """
    calendar, found, waiting = policy.calendar, list[Notice](), False
    for today in days(first, last):
        if today not in outage:
            for clock in sorted(pass_at):
                plan = policy.plan(step, calendar.planning_instant(calendar.at(today, clock)))
                step = noticed(step, plan)
                found += [plan.notice] if plan.notice else []
                waiting = waiting or plan.notice is not None
            if waiting and calendar.is_workday(today) and step.first_mailed_at is None:
                step = replace(step, first_mailed_at=calendar.at(today, calendar.window.slot))
        step = replace(step, **(events or {}).get(today, {}))
    return found


def told(policy: Policy, notices: list[Notice]) -> Told:
    """(day of the rung, its name), a repeat as `rung+n`."""
    return [
        (
            policy.calendar.local(one.rung_at).date().isoformat(),
            one.rung + (f"+{one.repeat}" if one.repeat else ""),
        )
        for one in notices
    ]
