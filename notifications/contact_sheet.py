"""Contacts as a workbook that ops send round, edit and import again."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from directives.model import Contact, ContactRole, Unit
from notifications.words import entry, one_line, say
from notifications.workbooks import lay_out, write_head, write_row

WIDTHS = {
    "unit": 12,
    "unit_name": 42,
    "role": 12,
    "name": 28,
    "address": 36,
    "phone": 18,
    "valid_from": 13,
    "valid_to": 13,
    "note": 30,
}
LAST_ROW = 5_000  # as many as are read back
OFFERED = [role for role in ContactRole if role is not ContactRole.ACCEPTED]


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact of a unit, or that there is none. `bounced`: since when its address refuses mail."""

    unit: Unit
    contact: Contact | None = None
    bounced: date | None = None


def contact_sheet(rows: Iterable[ContactRow]) -> bytes:
    """The workbook's bytes, one row a contact in the given order."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = entry("contacts.sheet")
    write_head(sheet, [entry(f"contacts.columns.{column}") for column in WIDTHS])
    for row in rows:
        write_row(sheet, _cells(row))
    _ready_for_editing(sheet)
    lay_out(sheet, list(WIDTHS.values()))
    book.properties.creator = "dondoc"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cells(row: ContactRow) -> list[object]:
    beside = [row.unit.code, one_line(row.unit.name)]
    one = row.contact
    if one is None:
        return [*beside, *[None] * 6, say("contacts.none")]
    note = say("contacts.bounced", day=f"{row.bounced:%d/%m/%Y}") if row.bounced else None
    said = [say(f"unit_page.role.{one.role}"), one_line(one.name) or None, one.address, one.phone or None]
    return [*beside, *said, one.valid_from, one.valid_to, note]


def _ready_for_editing(sheet: Worksheet) -> None:
    """A list of roles to choose from; telephone numbers keep their first 0, days are days."""
    roles = [say(f"unit_page.role.{role}") for role in OFFERED]
    choice = DataValidation(
        type="list", formula1=f'"{",".join(roles)}"', allow_blank=True, showErrorMessage=True
    )
    choice.error = say("contacts.choose", roles=", ".join(roles))
    column = dict(zip(WIDTHS, map(get_column_letter, range(1, len(WIDTHS) + 1)), strict=True))
    choice.add(f"{column['role']}2:{column['role']}{LAST_ROW}")
    sheet.add_data_validation(choice)
    for name, shape in (("phone", "@"), ("valid_from", "dd/mm/yyyy"), ("valid_to", "dd/mm/yyyy")):
        sheet.column_dimensions[column[name]].number_format = shape
        for cell in sheet[column[name]][1:]:
            cell.number_format = shape
