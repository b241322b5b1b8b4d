"""Rows of a table that people keep as .csv or .xlsx, each with its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import BaseModel, ValidationError

from config.sentences import sentences
from config.yaml_lines import shown
from directives.errors import Problem
from directives.findings import closest, nearest

# What the readers raise on a file that is something else; openpyxl says KeyError of a zip that is no workbook.
UNREADABLE = (OSError, UnicodeDecodeError, csv.Error, BadZipFile, InvalidFileException, KeyError)
Cells = tuple[int, list[Any]]  # a line, from 1, and what stands on it


@dataclass
class Sheet:
    """The filled cells of each row by column, what is wrong with the table, and the columns it lacks."""

    file: str
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list[tuple[int, dict[str, Any]]])
    problems: list[Problem] = field(default_factory=list[Problem])
    absent: frozenset[str] = frozenset()

    def wrong(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(self.file, line, column, message))

    def row_problems(self, error: ValidationError, model: type[BaseModel], line: int) -> None:
        """A line for every cell that is wrong; a column that is not there was said once, at the head."""
        for loc, sentence, _ in sentences(error, model):
            if not (loc and loc[0] in self.absent):
                self.wrong(line, ".".join(map(str, loc)), sentence)


def read_sheet(file: Path, columns: Sequence[str], required: Sequence[str]) -> Sheet:
    """The first row names the columns. A misspelt one is said once and read as the column that was meant."""
    sheet = Sheet(shown(file))
    try:
        lines = _xlsx(file) if file.suffix.lower() == ".xlsx" else _csv(file)
    except UNREADABLE as error:
        reason = getattr(error, "strerror", None) or error
        sheet.wrong(1, "", f"cannot be read ({reason}); give a UTF-8 .csv or an .xlsx")
        return sheet
    head = [_text(cell) for cell in lines[0][1]] if lines else []
    if not set(head) & set(columns):
        sheet.wrong(1, "", f"has no head row; the first row must name the columns {', '.join(columns)}")
        return sheet
    names = list(_meant(head, columns, sheet))
    sheet.absent = frozenset(columns) - set(names)
    for column in required:
        if column in sheet.absent:
            sheet.wrong(1, column, "is missing; add the column")
    for line, cells in lines[1:]:
        if row := _row(line, cells, names, sheet):
            sheet.rows.append((line, row))
    return sheet


def _meant(head: Sequence[str], columns: Sequence[str], sheet: Sheet) -> Iterator[str]:
    """The column behind each name of the head; empty where there is none."""
    free, seen = [column for column in columns if column not in head], set[str]()
    for name in head:
        if name in seen:
            sheet.wrong(1, name, "stands twice; keep one column")
        elif name and name not in columns:
            sheet.wrong(1, name, f"is no column{nearest(name, free or columns)}")
        meant = name if name in columns else closest(name, free) or ""
        yield "" if meant in seen else meant
        seen.add(meant or name)


def _row(line: int, cells: Sequence[Any], names: Sequence[str], sheet: Sheet) -> dict[str, Any]:
    if any(_text(cell) for cell in cells[len(names) :]):
        sheet.wrong(
            line, "", "has more cells than the head row has columns; put quotes around a text with commas"
        )
        return {}
    row = {name: _plain(cell) for name, cell in zip(names, cells, strict=False)}
    return {name: cell for name, cell in row.items() if name and cell != ""}


def _csv(file: Path) -> list[Cells]:
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


def _xlsx(file: Path) -> list[Cells]:
    book = load_workbook(file, read_only=True, data_only=True)
    try:
        return [
            (n, list(row)) for n, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
        ]
    finally:
        book.close()


def _plain(cell: Any) -> Any:
    """Dates as dates, everything else as text."""
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else _text(cell)


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
