"""Dates as people write them in files: ISO 8601, nothing guessed.

Left to itself, pydantic reads the text "2020-07-31" as that day's midnight, which makes "by" end a day early, and
the number 20200731 as seconds since 1970.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

DAY = re.compile(r"\d{4}-\d\d-\d\d")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")
# How the same day is often written: 31/07/2020, 31-7-2020, 31.07.2020, and 20200731.
DAY_FIRST = re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})")
DIGITS = re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)")


def _day(value: Any) -> Any:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, str) and DAY.fullmatch(value.strip()):
        return _parsed(date, value)
    raise ValueError(f"'{value}' is no day; write {_meant(value) or 'one like 2020-11-10'}")


def _day_or_instant(value: Any) -> Any:
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str) and DAY.fullmatch(value.strip()):
        return _parsed(date, value)
    if isinstance(value, str) and INSTANT.fullmatch(value.strip()):
        return _parsed(datetime, value)
    hint = _meant(value) or "a day like 2020-11-10 or an hour like 2020-11-10T17:00"
    raise ValueError(f"'{value}' is no date; write {hint}")


def _parsed(kind: type[date], text: str) -> date:
    try:
        return kind.fromisoformat(text.strip())
    except ValueError as error:
        raise ValueError(f"'{text}' is no date ({error}); check day, month and hour") from None


def _meant(value: Any) -> str | None:
    """The ISO form of a day written otherwise, when there is only one way to read it."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    text = str(value).strip()
    found = DAY_FIRST.fullmatch(text) or DIGITS.fullmatch(text)
    try:
        return date(int(found["y"]), int(found["m"]), int(found["d"])).isoformat() if found else None
    except ValueError:
        return None


Day = Annotated[date, BeforeValidator(_day)]
When = Annotated[datetime | date, BeforeValidator(_day_or_instant)]
