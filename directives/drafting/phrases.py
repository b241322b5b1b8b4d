"""Deadline phrases of a sentence (conventions, section 1). What gives no date gives none; what is doubtful says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from directives.drafting import beside, context, leaning
from directives.drafting.after_trigger import Reading, read_after, read_cycle_day
from directives.drafting.cycles import BARE, bare
from directives.drafting.doubts import Doubt
from directives.drafting.periods import read_period
from directives.drafting.phrase import Kind, Phrase, Signing
from directives.drafting.spans import read_span

# Everything a phrase may begin with; what follows decides whether it is one.
TRIGGER = re.compile(
    r"(?<![\wÀ-ỹ])(?:"
    r"(?P<span>trong (?:vòng|thời hạn|thời gian|khoảng thời gian)\b|(?:trong|không quá|sau|tối đa)(?= \d)"
    r"|(?:chậm|muộn|trễ) nhất(?=(?: là)?(?: sau| trong(?: vòng| thời hạn)?"
    r"| không quá)? \d{1,3} (?:\([^)]{1,20}\) )?(?:ngày\b|giờ (?=kể|sau|từ))))"
    r"|(?P<before>tr(?:ướ|uớ|ươ)c)(?= )(?! (?:đến|tới) )"
    r"|(?P<by>(?:chậm|muộn|trễ) nhất|(?:(?:đến|tới|cho đến) )?hết(?= (?:ngày|tháng|quý|năm|giờ|\d))"
    r"|(?:đến|tới) (?=cuối ngày \d)"
    # "Đến ngày 30/6/2026 phải hoàn thành …": only what is to be done by then.
    r"|(?:đến|tới)(?= (?:ngày )?\d{1,2}(?:/\d{1,2}(?:/\d{4})?| tháng \d{1,2}(?: năm \d{4})?),?"
    r" (?:phải|cơ bản|hoàn thành|xong|là hạn)(?![\wÀ-ỹ]))"
    r"|(?:thời )?hạn (?:cuối(?: cùng)?|chót)(?: (?:nộp|nhận|gửi)(?: [\wÀ-ỹ]{1,9}){0,3})?(?= |:)"
    r"|không (?:được )?(?:quá|muộn hơn|chậm hơn|trễ hơn|sau)"
    r"|(?:ngay )?trong(?= ngày \d)"
    r"|(?:hoàn thành|xong) (?:vào|trong)?(?= ?ngày \d))"
    r"|(?P<after>(?:sau|quá))(?= (?:ngày|thời điểm|thời hạn|\d))"
    r"|(?P<period>(?:chỉ |ngay )?trong (?=(?:tháng|quý|năm) )|(?:(?<=hoàn thành )|(?<=xong )"
    r"|(?<=trình )|(?<=ban hành ))(?=(?:tháng|quý|năm) ))"
    r"|(?P<label>(?:thời (?:gian|điểm) (?:hoàn thành|thực hiện|trình|báo cáo|nộp|gửi|ban hành|giao"
    r"|xong)[^:.;|]{0,40}"
    r"|(?:thời hạn|hạn|tiến độ)(?: (?:hoàn thành|thực hiện|trình|báo cáo|nộp|gửi|ban hành|giao|cuối"
    r"|xong)[^:.;|]{0,40})?|hoàn thành) ?: ?)"
    r"|(?P<cycle>định kỳ|(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm|0?6 tháng))(?![\wÀ-ỹ])"
    r"|(?P<day>(?:vào )?(?:các )?ngày)(?= \d{1,2}(?:(?:,| và) (?:ngày )?\d{1,2}){0,4}(?:/\d{1,2}| tháng \d{1,2})?,? "
    r"(?:và|hằng|hàng|mỗi|của (?:hằng"
    r"|hàng|mỗi|tháng)))"
    r"|(?P<weekly>(?:vào )?(?:chiều |sáng )?(?=thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7]),? (?:hằng|hàng"
    r"|mỗi) tuần)))",
    re.I,
)


def find(text: str, signing: Signing) -> list[Phrase]:
    """The phrases in the order of the text, each once."""
    found: list[Phrase] = []
    for trigger in TRIGGER.finditer(text):
        if found and trigger.start() < found[-1].end:
            continue
        found += _read(text, trigger, signing)
    return _distinct(beside.looked_at(text, leaning.settled(text, found)))


def cell(text: str, signing: Signing) -> list[Phrase]:
    """The phrases of a table's cell that names when a task is to be done: a bare date there is a deadline."""
    if found := find(text, signing):
        return found
    readings = read_after(text, 0, strict=False, signing=signing)
    if (ranged := RANGE.search(text)) and not (readings and readings[-1].end >= len(text)):
        unit = UNIT.match(ranged[1]) or UNIT.match(text)
        tail = ranged[1] if UNIT.match(ranged[1]) or not unit else f"{unit[0]} {ranged[1]}"
        last = read_after(tail, 0, strict=False, signing=signing)
        return [replace(one.as_phrase(tail, 0, signing), phrase=text, doubt=Doubt.PERIOD) for one in last[:1]]
    if not readings and (cycle := BARE.match(text)) and cycle[0].lower() != cycle["cycle"].lower():
        return [_recurring(text, 0, cycle.end(), cycle["cycle"])]
    return _distinct([one.as_phrase(text, 0, signing) for one in readings])


RANGE = re.compile(r"(?:[-–]|đến(?: hết)?|tới) ?([^-–]{1,30})$", re.I)
UNIT = re.compile(r"(?:từ )?(?:tháng|quý|năm|ngày)", re.I)


def _read(text: str, trigger: re.Match[str], signing: Signing) -> list[Phrase]:
    start, at, kind = trigger.start(), trigger.end(), trigger.lastgroup
    if kind == "span":
        span = read_span(text, start, signing)
        return [span] if span else []
    if kind == "cycle":
        return list(_cycle(text, trigger, signing))
    if kind == "period":
        return list(_period(text, start, at, signing))
    readings = read_after(text, at, strict=kind == "before", signing=signing)
    if kind == "after":
        return _refused_after(text, start, readings, signing)
    if kind in ("day", "weekly", "label"):
        readings = [one for one in readings if kind == "label" or one.rrule]
    if kind == "label" and readings:
        start = at
        if "thực hiện" in trigger[0].lower() and readings[0].kind is Kind.ON_OR_BY:
            readings = [replace(one, doubt=one.doubt or Doubt.EVENT) for one in readings]
    return _in_context(text, start, [one.as_phrase(text, start, signing) for one in readings])


def _in_context(text: str, start: int, phrases: list[Phrase]) -> list[Phrase]:
    """Dates of data, of validity and of events are no deadlines; a target says that it is one."""
    if not phrases or context.is_data(text, start, phrases[0]):
        return []
    if context.is_target(text, start):
        return [
            replace(one, kind=Kind.TARGET, doubt=one.doubt or Doubt.TARGET) if one.due_before else one
            for one in phrases
        ]
    doubt = context.doubt(text, start, phrases[0])
    return [replace(one, doubt=one.doubt or doubt) for one in phrases]


def _period(text: str, start: int, at: int, signing: Signing) -> Iterator[Phrase]:
    reading = read_period(text, at, signing)
    if reading is None or not context.asks_for_work(text, start):
        return
    yield from _in_context(text, start, [reading.as_phrase(text, start, signing)])


def _refused_after(text: str, start: int, readings: list[Reading], signing: Signing) -> list[Phrase]:
    """ "gửi sau ngày D sẽ không được …": the last good day is D."""
    if not readings:
        return []
    refused = re.compile(r"(?: \([^)]{0,40}\))?,? (?:(?:[\wÀ-ỹ]+ ){0,8})?(?:sẽ |thì )?không (?:được)?", re.I)
    found = refused.match(text, readings[0].end)
    if found is None:
        return []
    phrase = readings[0].as_phrase(text, start, signing)
    return [replace(phrase, phrase=text[start : found.end()].strip(), end=found.end())]


_WITH_DAY = re.compile(r"(?:báo cáo|tổng hợp|gửi|vào|trước|chậm nhất|là|[, ])*?(?=ngày \d|thứ )", re.I)


def _cycle(text: str, trigger: re.Match[str], signing: Signing) -> Iterator[Phrase]:
    """ "định kỳ" with its cycle, wherever in the clause that stands; "hằng tháng" alone only where a report is asked."""
    start = trigger.start()
    if trigger[0].lower() == "định kỳ":
        if found := _WITH_DAY.match(text, trigger.end()):
            strict = "trước" in found[0].lower()
            readings = [
                one for one in read_after(text, found.end(), strict=strict, signing=signing) if one.rrule
            ]
            if readings:
                yield from (one.as_phrase(text, start, signing) for one in readings)
                return
        ahead = re.compile(
            r"[^.;:]{0,60}?(?:(?:hằng|hàng|mỗi) (ngày|tuần|tháng|quý|năm|0?6 tháng)| (0?6 tháng)(?! đầu"
            r"| cuối)|^ (tháng|quý|năm)\b)",
            re.I,
        )
        found = ahead.match(text, trigger.end()) or re.compile(r" (tháng|quý|năm|tuần)\b", re.I).match(
            text, trigger.end()
        )
        if found:
            cycle = next(group for group in found.groups() if group)
            yield _recurring(text, start, found.end(), cycle)
    elif context.reports_each_time(text, start, trigger.end()):
        cycle = BARE.match(text, start)
        if cycle:
            yield _recurring(text, start, cycle.end(), cycle["cycle"])


def _recurring(text: str, start: int, end: int, cycle: str) -> Phrase:
    if day := read_cycle_day(text, end, cycle.lower()):
        return Phrase(
            text[start : day.end].strip(), day.kind, start, day.end, rrule=day.rrule, doubt=day.doubt
        )
    return Phrase(text[start:end], Kind.RECURRING, start, end, rrule=bare(cycle), doubt=Doubt.NO_CYCLE_DAY)


def _distinct(phrases: list[Phrase]) -> list[Phrase]:
    """A deadline said twice in one sentence is one; a cycle without a day says nothing beside one with a day."""
    kept: list[Phrase] = []
    for one in phrases:
        same = [
            other
            for other in kept
            if (one.due_before and other.due_before == one.due_before)
            or (one.rrule and other.rrule == one.rrule)
        ]
        if not same:
            kept.append(one)
    dated = [one for one in kept if one.rrule and one.doubt is not Doubt.NO_CYCLE_DAY]
    return [one for one in kept if not (dated and one.doubt is Doubt.NO_CYCLE_DAY)]
