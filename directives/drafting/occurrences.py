"""The first day that a recurrence rule names after a day. Only the rules that `cycles` makes are read."""

from __future__ import annotations

from datetime import date, timedelta

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SPAN = 800  # days looked ahead: more than a year, and than any leap day asked for


def first_after(rule: str, day: date) -> date | None:
    """None where the rule names no day of its own (every month, on no day in particular)."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    if not {"BYMONTHDAY", "BYDAY"} & set(parts):
        return None
    days = (day + timedelta(n) for n in range(SPAN))
    return next((one for one in days if _fits(parts, one)), None)


def _fits(parts: dict[str, str], day: date) -> bool:
    if "BYDAY" in parts and _DAYS[day.weekday()] not in parts["BYDAY"].split(","):
        return False
    if "BYMONTH" in parts and str(day.month) not in parts["BYMONTH"].split(","):
        return False
    monthday = int(parts.get("BYMONTHDAY", "0"))
    if monthday < 0:
        return (day + timedelta(-monthday)).month != day.month and (day + timedelta(-monthday)).day == 1
    return monthday in (0, day.day)
