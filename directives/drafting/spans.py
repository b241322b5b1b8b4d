"""So many days from something: "trong vòng 10 ngày kể từ ngày ký", "chậm nhất 05 ngày làm việc"."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

from directives.drafting.after_trigger import read_after
from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Kind, Phrase, Signing
from directives.model import Due

SPAN = re.compile(
    r"(?P<lead>trong (?:vòng|thời hạn|thời gian|khoảng thời gian)|trong|không quá|tối đa|sau|(?:chậm"
    r"|muộn|trễ) nhất(?: là)?(?: sau| trong(?: vòng| thời hạn)?| không quá)?)"
    r"(?: (?:tối đa|không quá|là))? (?P<count>\d{1,3}) ?(?:\([^)]{1,20}\) )?(?P<unit>ngày làm việc|ngày"
    r"|giờ|tuần|tháng)(?![\wÀ-ỹ])"
    r"(?! (?:đầu|cuối|qua|trước khi|vừa)(?![\wÀ-ỹ]))",
    re.I,
)
ANCHOR = re.compile(r",? ?\(?(?:kể từ|tính từ|sau khi|từ|kể) (?:ngày|khi|thời điểm|lúc)?[^,.;:)]{0,70}", re.I)
BACK = re.compile(r" trước (?=(?:ngày )?\d{1,2}(?:[/.-]| tháng))", re.I)
_SIGNED = re.compile(r"(?:ký|ban hành)(?! kết)", re.I)
_RECEIVED = re.compile(r"(?:nhận|tiếp nhận)", re.I)
_THIS = re.compile(r"(?:công văn|văn bản|chỉ thị|kế hoạch|thông báo|quyết định|công điện)", re.I)
LONGEST = 3660
IN_DAYS = {"ngày": 1, "ngày làm việc": 1, "tuần": 7, "tháng": 30}


def read_span(text: str, at: int, signing: Signing) -> Phrase | None:
    """The span that begins there, or None where it measures something else: data, an event, six months of a year."""
    found = SPAN.match(text, at)
    if found is None:
        return None
    if (back := BACK.match(text, found.end())) and (
        counted := _counted_back(text, found, back.end(), signing)
    ):
        return counted
    anchor = ANCHOR.match(text, found.end())
    lead, unit, working = (
        found["lead"].lower(),
        found["unit"].lower(),
        found["unit"].lower() == "ngày làm việc",
    )
    if not anchor and not working and lead in ("trong", "sau", "tối đa", "không quá", "trong thời gian"):
        return None
    if unit == "tháng" and not anchor:
        return None
    count = int(found["count"])
    days = -(-count // 24) if unit == "giờ" else count * IN_DAYS[unit]
    end = anchor.end() if anchor else found.end()
    phrase = Phrase(text[at:end].strip(), Kind.RELATIVE, at, end, days=days, working=working)
    return _anchored(phrase, anchor[0] if anchor else "", unit, signing)


def _anchored(phrase: Phrase, anchor: str, unit: str, signing: Signing) -> Phrase:
    days = phrase.days or 0
    if unit == "giờ":
        return replace(phrase, doubt=Doubt.HOURS)
    if not 1 <= days <= LONGEST:
        return replace(phrase, doubt=Doubt.NO_SUCH_DAY)
    due = Due(within_working_days=days) if phrase.working else Due(within_days=days)
    if unit in ("ngày", "ngày làm việc") and signing.day and _SIGNED.search(anchor):
        return signing.due(replace(phrase, doubt=Doubt.FROM_SIGNING), due)
    doubt = Doubt.FROM_RECEIPT if _RECEIVED.search(anchor) and _THIS.search(anchor) else Doubt.ANCHOR
    return replace(phrase, due=due, doubt=doubt)


def _counted_back(text: str, span: re.Match[str], at: int, signing: Signing) -> Phrase | None:
    """ "chậm nhất 03 ngày trước ngày 30/4": the last good day is the 27th."""
    readings = read_after(text, at, strict=False, signing=signing)
    if not readings or readings[0].by is None or isinstance(readings[0].by, datetime):
        return None
    day, end, count = readings[0].by, readings[0].end, int(span["count"])
    working = span["unit"].lower() == "ngày làm việc"
    if (
        span["unit"].lower() not in IN_DAYS
        or not count
        or not signing.calendar.first <= day <= signing.calendar.last
    ):
        return None
    days = count * IN_DAYS[span["unit"].lower()]
    last = signing.calendar.add(day, -count) if working else day - timedelta(days)
    phrase = Phrase(
        text[span.start() : end].strip(), Kind.ON_OR_BY, span.start(), end, doubt=Doubt.COUNTED_BACK
    )
    return signing.due(phrase, Due(by=last))
