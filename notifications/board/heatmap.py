"""The campaign as a picture: units as rows by district, instructions as columns, the worst status in each cell.

Frozen facts in, PNG bytes out, the same bytes for the same facts. Colours are told apart by colour-blind readers too,
and every cell bears a sign, so that colour is never alone. Large organisations are drawn by district, then province.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from directives.board import WORST_FIRST, HeatMap, HeatRow
from directives.evaluate import Status
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.board.pen import Pen, ink, short
from notifications.words import entry, say

UNITS, DISTRICTS = 150, 150  # more than so many rows are drawn together
WIDTH_PX = 690
ROW_PX, HEAD_PX, NAME_PX, LEGEND_PX = 15, 26, 236, 17
NAME_LENGTH = 36

COLOURS = {
    Status.OVERDUE: "#d55e00",
    Status.RETURNED: "#b0569b",
    Status.DUE_SOON: "#f2e14c",
    Status.NOT_RECEIVED: "#f6b26b",
    Status.AWAITING_ACCEPTANCE: "#2f9fe0",
    Status.ON_HOLD: "#3f3f3f",
    Status.IN_PROGRESS: "#b9e2f8",
    Status.CONTINUING: "#d0d0d0",
    Status.COMPLETED_LATE: "#0b3f7a",
    Status.COMPLETED_ON_TIME: "#12876a",
    Status.WAIVED: "#fbf7ef",
}
NOT_ASKED, HEADING = "#ffffff", "#e8ebf0"
SHARES = ("#e6f2ec", "#f8d9b8", "#f0a860", "#d55e00")  # nobody late, up to a third, up to two thirds, more


@dataclass(frozen=True, slots=True)
class Cell:
    colour: str
    sign: str


@dataclass(frozen=True, slots=True)
class Line:
    """A heading when it has no cells."""

    name: str
    cells: tuple[Cell, ...] = ()


def draw(facts: HeatMap, calendar: WorkCalendar) -> bytes:
    """The picture as PNG, twice as wide as it is shown."""
    shares = is_shared(facts)
    rows = lines(facts)
    legend = _share_legend() if shares else _legend()
    legend_rows = -(-len(legend) // 3)
    height = HEAD_PX * 2 + 4 + ROW_PX * len(rows) + LEGEND_PX * (legend_rows + 1)
    pen = Pen(WIDTH_PX, height)
    at = dates.instant(facts.at, calendar)
    pen.text(6, HEAD_PX / 2, short(say("heatmap.title", title=facts.title, at=at), 95), 10, bold=True)
    _draw_legend(pen, legend, HEAD_PX)
    top = HEAD_PX + LEGEND_PX * (legend_rows + 1)
    _draw_rows(pen, facts.columns, rows, top)
    return pen.png()


def is_shared(facts: HeatMap) -> bool:
    """Whether units are so many that they are drawn together."""
    return len(facts.rows) > UNITS


def lines(facts: HeatMap) -> list[Line]:
    """What stands in the picture's rows from top to bottom."""
    if not is_shared(facts):
        return list(_units(facts.rows))
    for level in (0, 1):
        grouped = _grouped(facts.rows, level)
        if len(grouped) <= DISTRICTS:
            break
    return [Line(name, _shares(rows)) for name, rows in grouped.items()]


def _units(rows: Sequence[HeatRow]) -> list[Line]:
    found: list[Line] = []
    for name, group in _grouped(rows, 0).items():
        found.append(Line(name))
        found += [Line(row.name, tuple(_cell(status) for status in row.cells)) for row in group]
    return found


def _grouped(rows: Sequence[HeatRow], level: int) -> dict[str, list[HeatRow]]:
    """Rows under the district's name, or under what lies above the districts; those of the city itself first."""
    city = say("heatmap.city")
    found: dict[str, list[HeatRow]] = {city: []}
    for row in rows:
        above = row.above[min(level, len(row.above) - 1)] if row.above else city
        found.setdefault(above, []).append(row)
    return {name: group for name, group in found.items() if group}


def _cell(status: Status | None) -> Cell:
    if status is None:
        return Cell(NOT_ASKED, "")
    return Cell(COLOURS[status], str(entry(f"heatmap.signs.{status}")))


def _shares(rows: Sequence[HeatRow]) -> tuple[Cell, ...]:
    """Of the units asked in each column, how many are late."""
    found: list[Cell] = []
    for column in zip(*(row.cells for row in rows), strict=True):
        asked = [one for one in column if one is not None]
        late = sum(one is Status.OVERDUE for one in asked)
        place = -(-3 * late // len(asked)) if asked else 0
        found.append(Cell(SHARES[place], f"{late}/{len(asked)}") if asked else Cell(NOT_ASKED, ""))
    return tuple(found)


def _legend() -> list[tuple[Cell, str]]:
    known = [(_cell(status), say(f"status.{status}")) for status in WORST_FIRST]
    return [*known, (Cell(NOT_ASKED, ""), say("heatmap.not_asked"))]


def _share_legend() -> list[tuple[Cell, str]]:
    return [
        (Cell(SHARES[0], "0/9"), say("heatmap.none")),
        (Cell(SHARES[2], "5/9"), say("heatmap.some")),
        (Cell(NOT_ASKED, ""), say("heatmap.not_asked")),
    ]


def _draw_legend(pen: Pen, legend: Sequence[tuple[Cell, str]], top: float) -> None:
    """Three columns, filled row by row."""
    for n, (cell, words) in enumerate(legend):
        x, y = 6 + (n % 3) * WIDTH_PX / 3, top + (n // 3) * LEGEND_PX
        wide = 26 if len(cell.sign) > 1 else 16
        pen.box(x, y + 2, wide, LEGEND_PX - 4, cell.colour, "#8a9099")
        pen.text(
            x + wide / 2, y + LEGEND_PX / 2, cell.sign, 9, bold=True, middle=True, colour=ink(cell.colour)
        )
        pen.text(x + wide + 5, y + LEGEND_PX / 2, words, 10)


def _draw_rows(pen: Pen, columns: Sequence[str], rows: Sequence[Line], top: float) -> None:
    wide = (WIDTH_PX - NAME_PX - 4) / max(1, len(columns))
    for n, label in enumerate(columns):
        pen.text(NAME_PX + (n + 0.5) * wide, top + HEAD_PX / 2, short(label, 9), 10, bold=True, middle=True)
    for n, row in enumerate(rows):
        y = top + HEAD_PX + n * ROW_PX
        if not row.cells:
            pen.box(0, y, WIDTH_PX, ROW_PX, HEADING)
            pen.text(6, y + ROW_PX / 2, short(row.name, 80), 10, bold=True)
            continue
        pen.text(12, y + ROW_PX / 2, short(row.name, NAME_LENGTH), 10)
        for column, cell in enumerate(row.cells):
            x = NAME_PX + column * wide
            pen.box(x, y, wide, ROW_PX, cell.colour)
            if cell.sign:
                pen.text(x + wide / 2, y + ROW_PX / 2, cell.sign, 9, middle=True, colour=ink(cell.colour))
