"""Texts that make a regular expression go back and forth, derived from the expression itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

Node = tuple[Any, Any]
ANYWHERE = (
    "a",
    "A",
    "1",
    " ",
    "\n",
    ",",
    ".",
    "/",
    "-",
    "(",
    '"',
    ">",
    "đ",
    "a ",
    "1/",
    "Ở a, ",
    "\\",
    "[",
    "*",
    "@a.",
)
MOST = 40  # of one expression's own
FAILING = "\x00"


def pumps(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(begin, what is repeated): before each repetition what leads to it, then its body; and the whole again and again."""
    yield from (("", one) for one in ANYWHERE)
    tree: Any = _parser.parse(pattern.pattern, pattern.flags)
    own = {("", sample(tree)): None}
    for begin, body in _repeated(list(tree), ""):
        own[begin, body] = None
        own["", begin + body] = None
    yield from ((begin, unit) for begin, unit in list(own)[:MOST] if unit)


def text_of(begin: str, unit: str, length: int) -> str:
    return begin + unit * (length // len(unit)) + FAILING


def _repeated(nodes: Sequence[Node], before: str) -> Iterator[tuple[str, str]]:
    for kind, given in nodes:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield before, sample(given[2])
            yield from _repeated(list(given[2]), before)
        for inner in _inside(kind, given):
            yield from _repeated(list(inner), before)
        before = (before + sample([(kind, given)]))[-200:]


def _inside(kind: Any, given: Any) -> list[Any]:
    if kind is sre.SUBPATTERN:
        return [given[3]]
    if kind is sre.BRANCH:
        return list(given[1])
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [given[1]]
    if kind is sre.ATOMIC_GROUP:
        return [given]
    return []


def sample(nodes: Any) -> str:
    """A short text that the expression, apart from what it looks at before and behind, matches."""
    return "".join(_sampled(kind, given) for kind, given in nodes)


def _sampled(kind: Any, given: Any) -> str:
    if kind is sre.LITERAL:
        return chr(given)
    if kind in (sre.ANY, sre.NOT_LITERAL):
        return "a" if given != ord("a") else "b"
    if kind is sre.IN:
        return _one_of(given)
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return sample(given[2]) * max(1, min(given[0], 5))
    if kind is sre.SUBPATTERN:
        return sample(given[3])
    if kind is sre.BRANCH:
        return sample(given[1][0])
    return sample(given) if kind is sre.ATOMIC_GROUP else ""


CATEGORIES = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_DIGIT: "a",
    sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_NOT_WORD: ",",
}


def _one_of(choices: Sequence[Node]) -> str:
    kind, given = choices[0]
    if kind is sre.NEGATE:
        taken = str(choices)
        return next((one for one in "a1 ,.:Z" if str(ord(one)) not in taken), "ạ")
    if kind is sre.RANGE:
        return chr(given[0])
    return CATEGORIES.get(given, "a") if kind is sre.CATEGORY else chr(given)
