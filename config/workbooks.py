"""Files of Excel as they come from people: bounded, so that none can do harm."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from config.office_xml import check_office

LARGEST, UNPACKED, ROWS, CELLS = 5_000_000, 50_000_000, 5_000, 50
# What the readers raise on a file that is something else. openpyxl says KeyError of a zip that is no workbook, and one
# of the last seven of a workbook that is damaged.
UNREADABLE = (
    OSError,
    UnicodeDecodeError,
    csv.Error,
    BadZipFile,
    InvalidFileException,
    KeyError,
    ParseError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    SyntaxError,
    RecursionError,
)
Cells = tuple[int, list[Any]]  # a line, from 1, and what stands on it


@dataclass(frozen=True, slots=True)
class Unusable:
    """What stands in a cell whose value cannot be relied on."""

    why: str


FORMULA = Unusable("is a formula; paste its value instead")
FAULT = Unusable("is an error of a formula that stood there (#N/A and the like); fill it in or empty it")
UNUSABLE = {"f": FORMULA, "e": FAULT}  # by openpyxl's type of a cell


def check_size(file: Path) -> None:
    """Errors: BadZipFile for what unpacks to more than a table can be, OSError for what is larger than one."""
    if file.stat().st_size > LARGEST:
        raise OSError(f"is larger than {LARGEST} bytes")
    check_office(file, UNPACKED)


def sheet_lines(file: Path) -> list[Cells]:
    """The first sheet's rows; `Unusable` where a formula, its error or a merged cell stands. Errors: UNREADABLE."""
    check_size(file)
    book = load_workbook(BytesIO(file.read_bytes()))  # openpyxl leaves a file open that it cannot read
    try:
        sheet = book.worksheets[0]
        if sheet.max_row > ROWS:
            raise OSError(f"reaches down to row {sheet.max_row}; delete the empty rows below the list")
        lines = [
            (n, [UNUSABLE.get(cell.data_type, cell.value) for cell in row])
            for n, row in enumerate(sheet.iter_rows(max_col=min(sheet.max_column, CELLS)), start=1)
        ]
        for merged in sheet.merged_cells.ranges:
            why = Unusable(f"is merged ({merged.coord}); unmerge it and fill in each cell")
            for line, column in merged.cells:
                if line <= len(lines) and column <= len(lines[line - 1][1]):
                    lines[line - 1][1][column - 1] = why
        return lines
    finally:
        book.close()
