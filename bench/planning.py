"""How many steps a second one process evaluates and plans: the rules alone, no database.

    .venv/bin/python -m bench.planning [--small] [--json]

Open steps only, each with a deadline, a first mail and perhaps a receipt; their deadlines lie on sixty days around now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bench import ledgers
from bench.measure import Bar, arguments, in_rounds, report
from directives.definition import Definition
from directives.evaluate import StepState, status
from directives.plan import Policy

STEPS, SMALL = 100_000, 10_000
PER_SECOND = 50_000
DAYS = 60


def open_steps(definition: Definition, now: datetime, steps: int) -> list[StepState]:
    calendar = definition.calendar
    midnight = calendar.at(now.date(), datetime.min.time())
    return [
        StepState(
            step_id=n,
            opened_at=definition.opened_at,
            due_before=midnight + timedelta(n % DAYS - DAYS // 2),
            first_mailed_at=now - timedelta(40 + n % 7),
            received_at=now - timedelta(30) if n % 3 else None,
            noticed=frozenset({("assigned", 0)} if n % 2 else {("assigned", 0), ("overdue-1", 0)}),
        )
        for n in range(steps)
    ]


def planned(definition: Definition, states: Sequence[StepState], now: datetime) -> None:
    policy = Policy(
        definition.ladder, definition.calendar
    )  # new: what it remembers of deadlines is part of the work
    for state in states:
        status(state, policy.calendar, now)
        policy.plan(state, now)


def main() -> int:
    wanted = arguments(__doc__)
    definition = ledgers.directive()
    now = definition.calendar.next_slot(definition.opened_at + timedelta(130))
    states = open_steps(definition, now, SMALL if wanted.small else STEPS)
    taken = in_rounds({"rules": partial(planned, definition, states, now)}, wanted.rounds)["rules"]
    a_second = round(len(states) / taken.median)
    rows = [{"steps": len(states), "seconds": taken, "steps a second": f"{a_second:,}"}]
    bars = [Bar("steps evaluated and planned a second", a_second, PER_SECOND, at_least=True)]
    return report("the rules", rows, bars, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
