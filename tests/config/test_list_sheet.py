"""A list in a workbook reads like a pasted one; what is no workbook is one line."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from config import list_sheet
from config.list_sheet import list_rows
from directives.bulk import Frame, read
from directives.errors import DondocError
from tests.ledger.campaigns import UNITS


def test_dates_are_dates(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Đơn vị", "Số ký hiệu", "Ngày đến"])  # pyright: ignore[reportAttributeAccessIssue]
    sheet.append(["Sở Tư pháp", "5/BC-STP", datetime(2020, 11, 6)])  # pyright: ignore  # noqa: DTZ001
    book.save(tmp_path / "a.xlsx")
    (entry,) = read(
        list_rows(tmp_path / "a.xlsx"), Frame(UNITS, date(2020, 6, 30), date(2020, 11, 9))
    ).entries
    assert (entry.unit, entry.received, entry.line) == ("STP", date(2020, 11, 6), 2)


def test_what_is_no_workbook_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 encrypted")
    with pytest.raises(DondocError, match="without a password"):
        list_rows(tmp_path / "a.xlsx")


def test_a_file_that_could_do_harm_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Workbook().save(tmp_path / "a.xlsx")
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/bomb.xml", bytes(60_000_000))
    assert (tmp_path / "a.xlsx").stat().st_size < 100_000
    with pytest.raises(DondocError, match=r"cannot be read as \.xlsx"):
        list_rows(tmp_path / "a.xlsx")
    monkeypatch.setattr(list_sheet, "LARGEST", 1_000)
    with pytest.raises(DondocError, match="is larger than 1000 bytes"):
        list_rows(tmp_path / "a.xlsx")


def test_a_sheet_of_too_many_rows_is_to_be_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for n in range(4):
        sheet.append([n])  # pyright: ignore[reportAttributeAccessIssue]
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(list_sheet, "ROWS", 3)
    with pytest.raises(DondocError, match="more than 3 rows; split it"):
        list_rows(tmp_path / "a.xlsx")
