"""An instruction's steps as rows of a table artifact, which Prefect's UI can search.

The older UI takes each cell for Markdown, the newer one for text: what is escaped shows its backslashes there.
"""

from __future__ import annotations

from collections.abc import Iterable

from directives.board import StepLine
from directives.deadline import last_good_day
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.board.escape import md
from notifications.words import entry, one_line, say

NAME = 60  # letters of a unit's name: the UI never breaks a cell, and what stands behind must be seen
# The longest column last: the UI shows no more of a row than fits.
ORDER = ("unit", "status", "late", "deadline", "reported", "reminders", "letters", "title")


def steps_table(lines: Iterable[StepLine], calendar: WorkCalendar) -> list[dict[str, object]]:
    """One row a step; a column that does not apply to it is empty."""
    heads: dict[str, str] = entry("board.steps.columns")
    return [
        {heads[name]: cells[name] for name in ORDER} for cells in (_cells(one, calendar) for one in lines)
    ]


def _cells(one: StepLine, calendar: WorkCalendar) -> dict[str, object]:
    return {
        "unit": md(_short(one.unit_name)),
        "title": md(one.title),
        "deadline": dates.day(last_good_day(one.due_before, calendar)) if one.due_before else "",
        "status": say(f"status.{one.status}"),
        "late": one.days_late or "",
        "reported": dates.day(calendar.local(one.reported_at).date()) if one.reported_at else "",
        "reminders": one.reminders,
        "letters": one.letters,
    }


def _short(name: str) -> str:
    line = one_line(name)
    return line if len(line) <= NAME else f"{line[: NAME - 1]}…"
