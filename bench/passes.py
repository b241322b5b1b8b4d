"""A pass with 100 due steps among a thousand, a hundred thousand and a million, and beside loading every row.

    .venv/bin/python -m bench.passes [--small] [--json]

The pass plans, writes notices and addressees, and is rolled back, so that each round finds the same ledger. Beside it:
every row loaded and its plan made, which is what a program without an index of what is due would do.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bench import ledgers
from bench.databases import KINDS, analyze, ledger
from bench.measure import Bar, Seconds, arguments, in_rounds, report
from directives.ledger.frozen import policy_of
from directives.ledger.passes import run_pass
from directives.ledger.states import campaign_row, states_of
from directives.ledger.tables import Step

SIZES = (1_000, 100_000, 1_000_000)
SMALL = (1_000, 20_000)
DUE = 100
READ_WHOLE = 100_000  # rows, at most, that are loaded and checked one by one
GROWTH, TIMES = 1.5, 50


def made(engine: Engine, steps: int) -> datetime:
    """A ledger of so many steps, `DUE` of them due at the moment returned."""
    now = ledgers.opened(engine, ledgers.directive())
    ledgers.multiplied(engine, steps)
    ledgers.due_now(engine, now, DUE)
    analyze(engine)
    return now


def one_pass(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        done = run_pass(session, ledgers.CAMPAIGN, ledgers.INSTRUCTION, now, now)
        assert (done.due, done.notices > 0) == (DUE, True), done
        session.rollback()


def every_row(engine: Engine, now: datetime) -> None:
    with Session(engine) as session:
        campaign = campaign_row(session, ledgers.CAMPAIGN)
        policy = policy_of(campaign)
        steps = session.exec(select(Step).where(Step.campaign_id == campaign.id).order_by(col(Step.id))).all()
        plans = [policy.plan(state, now) for state in states_of(session, campaign, steps)]
        assert any(plan.notice for plan in plans)


def measured(kind: str, sizes: tuple[int, ...], rounds: int) -> tuple[list[dict[str, object]], list[Bar]]:
    with ExitStack() as stack:
        cases: dict[str, Callable[[], None]] = {}
        steps: dict[int, int] = {}
        whole = max(size for size in sizes if size <= READ_WHOLE)
        for size in sizes:
            engine = stack.enter_context(ledger(kind))
            now = made(engine, size)
            steps[size] = ledgers.counted(engine)
            cases[f"pass {size}"] = partial(one_pass, engine, now)
            if size == whole:
                cases["every row"] = partial(every_row, engine, now)
        taken = in_rounds(cases, rounds)
    return _rows(kind, steps, whole, taken), _bars(kind, sizes, whole, taken)


def _rows(kind: str, steps: dict[int, int], whole: int, taken: dict[str, Seconds]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {"database": kind, "steps": count, "work": f"a pass, {DUE} due", "seconds": taken[f"pass {size}"]}
        for size, count in steps.items()
    ]
    every = {
        "database": kind,
        "steps": steps[whole],
        "work": "every row checked",
        "seconds": taken["every row"],
    }
    return [*rows, every]


def _bars(kind: str, sizes: tuple[int, ...], whole: int, taken: dict[str, Seconds]) -> list[Bar]:
    least, most = taken[f"pass {sizes[0]}"].median, taken[f"pass {sizes[-1]}"].median
    times = taken["every row"].median / taken[f"pass {whole}"].median
    return [
        Bar(
            f"{kind}: a pass among {sizes[-1]:,} takes so many times one among {sizes[0]:,}",
            most / least,
            GROWTH,
        ),
        Bar(f"{kind}: so many times as fast as checking {whole:,} rows", times, TIMES, at_least=True),
    ]


def main() -> int:
    wanted = arguments(__doc__)
    rows: list[dict[str, object]] = []
    bars: list[Bar] = []
    for kind in KINDS:
        found, held = measured(kind, SMALL if wanted.small else SIZES, wanted.rounds)
        rows, bars = rows + found, bars + held
    return report("a pass among ever more steps", rows, bars, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
