"""An instruction's steps as rows of a table artifact, which Prefect's UI can search; its cells are plain text."""

from __future__ import annotations

from collections.abc import Iterable

from directives.board import StepLine
from directives.deadline import last_good_day
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.words import entry, one_line, say


def steps_table(lines: Iterable[StepLine], calendar: WorkCalendar) -> list[dict[str, object]]:
    """One row a step; a column that does not apply to it is empty."""
    heads: dict[str, str] = entry("board.steps.columns")
    return [
        dict(
            zip(
                heads.values(),
                (
                    one_line(one.unit_name),
                    one_line(one.title),
                    dates.day(last_good_day(one.due_before, calendar)) if one.due_before else "",
                    say(f"status.{one.status}"),
                    one.days_late or "",
                    dates.day(calendar.local(one.reported_at).date()) if one.reported_at else "",
                    one.reminders,
                ),
                strict=True,
            )
        )
        for one in lines
    ]
