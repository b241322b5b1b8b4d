"""Which unit a line names: by its code or full name, else proposed where only one can be meant."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from directives.model import Unit
from directives.names import folded

COMMITTEES = (("uy", "ban", "nhan", "dan"), ("ubnd",))
SHORT = {
    "p": ("phuong",),
    "q": ("quan",),
    "h": ("huyen",),
    "x": ("xa",),
    "tt": ("thi", "tran"),
    "tp": ("thanh", "pho"),
    "s": ("so",),
}
KINDS = (("so",), ("quan",), ("huyen",), ("phuong",), ("xa",), ("thi", "tran"), ("ban",))
# What may stand between a unit and the district it lies in; spans put a name together again that holds one itself.
PARTS = re.compile(r"[(),]|\s[-–]\s")
AND = "va"  # left out of initials: Giáo dục và Đào tạo, GDĐT


@dataclass(frozen=True, slots=True)
class Found:
    code: str
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """The organisation, and the codes of those whose report is looked for; empty: of all."""

    units: Mapping[str, Unit]
    asked: Collection[str] = frozenset()

    def above(self, code: str) -> Iterator[str]:
        parent = self.units[code].parent
        while parent is not None and parent in self.units:
            yield parent
            parent = self.units[parent].parent

    def nearest(self, codes: Sequence[str]) -> list[str]:
        """Those of them that are asked, where any is."""
        return [code for code in codes if code in self.asked] or list(codes)


def find_unit(groups: Sequence[Sequence[str]], known: Directory) -> list[Found]:
    """One unit, or every one that may be meant, or none.

    `groups`: neighbouring texts of a line. A name that is only a part of them is proposed: beside "Trường Tiểu học Cái
    Khế" the ward is where that lies. The district after a commune only says which one.
    """
    parted = [[part for text in group for part in PARTS.split(text) if folded(part)] for group in groups]
    exact = {code: certain for parts in parted for code, certain in _named(parts, known)}
    if exact:
        codes = _without_above(exact, known)
        return [Found(code, proposed=not exact[code]) for code in codes]
    for proposed in (_bare, _prefixed, _initials):
        for text in (text for group in (*groups, *parted) for text in group):
            if codes := proposed(text, known.units):
                return [Found(code, proposed=True) for code in known.nearest(codes)]
    return []


def _named(parts: Sequence[str], known: Directory) -> list[tuple[str, bool]]:
    """The units that spans of the parts name exactly, each with whether nothing else stands beside it."""
    spans: dict[str, set[int]] = {}
    for start in range(len(parts)):
        for end in range(len(parts), start, -1):
            for code in _exact(" ".join(parts[start:end]), known.units):
                spans.setdefault(code, set()).update(range(start, end))
    codes = _one_of_namesakes(_without_above(spans, known), spans, known)
    return [(code, _fills(code, spans[code], parts, known)) for code in codes]


def _without_above(codes: Collection[str], known: Directory) -> list[str]:
    above = {one for code in codes for one in known.above(code)}
    return [code for code in codes if code not in above]


def _one_of_namesakes(codes: Sequence[str], spans: Collection[str], known: Directory) -> list[str]:
    """Of several units with one name those in the district that is named too, else those asked."""
    if len({_plain(known.units[code].name) for code in codes}) != 1:
        return list(codes)
    placed = [code for code in codes if set(known.above(code)) & set(spans)]
    return known.nearest(placed or codes)


def _fills(code: str, own: Collection[int], parts: Sequence[str], known: Directory) -> bool:
    above = set(known.above(code))
    return all(
        n in own or above & {*_exact(part, known.units), *_bare(part, known.units)}
        for n, part in enumerate(parts)
    )


def _plain(text: str) -> tuple[str, ...]:
    """Without "UBND" before it, with abbreviations written out: "P. An Hòa" → phuong an hoa, "Văn phòng UBND …"."""
    said = folded(text)
    for committee in COMMITTEES:
        if said[: len(committee)] == committee and len(said) > len(committee):
            said = said[len(committee) :]
    said = tuple(word for one in said for word in (COMMITTEES[0] if one == "ubnd" else (one,)))
    return (*SHORT.get(said[0], said[:1]), *said[1:]) if len(said) > 1 else said


def _exact(text: str, units: Mapping[str, Unit]) -> list[str]:
    said = folded(text)
    if not said:
        return []
    by_code = [code for code in units if folded(code) == said]
    return by_code or [code for code, unit in units.items() if _plain(unit.name) == _plain(text)]


def _bare(text: str, units: Mapping[str, Unit]) -> list[str]:
    """The name without its kind: "Tư pháp", "Ninh Kiều"."""
    said = _plain(text)
    return [code for code, unit in units.items() if said in _without_kind(_plain(unit.name))]


def _without_kind(name: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [name[len(kind) :] for kind in KINDS if name[: len(kind)] == kind and len(name) > len(kind)]


def _prefixed(text: str, units: Mapping[str, Unit]) -> list[str]:
    """Names that begin so: "Sở Giáo dục". One word alone ("Sở") says nothing."""
    said = _plain(text)
    if len(said) < 2:
        return []
    return [code for code, unit in units.items() if _plain(unit.name)[: len(said)] == said]


def _initials(text: str, units: Mapping[str, Unit]) -> list[str]:
    """A kind with the initials of the name: "Sở NN&PTNT", "Sở GD-ĐT"; of one letter alone nothing is said."""
    said = _plain(text)
    letters = "".join(said[1:])
    if len(letters) < 2:
        return []
    return [code for code, unit in units.items() if (said[0], letters) == _shortened(_plain(unit.name))]


def _shortened(name: tuple[str, ...]) -> tuple[str, str]:
    return name[0], "".join(word[0] for word in name[1:] if word != AND)
