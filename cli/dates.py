"""Dates as people type them on a command line."""

from __future__ import annotations

from datetime import date

from directives.errors import DondocError


def day(text: str) -> date:
    """Errors: DondocError when it is no ISO 8601 date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DondocError(f"'{text}' is no date; write YYYY-MM-DD") from error
