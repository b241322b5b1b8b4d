"""Real contacts come from a file outside the repository and lie over the organisation by code."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from config.contacts import COLUMNS, RESERVED_DOMAIN, contacts_from, contacts_of
from config.loader import CONFIG
from config.organisation import load_units
from directives.errors import BadInput
from directives.model import Contact, ContactRole, Unit

HEAD = "unit,role,name,address,phone,valid_from,valid_to\n"
FOUR = HEAD + (
    "STP,clerk,Văn thư,van-thu@stp.example,0292 111,,\n"
    "STP,lead,Trần Văn A,lead@stp.example,0292 112,2020-01-01,2020-08-31\n"
    "STP,deputy,Lê Thị B,deputy@stp.example,,2020-09-01,\n"
    "STP,alternate,,other@stp.example,,,\n"
)


@pytest.fixture(scope="module")
def units() -> dict[str, Unit]:
    return load_units(CONFIG / "units" / "can-tho-2020.csv")


def a_csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "contacts.csv"
    file.write_bytes(text.encode(encoding))
    return file


def a_workbook(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in [list(COLUMNS), *rows]:
        book.worksheets[0].append(row)
    file = folder / "contacts.xlsx"
    book.save(file)
    return file


def said(file: Path, units: dict[str, Unit]) -> list[str]:
    """What is wrong with the file, without its name."""
    with pytest.raises(BadInput) as bad:
        contacts_from(file, units)
    return [line.removeprefix(f"{file}:") for line in str(bad.value).splitlines()]


def test_a_unit_has_several_contacts_with_role_phone_and_validity(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    contacts = contacts_from(a_csv(tmp_path, FOUR), units)
    assert [contact.role for contact in contacts] == [
        role for role in ContactRole if role is not ContactRole.ACCEPTED
    ]
    lead = contacts[1]
    assert (lead.name, lead.address, lead.phone) == ("Trần Văn A", "lead@stp.example", "0292 112")
    assert (lead.valid_from, lead.valid_to) == (date(2020, 1, 1), date(2020, 8, 31))


def test_a_workbook_says_the_same_as_a_csv(tmp_path: Path, units: dict[str, Unit]) -> None:
    """Dates may be real dates or text; a code that a spreadsheet made a number is still a code."""
    file = a_workbook(
        tmp_path,
        ["STP", "lead", "Trần Văn A", "lead@stp.example", "0292 112", date(2020, 1, 1), "2020-08-31"],
        [None] * 7,
        [916, "clerk", "Văn thư", "van-thu@nk.example", 292113, None, datetime(2020, 12, 31)],  # noqa: DTZ001
    )
    assert contacts_from(file, units) == [
        Contact(
            unit="STP",
            role=ContactRole.LEAD,
            name="Trần Văn A",
            address="lead@stp.example",
            phone="0292 112",
            valid_from=date(2020, 1, 1),
            valid_to=date(2020, 8, 31),
        ),
        Contact(
            unit="916",
            role=ContactRole.CLERK,
            name="Văn thư",
            address="van-thu@nk.example",
            phone="292113",
            valid_to=date(2020, 12, 31),
        ),
    ]


@pytest.mark.parametrize("text", [FOUR.replace(",", ";"), "\ufeff" + FOUR], ids=["semicolons", "BOM"])
def test_a_csv_may_be_as_a_spreadsheet_saves_it(tmp_path: Path, units: dict[str, Unit], text: str) -> None:
    assert contacts_from(a_csv(tmp_path, text), units) == contacts_from(a_csv(tmp_path, FOUR), units)


def test_without_a_file_every_unit_has_one_box_in_the_reserved_domain(units: dict[str, Unit]) -> None:
    contacts = contacts_of(None, units)
    assert [contact.unit for contact in contacts] == list(units)
    assert {contact.address.partition("@")[2] for contact in contacts} == {RESERVED_DOMAIN}
    assert RESERVED_DOMAIN.endswith(".example")


def test_the_file_overlays_only_the_units_it_names(tmp_path: Path, units: dict[str, Unit]) -> None:
    contacts = contacts_of(a_csv(tmp_path, FOUR), units)
    assert {contact.address for contact in contacts if contact.unit == "STP"} == {
        "van-thu@stp.example",
        "lead@stp.example",
        "deputy@stp.example",
        "other@stp.example",
    }
    assert [contact.unit for contact in contacts if contact.unit != "STP"] == [
        code for code in units if code != "STP"
    ]


def test_every_bad_cell_is_a_line_with_row_column_and_the_way_out(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    file = a_csv(
        tmp_path,
        HEAD
        + "STPP,clark,Văn thư,van-thu stp.example,0292,01/07/2020,\n"
        + "STP,,Văn thư,van-thu@stp.example,,,\n"
        + "SCT,lead,Văn thư,,,2020-07-01,2020-06-30\n"
        + "SXD,lead,Văn thư,lead@sxd.example,,2020-07-01,2020-06-30\n",
    )
    assert said(file, units) == [
        "2 address: 'van-thu stp.example' is not a mail address; write one like van-thu.stp@cantho.example",
        "2 role: 'clark' is not one of them; did you mean 'clerk'?",
        "2 unit: 'STPP' is no unit of the organisation; did you mean 'STP'?",
        "2 valid_from: '01/07/2020' is no day; write 2020-07-01",
        "3 role: is missing; add it",
        "4 address: is missing; add it",
        "5 valid_to 2020-06-30 is before valid_from 2020-07-01; swap them",
    ]


def test_bad_cells_of_a_workbook_are_named_by_their_row(tmp_path: Path, units: dict[str, Unit]) -> None:
    file = a_workbook(
        tmp_path,
        ["STP", "lead", None, "lead@stp.example", None, None, None],
        [None] * 7,
        ["STPP", "lead", None, "lead@stp", None, None, None],
    )
    assert said(file, units) == [
        "4 address: 'lead@stp' is not a mail address; write one like van-thu.stp@cantho.example",
        "4 unit: 'STPP' is no unit of the organisation; did you mean 'STP'?",
    ]


def test_an_address_that_stands_twice_for_a_role_is_said_with_its_first_line(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    again = "STP,lead,,LEAD@stp.example,,,\n"
    assert said(a_csv(tmp_path, FOUR + again), units) == [
        "6 address: 'LEAD@stp.example' stands twice for STP (first on line 3); keep one"
    ]


def test_the_same_box_may_serve_two_roles(tmp_path: Path, units: dict[str, Unit]) -> None:
    again = "STP,clerk,,lead@stp.example,,,\n"
    assert len(contacts_from(a_csv(tmp_path, FOUR + again), units)) == 5


def test_a_misspelt_column_is_said_once_and_read_as_what_was_meant(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    file = a_csv(tmp_path, FOUR.replace("address", "adress").replace("deputy@stp", "deputy stp"))
    assert said(file, units) == [
        "1 adress: is no column; did you mean 'address'?",
        "4 address: 'deputy stp.example' is not a mail address; write one like van-thu.stp@cantho.example",
    ]


def test_a_column_that_stands_twice_is_said(tmp_path: Path, units: dict[str, Unit]) -> None:
    file = a_csv(tmp_path, "unit,role,address,address\nSTP,lead,lead@stp.example,other@stp.example\n")
    assert said(file, units) == ["1 address: stands twice; keep one column"]


def test_a_missing_column_is_said_once_and_not_for_every_row(tmp_path: Path, units: dict[str, Unit]) -> None:
    file = a_csv(tmp_path, "unit,address\nSTP,lead@stp.example\nSCT,lead@sct.example\n")
    assert said(file, units) == ["1 role: is missing; add the column"]


def test_columns_without_use_may_be_left_out(tmp_path: Path, units: dict[str, Unit]) -> None:
    file = a_csv(tmp_path, "unit,role,address\nSTP,lead,lead@stp.example\n")
    assert contacts_from(file, units) == [
        Contact(unit="STP", role=ContactRole.LEAD, address="lead@stp.example")
    ]


def test_a_comma_without_quotes_is_said_and_loses_nothing_silently(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    file = a_csv(tmp_path, HEAD + "STP,lead,Trần Văn A,lead@stp.example,0292 112,,,Phó Giám đốc\n")
    assert said(file, units) == [
        "2 has more cells than the head row has columns; put quotes around a text with commas"
    ]


def test_a_row_with_a_cell_of_two_lines_is_named_by_its_first_and_the_next_by_its_own(
    tmp_path: Path, units: dict[str, Unit]
) -> None:
    rows = 'STP,led,"Trần\nVăn A",lead@stp.example,,,\nSTPP,lead,,lead@stx.example,,,\n'
    assert said(a_csv(tmp_path, HEAD + rows), units) == [
        "2 role: 'led' is not one of them; did you mean 'lead'?",
        "4 unit: 'STPP' is no unit of the organisation; did you mean 'STP'?",
    ]


def test_an_empty_list_of_contacts_is_no_list(tmp_path: Path, units: dict[str, Unit]) -> None:
    assert said(a_csv(tmp_path, HEAD), units) == [
        "1 names no contact; add a row for each, or unset DONDOC_CONTACTS"
    ]


@pytest.mark.parametrize("text", ["", "STP,lead,A,lead@stp.example\n"], ids=["empty", "no head"])
def test_a_table_without_head_says_which_columns_it_needs(
    tmp_path: Path, units: dict[str, Unit], text: str
) -> None:
    assert said(a_csv(tmp_path, text), units) == [
        "1 has no head row; the first row must name the columns "
        "unit, role, name, address, phone, valid_from, valid_to"
    ]


def test_what_is_no_table_is_said_with_what_to_give_instead(tmp_path: Path, units: dict[str, Unit]) -> None:
    utf16 = a_csv(tmp_path, FOUR, "utf-16")
    zipped = tmp_path / "zipped.xlsx"
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    text = tmp_path / "text.xlsx"
    text.write_text(FOUR, encoding="utf-8")
    for file in (utf16, zipped, text, tmp_path / "gone.csv", tmp_path):
        (line,) = said(file, units)
        assert line.startswith("1 cannot be read ("), line
        assert line.endswith("); give a UTF-8 .csv or an .xlsx"), line


@pytest.mark.parametrize(
    "content", [b"<worksheet", b'<worksheet><sheetData><row r="x"/></sheetData></worksheet>']
)
def test_a_damaged_workbook_is_said_too(tmp_path: Path, units: dict[str, Unit], content: bytes) -> None:
    whole = a_workbook(tmp_path, ["STP", "lead", "A", "lead@stp.example", None, None, None])
    damaged = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(damaged, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name.endswith("sheet1.xml") else old.read(name))
    (line,) = said(damaged, units)
    assert line.startswith(("1 cannot be read (", "1 has no head row")), line


def test_the_columns_are_the_fields_of_a_contact() -> None:
    assert set(COLUMNS) == set(Contact.model_fields)
