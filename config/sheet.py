"""Rows of a table that people keep as .csv or .xlsx, each with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config.sentences import sentences
from config.workbooks import LARGEST, UNREADABLE, Cells, Unusable, sheet_lines
from config.yaml_lines import shown
from directives.errors import Problem
from directives.findings import closest, nearest
from directives.names import UNWRITABLE, folded


@dataclass
class Sheet:
    """The filled cells of each row by column, what is wrong with the table, and the columns it lacks.

    `heads`: a column as the file's head row calls it; `unusable`: the cells (line, column) that were said to be wrong.
    """

    file: str
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list[tuple[int, dict[str, Any]]])
    problems: list[Problem] = field(default_factory=list[Problem])
    absent: frozenset[str] = frozenset()
    heads: dict[str, str] = field(default_factory=dict[str, str])
    unusable: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])

    def wrong(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, line, self.heads.get(column, column), message))

    def row_problems(self, error: ValidationError, model: type[BaseModel], line: int) -> None:
        """A line for every cell that is wrong; a column that is not there was said once, at the head."""
        for loc, sentence, _ in sentences(error, model):
            if not (loc and (loc[0] in self.absent or (line, loc[0]) in self.unusable)):
                self.wrong(line, ".".join(map(str, loc)), sentence)


def read_sheet(
    file: Path,
    columns: Sequence[str],
    required: Sequence[str],
    heads: Mapping[str, Sequence[str]] | None = None,
) -> Sheet:
    """The first row names the columns, or calls them as `heads` has it (folded), which may know more of them.

    A misspelt one is said once and read as the column that was meant.
    """
    sheet = Sheet(shown(file))
    try:
        lines = sheet_lines(file) if file.suffix.lower() == ".xlsx" else _csv(file)
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        sheet.wrong(1, "", f"cannot be read ({reason}); give a UTF-8 .csv or an .xlsx")
        return sheet
    known = {name: column for column, names in (heads or {}).items() for name in (*names, column)}
    head = [_text(cell) for cell in lines[0][1]] if lines else []
    while head and not head[-1]:
        head.pop()
    meant = [
        name if name in columns else known.get(name) or known.get(" ".join(folded(name)), "") for name in head
    ]
    if not any(meant):
        sheet.wrong(1, "", f"has no head row; the first row must name the columns {', '.join(columns)}")
        return sheet
    names = list(_meant(head, meant, columns, sheet))
    sheet.heads = {column: name for column, name in zip(meant, head, strict=True) if column}
    sheet.absent = frozenset(columns) - set(names)
    for column in required:
        if column in sheet.absent:
            sheet.wrong(1, column, "is missing; add the column")
    for line, cells in lines[1:]:
        if row := _row(line, cells, names, sheet):
            sheet.rows.append((line, row))
    return sheet


def _meant(head: Sequence[str], meant: Sequence[str], columns: Sequence[str], sheet: Sheet) -> Iterator[str]:
    """The column behind each name of the head; empty where there is none."""
    free, seen = [column for column in columns if column not in meant], set[str]()
    for name, sure in zip(head, meant, strict=True):
        if (sure or name) in seen:
            sheet.wrong(1, name, "stands twice; keep one column")
        elif name and not sure:
            sheet.wrong(1, name, f"is no column{nearest(name, free or columns)}")
        column = sure or closest(name, free) or ""
        yield "" if column in seen else column
        seen.add(column or name)


def _row(line: int, cells: Sequence[Any], names: Sequence[str], sheet: Sheet) -> dict[str, Any]:
    if any(_text(cell) for cell in cells[len(names) :]):
        sheet.wrong(
            line, "", "has more cells than the head row has columns; put quotes around a text with commas"
        )
        return {}
    row: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if isinstance(cell, Unusable) and name:
            sheet.wrong(line, name, cell.why)
            sheet.unusable.add((line, name))
        elif name and (value := _plain(cell)) != "":
            if isinstance(value, str) and (found := UNWRITABLE.search(value)):
                sheet.wrong(
                    line, name, f"holds U+{ord(found[0]):04X}, which may not stand in a text; type it anew"
                )
                sheet.unusable.add((line, name))
            else:
                row[name] = value
    return row


def _csv(file: Path) -> list[Cells]:
    if file.stat().st_size > LARGEST:
        raise OSError(f"is larger than {LARGEST} bytes")
    with file.open(encoding="utf-8-sig", newline="") as text:
        first = text.readline()
        text.seek(0)
        # Where the comma is the decimal sign, as in Việt Nam, spreadsheets separate cells by semicolons.
        reader = csv.reader(text, delimiter=";" if first.count(";") > first.count(",") else ",")
        lines: list[Cells] = []
        line = 1
        for row in reader:
            lines.append((line, row))
            line = reader.line_num + 1  # a cell may hold several lines: a row is named by its first
        return lines


def _plain(cell: Any) -> Any:
    """Dates as dates, everything else as text."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _text(cell)


def _text(cell: Any) -> str:
    return "" if cell is None or isinstance(cell, Unusable) else str(cell).strip()
