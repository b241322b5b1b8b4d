"""One phrase of a sentence, with its role.

Kinds are single letters so that the shape of a clause can be compared as a word: those of the list `phrases` in
`lexicon.yaml`, and I items, A all items, # document, T date, C percent, O office (o small office, p person), H title
of an item, `,` separators, ? unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from notifications.replies.lexicon import means
from notifications.replies.words import Word, key


@dataclass(frozen=True, slots=True)
class Atom:
    """`first` and `last` are word positions, `last` exclusive."""

    kind: str
    first: int
    last: int
    items: tuple[int, ...] = ()
    number: str = ""
    day: date | None = None
    percent: int = 0
    doubtful: bool = False


def says(words: Sequence[Word], n: int, word: str) -> bool:
    """Whether that word stands at the place."""
    return n < len(words) and words[n].kind == "word" and means(words[n], key(word))
