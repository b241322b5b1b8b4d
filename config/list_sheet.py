"""A list kept as .xlsx → its rows as lines of cells, dates as people write them; bounded, so that no file can do harm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from config.workbooks import CELLS, LARGEST, ROWS, UNREADABLE, check_size
from directives.bulk import Row
from directives.errors import DondocError


def list_rows(file: Path) -> list[Row]:
    """The first sheet's rows. Errors: DondocError, in one line."""
    if not file.is_file():
        raise DondocError(f"'{file}' is not there; check the path")
    if file.stat().st_size > LARGEST:
        raise DondocError(f"'{file.name}' is larger than {LARGEST} bytes; keep only the list")
    try:
        check_size(file)
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            return list(_rows(book.worksheets[0]))
        finally:
            book.close()
    except UNREADABLE as error:
        raise DondocError(
            f"'{file.name}' cannot be read as .xlsx; save it anew, without a password"
        ) from error


def _rows(sheet: Any) -> Iterator[Row]:
    for n, cells in enumerate(sheet.iter_rows(values_only=True, max_col=CELLS), start=1):
        if n > ROWS:
            raise DondocError(f"the sheet has more than {ROWS} rows; split it")
        yield Row(n, tuple(_text(cell) for cell in cells))


def _text(cell: Any) -> str:
    if isinstance(cell, date):  # a datetime is one too
        return f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell).strip()
