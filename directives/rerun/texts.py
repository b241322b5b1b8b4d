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
_PERIOD = re.compile(r"(?<![\d/])\d{4}\s{0,2}[-–/]\s{0,2}\d{4}(?![\d/])")
_DATE = re.compile(rf"(?<!\d)(?:(?P<long>{_LONG})|(?P<short>{_SHORT}))(?!\d)")
# "quý I/2027", "tháng 12-2027", "9/2027"
_PART = re.compile(
    r"(?<![\d/.-])(?:(?:[Qq]uý|[Tt]háng|T\.?)\s{0,2})?(?:0?[1-9]|1[0-2]|IV|I{1,3})\s{0,2}[/.-]\s{0,2}\d{4}(?![\d/-]|\.\d)"
)
_YEAR = re.compile(r"(?<![\d/.-])\d{4}(?![\d/-])")
# A day whose year goes without saying.
_DAY = re.compile(
    r"(?:ngày|trước|hết|nhất|đến|tới|từ|vào)(?: ngày)? (?P<day>\d{1,2}(?:/(?:0?[1-9]|1[0-2])| tháng \d{1,2}))"
    r"(?! ?[/\d-]| năm \d|\.\d)",
    re.I,
)
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Issued:
    """A document as texts cite it."""

    number: str
    issued: date


@dataclass(frozen=True, slots=True)
class Retold:
    """A text for the new year.

    `dates`: dates, months and quarters that were moved in it; `periods`: spans of years that were kept; `days`: days
    that name no year; `left`: words that still bear the old one.
    """

    text: str
    dates: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def retold(text: str, old: Issued, new: Issued, year: int, years: int) -> Retold:
    """The text with the campaign's own `year` (and the one after it) moved, and its own directive named anew.

    Citations keep theirs. Spans of years are kept and named: whether a programme goes on, only a person knows.

    >>> retold("“Năm dân vận khéo” 2020", Issued("1/A", date(2020, 6, 30)), Issued("2/A", date(2027, 3, 1)), 2020, 7).text
    '“Năm dân vận khéo” 2027'
    """
    told: dict[str, list[str]] = {"text": [], "dates": [], "periods": [], "days": [], "left": []}
    for kind, part in _parts(text, old):
        moved = part
        match kind:
            case "own":
                moved = _own(part, old, new)
            case "period":
                told["periods"] += [part] if str(year) in part else []
            case "date" | "part":
                moved = _moved_date(part, year, years) if kind == "date" else _moved_part(part, year, years)
                told["dates"] += [moved] if moved != part else []
            case "plain":
                moved = _moved_years(part, year, years)
                told["days"] += [found["day"] for found in _DAY.finditer(part)]
                left = re.findall(rf"[^\s,;()]{{0,30}}{year}[^\s,;()]{{0,30}}", moved)
                told["left"] += [word.rstrip(".:") for word in left]
            case _:
                pass
        told["text"].append(moved)
    lists = {name: tuple(dict.fromkeys(values)) for name, values in told.items() if name != "text"}
    return Retold("".join(told["text"]), **lists)


def _parts(text: str, old: Issued) -> list[tuple[str, str]]:
    """The text cut into (kind, part); joined, the parts are the text."""
    parts = [("plain", text)]
    own = re.compile(rf"(?<![\w/-]){re.escape(old.number)}(?:,?\s{{1,3}}ngày\s{{1,3}}(?:{_LONG}|{_SHORT}))?")
    for kind, pattern in (
        ("own", own),
        ("cited", _CITED),
        ("period", _PERIOD),
        ("date", _DATE),
        ("part", _PART),
    ):
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
    """The day written as `like` is: with words, or with the same sign between; a zero where it had one."""
    was_day, was_month, _ = _NUMBERS.findall(like)
    zero = len(was_month) == 2 or (
        day.month <= 2 and int(was_month) > 2
    )  # Nghị định 30/2020: tháng 1, 2 with zero
    of_day = f"{day.day:02}" if len(was_day) == 2 else str(day.day)
    of_month = f"{day.month:02}" if zero else str(day.month)
    if "tháng" in like:
        return f"{of_day} tháng {of_month} năm {day.year}"
    sign = next(one for one in like if not one.isdigit())
    return sign.join((of_day, of_month, str(day.year)))


def _moved_part(part: str, year: int, years: int) -> str:
    """A month or a quarter of the campaign's year, or of the one after it."""
    written = int(part[-4:])
    return part[:-4] + str(written + years) if written in (year, year + 1) else part


def _moved_years(part: str, year: int, years: int) -> str:
    """The campaign's year and the one after it, where they stand for themselves."""
    moving = {str(year): str(year + years), str(year + 1): str(year + 1 + years)}
    return _YEAR.sub(lambda match: moving.get(match[0], match[0]), part)
