"""Contacts of units from a file outside the repository (csv or xlsx), laid over the organisation by code.

Columns: unit, role (clerk, lead, deputy, alternate), name, address, phone, valid_from, valid_to.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from pydantic import ValidationError

from config.sentences import sentences
from config.yaml_lines import shown
from directives.errors import BadInput, Problem
from directives.findings import nearest
from directives.model import Contact, ContactRole, Unit

COLUMNS = tuple(Contact.model_fields)
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

    Errors: BadInput with a line for every row that is wrong; nothing is taken over then.
    """
    given = contacts_from(file, units) if file else []
    named = {contact.unit for contact in given}
    return given + [contact for contact in default_contacts(units) if contact.unit not in named]


def contacts_from(file: Path, units: Mapping[str, Unit]) -> list[Contact]:
    problems: list[Problem] = []
    contacts: list[Contact] = []
    seen: dict[tuple[str, str, str], int] = {}
    for line, row in _rows(file):
        contact = _contact(row, line, shown(file), units, problems)
        if contact is None:
            continue
        key = (contact.unit, contact.role, contact.address.lower())
        if key in seen:
            problems.append(
                Problem(
                    shown(file),
                    line,
                    "address",
                    f"'{contact.address}' stands twice for {contact.unit} (first on line {seen[key]}); keep one",
                )
            )
        seen.setdefault(key, line)
        contacts.append(contact)
    if problems:
        raise BadInput(problems)
    return contacts


def _contact(
    row: Mapping[str, Any], line: int, file: str, units: Mapping[str, Unit], problems: list[Problem]
) -> Contact | None:
    found = len(problems)
    for column in set(row) - set(COLUMNS):
        problems.append(Problem(file, line, str(column), f"is no column{nearest(str(column), COLUMNS)}"))
    code = str(row.get("unit", ""))
    if code not in units:
        problems.append(
            Problem(file, line, "unit", f"'{code}' is no unit of the organisation{nearest(code, units)}")
        )
    try:
        contact = Contact.model_validate(
            {column: value for column, value in row.items() if column in COLUMNS}
        )
    except ValidationError as error:
        for loc, sentence, _ in sentences(error, Contact):
            problems.append(Problem(file, line, ".".join(map(str, loc)), sentence))
        return None
    return contact if len(problems) == found else None


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, filled cells by column). Dates in .xlsx may be real dates or text."""
    try:
        table = _xlsx(file) if file.suffix.lower() == ".xlsx" else _csv(file)
    except (OSError, BadZipFile, InvalidFileException, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(
            [
                Problem(
                    shown(file), 1, "", f"cannot be read as contacts ({error}); give a UTF-8 .csv or an .xlsx"
                )
            ]
        ) from error
    head = [str(cell or "").strip() for cell in table[0]] if table else []
    if "unit" not in head or "address" not in head:
        raise BadInput(
            [
                Problem(
                    shown(file),
                    1,
                    "",
                    f"has no head row; the first row must name the columns {', '.join(COLUMNS)}",
                )
            ]
        )
    for line, cells in enumerate(table[1:], start=2):
        row = {
            name: _plain(cell)
            for name, cell in zip(head, cells, strict=False)
            if name and cell not in (None, "")
        }
        if row:
            yield line, row


def _csv(file: Path) -> list[list[Any]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return [list(row) for row in csv.reader(lines)]


def _xlsx(file: Path) -> list[list[Any]]:
    sheet = load_workbook(file, read_only=True, data_only=True).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date()
    return cell if isinstance(cell, date) else str(cell).strip()
