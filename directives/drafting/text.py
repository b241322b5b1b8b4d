"""Lines of a file → clean paragraphs. Marks of emphasis go, wrapped lines are joined, rows of tables keep their cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from directives.drafting.letters import LOWER, UPPER

CELL = "|"
MOTTO = re.compile(r"cộng h[oò][àa] xã hội", re.I)
DOTTED = re.compile(r"(?<![.…])(?:\.{3,}|…[.…]*)")
SPACES = re.compile(r"\s+")
INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
RULE = re.compile(r"[-_=*–—|: ]{3,}")
# "Một là, …", "Thứ hai, …" number items as 1. and 2. do; "Thứ hai, ngày 14/6" is a day of the week.
ORDINAL = (
    r"(?:(Một|Hai|Ba|Bốn|Năm|Sáu|Bảy|Tám|Chín|Mười) là[,:]?"
    r"|Thứ (nhất|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)(?: là|(?: là)?[,:])) (?!ngày|\d)"
)
# What begins a paragraph of its own, however the line before it ends.
LABEL = re.compile(
    r"(?:\d{1,2}(?:(?:\.\d{1,2}){1,3}[.)]?|[.)/]) ?(?=[^\d\s.,/%-])|\d{1,2} ?[-–] ?(?=\D)"
    rf"|{ORDINAL}|[a-zđ]{{1,2}}[.)] |\(\d{{1,2}}\) |[-+•–*] ?(?=\S)"
    r"|(?:[IVX]{1,5}|[A-H])\. "
    r"|Điều \d|Phụ lục|PHỤ LỤC|Nơi nhận|Kính gửi|Lưu ý|Số ?:|V/v|Về việc )"
)
ENDS = (".", ";", ":", "!", "?", "./.")
LONGEST = 20_000  # characters of a paragraph: what is longer is none
LONG = 70  # a shorter line was broken by the writer, a longer one may have been by the page


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or one row of a table, and the line (from 1) where it begins."""

    text: str
    line: int
    cells: tuple[str, ...] = ()


def clean(text: str) -> str:
    """NFC, single spaces, no emphasis marks, no invisible characters, one way to write dots left to fill in."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("**", "").replace("__", "")
    text = SPACES.sub(" ", DOTTED.sub("…", text)).strip()
    if text.startswith("*") and text.endswith("*") and len(text) > 2:
        text = text[1:-1].strip()
    return text.lstrip("#").strip() if text.startswith("#") else text.rstrip("\\")


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a whole file, in order."""
    joined: list[Paragraph] = []
    broken = True
    for number, raw in enumerate(text.splitlines(), start=1):
        broken = broken or not raw.strip()
        for piece in _columns(raw, number):
            line = clean(piece)
            if not line or RULE.fullmatch(line):
                broken = True
                continue
            cells = _cells(line)
            open_ended = joined and joined[-1].text.endswith(",") and len(joined[-1].text) >= LONG
            if joined and (not broken or open_ended) and not cells and _continues(joined[-1], line):
                last = joined[-1]
                joined[-1] = Paragraph(f"{last.text} {line}", last.line)
            else:
                joined.append(Paragraph(line, number, cells))
            broken = False
    return tuple(joined)


def sentences(text: str) -> list[str]:
    """Cut after a full stop before a capital; abbreviations (TP. Hải An, TT. HĐND), numbers and places keep theirs."""
    cuts = [found.end() for found in SENTENCE.finditer(text)]
    bounds = [0, *cuts, len(text)]
    pieces = [text[a:b].strip() for a, b in pairwise(bounds)]
    return [piece for piece in pieces if piece]


SENTENCE = re.compile(
    rf"(?<=[{LOWER}0-9)”\"'\]])(?<! [Tt]p)(?<! tx)(?<!^[a-zđ0-9])\.(?:/\.)? (?=[{UPPER}Đ(“*])(?<!\.\.\. )"
)


def _columns(raw: str, number: int) -> Iterable[str]:
    """The two columns of a head set side by side, as two lines; any other line as it is."""
    if number > 30 or CELL in raw:
        if CELL in raw and number <= 12 and (MOTTO.search(raw) or BESIDE.search(raw)):
            return raw.split(CELL)
        return [raw]
    wide = [piece for piece in re.split(r"\t+| {4,}", raw.strip()) if piece]
    return [part for piece in wide for part in _before_motto(piece)]


BESIDE = re.compile(r"Độc lập ?-|Số ?: ?\S|, ngày .{1,12}tháng")
NUMBER_AND_PLACE = re.compile(
    r"Số ?:? ?\w{0,6} ?[/-] ?\S{2,20}(?: ?- ?[A-ZĐ]{1,12})? (?=[A-ZĐ][^,\d]{2,30}, ngày)"
)


def _before_motto(piece: str) -> Sequence[str]:
    """Number and place on one line, or the issuer and the motto beside it, are two."""
    if found := NUMBER_AND_PLACE.match(piece):
        return [piece[: found.end()], piece[found.end() :]]
    for mark in (r"CỘNG H[OÒ]", r"Độc lập ?-"):
        found = re.search(mark, piece)
        if found and found.start() > 0 and piece[: found.start()].isupper():
            return [piece[: found.start()], piece[found.start() :]]
    return [piece]


def _cells(line: str) -> tuple[str, ...]:
    if CELL not in line:
        return ()
    return tuple(cell.strip() for cell in line.strip(CELL).split(CELL))


def _continues(before: Paragraph, line: str) -> bool:
    if before.cells or LABEL.match(line) or line.isupper() or before.text.isupper():
        return False
    if len(before.text) > LONGEST:
        return False
    if before.text.endswith(";") and len(before.text) >= LONG and line[0].islower():
        return True
    if before.text.endswith(ENDS):
        return False
    if line[0].islower():
        return True
    return len(before.text) >= LONG and not re.match(r"(?!Thứ )[^,]{2,40}, ngày|Số ?:|Kính gửi", line)
