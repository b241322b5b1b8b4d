"""An organisation's units from a CSV file, by code."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from config.sheet import read_sheet
from directives.check import organisation_findings
from directives.errors import BadInput, Problem
from directives.model import Unit

COLUMNS = ("code", "name", "kind", "parent", "valid_from", "valid_to", "certainty")
REQUIRED = ("code", "name", "kind")


@dataclass
class Organisation:
    """Units in the file's order, what is wrong with them, and whether every row could be read."""

    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    problems: list[Problem] = field(default_factory=list[Problem])
    whole: bool = True


def load_units(file: Path) -> dict[str, Unit]:
    """Errors: BadInput with a line for every cell that is wrong."""
    organisation = read_units(file)
    if organisation.problems:
        raise BadInput(organisation.problems)
    return organisation.units


def read_units(file: Path) -> Organisation:
    sheet = read_sheet(file, COLUMNS, REQUIRED)
    if not (sheet.rows or sheet.problems):
        sheet.wrong(1, "", "names no unit; add a row for each")
    whole, units, lines = not sheet.problems, dict[str, Unit](), dict[str, int]()
    for line, row in sheet.rows:
        try:
            unit = Unit.model_validate(row)
        except ValidationError as error:
            sheet.row_problems(error, Unit, line)
            whole = False
            continue
        if unit.code in units:
            sheet.wrong(
                line, "code", f"'{unit.code}' stands twice (first on line {lines[unit.code]}); keep one"
            )
        else:
            units[unit.code], lines[unit.code] = unit, line
    if whole:
        for code, message in organisation_findings(units):
            sheet.wrong(lines[code], "parent", message)
    return Organisation(units, sheet.problems, whole)
