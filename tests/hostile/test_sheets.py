"""What goes into a workbook or a csv is text and comes back as it was: no cell of ours is ever a formula."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from cli.plans import _as_text
from config.contacts import read_contacts
from config.list_sheet import list_rows
from directives.model import Contact, ContactRole
from notifications.annex import Sheet, annex
from notifications.contact_sheet import ContactRow, contact_sheet
from notifications.words import one_line
from tests.briefs.test_the_annex import LATE
from tests.ledger.campaigns import CALENDAR, UNITS

SIGNS = ["=", "+", "-", "@", "\t=", "\r=", "=\t", "\n=", "==", "\uff1d", "'=", "%", "|", ";="]
FORMULAS = [
    *(f'{sign}HYPERLINK("http://evil.example","x")' for sign in SIGNS),
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\x07=1",
    "#N/A",
    "#REF!",
    "1e5",
    "0292",
    "2020-01-01",
    "TRUE",
    "_x000d_=1",
    "<f>1+1</f>",
    "&quot;]]>",
]


def a_sheet(name: str, phone: str = "") -> bytes:
    contact = Contact(unit="STP", role=ContactRole.CLERK, name=name, address="a@b.example", phone=phone)
    return contact_sheet([ContactRow(UNITS["STP"], contact)])


def read_back(raw: bytes, folder: Path) -> Contact:
    file = folder / "x.xlsx"
    file.write_bytes(raw)
    (found,) = read_contacts(file, UNITS).contacts
    return found


def parts(raw: bytes) -> str:
    with ZipFile(io.BytesIO(raw)) as packed:
        return " ".join(packed.read(name).decode() for name in packed.namelist() if "/worksheets/" in name)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_contact_is_imported_as_it_was_exported(tmp_path: Path, name: str) -> None:
    raw = a_sheet(name, phone=name)
    assert not re.search(r"<f[ >]", parts(raw))
    found = read_back(raw, tmp_path)
    assert (found.name, found.phone) == (one_line(name), one_line(name))


@settings(max_examples=60, deadline=None)
@given(name=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_name_at_all_comes_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    kept = Contact(unit="STP", role=ContactRole.CLERK, name=name, address="a@b.example").name
    assert read_back(a_sheet(name), tmp_path_factory.mktemp("x")).name == one_line(kept)


@pytest.mark.parametrize("name", FORMULAS)
def test_the_annex_of_a_brief_holds_no_formula(tmp_path: Path, name: str) -> None:
    line = replace(LATE, unit_name=name, title=name)
    raw = annex([Sheet(name, name, [line])], CALENDAR, datetime(2020, 11, 10, tzinfo=UTC))
    assert not re.search(r"<f[ >]", parts(raw))
    cells = [one for sheet in load_workbook(io.BytesIO(raw)) for row in sheet.iter_rows() for one in row]
    assert not [one for one in cells if one.data_type in ("f", "e")]
    file = tmp_path / "x.xlsx"
    file.write_bytes(raw)
    assert list_rows(file)[1].cells[0] == one_line(name)


@pytest.mark.parametrize("code", FORMULAS[:9])
def test_a_csv_says_that_it_is_text(code: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([_as_text(code)])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert cell[0] not in "=+-@\t\r"
    assert cell.endswith(code)
