"""`dondoc contacts`: the addresses go out as a workbook and come back after a difference that somebody confirmed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from sqlmodel import select

from config.contacts import HEADS, ROLES
from directives.ledger.engine import begin
from directives.ledger.tables import Contact
from directives.model import ContactRole
from notifications.contact_sheet import OFFERED, WIDTHS
from notifications.words import entry
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import UNITS, at, box_of, content

CSV = (
    "unit,role,name,address,phone,valid_from,valid_to\n"
    "STP,lead,=Trần Văn A,lead@stp.example,0292 112,2020-01-01,\n"
    "STP,clerk,,van-thu@stp.example,,,\n"
    "NK,lead,,lead@nk.example,,,2020-09-30\n"
)


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    """STP and NK have contacts of a file; SNV, NK1 and NK2 the addresses of a trial."""
    dondoc.patch.setenv("DONDOC_CONTACTS", str(a_csv(dondoc, CSV)))
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.patch.delenv("DONDOC_CONTACTS")
    return dondoc


def a_csv(dondoc: Dondoc, text: str) -> Path:
    file = dondoc.home / "contacts.csv"
    file.write_text(text, encoding="utf-8")
    return file


def exported(dondoc: Dondoc) -> Path:
    file = dondoc.home / "out.xlsx"
    done = dondoc("contacts", "export", KEY, str(file), "--overwrite")
    assert done.status == 0, done.err
    return file


def sheet_of(file: Path) -> Worksheet:
    return load_workbook(file).worksheets[0]


def rows_of(file: Path) -> list[dict[str, Any]]:
    head, *rows = sheet_of(file).iter_rows(values_only=True)
    columns = {entry(f"contacts.columns.{name}"): name for name in WIDTHS}
    return [dict(zip((columns[one] for one in head), row, strict=True)) for row in rows]


def edited(file: Path, cells: dict[str, Any], *merged: str) -> Path:
    book = load_workbook(file)
    for place, value in cells.items():
        book.worksheets[0][place] = value
    for span in merged:
        book.worksheets[0].merge_cells(span)
    book.save(file)
    return file


# Out


def test_every_unit_has_a_row_and_those_without_an_address_one_to_fill_in(opened: Dondoc) -> None:
    rows = rows_of(exported(opened))
    assert [row["unit"] for row in rows] == ["UBND", "SNV", "STP", "STP", "NK", "NK1", "NK2"]
    lead = next(row for row in rows if row["address"] == "lead@stp.example")
    assert (lead["unit_name"], lead["role"], lead["phone"]) == ("Sở Tư pháp", "lãnh đạo", "0292 112")
    assert lead["valid_from"].date() == date(2020, 1, 1)
    empty = rows[0]
    assert (empty["role"], empty["address"], empty["note"]) == (None, None, "Chưa có địa chỉ")


def test_an_address_that_refuses_mail_is_noted(opened: Dondoc) -> None:
    with begin(opened.engine) as session:
        chosen = select(Contact).where(Contact.address == "lead@nk.example")
        session.exec(chosen).one().bounced_at = at("2020-07-12 09:00")
    (row,) = [one for one in rows_of(exported(opened)) if one["address"] == "lead@nk.example"]
    assert row["note"] == "Không nhận được thư từ 12/07/2020"


def test_the_sheet_is_made_for_editing_and_nothing_in_it_is_a_formula(opened: Dondoc) -> None:
    file = exported(opened)
    sheet = sheet_of(file)
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:I8")
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.formula1, str(choice.sqref)) == ('"văn thư,lãnh đạo,cấp phó,dự phòng"', "C2:C5000")
    (named,) = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=Trần Văn A"]
    assert (named.data_type, named.quotePrefix) == ("s", True)
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    assert file.stat().st_mode & 0o077 == 0


def test_the_heads_and_roles_of_the_sheet_are_those_that_are_read_back() -> None:
    assert set(entry("contacts.columns")) == set(HEADS) == set(WIDTHS)
    assert set(ROLES.values()) == set(OFFERED) == set(ContactRole) - {ContactRole.ACCEPTED}


def test_an_organisation_without_a_campaign_gives_an_empty_list(dondoc: Dondoc) -> None:
    file = dondoc.home / "list.xlsx"
    done = dondoc("contacts", "export", "--units", "can-tho-2020", str(file))
    assert done.out == f"{file}: 0 contacts of {len(rows_of(file))} units written\n"
    assert {row["address"] for row in rows_of(file)} == {None}
    done = dondoc("contacts", "export", "--units", "can-tho-202O", str(file), "--overwrite")
    assert "is no organisation of config/units; did you mean 'can-tho-202" in done.err


def test_a_file_that_is_there_is_not_overwritten_unasked(opened: Dondoc) -> None:
    file = exported(opened)
    done = opened("contacts", "export", KEY, str(file))
    assert (done.status, "--overwrite" in done.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([KEY], "write 'dondoc contacts export CAMPAIGN FILE.xlsx'"),
        ([KEY, "list.csv"], "'list.csv' must end in .xlsx"),
        (["ky-2020", "list.xlsx"], "campaign 'ky-2020' is not open in this ledger"),
        ([KEY, "gone/list.xlsx"], "'gone/list.xlsx' cannot be written (No such file or directory)"),
    ],
)
def test_what_cannot_be_exported_is_one_line(opened: Dondoc, words: list[str], said: str) -> None:
    done = opened("contacts", "export", *words)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert said in done.err


# And back


def test_what_was_exported_is_no_difference(opened: Dondoc) -> None:
    before = content(opened.engine)
    done = opened("contacts", "import", KEY, str(exported(opened)), "--yes")
    assert done.out.endswith("nothing differs; nothing written\n")
    assert content(opened.engine) == before


def test_a_difference_is_shown_and_written_after_a_yes(opened: Dondoc) -> None:
    file = edited(
        exported(opened),
        {
            "E5": "moi@stp.example",
            "C7": "Văn thư",
            "E7": "van-thu@nk1.example",
            "C6": None,
            "E6": None,
            "H6": None,
        },
    )
    done = opened("contacts", "import", KEY, str(file), say="y\n")
    assert done.status == 0, done.err
    assert "  NK lead: lead@nk.example ended\n" in done.out
    assert (
        f"  NK1 clerk: {box_of('NK1')} → van-thu@nk1.example; name Văn thư Phường An Hòa → (nothing)\n"
        in done.out
    )
    assert "  STP lead: lead@stp.example → moi@stp.example\n" in done.out
    assert "No address of their own (3 units): SNV, NK, NK2" in done.out
    assert done.out.endswith(f"{KEY}: 3 changes written\n")
    assert {row["address"] for row in rows_of(exported(opened))} == {
        None,
        "moi@stp.example",
        "van-thu@stp.example",
        "van-thu@nk1.example",
    }
    assert opened("verify").status == 0


@pytest.mark.parametrize("words", [("--dry-run",), ()])
def test_without_a_yes_nothing_is_written(opened: Dondoc, words: tuple[str, ...]) -> None:
    before = content(opened.engine)
    done = opened(
        "contacts", "import", KEY, str(a_csv(opened, CSV.replace("lead@stp", "moi@stp"))), *words, say="n\n"
    )
    assert "STP lead: lead@stp.example → moi@stp.example" in done.out
    assert (done.status, "nothing written" in done.out + done.err) == (0 if words else 1, True)
    assert content(opened.engine) == before


def test_a_unit_that_the_file_does_not_name_keeps_what_it_has(opened: Dondoc) -> None:
    done = opened(
        "contacts", "import", KEY, str(a_csv(opened, "unit,role,address\nNK,lead,lead@nk.example\n")), "--yes"
    )
    assert "  NK lead: lead@nk.example; valid_to 2020-09-30 → (nothing)" in done.out
    assert "5 units are not in the file and keep what they have" in done.out
    assert "STP" not in done.out


def test_every_bad_cell_is_a_line_with_row_and_column_as_the_sheet_calls_it(opened: Dondoc) -> None:
    file = edited(
        exported(opened),
        {
            "E4": '="lead"&"@stp.example"',
            "G4": "01/07/2020",
            "A6": "NKK",
            "C7": "văn thơ",
            "E7": "van-thu phường",
            "A8": "NK1",
            "E5": "van-thu@stp.example",
        },
        "D5:D6",
    )
    before = content(opened.engine)
    done = opened("contacts", "import", KEY, str(file), "--yes")
    assert done.status == 2
    assert [line.removeprefix(f"{file}:").split(";")[0] for line in done.err.splitlines()] == [
        "4 Hiệu lực từ: '01/07/2020' is no day",
        "4 Thư điện tử: is a formula",
        "5 Họ và tên: is merged (D5:D6)",
        "6 Họ và tên: is merged (D5:D6)",
        "6 Mã đơn vị: 'NKK' is no unit of the organisation",
        "7 Thư điện tử: 'van-thu phường' is not a mail address",
        "7 Vai trò: 'văn thơ' is not one of them",
        "8 Tên đơn vị: 'Phường Cái Khế' is not NK1, which is 'Phường An Hòa'",
    ]
    assert content(opened.engine) == before


def test_a_name_broken_into_lines_is_one_line_and_stays_in_its_field(opened: Dondoc) -> None:
    file = edited(exported(opened), {"D4": "Trần Văn A\nBcc: la@kia.example", "F4": "0292\t112"})
    done = opened("contacts", "import", KEY, str(file), "--yes")
    assert (
        f"{KEY}: 1 change\n  STP clerk: van-thu@stp.example; name (nothing) → Trần Văn A Bcc: la@kia.example; "
        "phone (nothing) → 0292 112\n"
    ) in done.out
    assert rows_of(exported(opened))[2]["name"] == "Trần Văn A Bcc: la@kia.example"


def test_an_error_that_a_formula_left_is_no_name(opened: Dondoc) -> None:
    file = edited(exported(opened), {"D4": "#N/A"})
    done = opened("contacts", "import", KEY, str(file), "--yes")
    assert (done.status, len(done.err.splitlines())) == (2, 1)
    assert "4 Họ và tên: is an error of a formula" in done.err


def test_one_address_for_several_units_is_said(opened: Dondoc) -> None:
    text = "unit,role,address\nNK,lead,lead@nk.example\nNK1,lead,LEAD@nk.example\nSTP,lead,lead@stp.example\n"
    done = opened("contacts", "import", KEY, str(a_csv(opened, text)), "--dry-run")
    assert "One address for 2 units, lead@nk.example: NK, NK1\n" in done.out
    assert done.out.count("One address") == 1


def test_a_row_that_stands_twice_and_a_role_that_no_file_gives_are_said(opened: Dondoc) -> None:
    again = "STP,lead,,LEAD@stp.example,,,\nNK,accepted,,rieng@nk.example,,,\n"
    done = opened("contacts", "import", KEY, str(a_csv(opened, CSV + again)), "--yes")
    assert done.status == 2
    assert "5 address: 'LEAD@stp.example' stands twice for STP (first on line 2)" in done.err
    assert "6 role: is given by 'dondoc decide accept-sender'" in done.err


def test_a_unit_named_instead_of_its_code_is_recognised(opened: Dondoc) -> None:
    text = "Mã đơn vị,Vai trò,Email\nsở tư pháp,lãnh đạo,lead@stp.example\n"
    done = opened("contacts", "import", KEY, str(a_csv(opened, text)))
    assert "2 Mã đơn vị: 'sở tư pháp' is no unit of the organisation; did you mean 'STP'?" in done.err


def test_a_sheet_that_reaches_far_down_is_refused_at_once(opened: Dondoc) -> None:
    book = Workbook()
    book.worksheets[0]["A1"], book.worksheets[0]["A1048576"] = "unit", "STP"
    book.save(opened.home / "far.xlsx")
    done = opened("contacts", "import", KEY, str(opened.home / "far.xlsx"))
    assert (done.status, "delete the empty rows below the list" in done.err) == (2, True)


def test_opening_again_with_another_file_says_how_its_addresses_are_taken_over(opened: Dondoc) -> None:
    opened.patch.setenv("DONDOC_CONTACTS", str(a_csv(opened, CSV.replace("lead@stp", "moi@stp"))))
    done = opened("open", str(opened.file), "--yes")
    assert "nothing has changed; nothing written" in done.out
    assert "DONDOC_CONTACTS differs from the campaign's contacts (changes: 1)" in done.out
    assert f"'dondoc contacts import {KEY} {opened.home / 'contacts.csv'}'" in done.out
    assert UNITS["STP"].name in str(rows_of(exported(opened)))
