"""The sender's own words in a mail: not the quoted digest, not the signature, not what a client adds.

Two strippers that share nothing but the decoded text look at it: this one, which reads lines, and the library
mail-parser-reply (`library_stripper`). Only lines that both keep may hold a command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from notifications.replies.words import fold

MARKER = "vui long tra loi phia tren dong nay"
_QUOTED = re.compile(r"\s*[>|]")
_NUMBERED = re.compile(r"[>|\s]*(\d{1,2})\. +(.*)")
_DATE_OR_TIME = re.compile(r"\d{1,2}:\d{2}|\d{4}|\d{1,2}/\d{1,2}|\d{1,2} thg \d")
# All on folded lines.
_ATTRIBUTION = re.compile(
    r"(?:on|vao|ngay|luc|thu|chu nhat|t\d|cn|hom|le|am)\b.*(?:wrote|viet|ghi)\s*:?\s*$"
    r"|.{0,200}<[^>]{3,200}>.{0,40}(?:wrote|da viet|viet)\s*:\s*$"
    r"|.{0,200}@.{0,200}(?:wrote|da viet|viet)\s*:\s*$|.{1,120} da viet:\s*$"
)
_BEGINS = re.compile(r"(?:on|vao|ngay|luc|thu \w+,|chu nhat|t\d,|cn,|le )\b")
_SEPARATOR = re.compile(
    r"[-_=* ]{2,}(?:original message|thu goc|tin nhan goc|thu ban dau|thu chuyen tiep|tin nhan da chuyen tiep|"
    r"tin nhan chuyen tiep|forwarded message|thong diep goc|thu tra loi)\b.{0,60}$|_{10,}\s*$"
)
_HEADER_NAMES = (
    r"(?:from|tu|nguoi gui|sent|date|da gui|gui|ngay|ngay gui|to|den|toi|nguoi nhan|cc|dong gui"
    r"|subject|chu de|tieu de|gui luc|reply-to)"
)
_HEADER = re.compile(rf"[* ]*{_HEADER_NAMES}[* ]{{0,3}}:.*\S")
_HEADER_FIRST = re.compile(r"[* ]*(?:from|tu|nguoi gui)[* ]{0,3}:.*\S")
_SIGNATURE = re.compile(
    r"(?:--|__|—)\s*$|(?:xin )?(?:tran trong|kinh thu|kinh chao|than ai|than men|best regards|kind regards"
    r"|regards|thanks|thank you"
    r"|many thanks|sincerely)(?: (?:cam on|kinh chao|and best regards|kinh bao|thong bao))?(?: (?:quy co quan"
    r"|quy so|anh chi|anh|chi|cac anh chi"
    r"|quy don vi))?(?: a)?[ .,!/]*$"
)
_CLIENT = re.compile(
    r"(?:sent from (?:my |mail |outlook|yahoo|samsung|zimbra)|get outlook|da gui tu (?:iphone|ipad|dien thoai"
    r"|may|samsung|yahoo|outlook|zimbra|hop thu|thiet bi|ung dung"
    r"|galaxy|oppo|xiaomi|vivo|gmail|mail)|duoc gui tu (?:iphone|ipad|dien thoai|may|thiet bi|outlook|ung dung)"
    r"|gui tu (?:iphone|ipad|dien thoai|may|thiet bi|outlook|ung dung|samsung|gmail|yahoo"
    r"|zimbra|mail)|tai outlook|nhan outlook|lay outlook).{0,80}$"
)
FORWARDED = re.compile(
    r"[-> ]*(?:begin forwarded message|bat dau (?:thu|tin nhan) (?:duoc )?chuyen tiep"
    r"|-{4} ?(?:forwarded message|tin nhan (?:da |duoc )?chuyen tiep|thu (?:da |duoc )?chuyen tiep))"
)


@dataclass
class Inline:
    """A line between quoted lines, and the number of the quoted item above it with what the quote says there."""

    text: str
    number: int | None
    quoted: str


@dataclass
class OwnText:
    """`top`: above the quote; `inline`: answers between or below quoted lines; `signature`: cut, but looked at."""

    top: list[str] = field(default_factory=list[str])
    inline: list[Inline] = field(default_factory=list[Inline])
    signature: list[str] = field(default_factory=list[str])
    forwarded: bool = False


def own_text(text: str) -> OwnText:
    """Split a cleaned text (see `words.clean`); linear in its length."""
    lines = text.split("\n")
    folded = [fold(line).strip() for line in lines]
    cut, resume = _boundary(lines, folded)
    own = OwnText(forwarded=any(FORWARDED.match(line) for line in folded))
    own.top, own.signature = _without_signature(
        [line for line in lines[:cut] if not _QUOTED.match(line)], keep_last=False
    )
    if _quotes_with_marks(lines[resume:]):
        own.inline, below = _inline(lines[resume:])
        own.signature += below
    return own


def _boundary(lines: Sequence[str], folded: Sequence[str]) -> tuple[int, int]:
    """(where the own text above ends, where the quote begins): an attribution may be wrapped over three lines."""
    for n, line in enumerate(folded):
        if _QUOTED.match(lines[n]) or MARKER in line:
            return n, n
        if _SEPARATOR.match(line) or _header_block(folded, n):
            return n, n + 1
        for rows in (1, 2, 3):
            wrapped = folded[n : n + rows]
            if len(wrapped) == rows and all(wrapped) and _is_wrapped_attribution(wrapped):
                return n, n + rows
    return len(lines), len(lines)


def _is_wrapped_attribution(lines: Sequence[str]) -> bool:
    """What is wrapped begins as an attribution does; the sender's own line above one is no part of it."""
    joined = [" ".join(lines[n:]) for n in range(len(lines))]
    if len(joined[0]) > 500 or not _is_attribution(joined[0]):
        return False
    if len(lines) > 1 and not (_BEGINS.match(lines[0]) or lines[0].endswith("<")):
        return False
    return not any(_BEGINS.match(one) and _is_attribution(one) for one in joined[1:])


def _is_attribution(joined: str) -> bool:
    if not joined.endswith((":", "wrote", "viet")):
        return False
    dated = _DATE_OR_TIME.search(joined) is not None or "@" in joined
    starts = _BEGINS.match(joined) or re.match(r".*@|[^:]{1,80} da viet:$", joined)
    return dated and starts is not None and _ATTRIBUTION.match(joined) is not None


def _header_block(folded: Sequence[str], n: int) -> bool:
    """Outlook's "Từ: … Gửi: … Đến: … Chủ đề: …": the first names the sender, two more follow near."""
    if not _HEADER_FIRST.match(folded[n]):
        return False
    near = [line for line in folded[n + 1 : n + 8] if line]
    return sum(_HEADER.match(line) is not None for line in near[:5]) >= 2


def _quotes_with_marks(lines: Sequence[str]) -> bool:
    """Whether the quote is marked line by line, so that an unmarked line in it is the sender's."""
    filled = [line for line in lines if line.strip()]
    marked = sum(_QUOTED.match(line) is not None for line in filled)
    return marked > 0 and (_QUOTED.match(filled[0]) is not None or marked * 2 >= len(filled))


def _inline(lines: Sequence[str]) -> tuple[list[Inline], list[str]]:
    """Unmarked lines, each with the quoted item it stands under; a signature at the end is cut."""
    found: list[Inline] = []
    number: int | None = None
    quoted = ""
    last_quote = max((n for n, line in enumerate(lines) if _QUOTED.match(line)), default=-1)
    for line in lines[: last_quote + 1]:
        if _QUOTED.match(line):
            if numbered := _NUMBERED.match(line):
                number, quoted = int(numbered[1]), numbered[2]
        elif line.strip():
            found.append(Inline(line, number, quoted))
    below, signature = _without_signature(list(lines[last_quote + 1 :]), keep_last=False)
    bottom = [line for line in below if line.strip()]
    # Below the whole quote, a line is an answer to the mail, not to the item that happens to be last.
    ends_in_item = last_quote >= 0 and _NUMBERED.match(lines[last_quote]) is not None
    found += [Inline(line, number if ends_in_item and found else None, quoted) for line in bottom]
    return found, signature


def _without_signature(lines: list[str], *, keep_last: bool) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    for n, line in enumerate(lines):
        folded = fold(line).strip()
        if _CLIENT.match(folded):
            continue
        if _SIGNATURE.match(folded) and (any(one.strip() for one in kept) or keep_last):
            return kept, [one for one in lines[n + 1 :] if not _CLIENT.match(fold(one).strip())]
        kept.append(line)
    return kept, []
