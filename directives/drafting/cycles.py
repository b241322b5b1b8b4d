"""What comes again: "trước ngày 15 hằng tháng", "định kỳ ngày 20 hàng tháng" → recurrence rules (RFC 5545) of last good days."""

from __future__ import annotations

import re
from datetime import date, timedelta

_EVERY = r"(?:hằng|hàng|mỗi)"
AFTER_DAY = re.compile(
    rf",? ?(?:(?:của )?{_EVERY} (?P<every>tháng|quý|năm)|(?:của )?(?P<last>tháng cuối(?: cùng)?(?:"
    rf" của)? (?:{_EVERY} )?(?:mỗi )?(?:quý|kỳ(?: báo cáo)?))"
    rf"|(?:của )?tháng (?P<first>đầu|tiếp theo|sau|liền kề|kế tiếp)[^,.;()]{{0,30}}"
    rf"|(?:của )?(?P<month>tháng)\b(?! ?\d)(?: báo cáo)?)",
    re.I,
)
WEEKLY = re.compile(rf",? ?{_EVERY} tuần", re.I)
YEARLY = re.compile(rf",? ?(?:của )?(?:{_EVERY} năm|các năm)", re.I)
BARE = re.compile(
    rf"(?:định kỳ )?(?:{_EVERY} )?(?P<cycle>ngày|tuần|tháng|quý|(?:0?6|sáu) tháng|nửa năm|năm)\b", re.I
)
_RULES = {
    "ngày": "FREQ=DAILY",
    "tuần": "FREQ=WEEKLY",
    "tháng": "FREQ=MONTHLY",
    "quý": "FREQ=MONTHLY;INTERVAL=3",
    "năm": "FREQ=YEARLY",
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def bare(cycle: str) -> str:
    """The rule of a cycle without a day."""
    return _RULES.get(cycle.lower(), "FREQ=MONTHLY;INTERVAL=6")


def of_day(monthday: int, found: re.Match[str], *, strict: bool) -> str | None:
    """The rule of a day of every month, or of every quarter's last month. None: no such day."""
    if not (found["last"] or (found["every"] or "").lower() == "quý"):
        return of_monthday(monthday, strict=strict)
    if not 1 <= monthday <= 31:
        return None
    months, day = ("2,5,8,11", -1) if strict and monthday == 1 else ("3,6,9,12", monthday - int(strict))
    return f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY={day}"


def of_monthday(monthday: int, *, strict: bool) -> str | None:
    """The rule of a day of every month; before the first is the last of the month before. None: no such day."""
    if not 1 <= monthday <= 31:
        return None
    day = monthday - 1 if strict else monthday
    return f"FREQ=MONTHLY;BYMONTHDAY={-1 if day in (0, 31) else day}"


def of_date(month: int, monthday: int, *, strict: bool) -> str | None:
    """The rule of one day of every year. None: no such day."""
    try:
        day = date(2024 if (month, monthday) == (2, 29) else 2023, month, monthday) - timedelta(int(strict))
    except ValueError:
        return None
    ends_february = (month, monthday, strict) in ((3, 1, True), (2, 29, False))
    return f"FREQ=YEARLY;BYMONTH={day.month};BYMONTHDAY={-1 if ends_february else day.day}"


def of_weekday(weekday: int, *, strict: bool) -> str:
    """Monday is 0."""
    return f"FREQ=WEEKLY;BYDAY={_DAYS[(weekday - int(strict)) % 7]}"
