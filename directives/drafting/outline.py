"""Paragraphs → items with their labels: Điều 1, I., 1., Một là, 1.1, a), -, +. What has no label belongs to the item above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from directives.drafting.letters import UPPER
from directives.drafting.text import ORDINAL, Paragraph

_LABELS = (
    ("dieu", re.compile(r"(?:Điều|ĐIỀU) (\d{1,2})[.:]? ?")),
    ("part", re.compile(r"(?:Phần|PHẦN) (?:thứ )?(\w{1,6}|[IVX]+)[.:]? ?")),
    (
        "roman",
        re.compile(
            r"((?:IX|IV|V?I{1,3}|V|XI{0,3}|X))[.)/] ?-? ?(?=\S)|((?:IX|IV|V?I{1,3}|V|X)) ?[-–] (?=[A-ZĐ])"
        ),
    ),
    ("upper", re.compile(rf"([A-H])[.)] ?(?=[{UPPER}])")),
    ("third", re.compile(r"(\d{1,2}\.\d{1,2}\.\d{1,2})[.)]? ?(?=\D)")),
    ("second", re.compile(r"(\d{1,2}\.\d{1,2})[.)]? ?(?=[^\d.,/%])")),
    ("number", re.compile(rf"(\d{{1,2}})(?:[.)/]|\. ?[-–]| ?[-–](?= ?[{UPPER}])) ?(?=[^\d\s])")),
    ("ordinal", re.compile(ORDINAL)),
    ("paren", re.compile(r"\((\d{1,2}|[a-zđ])\) ?(?=\S)")),
    ("letter", re.compile(r"([a-zđ]\d?)[.)/] ?(?=\S)")),
    ("dash", re.compile(r"([-–•*]) ?(?=[^\s\d)]|\d)")),
    ("plus", re.compile(r"(\+|o |∙) ?(?=\S)")),
)
_COUNTED = ("một nhất", "hai", "ba", "bốn tư", "năm", "sáu", "bảy", "tám", "chín", "mười")
_COUNTS = {word: str(n) for n, words in enumerate(_COUNTED, start=1) for word in words.split()}
# Labels are tried from the longest; they stand 2. over 2.1 over 2.1.1.
_BELOW = {"number": "third", "third": "number"}
_RANK = {_BELOW.get(name, name): n for n, (name, _) in enumerate(_LABELS)} | {"dieu": 2, "none": 99}


@dataclass
class Item:
    """One item: its own label ("a"), the whole one ("1a"), its text without label, and what stands below it."""

    kind: str
    own: str
    label: str
    text: str
    line: int
    cells: tuple[str, ...] = ()
    below: list[Item] = field(default_factory=list["Item"])
    dashes: int = 0  # how many stand below it so far

    @property
    def numbered(self) -> bool:
        """It has a number or a letter, not only a dash."""
        return self.kind not in ("none", "dash", "plus")


def outline(paragraphs: Sequence[Paragraph]) -> Item:
    """The root item, with everything below it in the order of the text."""
    root = Item("root", "", "", "", paragraphs[0].line if paragraphs else 1)
    stack = [root]
    for one in paragraphs:
        kind, own, text = _label(one)
        rank = _RANK[kind]
        # A text without label goes on from a clause, never from a dash.
        while len(stack) > 1 and _RANK[stack[-1].kind] >= (rank if kind != "none" else _RANK["dash"]):
            stack.pop()
        parent = stack[-1]
        item = Item(kind, own, _whole(parent, kind, own), text, one.line, one.cells)
        parent.below.append(item)
        if kind != "none":
            stack.append(item)
        elif text.isupper() and len(text) < 160 and not one.cells:
            # A heading without a label ends what stood before it.
            del stack[1:]
            root.below.append(parent.below.pop())
    return root


def _label(one: Paragraph) -> tuple[str, str, str]:
    if one.cells:
        return "none", "", one.text
    for kind, pattern in _LABELS:
        if found := pattern.match(one.text):
            own = next(group for group in found.groups() if group).strip()
            return kind, _COUNTS.get(own.lower(), own), one.text[found.end() :].strip()
    return "none", "", one.text


def _whole(parent: Item, kind: str, own: str) -> str:
    """ "1a", "1.2" below Điều 1, "II.3", the second dash below 1a is "1a-2"; an item without label has its parent's."""
    above = parent.label
    if kind == "none":
        return above
    if kind in ("dash", "plus"):
        parent.dashes += 1
        return f"{above}-{parent.dashes}" if above else own
    if kind in ("second", "third") and _number_above(parent):
        return f"{_roman_above(parent)}{own}"
    if not above:
        return own
    return f"{above}{own}" if kind == "letter" and "." not in above else f"{above}.{own}"


def _number_above(parent: Item) -> bool:
    return bool(re.search(r"\d$", parent.label)) or not parent.label


def _roman_above(parent: Item) -> str:
    found = re.match(r"(?:[A-H]\.)?[IVX]+\.", parent.label)
    return found[0] if found else ""
