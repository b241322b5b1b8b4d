"""How long a large campaign's board takes to compute and write (its picture apart), and the counts of a million steps.

.venv/bin/python -m bench.board [--small] [--json]
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from functools import partial

from sqlalchemy import Engine

from bench import ledgers
from bench.databases import KINDS, analyze, ledger
from bench.measure import Bar, Seconds, arguments, in_rounds, report
from directives.evaluate import Status
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.counting import counts_by_status
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row
from notifications.board.markdown import campaign_board

BOARDS, COUNTS = (1_000, 25_000), (100_000, 1_000_000)
SMALL_BOARDS, SMALL_COUNTS = (1_000, 5_000), (10_000, 50_000)
LIMIT_SECONDS = 2.0


def whole_board(engine: Engine, now: datetime) -> None:
    with reading(engine) as session:
        board = boards.campaign_board(Casebook(session, campaign_row(session, ledgers.CAMPAIGN)), now)
    assert campaign_board(board, {})


def counts(engine: Engine, now: datetime) -> None:
    with reading(engine) as session:
        book = Casebook(session, campaign_row(session, ledgers.CAMPAIGN))
        found = counts_by_status(book, now)
    assert found[Status.OVERDUE] > 0


def boards_measured(sizes: tuple[int, ...], rounds: int) -> tuple[list[dict[str, object]], list[Bar]]:
    with ExitStack() as stack:
        cases: dict[str, Callable[[], None]] = {}
        for size in sizes:
            engine = stack.enter_context(ledger("sqlite"))
            now = ledgers.opened(engine, ledgers.grown(ledgers.directive(), size))
            cases[f"{ledgers.counted(engine):,}"] = partial(whole_board, engine, now)
        taken = in_rounds(cases, rounds)
    most = list(taken.values())[-1].median
    rows = [_row("sqlite", "a board", steps, seconds) for steps, seconds in taken.items()]
    return rows, [Bar(f"seconds for the board of {sizes[-1]:,} steps", most, LIMIT_SECONDS)]


def counts_measured(
    kind: str, sizes: tuple[int, ...], rounds: int
) -> tuple[list[dict[str, object]], list[Bar]]:
    with ExitStack() as stack:
        cases: dict[str, Callable[[], None]] = {}
        held: list[int] = []
        for size in sizes:
            engine = stack.enter_context(ledger(kind))
            now = ledgers.opened(engine, ledgers.directive())
            held.append(ledgers.multiplied(engine, size))
            analyze(engine)
            cases[f"{held[-1]:,}"] = partial(counts, engine, now)
        taken = in_rounds(cases, rounds)
    least, *_, most = (one.median for one in taken.values())
    rows = [_row(kind, "counts by status", steps, seconds) for steps, seconds in taken.items()]
    growth = most / least / (held[-1] / held[0])
    return rows, [
        Bar(f"{kind}: seconds for the counts of {sizes[-1]:,} steps", most, LIMIT_SECONDS),
        Bar(f"{kind}: they grow so many times as fast as the steps", growth, 1.0),
    ]


def _row(kind: str, work: str, steps: str, seconds: Seconds) -> dict[str, object]:
    return {"database": kind, "work": work, "steps": steps, "seconds": seconds}


def main() -> int:
    wanted = arguments(__doc__)
    rows, bars = boards_measured(SMALL_BOARDS if wanted.small else BOARDS, wanted.rounds)
    for kind in KINDS:
        found, held = counts_measured(kind, SMALL_COUNTS if wanted.small else COUNTS, wanted.rounds)
        rows, bars = rows + found, bars + held
    return report("the campaign's board", rows, bars, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
