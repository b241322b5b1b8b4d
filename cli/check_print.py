"""What `dondoc check` shows people: plain lines that fit 80 columns, nothing cut off."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

WIDTH = 80
INDENT = 4
# Heads for the columns of the matrix; a kind without one is shown as it is.
SHORT = {
    "department": "dept",
    "urban_district": "urban",
    "rural_district": "rural",
    "township": "town",
    "public_service": "service",
    "central_agency": "central",
}
Report = Mapping[str, Any]
Row = tuple[str, ...]


def lines(report: Report) -> Iterator[str]:
    """The whole report, line by line."""
    yield from _head(report)
    yield from _section("Who owes what", _matrix(report))
    yield from _section("By when", _dates(report))
    yield from _section("Rungs, by last good day (in brackets: before the opening, not sent)", _rungs(report))
    yield from _section("The ladder", _ladder(report))
    yield from _section("Numbered items a mail has at most", _items(report))
    for title in ("notes", "warnings"):
        if report[title]:
            yield from _section(title.capitalize(), _bullets(report[title]))


def _head(report: Report) -> Iterator[str]:
    directive, counts = report["directive"], report["counts"]
    yield report["campaign"]
    yield f"{directive['kind']} {directive['number']} of {_day(directive['issued'])}, {directive['issuer']}"
    yield f"Signed by {directive['signatory']}. Opens {datetime.fromisoformat(report['opens']):%d/%m/%Y %H:%M}."
    yield (
        f"{counts['instructions']} instructions, {counts['steps']:,} steps, "
        f"{counts['units_with_a_duty']} of {counts['units']} units with a duty."
    )


def _section(title: str, body: Iterator[str]) -> Iterator[str]:
    yield ""
    yield title.upper()
    yield from body


def _matrix(report: Report) -> Iterator[str]:
    """One row for all instructions that ask the same step of as many units of each kind."""
    kinds: list[str] = list(report["counts"]["kinds"])
    cells: dict[tuple[str, str], dict[str, int]] = {}
    for cell in report["matrix"]:
        cells.setdefault((cell["instruction"], cell["step"]), {})[cell["kind"]] = cell["count"]
    groups = _grouped(
        [(one, (step, *(count.get(kind, 0) for kind in kinds))) for (one, step), count in cells.items()]
    )
    names = _names(report)
    rows: list[Row] = [("", "step", *(SHORT.get(kind, kind) for kind in kinds), "total")]
    for instructions, (step, *counts) in groups:
        rows.append((_run(instructions, names), step, *(str(n or "·") for n in counts), str(sum(counts))))
    yield from _table(rows, left=2)


def _dates(report: Report) -> Iterator[str]:
    """One entry for all instructions whose step has the same units, date, basis and covering; the basis below it."""
    groups = _grouped(
        [
            (
                one["instruction"],
                tuple((name, value) for name, value in one.items() if name != "instruction"),
            )
            for one in report["dates"]
        ]
    )
    names, rows, below = _names(report), [("", "step", "units", "due", "last good day")], [""]
    for instructions, fields in groups:
        one = dict(fields)
        last = f"{date.fromisoformat(one['last_good_day']):%a %d/%m/%Y}" if one["last_good_day"] else ""
        rows.append((_run(instructions, names), one["step"], str(one["units"]), _written(one), last))
        below.append(_below(one))
    for line, more in zip(_table(rows, left=2, right=1), below, strict=True):
        yield line
        yield from _wrapped(more, INDENT)


def _written(one: Mapping[str, Any]) -> str:
    """`before 10/11/2020`: the date as the file has it, days as people read them."""
    words = str(one["written"]).split(" ", 1)
    if words[0] not in ("before", "by"):
        return str(one["written"]).replace("_", " ")
    day = datetime.fromisoformat(words[1])
    return f"{words[0]} {day:%d/%m/%Y}" + (f" {day:%H:%M}" if len(words[1]) > len("2020-11-10") else "")


def _below(one: Mapping[str, Any]) -> str:
    said = [f"{one['basis']}: {one['basis_text']}" if one["basis"] else ""]
    if one["last_workday"] != one["last_good_day"]:
        said.append(f"last working day {_day(one['last_workday'])}")
    if one["covered_by"]:
        said.append(f"covered by {one['covered_by']}")
    elif one["due_before"]:
        said.append(f"accepted by {one['accepts']}")
    said.append("copied to the unit above" if one["copy_to_parent"] else "")
    return "; ".join(part for part in said if part)


def _rungs(report: Report) -> Iterator[str]:
    """Days without their year, which the first column has; heads on two lines, as wide as their parts."""
    keys = list(dict.fromkeys(rung["rung"] for row in report["rungs"] for rung in row["rungs"]))
    split = [key.rpartition("-") for key in keys]
    rows: list[Row] = [
        ("last good", *(first or last for first, _, last in split)),
        ("day", *(last if first else "" for first, _, last in split)),
    ]
    for row in report["rungs"]:
        days = {rung["rung"]: _rung_day(rung, row["last_good_day"]) for rung in row["rungs"]}
        rows.append((_day(row["last_good_day"]), *(days.get(key, "") for key in keys)))
    yield from _table(rows, left=1)


def _rung_day(rung: Mapping[str, Any], last_good_day: str) -> str:
    same_year = rung["date"][:4] == last_good_day[:4]
    day = f"{date.fromisoformat(rung['date']):{'%d/%m' if same_year else '%d/%m/%y'}}"
    return f"({day})" if rung["superseded"] else day


def _ladder(report: Report) -> Iterator[str]:
    width = max(len(rung["rung"]) for rung in report["ladder"])
    for rung in report["ladder"]:
        others = [target for target in rung["to"] if target != "lead"]
        said = [rung["when"], f"also to the {' and the '.join(others)}" if others else ""]
        said += ["with a draft of an urging letter" if rung["letter"] else "", rung["repeat"] or ""]
        yield from _wrapped(
            f"{rung['rung']:<{width}}  {'; '.join(part for part in said if part)}", 0, width + 2
        )


def _items(report: Report) -> Iterator[str]:
    said: list[str] = []
    for kind, found in report["items_per_mail"].items():
        more = ", ".join(f"{code} {count}" for code, count in found["more"].items())
        said.append(f"{SHORT.get(kind, kind)} {found['items']}" + (f" ({more})" if more else ""))
    yield from _wrapped(" · ".join(said))


def _bullets(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from _wrapped(f"- {text}", 0, 2)


def _names(report: Report) -> list[str]:
    return list(dict.fromkeys(one["instruction"] for one in report["dates"]))


def _grouped(rows: Sequence[tuple[str, Any]]) -> list[tuple[list[str], Any]]:
    """The instructions that say the same, together, where the first of them stands."""
    groups: dict[Any, list[str]] = {}
    for instruction, same in rows:
        groups.setdefault(same, []).append(instruction)
    return [(instructions, same) for same, instructions in groups.items()]


def _run(instructions: Sequence[str], order: Sequence[str]) -> str:
    """`1a … 1e` for three or more in a row of the file, else each."""
    places = [order.index(one) for one in instructions]
    if len(places) > 2 and places == list(range(places[0], places[-1] + 1)):
        return f"{instructions[0]} … {instructions[-1]}"
    return " ".join(instructions)


def _table(rows: Sequence[Row], left: int, right: int = 0) -> Iterator[str]:
    """Columns as wide as their widest cell; the first `left` and, with `right`, the last two read from the left."""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    to_left = {*range(left), *range(len(widths) - 2 * right, len(widths))}
    for row in rows:
        cells = [
            f"{cell:<{widths[n]}}" if n in to_left else f"{cell:>{widths[n]}}" for n, cell in enumerate(row)
        ]
        yield " ".join(cells).rstrip()


def _wrapped(text: str, indent: int = 0, hanging: int = 0) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _day(iso: str) -> str:
    return f"{date.fromisoformat(iso):%d/%m/%Y}"
