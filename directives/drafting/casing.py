"""A name in capitals → in words: as the document itself writes it, else by the rules for names of bodies and places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from directives.drafting.text import Paragraph

_PLACE = re.compile(r"(?:tỉnh|thành phố|tp\.?|quận|huyện|thị xã|thị trấn|phường|xã|đặc khu)\b", re.I)
_LEVEL = re.compile(r"(?:UBND|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN)$")
_ABOVE = re.compile(
    r"(?:UBND|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN) (?P<place>(?:TỈNH|THÀNH PHỐ|TP|QUẬN|HUYỆN|THỊ XÃ|PHƯỜNG"
    r"|XÃ|ĐẶC KHU)\.? .+)$"
)
_JOINS = re.compile(r"(?:TỈNH|THÀNH PHỐ|TP|QUẬN|HUYỆN|THỊ XÃ|THỊ TRẤN|PHƯỜNG|XÃ|ĐẶC KHU)\b")
_LOWER = frozenset("và các của nhân dân về với phòng chống trong cho".split())
_FIRST = frozenset(
    "sở bộ ban văn cục chi ủy uỷ thanh công chính thủ hội tổng trung bệnh trường phòng đài báo quốc tỉnh thành viện".split()
)


def in_words(parts: Sequence[str], paragraphs: Sequence[Paragraph]) -> str:
    """["UBND TỈNH ĐÔNG GIANG", "SỞ NỘI VỤ"] → "Sở Nội vụ tỉnh Đông Giang"; ["ỦY BAN NHÂN DÂN", "TỈNH TÂY HÀ"] → one name."""
    names: list[str] = []
    for part in parts:
        part = re.sub(r"^UBND\b", "ỦY BAN NHÂN DÂN", part.strip(" *-"))
        if names and (
            _JOINS.match(part)
            or part.startswith(("VÀ ", "- "))
            or names[-1].endswith((" VÀ", " VỀ", ","))
            or names[-1] in ("VĂN PHÒNG", "HỘI ĐỒNG", "BAN THƯỜNG VỤ", "THANH TRA", "CÔNG AN")
        ):
            names[-1] = f"{names[-1]} {part}"
        else:
            names.append(part)
    if names[-1] == "VĂN PHÒNG" and len(names) > 1 and _ABOVE.match(names[-2]):
        return f"Văn phòng {_written(names[-2].replace('UỶ', 'ỦY'), paragraphs)}"
    last = _written(names[-1], paragraphs)
    if len(names) > 1 and (found := _ABOVE.match(names[-2])):
        place = _written(found["place"], paragraphs, place=True)
        return last if place.casefold() in last.casefold() else f"{last} {place}"
    if len(names) > 1 and not names[-1].startswith(
        ("BAN CHỈ ĐẠO", "BỘ ", "ỦY BAN NHÂN DÂN", "UỶ BAN NHÂN DÂN")
    ):
        return f"{last} - {_written(names[-2], paragraphs)}" if names[-2] != names[-1] else last
    return last


def _written(name: str, paragraphs: Sequence[Paragraph], *, place: bool = False) -> str:
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)".replace(r"\ ", " "), re.I)
    said = Counter(
        found[0]
        for one in paragraphs
        for found in pattern.finditer(one.text[:3000])
        if not found[0].isupper()
    )
    if said:
        best = said.most_common(1)[0][0]
        return best if place else best[0].upper() + best[1:]
    cased = _by_rule(name)
    return cased if place else cased[0].upper() + cased[1:]


def _by_rule(name: str) -> str:
    """Sentence case, with a capital on every syllable of a place."""
    words, in_place, cased = name.split(), False, list[str]()
    for n, word in enumerate(words):
        lower = word.lower()
        before = " ".join(words[max(0, n - 1) : n]).lower()
        if _PLACE.fullmatch(lower) or (lower == "phố" and before == "thành"):
            in_place = True
            cased.append(lower)
        elif lower == "thành" and n + 1 < len(words) and words[n + 1].lower() == "phố":
            cased.append(lower)
        elif (
            in_place
            or ((n == 1 or words[n - 2] == "-") and before in _FIRST and lower not in _LOWER)
            or (before in ("và", "-") and lower not in _LOWER)
        ):
            cased.append(word.capitalize())
        else:
            cased.append(lower if n else word.capitalize())
    return " ".join(cased).replace("Ủy Ban", "Ủy ban")
