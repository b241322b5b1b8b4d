"""Which unit a line names: by its code or full name, else proposed where only one can be meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from directives.model import Unit
from directives.names import folded

COMMITTEES = (("uy", "ban", "nhan", "dan"), ("ubnd",))
SHORT = {"p": ("phuong",), "q": ("quan",), "h": ("huyen",), "x": ("xa",), "tt": ("thi", "tran"), "s": ("so",)}
KINDS = (("so",), ("quan",), ("huyen",), ("phuong",), ("xa",), ("thi", "tran"), ("ban",))


@dataclass(frozen=True, slots=True)
class Found:
    code: str
    proposed: bool = False


def find_unit(texts: Sequence[str], units: Mapping[str, Unit]) -> list[Found]:
    """One unit, or every one that may be meant, or none. Names with commas may lie over neighbouring texts."""
    spans = [
        " ".join(texts[start:end]) for start in range(len(texts)) for end in range(len(texts), start, -1)
    ]
    exact = {code: None for span in spans for code in _exact(span, units)}
    if exact:
        return [Found(code) for code in exact]
    for proposed in (_bare, _prefixed):
        for text in texts:
            if codes := proposed(text, units):
                return [Found(code, proposed=True) for code in codes]
    return []


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
