"""Head and foot of a document in the form of Nghị định 30/2020/NĐ-CP: number, date, issuer, subject, addressees, signer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from directives.drafting.casing import in_words
from directives.drafting.days import read_day
from directives.drafting.letters import LOWER, UPPER
from directives.drafting.text import LABEL, Paragraph

NUMBER = re.compile(
    r"Số ?[:.]? ?(?P<figures>\d{1,5}[a-zA-Z]?|[…_.]{1,9})? ?(?P<year>/ ?\d{4} ?)?"
    r"(?P<mark>[/-]) ?(?P<symbol>[A-ZĐ][A-Za-zĐđƯưÔÊÂĂ0-9]{0,14}(?:"
    r" ?[-/.&] ?[A-ZĐ][A-Za-zĐđƯưÔÊÂĂ0-9()]{0,14}){0,5})"
)
PLACE_DATE = re.compile(rf"(?:^|[^\wÀ-ỹ])(?P<place>[{UPPER}][^,:;\d]{{1,38}}), ?ngày (?=[\d…Ol/]|tháng)")
MOTTO = re.compile(
    r"c[oộ]ng h[oòóôọ][aàáAÀ]|độc lập ?-|đảng cộng sản việt nam|đoàn (?:tncs|thanh niên cộng sản)", re.I
)
URGENT = re.compile(rf"(?:hỏa tốc|hoả tốc|thượng khẩn|khẩn|mật|tối mật|tuyệt mật|dự thảo)[^{LOWER}]*$", re.I)
KINDS = (
    "CÔNG ĐIỆN|CHỈ THỊ|KẾ HOẠCH|QUYẾT ĐỊNH|THÔNG BÁO|NGHỊ QUYẾT|GIẤY MỜI|HƯỚNG DẪN|CHƯƠNG TRÌNH"
    "|TỜ TRÌNH|BÁO CÁO|QUY ĐỊNH|QUY CHẾ|ĐỀ ÁN|PHƯƠNG ÁN"
    "|KẾT LUẬN|THƯ CÔNG|GIẤY GIỚI THIỆU|PHIẾU CHUYỂN"
)
TITLE = re.compile(rf"(?P<kind>{KINDS})(?P<rest>\b.{{0,300}})?$")
TO = re.compile(r"(?:Kính gửi|KÍNH GỬI|Gửi|[^:]{0,80}\b(?:điện|ĐIỆN)) ?: ?(?P<rest>.{0,600})$")
SUBJECT = re.compile(r"(?:V/v|v/v|Vv)[:.]? ?(?P<rest>.*)$")
FOOT = re.compile(r"Nơi nhận ?:?", re.I)
SIGNS = re.compile(
    rf"(?:TM|KT|TL|TUQ|Q|T/M|T/L)\. ?[{UPPER}]|(?:PHÓ )?(?:CHỦ TỊCH|GIÁM ĐỐC|BỘ TRƯỞNG|CHÁNH VĂN PHÒNG"
    rf"|THỦ TƯỚNG|CỤC TRƯỞNG|TRƯỞNG BAN|BÍ THƯ|CHỦ NHIỆM)"
)
NAME = re.compile(
    rf"(?:(?:GS|PGS|TS|ThS|BS|BSCKII|Ông"
    rf"|Bà)\.? ?){{0,5}}(?:[{UPPER}][{LOWER}]{{1,6}} ){{1,4}}[{UPPER}][{LOWER}]{{0,6}}$"
)
DEEPEST = 40  # paragraphs before which the head must have ended


@dataclass(frozen=True, slots=True)
class Head:
    """`body`: index of the first paragraph after the head. `issuer` in words, `issuer_line` where it stands."""

    number: str | None
    issued: date | None
    issuer: str | None
    kind: str
    subject: str | None
    addressees: tuple[str, ...]
    place: str | None
    alias: str | None
    body: int
    lines: dict[str, int]


def read_head(paragraphs: Sequence[Paragraph]) -> Head:
    """What the head says; None where it does not say it."""
    top = paragraphs[:DEEPEST]
    lines: dict[str, int] = {}
    number_at, number = _number(top, lines)
    date_at, place, issued = _date(top, lines)
    start = max(number_at, date_at, 0)
    motto_at = next((n for n, one in enumerate(top) if MOTTO.search(one.text)), 0)
    kind, subject, body = _subject(top, start, max(number_at, 0), lines)
    addressees, alias, after = _addressees(
        top, max(body, start + 1) if kind != "Công văn" else number_at + 1, lines
    )
    body = max(body, after, start + 1, motto_at + 1)
    issuer = _issuer(top, paragraphs, number_at, lines)
    return Head(number, issued, issuer, kind, subject, addressees, place, alias, body, lines)


def _number(top: Sequence[Paragraph], lines: dict[str, int]) -> tuple[int, str | None]:
    for n, one in enumerate(top):
        found = NUMBER.match(one.text) or (
            NUMBER.search(one.text[:120]) if n < 8 and "Căn cứ" not in one.text else None
        )
        if found:
            lines["number"] = one.line
            if not found["figures"] or not found["figures"][0].isdigit():
                return n, None
            symbol = re.sub(r" ?([-/.&]) ?", r"\1", found["symbol"])
            year = (found["year"] or "").replace(" ", "")
            return n, f"{found['figures']}{year}{found['mark']}{symbol}".rstrip(".")
    return -1, None


def _date(top: Sequence[Paragraph], lines: dict[str, int]) -> tuple[int, str | None, date | None]:
    for n, one in enumerate(top):
        found = PLACE_DATE.search(one.text[:160])
        if found and not one.text.startswith(("Căn cứ", "Thực hiện", "Theo")):
            lines["date"] = one.line
            written = read_day(one.text, found.end(), None)
            place = re.sub(r"^.*?(?:UBND|NV|SYT)\S* ", "", found["place"]) if n else found["place"]
            return n, place.strip(), written.day if written and written.year_given else None
    return -1, None, None


def _subject(
    top: Sequence[Paragraph], start: int, number_at: int, lines: dict[str, int]
) -> tuple[str, str | None, int]:
    """(kind, subject, first paragraph after it). A letter has "V/v", any other kind its name in capitals."""
    for n, one in enumerate(top[number_at:], start=number_at):
        if found := TITLE.match(one.text):
            kind = found["kind"].capitalize()
            rest = (found["rest"] or "").strip(" :")
            return (kind, *_title(top, n, rest, lines))
        if found := SUBJECT.search(one.text[:400]) if n <= start + 3 else None:
            lines["subject"] = one.line
            whole = SUBJECT.search(one.text)
            text, end = _continued(top, n, whole["rest"] if whole else found["rest"])
            return "Công văn", text, end
        if TO.match(one.text):
            break
        if n > number_at and n <= start + 2 and one.text.startswith("Về việc "):
            lines["subject"] = one.line
            text, end = _continued(top, n, one.text)
            return "Công văn", text, end
    return "Công văn", None, start + 1


def _continued(top: Sequence[Paragraph], n: int, text: str) -> tuple[str, int]:
    """ "V/v" broken over lines before place and date."""
    text = re.split(r" (?=[A-ZĐ][^,\d]{2,30}, ngày \d)", text)[0]
    end = n + 1
    while end < len(top) and end <= n + 4 and not _apart(top, end):
        following = top[end].text
        if (
            PLACE_DATE.search(following)
            or TO.match(following)
            or MOTTO.search(following)
            or URGENT.match(following)
            or following.endswith(":")
        ):
            break
        if following[0].isupper() and text.endswith((".", ";")):
            break
        text, end = f"{text} {following}", end + 1
    return text.strip(), end


def _apart(top: Sequence[Paragraph], n: int) -> bool:
    """Whether a blank line stands before it, and it does not go on in lower case as the lines of a title do."""
    goes_on = top[n].text[0].islower() and not LABEL.match(top[n].text)
    return top[n].line > top[n - 1].line + 1 and not goes_on


def _title(top: Sequence[Paragraph], n: int, rest: str, lines: dict[str, int]) -> tuple[str | None, int]:
    """The lines below the kind's name, until the body begins."""
    parts, end = ([rest] if rest else []), n + 1
    while end < len(top) and end <= n + 5:
        text = top[end].text
        opens = re.match(
            r"(?:Căn cứ|Thực hiện|Theo|Ngày|Nhằm|Để|Trong|Xét|Triển khai thực hiện|Kính gửi|I+\.|1\."
            r"|A\.|Điều|-)",
            text,
        )
        if opens and not (not parts and text.startswith("Triển khai")):
            break
        caps = text.isupper() and parts
        orders = text.endswith(":") and parts
        if caps or orders or (parts and (len(text) > 300 or _apart(top, end))) or TO.match(text):
            break
        parts.append(text)
        end += 1
    if parts:
        lines["subject"] = top[n + 1].line if n + 1 < len(top) else top[n].line
    return (" ".join(parts).strip() or None), end


def _addressees(
    top: Sequence[Paragraph], start: int, lines: dict[str, int]
) -> tuple[tuple[str, ...], str | None, int]:
    for n, one in enumerate(top[max(0, start - 1) :], start=max(0, start - 1)):
        found = TO.match(one.text)
        if found is None or len(one.text) > 600:
            continue
        lines["addressees"] = one.line
        rest, found_all, alias, end = found["rest"].strip(), list[str](), None, n + 1
        if rest:
            found_all += [part for part in re.split(r"; ?-? ?|(?<=[.;]) - ", rest) if part]
        while end < len(top) and (
            re.match(r"[-+•–] ?", top[end].text)
            or (top[end].text[0] in "(" and len(top[end].text) < 160)
            or (found_all and not rest and found_all[-1].endswith(",") and len(top[end].text) < 160)
        ):
            found_all.append(top[end].text)
            end += 1
        cleaned = [re.sub(r"^[-+•–] ?", "", part).strip(" ;.") for part in found_all]
        for part in cleaned:
            if called := re.search(r"(?:sau đây )?gọi (?:chung|tắt) là:? ?([^)]+)", part):
                alias = called[1].strip()
        kept = tuple(part for part in cleaned if part and not part.startswith("("))
        return kept, alias, end
    return (), None, 0


def _issuer(
    top: Sequence[Paragraph], paragraphs: Sequence[Paragraph], number_at: int, lines: dict[str, int]
) -> str | None:
    """The capitals of the left column: the authority above and the issuer, or one name over two lines."""
    above = [
        one
        for one in top[: number_at if number_at >= 0 else 6]
        if one.text.isupper()
        and not MOTTO.search(one.text)
        and not URGENT.match(one.text)
        and not TITLE.match(one.text)
    ]
    if not above:
        return None
    lines["issuer"] = above[0].line
    return in_words([one.text for one in above[:4]], paragraphs)
