"""Dates as people type them on a command line."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from directives.errors import DondocError


def day(text: str) -> date:
    """Errors: DondocError when it is no ISO 8601 date."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise DondocError(f"'{text}' is no date; write {written(text)}") from error


def written(text: str) -> str:
    """How a day should be typed: as it was meant, where it was typed as people write it in Việt Nam."""
    with suppress(ValueError):
        number = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text.strip())
        if number:
            return date(int(number[3]), int(number[2]), int(number[1])).isoformat()
    return "YYYY-MM-DD"
