"""The brief's annex as .xlsx: one sheet an instruction, dates as dates, nothing of it a formula."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from directives.board import StepLine
from directives.deadline import last_good_day
from directives.evaluate import Status
from directives.workdays import WorkCalendar
from notifications.words import entry, one_line, say
from notifications.workbooks import lay_out, write_head, write_row

FILLS = {
    Status.OVERDUE: "F4B183",
    Status.RETURNED: "D9C3E0",
    Status.DUE_SOON: "FFE699",
    Status.AWAITING_ACCEPTANCE: "9DC3E6",
    Status.COMPLETED_ON_TIME: "A9D8B8",
    Status.COMPLETED_LATE: "8FAADC",
}
WIDTHS = (34, 44, 13, 30, 12, 13, 10, 12)
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say: the same facts make the same bytes
UNNAMEABLE = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An instruction and its steps."""

    label: str
    title: str
    lines: Sequence[StepLine]


def annex(sheets: Iterable[Sheet], calendar: WorkCalendar, at: datetime) -> bytes:
    """The workbook's bytes; the first sheet counts by status, the others list step by step."""
    sheets = list(sheets)
    book = Workbook()
    summary = book.active
    assert isinstance(summary, Worksheet)
    _summary(summary, sheets)
    names = {summary.title}
    for one in sheets:
        _steps(book.create_sheet(_name(one.label, names)), one, calendar)
    moment = calendar.local(at).replace(tzinfo=None)
    book.properties.creator = "dondoc"
    book.properties.created = book.properties.modified = moment
    kept = io.BytesIO()
    book.save(kept)
    return _still(kept.getvalue(), moment)


def _summary(sheet: Worksheet, sheets: Sequence[Sheet]) -> None:
    sheet.title = entry("annex.summary")
    used = [status for status in Status if any(line.status is status for one in sheets for line in one.lines)]
    write_head(
        sheet,
        [
            entry("annex.item"),
            entry("annex.title"),
            entry("annex.total"),
            *(say(f"status.{s}") for s in used),
        ],
    )
    for one in sheets:
        counts = [sum(line.status is status for line in one.lines) for status in used]
        write_row(sheet, [one_line(one.label), one_line(one.title), len(one.lines), *counts])
    lay_out(sheet, (12, 50, 9, *([16] * len(used))))


def _steps(sheet: Worksheet, one: Sheet, calendar: WorkCalendar) -> None:
    heads: dict[str, str] = entry("board.steps.columns")
    write_head(sheet, list(heads.values()))
    for line in one.lines:
        due = last_good_day(line.due_before, calendar) if line.due_before else None
        reported = calendar.local(line.reported_at).date() if line.reported_at else None
        write_row(
            sheet,
            [
                one_line(line.unit_name),
                one_line(line.title),
                due,
                say(f"status.{line.status}"),
                line.days_late or None,
                reported,
                line.reminders,
                line.letters,
            ],
        )
    last = max(2, sheet.max_row)
    for status, colour in FILLS.items():
        rule = FormulaRule(
            formula=[f'$D2="{say(f"status.{status}")}"'], fill=PatternFill(bgColor=colour, fill_type="solid")
        )
        sheet.conditional_formatting.add(f"D2:E{last}", rule)
    lay_out(sheet, WIDTHS)


def _name(label: str, taken: set[str]) -> str:
    """A sheet's name: 31 characters at most, none of those that Excel forbids, and each once."""
    base = UNNAMEABLE.sub(" ", one_line(label)).strip("' ")[:27] or "-"
    name, n = base, 1
    while name.casefold() in {one.casefold() for one in taken}:
        n += 1
        name = f"{base} {n}"
    taken.add(name)
    return name


def _still(raw: bytes, moment: datetime) -> bytes:
    """The same file without the hour of its writing."""
    made = io.BytesIO()
    stamp = f"{moment:%Y-%m-%dT%H:%M:%S}Z".encode()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            new.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()
