"""Documents that a directive cites: number, date, issuer, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from directives.drafting.days import read_day
from directives.drafting.letters import UPPER
from directives.names import folded

_SYMBOL = r"[A-ZĐ][A-Za-zĐđƯư0-9]{0,14}(?: ?[-/] ?[A-ZĐ][A-Za-zĐđƯư0-9]{0,14}){0,4}"
CITED = re.compile(
    rf"(?<![\w/.,-])(?P<figures>\d{{1,5}}[a-zđ]?)(?P<rest>(?: ?/ ?\d{{4}})? ?/ ?{_SYMBOL}"
    rf"|-[A-ZĐ]{{2,5}}/ ?{_SYMBOL})"
)
DATED = re.compile(r",? ?(?:ký )?ngày ?(?=\d)")
BY = re.compile(
    rf",? ?(?:của|do) (?P<name>(?:[{UPPER}]|(?:sở|tỉnh|thành phố) [{UPPER}])[^,;:.()“”\"]{{1,160}}"
    r"(?:, (?:Thể thao|chữa bệnh|ngành|Nuôi|Cứu|Thương|Phục)[^,;:.()“”\"]{1,100})?)"
)
BETWEEN = re.compile(r" giữa (?P<one>[^,;:.]{2,80}?) (?:với|và) (?P<other>[^,;:.]{2,120})")
AFTER_NAME = re.compile(
    r" (?:về|[Qq]uy định|Hướng dẫn|Ban hành|Phê duyệt|ban hành|hướng dẫn|phê duyệt|sửa đổi|tại|thì"
    r"|và(?= (?:Quyết định|Công văn|Công điện|Kế hoạch|Chỉ thị|Chương trình|Nghị|Thông|Kết luận|các văn bản|số))|gắn với"
    r"|tổ chức|trong|để|cho|nêu trên|yêu cầu|đề nghị|triển khai|thực hiện|theo)(?![\wÀ-ỹ])"
)
PREFIX = re.compile(
    r"(?:của (?P<name>[A-ZĐ][^,;:.()]{2,90}?) tại )?(?:các )?(?:văn bản|Văn bản|Tờ trình|Báo cáo"
    r"|Công văn|công văn|Quyết định|Thông báo)(?: số)? ?$"
)
_BY_SYMBOL = (
    ("NĐ-CP", "Chính phủ"),
    ("NQ-CP", "Chính phủ"),
    ("QĐ-TTg", "Thủ tướng Chính phủ"),
    ("CT-TTg", "Thủ tướng Chính phủ"),
    ("CĐ-TTg", "Thủ tướng Chính phủ"),
)


@dataclass(frozen=True, slots=True)
class Citation:
    """`number` without spaces: 1447-KH/BCSĐCP; `start`, `end` of the number in its text."""

    number: str
    issued: date | None
    issuer: str | None
    start: int
    end: int


def cited_in(text: str) -> list[Citation]:
    """Every citation of a text, in order, with its repetitions."""
    found: list[Citation] = []
    for one in CITED.finditer(text):
        number = re.sub(r" ?([-/]) ?", r"\1", one[0]).strip()
        if not re.search(r"[A-ZĐ]", number) or re.fullmatch(r"\d+/[A-Z]\d*", number):
            continue
        end, issued = one.end(), None
        if dated := DATED.match(text, end):
            written = read_day(text, dated.end(), None)
            if written:
                issued, end = written.day, written.end
        found.append(Citation(number, issued, _issuer(text, one.start(), end, number), one.start(), end))
    return found


def references(texts: Iterable[str], own: str | None) -> list[Citation]:
    """Each cited document once, with what any of its citations says of it."""
    known: dict[str, Citation] = {}
    for text in texts:
        for one in cited_in(text):
            key = "".join(folded(one.number))
            if own and key == "".join(folded(own)):
                continue
            before = known.get(key)
            if before is None:
                known[key] = one
            else:
                known[key] = replace(
                    before, issued=before.issued or one.issued, issuer=before.issuer or one.issuer
                )
    return list(known.values())


def _issuer(text: str, start: int, end: int, number: str) -> str | None:
    if both := BETWEEN.match(text, end):
        return f"{both['one']} - {_name(both['other'])}"
    if said := BY.match(text, end):
        return _name(said["name"])
    if (before := PREFIX.search(text[max(0, start - 140) : start])) and before["name"]:
        return _name(before["name"])
    return next((issuer for symbol, issuer in _BY_SYMBOL if number.endswith(symbol)), None)


def _name(text: str) -> str:
    return AFTER_NAME.split(text)[0].strip(" -*")
