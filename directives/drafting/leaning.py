"""Dates that lean on words elsewhere in the sentence: "6 tháng (trước ngày 15/6)", "… và trước ngày 10/12 hằng năm",
"Kể từ năm 2027, …", "Phấn đấu … ; đến hết ngày … đạt 100%".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from directives.drafting import cycles
from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Kind, Phrase

_WINDOW = 90  # characters before a date
_BRACKET = re.compile(
    r"(?<![\wÀ-ỹ])(?P<cycle>(?:0?6|sáu) tháng(?P<half> (?:đầu|cuối) năm)?|(?P<whole>cả )?năm|nửa năm|quý|tháng)"
    r" ?\((?:[\wÀ-ỹ]+ ){0,3}$",
    re.I,
)
_DIRECTLY = re.compile(r"(?:hằng|hàng|mỗi) năm,? $", re.I)
# "Hằng năm, các sở gửi báo cáo trước ngày 15/12": at the head of the clause it governs the day.
_AHEAD = re.compile(
    r"(?:^|[.;:] |định kỳ )(?:hằng|hàng|mỗi) năm,? (?:(?!năm \d|năm nay|riêng|trước mắt)[^.;]){0,140}$", re.I
)
_OF_ITS_OWN = re.compile(r"(?<![\wÀ-ỹ])(?:định kỳ|(?:hằng|hàng|mỗi) (?:tháng|quý|năm)(?! *$))", re.I)
# "trong năm", "cuối năm", "5 năm": no cycle.
_NO_CYCLE = re.compile(r"(?:trong|đầu|cuối|hết|giữa|\d) $", re.I)
_AGAIN = re.compile(r"(?<![\wÀ-ỹ])(?:định kỳ|hằng|hàng|mỗi|(?:kể )?từ năm)(?![\wÀ-ỹ])", re.I)
_SINCE = re.compile(r"(?:^|[.;:,] )(?:(?:bắt đầu|kể) )?từ năm (\d{4})(?![\wÀ-ỹ/]| (?:đến|tới))", re.I)
_YEAR_SAID = re.compile(r"\d{4}|năm", re.I)
_EVERY_YEAR = re.compile(r"(?:(?:hằng|hàng|mỗi) năm|các năm)$", re.I)
_ALONG = re.compile(r"(?: ?\([^)]{0,60}\))?(?:, và|,| và)(?: [^.;:\d]{0,80})? $", re.I)
_SAME_KIND = re.compile(r"6 tháng|quý|nửa năm|sơ kết|định kỳ|(?:hằng|hàng|mỗi) ", re.I)
_NEXT_STAGE = re.compile(r"[;,] (?:và )?$", re.I)
_REACHED = re.compile(
    r",? (?:phải |cơ bản )?(?:đạt|hoàn thành|giải ngân|\d{1,3} ?%|trên \d|[^.;]{0,40}\d ?%)", re.I
)


def settled(text: str, found: Sequence[Phrase]) -> list[Phrase]:
    """The phrases, in the order of the text, each with what the words elsewhere make of it."""
    phrases = [_bracketed(text, one, [other for other in found if other.start == one.start]) for one in found]
    governed = False
    for n in range(len(phrases) - 2, -1, -1):
        own = _EVERY_YEAR.search(phrases[n + 1].phrase) is not None
        coordinated = _every_year(text, phrases[n], phrases[n + 1]) if own or governed else phrases[n]
        governed, phrases[n] = coordinated is not phrases[n], coordinated
    for n in range(1, len(phrases)):
        phrases[n] = _stage(text, phrases[n - 1], phrases[n])
    return [_since(text, one) if one.rrule else one for one in phrases]


def _bracketed(text: str, phrase: Phrase, listed: Sequence[Phrase]) -> Phrase:
    """A day in brackets after the name of a cycle, or after "hằng năm", comes again every year.

    `listed`: all days that one word governs there.
    """
    before = text[max(0, phrase.start - _WINDOW) : phrase.start]
    if _DIRECTLY.search(before) or _AHEAD.search(_sentence(text, phrase.start)):
        return _yearly(phrase, None)
    cycle = _BRACKET.search(before)
    if cycle is None or _NO_CYCLE.search(before[: cycle.start()]) or _YEAR_SAID.search(listed[-1].phrase):
        return phrase
    again = _AGAIN.search(_sentence(text, phrase.start))
    if not again and (cycle["half"] or cycle["whole"]):
        return phrase  # the half or the whole of this year
    shorter = cycle["cycle"].lower() in ("quý", "tháng")
    sure = again and not (shorter and len(listed) == 1)
    return _yearly(phrase, None if sure else Doubt.YEARLY)


def _every_year(text: str, phrase: Phrase, following: Phrase) -> Phrase:
    """ "trước ngày A và báo cáo năm trước ngày B hằng năm": A is a day of every year as B is."""
    if not (following.rrule or "").startswith("FREQ=YEARLY") or following.doubt is Doubt.NO_CYCLE_DAY:
        return phrase
    if phrase.start == following.start:
        return _yearly(phrase, following.doubt)
    between = text[phrase.end : following.start]
    if not _ALONG.fullmatch(between) or _OF_ITS_OWN.search(between + following.phrase):
        return phrase
    said = text[max(0, phrase.start - _WINDOW) : phrase.start].split(";")[-1]
    sure = between.strip(" ,") in ("", "và") or _SAME_KIND.search(said)
    return _yearly(phrase, None if sure else Doubt.YEARLY)


def _yearly(phrase: Phrase, doubt: Doubt | None) -> Phrase:
    """The day of every year; as it is where its year is said, or where it is no day."""
    due = phrase.due
    day = (due.before or due.by) if due else None
    firm = phrase.kind in (Kind.STRICT_BEFORE, Kind.ON_OR_BY)
    if day is None or not firm or _YEAR_SAID.search(phrase.phrase):
        return phrase
    strict = phrase.kind is Kind.STRICT_BEFORE and not isinstance(day, datetime)
    rule = cycles.of_date(day.month, day.day, strict=strict)
    kept = None if phrase.doubt in (Doubt.FAR_AWAY, Doubt.PAST) else phrase.doubt  # of the year alone
    return replace(phrase, kind=Kind.RECURRING, due=None, due_before=None, rrule=rule, doubt=kept or doubt)


def _stage(text: str, last: Phrase, phrase: Phrase) -> Phrase:
    """ "Phấn đấu … 60%; đến hết ngày … đạt 100%": the next stage of the same target."""
    if last.kind is not Kind.TARGET or phrase.due_before is None or phrase.kind is Kind.TARGET:
        return phrase
    staged = _NEXT_STAGE.search(text[last.end : phrase.start]) and _REACHED.match(text, phrase.end)
    return replace(phrase, kind=Kind.TARGET, doubt=phrase.doubt or Doubt.TARGET) if staged else phrase


def _since(text: str, phrase: Phrase) -> Phrase:
    years = [int(found[1]) for found in _SINCE.finditer(_sentence(text, phrase.start))]
    return replace(phrase, since=years[-1]) if years else phrase


def _sentence(text: str, at: int) -> str:
    """From the last full stop to there, at most 300 characters."""
    return re.split(r"\. ", text[max(0, at - 300) : at])[-1]
