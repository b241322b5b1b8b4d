"""What stands directly beside a date and changes it: days counted back from it, a lunar day, an exception's own date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Phrase

_DAYS = r"\d{1,3} (?:\([^)]{1,20}\) )?ngày(?: làm việc)?"
_COUNTED = re.compile(rf"(?<![/\d]){_DAYS} $")
_COUNTING = re.compile(rf"(?:,? (?:ít nhất|tối thiểu))? {_DAYS}(?![\wÀ-ỹ]| \d)", re.I)
_LUNAR = re.compile(r",? ?\(?âm lịch", re.I)
# "trong tháng 01, không quá ngày 28": the day belongs to the month before it.
_BARE_DAY = re.compile(
    r",? (?:và )?(?:không (?:quá|muộn hơn|sau)|(?:chậm|muộn) nhất(?: là| vào)?|trước) ngày \d{1,2}(?! ?[/-]|\d|\.\d| tháng)",
    re.I,
)
_GROUP = r"(?:đối với|của) (?:các|UBND|Ủy ban|xã|phường|thị trấn|huyện|quận|sở|bộ|đơn vị|cơ quan|địa phương|trường)"
_GROUPS = re.compile(rf" ?\(?{_GROUP}(?![\wÀ-ỹ])", re.I)
_EXCEPTION = re.compile(
    rf"(?<![\wÀ-ỹ])(?:riêng|còn lại|(?:ngoại )?trừ|trường hợp|nếu|{_GROUP})(?![\wÀ-ỹ])", re.I
)


def looked_at(text: str, found: Sequence[Phrase]) -> list[Phrase]:
    """The phrases, each marked where the words beside it make it another date, or the date of others."""
    several = sum(one.due_before is not None for one in found) > 1
    last = [0, *(one.end for one in found)]
    return [
        replace(one, doubt=one.doubt or _doubt(text, one) or _others(text, one, last[n], several=several))
        for n, one in enumerate(found)
    ]


def _doubt(text: str, phrase: Phrase) -> Doubt | None:
    if _LUNAR.match(text, phrase.end):
        return Doubt.LUNAR
    if _COUNTED.search(text[max(0, phrase.start - 40) : phrase.start]) or _COUNTING.match(text, phrase.end):
        return Doubt.COUNTED_BACK
    return Doubt.BARE_DAY if _BARE_DAY.match(text, phrase.end) else None


def _others(text: str, phrase: Phrase, last: int, *, several: bool) -> Doubt | None:
    """`last`: where the phrase before it ends; 0 for the first."""
    if several and _GROUPS.match(text, phrase.end):
        return Doubt.SUBJECT
    return Doubt.SUBJECT if last and _EXCEPTION.search(text, last, phrase.start) else None
