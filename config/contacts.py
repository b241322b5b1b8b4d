"""Contacts of units from a file outside the repository (csv or xlsx), laid over the organisation by code.

Columns: unit, role (clerk, lead, deputy, alternate), name, address, phone, valid_from, valid_to; beside them unit_name,
which must be the unit's if it is given, and note, which is for readers. Heads and roles may be in Vietnamese.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.sheet import Sheet, read_sheet
from directives.errors import BadInput
from directives.findings import nearest
from directives.model import Contact, ContactRole, Unit
from directives.names import folded

COLUMNS = ("unit", "role", "name", "address", "phone", "valid_from", "valid_to")
BESIDE = ("unit_name", "note")  # known by their heads only
REQUIRED = ("unit", "role", "address")
# As people write them, folded.
HEADS = {
    "unit": ("ma don vi", "ma"),
    "unit_name": ("ten don vi", "don vi"),
    "role": ("vai tro", "chuc danh"),
    "name": ("ho va ten", "ho ten"),
    "address": ("thu dien tu", "dia chi thu dien tu", "email", "e mail"),
    "phone": ("dien thoai", "so dien thoai"),
    "valid_from": ("hieu luc tu", "tu ngay"),
    "valid_to": ("hieu luc den", "den ngay"),
    "note": ("ghi chu",),
}
ROLES = {
    "van thu": ContactRole.CLERK,
    "lanh dao": ContactRole.LEAD,
    "cap pho": ContactRole.DEPUTY,
    "du phong": ContactRole.ALTERNATE,
}
RESERVED_DOMAIN = "cantho.example"  # RFC 2606: never a real address


@dataclass(frozen=True, slots=True)
class ContactFile:
    """What a file says: its contacts, and every unit it names, also those it knows no contact of."""

    contacts: list[Contact] = field(default_factory=list[Contact])
    units: frozenset[str] = frozenset()


def default_contacts(units: Mapping[str, Unit]) -> list[Contact]:
    """One clerk's box a unit at the reserved domain, so that the campaign can be tried before real contacts are known."""
    return [
        Contact(
            unit=code,
            role=ContactRole.CLERK,
            name=f"Văn thư {unit.name}",
            address=f"van-thu.{code.lower()}@{RESERVED_DOMAIN}",
        )
        for code, unit in units.items()
    ]


def contacts_of(file: Path | None, units: Mapping[str, Unit]) -> list[Contact]:
    """The contacts to freeze: a unit with contacts in the file has only those.

    Errors: BadInput with a line for every cell that is wrong; nothing is taken over then.
    """
    given = contacts_from(file, units) if file else []
    named = {contact.unit for contact in given}
    return given + [contact for contact in default_contacts(units) if contact.unit not in named]


def named_in(file: Path, units: Mapping[str, Unit]) -> set[str]:
    """The units that a file of contacts names. Errors: BadInput."""
    return {contact.unit for contact in contacts_from(file, units)}


def contacts_from(file: Path, units: Mapping[str, Unit]) -> list[Contact]:
    """The file's contacts. Errors: BadInput, also when it names none."""
    found = read_contacts(file, units)
    if not found.contacts:
        sheet = Sheet(str(file))
        sheet.wrong(1, "", "names no contact; add a row for each, or unset DONDOC_CONTACTS")
        raise BadInput(sheet.problems)
    return found.contacts


def read_contacts(file: Path, units: Mapping[str, Unit]) -> ContactFile:
    """A row of which only the unit is filled in says that nobody of it is known. Errors: BadInput."""
    sheet = read_sheet(file, COLUMNS, REQUIRED, HEADS)
    if not (sheet.rows or sheet.problems):
        sheet.wrong(1, "", "names no contact; add a row for each, or unset DONDOC_CONTACTS")
    contacts: list[Contact] = []
    seen: dict[tuple[str, str, str], int] = {}
    named = {_code(line, row, sheet, units) for line, row in sheet.rows}
    for line, row in sheet.rows:
        contact = _contact(row, line, sheet)
        if contact is None:
            continue
        key = (contact.unit, contact.role, contact.address.lower())
        if key in seen:
            message = (
                f"'{contact.address}' stands twice for {contact.unit} (first on line {seen[key]}); keep one"
            )
            sheet.wrong(line, "address", message)
        seen.setdefault(key, line)
        contacts.append(contact)
    if sheet.problems:
        raise BadInput(sheet.problems)
    return ContactFile(contacts, frozenset(named))


def _code(line: int, row: Mapping[str, Any], sheet: Sheet, units: Mapping[str, Unit]) -> str:
    """The unit of a row, which must exist and, a sheet sorted by one column alone, still have its name beside it."""
    code, name = str(row.get("unit", "")), str(row.get("unit_name", ""))
    if code in units:
        if name and folded(name) != folded(units[code].name):
            sheet.wrong(
                line, "unit_name", f"'{name}' is not {code}, which is '{units[code].name}'; mend either"
            )
    elif code:
        meant = next((f"; did you mean '{one.code}'?" for one in units.values() if _same(one, code)), None)
        sheet.wrong(line, "unit", f"'{code}' is no unit of the organisation{meant or nearest(code, units)}")
    return code


def _same(unit: Unit, name: str) -> bool:
    return folded(unit.name) == folded(name)


def _contact(row: Mapping[str, Any], line: int, sheet: Sheet) -> Contact | None:
    said = {name: value for name, value in row.items() if name not in BESIDE}
    if set(said) == {"unit"} and not any((line, column) in sheet.unusable for column in COLUMNS):
        return None
    if role := ROLES.get(" ".join(folded(str(said.get("role", ""))))):
        said["role"] = role
    if said.get("role") == ContactRole.ACCEPTED:
        sheet.wrong(
            line, "role", "is given by 'dondoc decide accept-sender' and stands in no file; leave the row out"
        )
        return None
    try:
        return Contact.model_validate(said)
    except ValidationError as error:
        sheet.row_problems(error, Contact, line)
        return None
