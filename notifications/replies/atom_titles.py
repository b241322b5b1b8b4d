"""An item of a digest named by words of its title."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.replies.atom import Atom
from notifications.replies.words import Word, fold

Title = tuple[int, list[str]]  # the item's number, the words of its title


def title_at(words: Sequence[Word], n: int, titles: Sequence[Title]) -> Atom | None:
    """Words of an item's title: at least three in a row, or all of them."""
    best: Atom | None = None
    for number, title in titles:
        length = _common(words, n, title)
        if length and length >= min(3, len(title)) and (best is None or n + length > best.last):
            best = Atom("H", n, n + length, items=(number,))
        elif best and length and n + length == best.last:
            best = Atom("H", n, best.last, items=(*best.items, number))
    return best


def title_keys(title: str) -> list[str]:
    return [
        fold(one)
        for one in title.replace(",", " ").replace("“", " ").replace("”", " ").split()
        if one.isalnum()
    ]


def _common(words: Sequence[Word], n: int, title: Sequence[str]) -> int:
    """The longest run of words from a place that stands in a title (titles are short)."""
    best = 0
    for start in range(len(title)):
        length = 0
        while (
            n + length < len(words)
            and start + length < len(title)
            and fold(words[n + length].text) == title[start + length]
        ):
            length += 1
        best = max(best, length)
    return best
