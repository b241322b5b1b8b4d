"""Workbooks that people get: a head that stays in sight, a filter, dates as dates, nothing of it a formula."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

FORMULA_SIGNS = "=+-@\t\r"


def write_head(sheet: Worksheet, heads: Sequence[str]) -> None:
    write_row(sheet, heads)
    sheet.row_dimensions[1].height = 32  # points: heads of two lines
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def write_row(sheet: Worksheet, values: Sequence[object]) -> None:
    """Text is text: a name that begins like a formula stays one, also after somebody edits it."""
    n = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(n, column)
        assert isinstance(cell, Cell)
        cell.value = value  # type: ignore[assignment]
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in FORMULA_SIGNS and value != ""
        elif hasattr(value, "year"):
            cell.number_format = "dd/mm/yyyy"


def lay_out(sheet: Worksheet, widths: Sequence[int]) -> None:
    for n, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(widths))}{max(1, sheet.max_row)}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
