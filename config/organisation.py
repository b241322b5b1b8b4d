"""An organisation's units from a CSV file, by code."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config.sentences import sentences
from config.yaml_lines import shown
from directives.check import organisation_findings
from directives.errors import BadInput, Problem
from directives.model import Unit

TOO_MANY = "(too many)"


@dataclass
class Organisation:
    """Units in the file's order, what is wrong with them, and whether every row could be read."""

    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    problems: list[Problem] = field(default_factory=list[Problem])
    whole: bool = True


def load_units(file: Path) -> dict[str, Unit]:
    """Errors: BadInput with a line for every row that is wrong."""
    organisation = read_units(file)
    if organisation.problems:
        raise BadInput(organisation.problems)
    return organisation.units


def read_units(file: Path) -> Organisation:
    found, lines = Organisation(), dict[str, int]()

    def wrong(line: int, field: str, message: str) -> None:
        found.problems.append(Problem(shown(file), line, field, message))

    try:
        rows = _rows(file)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        wrong(1, "", f"cannot be read as units ({error}); give a UTF-8 .csv")
        return Organisation(problems=found.problems, whole=False)
    for line, row in rows:
        unit = _unit(row, line, wrong)
        if unit is None:
            found.whole = False
        elif unit.code in found.units:
            wrong(line, "code", f"'{unit.code}' stands twice (first on line {lines[unit.code]}); keep one")
        else:
            found.units[unit.code], lines[unit.code] = unit, line
    if not rows:
        wrong(1, "", "names no unit; add a row for each")
    if found.whole:
        for code, message in organisation_findings(found.units):
            wrong(lines[code], "parent", message)
    return found


def _rows(file: Path) -> list[tuple[int, dict[str, Any]]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text, restkey=TOO_MANY)
        return [(reader.line_num, row) for row in reader]


def _unit(row: dict[str, Any], line: int, wrong: Callable[[int, str, str], None]) -> Unit | None:
    if TOO_MANY in row:
        wrong(line, "", "has more cells than the head row has columns; put quotes around a text with commas")
        return None
    try:
        return Unit.model_validate({name: value for name, value in row.items() if value})
    except ValidationError as error:
        for loc, sentence, _ in sentences(error, Unit):
            wrong(line, ".".join(map(str, loc)), sentence)
        return None
