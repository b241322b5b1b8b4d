"""What became of an organisation's units in a reform: config/crosswalks/<new organisation>.csv."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from config.sheet import read_sheet
from directives.errors import BadInput
from directives.model import Unit
from directives.rerun.units import Succession

COLUMNS = ("old_code", "old_name", "old_district", "old_province", "new_code", "new_name", "share")
REQUIRED = ("old_name", "new_code", "new_name", "share")


def load_crosswalk(file: Path, new: dict[str, Unit]) -> tuple[Succession, ...]:
    """Empty where there is no such file. Errors: BadInput for rows that cannot be read or name no unit of `new`."""
    if not file.is_file():
        return ()
    sheet = read_sheet(file, COLUMNS, REQUIRED)
    rows: list[Succession] = []
    for line, row in sheet.rows:
        try:
            found = Succession.model_validate(row)
        except ValidationError as error:
            sheet.row_problems(error, Succession, line)
            continue
        if found.new_code not in new:
            sheet.wrong(
                line, "new_code", f"'{found.new_code}' is no unit of config/units/{file.name}; check the code"
            )
        rows.append(found)
    if sheet.problems:
        raise BadInput(sheet.problems)
    return tuple(rows)
