"""How much mail a simulated year brings, as a picture: a calendar of its days, and each unit's weeks.

The heat map's style: the same facts give the same bytes, and every cell bears its number, so that colour is never alone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from directives.definition import Definition
from directives.simulated import BUSY, SimulatedYear
from notifications import dates
from notifications.board.heatmap import HEADING, NAME_LENGTH, NAME_PX, UNITS, WIDTH_PX
from notifications.board.pen import Pen, ink, short
from notifications.words import say

ROW_PX, DAY_PX, HEAD_PX, MONTH_PX, LEGEND_PX, COLUMN_PX = 15, 19, 26, 96, 22, 34
NOTHING, OFF = "#f6f7f9", "#d5d8de"
SCALE = ("#deebf7", "#abd0e6", "#6aaed6", "#3787c0", "#105ba4")  # one hue, from light to dark
ALARM = "#d55e00"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A heading when it has no weeks: (Monday, mails)."""

    name: str
    weeks: tuple[tuple[date, int], ...] | None = None


def draw_load(year: SimulatedYear, definition: Definition, busy: int = BUSY) -> bytes:
    """The picture as PNG, twice as wide as it is shown."""
    months, rows, weeks = list(_months(year)), list(unit_rows(year, definition)), _weeks(year)
    top = HEAD_PX * 2 + LEGEND_PX
    units_top = top + DAY_PX * len(months) + HEAD_PX
    pen = Pen(WIDTH_PX, units_top + HEAD_PX + ROW_PX * len(rows) + 6)
    title = say(
        "load.title",
        title=definition.campaign.title,
        start=dates.day(year.start.date()),
        until=dates.day(year.until.date()),
    )
    pen.text(6, HEAD_PX / 2, short(title, 95), 10, bold=True)
    _draw_legend(pen, HEAD_PX, busy)
    pen.text(
        6,
        HEAD_PX + LEGEND_PX + HEAD_PX / 2,
        say("load.days", mails=f"{len(year.mails):,}".replace(",", ".")),
        10,
        bold=True,
    )
    _draw_days(pen, year, definition, months, top)
    grouped = is_grouped(year)
    pen.text(6, units_top - HEAD_PX / 2, say("load.districts" if grouped else "load.units"), 10, bold=True)
    _draw_units(pen, rows, weeks, units_top, busy)
    return pen.png()


def unit_rows(year: SimulatedYear, definition: Definition) -> Iterator[UnitRow]:
    """Units that get mail under the name of what they belong to; many units together, each group by its busiest one."""
    groups = _groups(year, definition)
    by_unit: dict[str, dict[date, int]] = {}
    for (unit, week), count in year.weeks.items():
        by_unit.setdefault(unit, {})[week] = count
    for name, codes in groups.items():
        if is_grouped(year):
            most: dict[date, int] = {}
            for code in codes:
                for week, count in by_unit[code].items():
                    most[week] = max(count, most.get(week, 0))
            yield UnitRow(say("load.group", name=name, count=len(codes)), tuple(sorted(most.items())))
            continue
        yield UnitRow(name)
        for code in codes:
            yield UnitRow(year.units[code], tuple(sorted(by_unit[code].items())))


def is_grouped(year: SimulatedYear) -> bool:
    """Whether units with mail are so many that they are drawn together."""
    return len({unit for unit, _ in year.weeks}) > UNITS


def _groups(year: SimulatedYear, definition: Definition) -> dict[str, list[str]]:
    """Units with mail by the unit above them, in the organisation's order; a superior stands first in its own group."""
    mailed = {unit for unit, _ in year.weeks}
    city = say("load.city")
    above = {code: definition.superior(code) for code in year.units}
    found: dict[str, list[str]] = {city: []}
    for code in year.units:
        if code in mailed:
            superior = above[code]
            heads = code if code in above.values() and superior else superior
            # Only what lies below a unit that has a superior itself is a group of its own.
            name = year.units[heads] if heads and above[heads] else city
            found.setdefault(name, []).append(code)
    return {name: codes for name, codes in found.items() if codes}


def _months(year: SimulatedYear) -> Iterator[date]:
    month = year.start.date().replace(day=1)
    while month <= year.until.date():
        yield month
        month = (month + timedelta(31)).replace(day=1)


def _weeks(year: SimulatedYear) -> list[date]:
    """The Mondays of the weeks with mail."""
    return sorted({week for _, week in year.weeks})


def _draw_days(
    pen: Pen, year: SimulatedYear, definition: Definition, months: Sequence[date], top: float
) -> None:
    counts, wide = year.days, (WIDTH_PX - MONTH_PX - 4) / 31
    most = max(counts.values(), default=1)
    for n, month in enumerate(months):
        y = top + n * DAY_PX
        pen.text(12, y + DAY_PX / 2, say("load.month", month=month.month, year=month.year), 10)
        for number in range(1, monthrange(month.year, month.month)[1] + 1):
            day = month.replace(day=number)
            if not year.start.date() <= day <= year.until.date():
                continue
            count, x = counts[day], MONTH_PX + (number - 1) * wide
            off = not definition.calendar.is_workday(day)
            colour = shade(count, most) if count else OFF if off else NOTHING
            pen.box(x, y, wide, DAY_PX, colour)
            words = str(count) if count else str(number)
            faint = "#8a9099" if not count else ink(colour)
            pen.text(x + wide / 2, y + DAY_PX / 2, words, 8 if count else 7, middle=True, colour=faint)


def _draw_units(pen: Pen, rows: Sequence[UnitRow], weeks: Sequence[date], top: float, busy: int) -> None:
    wide = (WIDTH_PX - NAME_PX - 4) / max(1, len(weeks))
    place = {week: NAME_PX + n * wide for n, week in enumerate(weeks)}
    each = max(1, -(-COLUMN_PX // int(wide)))  # as many heads as fit beside each other
    for week in weeks[::each]:
        pen.text(place[week] + 1, top + HEAD_PX / 2, f"{week:%d/%m}", 9, bold=True)
    for n, row in enumerate(rows):
        y = top + HEAD_PX + n * ROW_PX
        if row.weeks is None:
            pen.box(0, y, WIDTH_PX, ROW_PX, HEADING)
            pen.text(6, y + ROW_PX / 2, short(row.name, 80), 10, bold=True)
            continue
        pen.text(12, y + ROW_PX / 2, short(row.name, NAME_LENGTH), 10)
        for week, count in row.weeks:
            colour = ALARM if count >= busy else shade(count, busy - 1)
            pen.box(place[week], y, wide, ROW_PX, colour)
            x = place[week] + wide / 2
            pen.text(x, y + ROW_PX / 2, str(count), 9 if wide > 12 else 7, middle=True, colour=ink(colour))


def shade(count: int, most: int) -> str:
    """The darker, the nearer to the most."""
    place = (count * len(SCALE) - 1) // max(1, most)
    return SCALE[min(max(place, 0), len(SCALE) - 1)]


def _draw_legend(pen: Pen, top: float, busy: int) -> None:
    boxes = [(OFF, say("load.day_off")), (SCALE[0], say("load.few")), (SCALE[-1], say("load.many"))]
    boxes.append((ALARM, say("load.busy", limit=busy)))
    for n, (colour, words) in enumerate(boxes):
        x = 6 + n * WIDTH_PX / 4
        pen.box(x, top + 4, 16, LEGEND_PX - 8, colour, "#8a9099")
        pen.text(x + 21, top + LEGEND_PX / 2, words, 10)
