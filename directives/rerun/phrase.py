"""A deadline's phrase as ops types it."""

from __future__ import annotations

import re
from datetime import date

from directives.model import Due

_PHRASE = re.compile(
    r"(?P<how>trước|chậm nhất|đến hết)(?:\s+(?:là|đến|vào))?\s+ngày\s+"
    r"(?P<d>\d{1,2})(?:\s*/\s*|\s+tháng\s+)(?P<m>\d{1,2})(?:\s*/\s*|\s+năm\s+)(?P<y>\d{4})"
)


def read_phrase(text: str) -> Due | None:
    """ "trước ngày 10/11/2027" or "chậm nhất ngày 09 tháng 11 năm 2027"; None where it gives no date."""
    found = _PHRASE.fullmatch(text.strip().lower())
    if found is None:
        return None
    try:
        day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    except ValueError:
        return None
    return Due(before=day) if found["how"] == "trước" else Due(by=day)
