"""Dates as officials write them: 06/11/2020, 6-11-20, 6/11; a missing year is the one nearest to today."""

from __future__ import annotations

import re
from datetime import date

_PARTS = re.compile(r"\d+")


def read_date(text: str, today: date) -> date | None:
    """None for a date that does not exist. Errors: none."""
    parts = [int(part[:6]) for part in _PARTS.findall(text)]
    if len(parts) == 2:
        candidates = [made for year in (-1, 0, 1) if (made := _made(today.year + year, parts[1], parts[0]))]
        return min(candidates, key=lambda day: abs((day - today).days), default=None)
    if len(parts) == 3:
        year = parts[2] + 2000 if parts[2] < 100 else parts[2]
        return _made(year, parts[1], parts[0])
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
