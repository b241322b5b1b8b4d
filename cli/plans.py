"""How `dondoc open --migrate` shows which plans move: grouped where many are alike, or each step by itself."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from directives.errors import DondocError
from directives.ledger.replanning import Move, grouped
from directives.projection import Shift
from directives.workdays import WorkCalendar
from notifications.workbooks import FORMULA_SIGNS

NAMED = 6  # units named of a group
COLUMNS = ("instruction", "step", "unit", "rung", "repeat", "was", "now")


def move_lines(
    moves: Sequence[Move], calendar: WorkCalendar, now: datetime, *, each: bool = False
) -> Iterator[str]:
    """One line for each group of steps that move alike, or with `each` for every step."""
    if not moves:
        yield "No step's plan moves"
        return
    yield f"The plans of {len(moves)} steps move (rung, when it was planned → when it is planned now):"
    for found, alike in grouped(moves).items():
        said = "; ".join(_shift(one, calendar, now) for one in found)
        if each:
            yield from (f"  {'/'.join(move.step)}: {said}" for move in alike)
        else:
            yield from (f"  {who}: {said}" for who in _who(alike))


def write_moves(file: Path, moves: Sequence[Move]) -> None:
    """Every rung that moves as a row of a csv file. Errors: DondocError when the file cannot be written."""
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out)
            rows.writerow(COLUMNS)
            for move in moves:
                for one in move.shifts:
                    rows.writerow(
                        [*map(_as_text, move.step), one.rung, one.repeat, _iso(one.was), _iso(one.now)]
                    )
    except OSError as error:
        raise DondocError(
            f"{file} cannot be written ({error.strerror}); name another with --plans"
        ) from error


def _as_text(cell: str) -> str:
    """What spreadsheets would take for a formula, as they write text that only begins like one."""
    return f"'{cell}" if cell.startswith(tuple(FORMULA_SIGNS)) else cell


def _who(alike: Sequence[Move]) -> Iterator[str]:
    """`1g/report, 2 units (STP, NK)`."""
    units: dict[tuple[str, str], list[str]] = {}
    for move in alike:
        units.setdefault(move.step[:2], []).append(move.step[2])
    for step, codes in units.items():
        more = f", and {len(codes) - NAMED} more" if len(codes) > NAMED else ""
        counted = "1 unit" if len(codes) == 1 else f"{len(codes)} units"
        yield f"{'/'.join(step)}, {counted} ({', '.join(codes[:NAMED])}{more})"


def _shift(one: Shift, calendar: WorkCalendar, now: datetime) -> str:
    rung = f"{one.rung} (repeat {one.repeat})" if one.repeat else one.rung
    return f"{rung} {_when(one.was, calendar, now, 'none')} → {_when(one.now, calendar, now, 'no more')}"


def _when(at: datetime | None, calendar: WorkCalendar, now: datetime, never: str) -> str:
    if at is None:
        return never
    return f"{calendar.local(at):%d/%m/%Y %H:%M}" if at > now else "with the next pass"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
