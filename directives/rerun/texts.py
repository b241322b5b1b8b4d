"""The year in running text: moved where it is this campaign's, kept where it belongs to a cited document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from directives.rerun.dates import same_day

_LONG = r"\d{1,2}\s{1,3}tháng\s{1,3}\d{1,2}\s{1,3}năm\s{1,3}\d{4}"
_SHORT = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}"
# What belongs to another document, in the order tried: a number with its date, a law with its year, a span of years.
_CITED = re.compile(
    rf"(?<![\w/-])\d{{1,6}}(?=[\w./-]{{0,60}}[A-ZĐ])[\w-]{{0,12}}/[\w./-]{{0,40}}(?:,?\s{{1,3}}ngày\s{{1,3}}(?:{_LONG}|{_SHORT}))?"
    r"|(?:Hiến pháp|Bộ luật|Luật)\s[^.;,\d]{0,80}\s\d{4}",
)
_PERIOD = re.compile(r"(?<!\d)\d{4}\s{0,2}[-–]\s{0,2}\d{4}(?!\d)")
_DATE = re.compile(rf"(?<!\d)(?:(?P<long>{_LONG})|(?P<short>{_SHORT}))(?!\d)")
_YEAR = re.compile(r"(?<![\d/.-])\d{4}(?![\d/-])")
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as texts cite it."""

    number: str
    issued: date


@dataclass(frozen=True, slots=True)
class Retold:
    """A text for the new year. `dates`: dates that were moved in it; `periods`: spans of years that were kept."""

    text: str
    dates: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()


def retold(text: str, old: Issued, new: Issued, year: int, years: int) -> Retold:
    """The text with the campaign's own `year` (and the one after it) moved, and its own directive named anew.

    Citations keep theirs. Spans of years are kept and named: whether a programme goes on, only a person knows.

    >>> retold("“Năm dân vận khéo” 2020", Issued("1/A", date(2020, 6, 30)), Issued("2/A", date(2027, 3, 1)), 2020, 7).text
    '“Năm dân vận khéo” 2027'
    """
    found: list[str] = []
    dates: list[str] = []
    periods: list[str] = []
    for kind, part in _parts(text, old):
        match kind:
            case "own":
                found.append(_own(part, old, new))
            case "cited":
                found.append(part)
            case "period":
                found.append(part)
                if str(year) in part:
                    periods.append(part)
            case "date":
                moved = _moved_date(part, year, years)
                found.append(moved)
                if moved != part:
                    dates.append(moved)
            case _:
                found.append(_moved_years(part, year, years))
    return Retold("".join(found), tuple(dates), tuple(periods))


def _parts(text: str, old: Issued) -> list[tuple[str, str]]:
    """The text cut into (kind, part); joined, the parts are the text."""
    parts = [("plain", text)]
    own = re.compile(rf"(?<![\w/-]){re.escape(old.number)}(?:,?\s{{1,3}}ngày\s{{1,3}}(?:{_LONG}|{_SHORT}))?")
    for kind, pattern in (("own", own), ("cited", _CITED), ("period", _PERIOD), ("date", _DATE)):
        parts = [
            cut
            for known, part in parts
            for cut in (_cut(kind, pattern, part) if known == "plain" else [(known, part)])
        ]
    return parts


def _cut(kind: str, pattern: re.Pattern[str], text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    for match in pattern.finditer(text):
        found += [("plain", text[at : match.start()]), (kind, match[0])]
        at = match.end()
    return [*found, ("plain", text[at:])]


def _own(part: str, old: Issued, new: Issued) -> str:
    rest = part.removeprefix(old.number)
    return new.number + _DATE.sub(lambda match: _written(new.issued, match[0]), rest)


def _moved_date(part: str, year: int, years: int) -> str:
    day, month, written = (int(n) for n in _NUMBERS.findall(part))
    if written not in (year, year + 1):
        return part
    try:
        return _written(same_day(date(written, month, day), years), part)
    except ValueError:
        return part  # no date at all: "31/11/2020" stays for a person to see


def _written(day: date, like: str) -> str:
    """The day written as `like` is: with words, or with the same sign between."""
    if "tháng" in like:
        return f"{day.day} tháng {day.month} năm {day.year}"
    sign = next(one for one in like if not one.isdigit())
    return sign.join((f"{day.day:02}", f"{day.month:02}", str(day.year)))


def _moved_years(part: str, year: int, years: int) -> str:
    """The campaign's year and the one after it, where they stand for themselves."""
    moving = {str(year): str(year + years), str(year + 1): str(year + 1 + years)}
    return _YEAR.sub(lambda match: moving.get(match[0], match[0]), part)
