"""What follows "trước", "chậm nhất", "đến hết": hour, weekday and day in any order, a month, a day of a cycle, several."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from directives.drafting import cycles
from directives.drafting.days import CLOCK, WEEKDAY, Written, clock, read_day, weekday
from directives.drafting.doubts import Doubt
from directives.drafting.periods import read_period
from directives.drafting.phrase import Kind, Signing
from directives.drafting.reading import Reading

__all__ = ["Reading", "read_after"]
FILLER = re.compile(
    r" ?(?:ngày(?=\d)|\((?=\d)|(?:các ngày|ngày|thời điểm|thời hạn|là|đến|tới|vào|trong|trước|lúc|hết giờ làm việc"
    r"|giờ làm việc|giờ hành chính|cuối giờ|cuối(?= ngày)|hết"
    r"|buổi (?:sáng|chiều)|(?:chiều|sáng)(?= (?:ngày|thứ))|của|mỗi|:|,|-|\()(?![\wÀ-ỹ])) ?",
    re.I,
)
MONTHDAY = re.compile(
    r"((?:\d{1,2}(?:,| và) (?:ngày )?){0,4}\d{1,2})(?=,? ?(?:của )?(?:(?:hằng|hàng|mỗi) (?:tháng|quý)|"
    r"tháng (?:cuối|đầu|tiếp|sau|liền|kế)"
    r"|(?:của )?tháng\b(?! ?\d)))",
    re.I,
)
MORE = re.compile(
    r" ?(?:,|;|và|hoặc|\([^)]{1,60}\)(?:,| và)?) ?(?:các )?(?:ngày )?(?=\d{1,2} ?(?:[/-]|tháng))",
    re.I,
)
NO_DAY = re.compile(r"tháng \d", re.I)
# "tháng này", "tháng Ba": no figures to read.
IN_WORDS = re.compile(
    r" (?:này|nay|tới|giêng|một|hai|ba|tư|sáu|bảy|tám|chín|mười(?: một| hai)?|chạp)(?![\wÀ-ỹ])", re.I
)
DAILY = re.compile(r"(?:hằng|hàng|mỗi) ngày(?![\wÀ-ỹ])", re.I)
# "16 giờ cùng ngày", "9 giờ hôm sau": the day stands elsewhere.
SAME_DAY = re.compile(r"(?:cùng ngày|hôm (?:sau|nay|đó|ấy))(?![\wÀ-ỹ])", re.I)
ONLY_DAY = re.compile(r"\d{1,2}(?! ?[/\d-]| tháng| ngày)")
STEPS = 8


@dataclass(slots=True)
class _Head:
    """What was read before the day."""

    at: int
    strict: bool
    hour: tuple[time, bool] | None = None
    weekday: int | None = None


def read_after(text: str, at: int, *, strict: bool, signing: Signing) -> list[Reading]:
    """The readings that begin there; none when no date follows."""
    head = _head(text, _Head(at, strict))
    if head.weekday is not None and (found := cycles.WEEKLY.match(text, head.at)):
        rule = cycles.of_weekday(head.weekday, strict=head.strict and head.hour is None)
        return [Reading(Kind.RECURRING, found.end(), rrule=rule)]
    if head.hour is not None and (found := DAILY.match(text, head.at)):
        return [Reading(Kind.RECURRING, found.end(), rrule="FREQ=DAILY")]
    if head.hour is not None and (found := SAME_DAY.match(text, head.at)):
        kind = Kind.STRICT_BEFORE if head.strict else Kind.ON_OR_BY
        return [Reading(kind, found.end(), doubt=Doubt.SAME_DAY)]
    if found := MONTHDAY.match(text, head.at):
        return _monthday(text, found, head)
    if NO_DAY.match(text, head.at) and text[: head.at].rstrip().lower().endswith("ngày"):
        kind = Kind.STRICT_BEFORE if head.strict else Kind.ON_OR_BY
        return [Reading(kind, head.at, doubt=Doubt.BLANK_DAY)]
    if period := read_period(text, head.at, signing, strict=head.strict):
        return [period]
    written = read_day(text, head.at, signing.day)
    return _days(text, head, written, signing) if written else []


def read_cycle_day(text: str, at: int, cycle: str) -> Reading | None:
    """The day said after its cycle: "hằng tuần (trước 15 giờ thứ Năm)", "hằng tháng vào ngày 25"."""
    at += len(text[at : at + 2]) - len(text[at : at + 2].lstrip(" ("))
    head = _head(text, _Head(at, strict=False))
    strict = head.strict and head.hour is None
    if cycle == "tuần" and head.weekday is not None:
        return Reading(Kind.RECURRING, head.at, rrule=cycles.of_weekday(head.weekday, strict=strict))
    found = ONLY_DAY.match(text, head.at)
    if cycle != "tháng" or found is None or "ngày" not in text[at : head.at].lower():
        return None
    rule = cycles.of_monthday(int(found[0]), strict=strict)
    return Reading(Kind.RECURRING, found.end(), rrule=rule, doubt=None if rule else Doubt.NO_SUCH_DAY)


def _head(text: str, head: _Head) -> _Head:
    for _ in range(STEPS):
        head.at += text[head.at : head.at + 1] == " "
        if found := CLOCK.match(text, head.at):
            head.hour, head.at = clock(found), found.end()
        elif found := WEEKDAY.match(text, head.at):
            head.weekday, head.at = weekday(found), found.end()
        elif found := FILLER.match(text, head.at):
            head.strict = head.strict or "trước" in found[0].lower()
            head.at = found.end()
        else:
            break
    return head


def _monthday(text: str, found: re.Match[str], head: _Head) -> list[Reading]:
    """The days of every month: one, or several before the same "hằng tháng"."""
    again = cycles.AFTER_DAY.match(text, found.end())
    if again is None:
        return []
    if again["month"] and (words := IN_WORDS.match(text, again.end())):
        return [
            Reading(Kind.STRICT_BEFORE if head.strict else Kind.ON_OR_BY, words.end(), doubt=Doubt.IN_WORDS)
        ]
    days = list(re.finditer(r"\d{1,2}", found[1]))
    readings: list[Reading] = []
    for day in days:
        rule = cycles.of_day(int(day[0]), again, strict=head.strict and head.hour is None)
        doubt = Doubt.NO_SUCH_DAY if rule is None else Doubt.WHICH_CYCLE if again["first"] else None
        end = again.end() if day is days[-1] else found.start() + day.end()
        readings.append(Reading(Kind.RECURRING, end, rrule=rule, doubt=doubt))
    return readings


def _days(text: str, head: _Head, first: Written, signing: Signing) -> list[Reading]:
    """The day, and those listed after it: one "trước ngày" governs them all."""
    days = [first]
    for _ in range(STEPS):
        more = MORE.match(text, days[-1].end)
        following = read_day(text, more.end(), signing.day) if more else None
        if following is None:
            break
        days.append(following)
    yearly = cycles.YEARLY.match(text, _past_remark(text, days[-1].end))
    if yearly:
        return [
            _yearly(one, head, max(one.end, yearly.end()) if one is days[-1] else one.end) for one in days
        ]
    # "trước ngày 10/11, 15/11 họp": a second day without a governing word of its own may be anything.
    alone = len(days) > 1 and not any(one.year_given for one in days[:-1]) and days[-1].year_given
    if alone and days[-1].day:
        days = [_same_year(one, days[-1].day, signing) for one in days]
    return [_on_day(text, one, head) for one in days]


def _past_remark(text: str, at: int) -> int:
    remark = re.compile(r" \([^)]{1,60}\)").match(text, at)
    return remark.end() if remark else at


def _same_year(written: Written, last: date, signing: Signing) -> Written:
    try:
        return replace(written, day=date(last.year, written.month, written.monthday), doubt=None)
    except ValueError:
        return replace(written, day=None, doubt=Doubt.NO_SUCH_DAY)


def _yearly(written: Written, head: _Head, end: int) -> Reading:
    rule = cycles.of_date(written.month, written.monthday, strict=head.strict and head.hour is None)
    return Reading(Kind.RECURRING, end, rrule=rule, doubt=None if rule else Doubt.NO_SUCH_DAY)


def _on_day(text: str, written: Written, head: _Head) -> Reading:
    doubt, end, said = written.doubt, written.end, head.weekday
    if found := WEEKDAY.match(text, end if text[end : end + 2] != " (" else end + 1):
        said, end = weekday(found), found.end()
    if said is not None and written.day and written.day.weekday() != said:
        doubt = doubt or Doubt.WRONG_WEEKDAY
    kind = Kind.STRICT_BEFORE if head.strict else Kind.ON_OR_BY
    if written.day is None:
        return Reading(kind, end, doubt=doubt)
    if head.hour is None:
        return Reading(
            kind,
            end,
            before=written.day if head.strict else None,
            by=None if head.strict else written.day,
            doubt=doubt,
        )
    hour, midnight = head.hour
    instant = datetime.combine(written.day + timedelta(int(midnight)), hour)
    return Reading(
        kind, end, before=instant if head.strict else None, by=None if head.strict else instant, doubt=doubt
    )
