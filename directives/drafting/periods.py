"""Months, quarters and years: "tháng 6/2026", "quý III/2026", "10/2027", "năm 2026" end with their last day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Kind, Signing, last_day
from directives.drafting.reading import Reading
from directives.drafting.years import said_year

MONTH = re.compile(r"tháng (\d{1,2})(?! ?(?:tháng|ngày))(?:(?: ?/ ?| năm |-)(\d{4}))?(?![\d/])", re.I)
FIGURES = re.compile(r"(0?[1-9]|1[0-2]) ?/ ?(\d{4})(?![\d/])")
QUARTER = re.compile(r"quý (IV|I{1,3}|[1-4])\b(?:(?: ?/ ?| năm |-)(\d{4}))?(?![\d/])", re.I)
YEAR = re.compile(r"(?:năm )?((?:19|20)\d\d)(?![\d/-]|\.\d)", re.I)
MORE = re.compile(r"(?:,| và|, và| đến| ?[-–]) ?(?=(?:tháng|quý) )", re.I)
# "tháng 4, 5/2026", "tháng 4-6/2026", "quý II, III/2026": the word stands once.
NEXT_MONTH = re.compile(r"(?:, ?| và | đến | ?[-–] ?)(?=\d{1,2}(?: ?/ ?| năm )\d{4}(?![\d/]))")
NEXT_QUARTER = re.compile(r"(?:, ?| và | đến | ?[-–] ?)(?=(?:IV|I{1,3})(?![\wÀ-ỹ]))")
SEVERAL = 6
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def read_period(text: str, at: int, signing: Signing, *, strict: bool = False) -> Reading | None:
    """The period that begins there, or the last of several. `strict`: it must be done before the period begins."""
    reading = _one(text, at, signing, strict=strict)
    for _ in range(SEVERAL):
        following = _following(text, reading, signing, strict=strict) if reading else None
        if following is None:
            break
        reading = replace(following, doubt=following.doubt or Doubt.SEVERAL)
    return reading


def _following(text: str, reading: Reading, signing: Signing, *, strict: bool) -> Reading | None:
    """What is named after the period: with the word again, or without it."""
    if more := MORE.match(text, reading.end):
        return _one(text, more.end(), signing, strict=strict)
    if reading.kind is Kind.MONTH and (more := NEXT_MONTH.match(text, reading.end)):
        return _named("tháng ", text, more.end(), signing, strict=strict)
    if reading.kind is Kind.QUARTER and (more := NEXT_QUARTER.match(text, reading.end)):
        return _named("quý ", text, more.end(), signing, strict=strict)
    return None


def _named(word: str, text: str, at: int, signing: Signing, *, strict: bool) -> Reading | None:
    """The period there, read as if its word stood before it."""
    found = _one(word + text[at : at + 40], 0, signing, strict=strict)
    return replace(found, end=found.end - len(word) + at) if found else None


def _one(text: str, at: int, signing: Signing, *, strict: bool) -> Reading | None:
    if found := MONTH.match(text, at) or FIGURES.match(text, at):
        return _months(Kind.MONTH, (int(found[1]), int(found[1])), found, signing, strict=strict)
    if found := QUARTER.match(text, at):
        quarter = _ROMAN.get(found[1].lower()) or int(found[1])
        return _months(Kind.QUARTER, (quarter * 3 - 2, quarter * 3), found, signing, strict=strict)
    if (found := YEAR.match(text, at)) and 1945 <= int(found[1]) <= 2100:
        year = int(found[1])
        if strict:
            return Reading(Kind.STRICT_BEFORE, found.end(), before=date(year, 1, 1))
        return Reading(Kind.YEAR, found.end(), by=date(year, 12, 31))
    return None


def _months(
    kind: Kind, months: tuple[int, int], found: re.Match[str], signing: Signing, *, strict: bool
) -> Reading | None:
    """`months`: the first and the last."""
    (first, last), end = months, found.end()
    if not 1 <= last <= 12:
        return Reading(kind, end, doubt=Doubt.NO_SUCH_DAY)
    if found[2] is None and (said := said_year(found.string, end, signing.day)):
        (year, end), doubt = said, None
    else:
        year, doubt = (int(found[2]), None) if found[2] else _year(last, signing)
    if year is None or not 1945 <= year <= 2100:
        return Reading(kind, end, doubt=doubt or Doubt.NO_SUCH_DAY)
    if strict:
        return Reading(Kind.STRICT_BEFORE, end, before=date(year, first, 1), doubt=doubt)
    return Reading(kind, end, by=last_day(year, last), doubt=doubt)


def _year(month: int, signing: Signing) -> tuple[int | None, Doubt | None]:
    """The first such month that is not over when the directive is signed."""
    if signing.day is None:
        return None, Doubt.UNSIGNED
    year = signing.day.year + int(month < signing.day.month)
    far = (year - signing.day.year) * 12 + month - signing.day.month > 10
    return year, Doubt.FAR_AWAY if far else None
