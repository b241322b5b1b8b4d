"""Days as directives write them: "10 tháng 11 năm 2020", "10/11/2020", "22/ 12/ 2011", "ngày 10/11", with scanner's noise.

Every expression is bounded and anchored where it is tried, so that no text makes it run long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time

from directives.drafting.doubts import Doubt
from directives.drafting.years import said_year

# A digit, or a letter a scanner takes one for.
_N = r"[0-9OoIl]"
_WORDS = re.compile(
    rf"({_N}{{1,2}}) ?tháng ?({_N}{{1,2}})(?![0-9])(?:,? ?(?:năm ?|/ ?)({_N}{{4}}))?(?![0-9A-Za-z])", re.I
)
_FIGURES = re.compile(
    rf"({_N}{{1,2}}) ?([/.-]) ?({_N}{{1,2}})(?: ?[/.-] ?({_N}{{4}}|{_N}{{2}}))?(?![0-9A-Za-z]|[/.-]\d)"
)
# Left to be filled in by hand: "…/5/2026", "ngày tháng năm 2026", " /12/2026".
_GAP = r"(?:…|_{1,9}|\[[^\]]{0,20}\])"
_BLANK = re.compile(
    rf"{_GAP} ?(?:/|tháng) ?(?:{_GAP}|\d{{1,2}})?(?: ?(?:/|năm) ?(?:\d{{4}}|{_GAP}))?"
    rf"|\d{{1,2}} ?(?:/|tháng) ?{_GAP}(?: ?(?:/|năm) ?(?:\d{{4}}|{_GAP}))?|tháng năm \d{{4}}"
    r"|/ ?\d{1,2} ?/ ?\d{4}",
    re.I,
)
# Two strokes and figures that make no day: "10/11/20206", "2//12/2012".
_GARBLED = re.compile(rf"{_N}{{1,4}} ?/{{1,2}} ?{_N}{{1,4}} ?/{{1,2}} ?{_N}{{1,6}}(?!\w)")
_AS_DIGIT = str.maketrans("OoIl", "0011")
_WEEKDAYS = {"hai": 0, "ba": 1, "tư": 2, "năm": 3, "sáu": 4, "bảy": 5, "bẩy": 5} | {
    str(n): n - 2 for n in range(2, 8)
}
WEEKDAY = re.compile(
    r"(?:\(|, )?(?:tức(?: là)? )?(?:thứ (hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(chủ nhật))\b\)?", re.I
)
CLOCK = re.compile(
    r"([01]?[0-9]|2[0-4]) ?(?:giờ|h|g|:)(?: ?([0-5][0-9])(?: ?phút)?['’]?)?(?: (sáng|chiều|tối"
    r"|trưa))?(?![0-9A-Za-zÀ-ỹ])",
    re.I,
)
FAR = 304  # ten months, in days
OLDEST, NEWEST = 1945, 2100


@dataclass(frozen=True, slots=True)
class Written:
    """A day as written; None where there is no such day. `end`: where it ends in the text."""

    day: date | None
    end: int
    doubt: Doubt | None = None
    year_given: bool = True
    month: int = 0
    monthday: int = 0


def read_day(text: str, at: int, signed: date | None) -> Written | None:
    """The day that begins exactly there, or None. A day without year is the first one not before the signing."""
    if found := _WORDS.match(text, at):
        parts, noisy = (found[1], found[2], found[3]), found[0]
    elif found := _FIGURES.match(text, at):
        if found[4] is None and found[2] == ".":
            return None
        parts, noisy = (found[1], found[3], found[4]), found[0]
    elif found := _BLANK.match(text, at):
        return Written(None, found.end(), Doubt.BLANK_DAY)
    elif found := _GARBLED.match(text, at):
        return Written(None, found.end(), Doubt.NO_SUCH_DAY)
    else:
        return None
    numbers = [int(part.translate(_AS_DIGIT)) if part else None for part in parts]
    doubt = Doubt.SCAN_NOISE if re.search(r"[OoIl]", re.sub(r"tháng|năm", "", noisy, flags=re.I)) else None
    end = found.end()
    if numbers[2] is None and (said := said_year(text, end, signed)):
        numbers[2], end = said
    return _dated(numbers, end, doubt, signed)


def _dated(numbers: list[int | None], end: int, doubt: Doubt | None, signed: date | None) -> Written:
    monthday, month, year = numbers[0] or 0, numbers[1] or 0, numbers[2]
    if year is None:
        return _without_year(monthday, month, end, doubt, signed)
    if year < 100:
        year, doubt = 2000 + year, doubt or Doubt.SHORT_YEAR
    if not OLDEST <= year <= NEWEST:
        return Written(None, end, Doubt.NO_SUCH_DAY, month=month, monthday=monthday)
    try:
        day = date(year, month, monthday)
    except ValueError:
        return Written(None, end, Doubt.NO_SUCH_DAY, month=month, monthday=monthday)
    return Written(day, end, doubt, month=month, monthday=monthday)


def _without_year(monthday: int, month: int, end: int, doubt: Doubt | None, signed: date | None) -> Written:
    if signed is None:
        return Written(None, end, Doubt.UNSIGNED, year_given=False, month=month, monthday=monthday)
    for year in range(signed.year, signed.year + 9):
        try:
            day = date(year, month, monthday)
        except ValueError:
            continue
        if day >= signed:
            far = (day - signed).days > FAR
            found = doubt or (Doubt.FAR_AWAY if far else None)
            return Written(day, end, found, year_given=False, month=month, monthday=monthday)
    return Written(None, end, Doubt.NO_SUCH_DAY, year_given=False, month=month, monthday=monthday)


def weekday(found: re.Match[str]) -> int:
    """Monday is 0."""
    return 6 if found[2] else _WEEKDAYS[found[1].lower()]


def clock(found: re.Match[str]) -> tuple[time, bool]:
    """The time of day, and whether it means the day's very end (24 giờ)."""
    hour, minute = int(found[1]), int(found[2] or 0)
    if (found[3] or "").lower() in ("chiều", "tối") and hour < 12:
        hour += 12
    return (time(0), True) if hour == 24 else (time(hour, minute), False)
