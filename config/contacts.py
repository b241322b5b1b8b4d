"""Contacts of units from a file outside the repository (csv or xlsx), laid over the organisation by code.

Columns: unit, role (clerk, lead, deputy, alternate), name, address, phone, valid_from, valid_to.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.sheet import Sheet, read_sheet
from directives.errors import BadInput
from directives.findings import nearest
from directives.model import Contact, ContactRole, Unit

COLUMNS = ("unit", "role", "name", "address", "phone", "valid_from", "valid_to")
REQUIRED = ("unit", "role", "address")
RESERVED_DOMAIN = "cantho.example"  # RFC 2606: never a real address


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
    """The contacts to freeze: a unit named in the file keeps only what the file says of it.

    Errors: BadInput with a line for every cell that is wrong; nothing is taken over then.
    """
    given = contacts_from(file, units) if file else []
    named = {contact.unit for contact in given}
    return given + [contact for contact in default_contacts(units) if contact.unit not in named]


def named_in(file: Path, units: Mapping[str, Unit]) -> set[str]:
    """The units that a file of contacts names. Errors: BadInput."""
    return {contact.unit for contact in contacts_from(file, units)}


def contacts_from(file: Path, units: Mapping[str, Unit]) -> list[Contact]:
    sheet = read_sheet(file, COLUMNS, REQUIRED)
    contacts: list[Contact] = []
    seen: dict[tuple[str, str, str], int] = {}
    if not (sheet.rows or sheet.problems):
        sheet.wrong(1, "", "names no contact; add a row for each, or unset DONDOC_CONTACTS")
    for line, row in sheet.rows:
        contact = _contact(row, line, sheet, units)
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
    return contacts


def _contact(row: Mapping[str, Any], line: int, sheet: Sheet, units: Mapping[str, Unit]) -> Contact | None:
    code = str(row.get("unit", ""))
    if code and code not in units:
        sheet.wrong(line, "unit", f"'{code}' is no unit of the organisation{nearest(code, units)}")
    try:
        return Contact.model_validate(row)
    except ValidationError as error:
        sheet.row_problems(error, Contact, line)
        return None
