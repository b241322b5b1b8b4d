"""The words of an official's answer, read from `lexicon.yaml`: each list is a kind of atom (see `atoms`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from notifications.replies.words import TONES, Word, fold, key

COUNTS = {"hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8}


@dataclass(frozen=True)
class Phrases:
    """Phrases by their first word's key; longest first. Matching is linear: no phrase has more than ten words."""

    by_first: dict[str, list[tuple[tuple[str, ...], str]]]

    @classmethod
    def of(cls, lists: Mapping[str, str]) -> Phrases:
        by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for kind, phrases in lists.items():
            for phrase in phrases.split(" | "):
                keys = tuple(key(word) for word in phrase.split())
                for first in (keys[0], "~" + fold(phrase.split()[0])):
                    by_first.setdefault(first, []).append((keys, kind))
        for found in by_first.values():
            found.sort(key=lambda one: -len(one[0]))
        return cls(by_first)

    def at(self, words: list[Word], n: int) -> tuple[str, int] | None:
        """(kind, number of words) of the longest phrase that starts at a word."""
        best: tuple[str, int] | None = None
        for first in words[n].keys:
            for keys, kind in self.by_first.get(first, ()):
                if best and len(keys) <= best[1]:
                    break
                if n + len(keys) <= len(words) and all(
                    means(word, wanted) for word, wanted in zip(words[n:], keys, strict=False)
                ):
                    best = (kind, len(keys))
                    break
        return best


def means(word: Word, wanted: str) -> bool:
    """Whether a typed word may stand for a word of the lexicon, given by its key."""
    return wanted in word.keys or _plain(wanted) in word.keys


@lru_cache(maxsize=8192)
def _plain(wanted: str) -> str:
    return "~" + "".join(char for char in fold(wanted) if char not in TONES)


_LISTS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
MAIN = Phrases.of(_LISTS["phrases"])
PREFIXES = Phrases.of({"prefix": _LISTS["item_prefixes"]})
ALLS = Phrases.of({"all": _LISTS["all"]})
NAMES = Phrases.of({"O": _LISTS["offices"], "o": _LISTS["small_offices"], "p": _LISTS["people"]})
NAME_ENDS = Phrases.of({"end": _LISTS["name_ends"]})
ASKED = Phrases.of({"ask": _LISTS["interrogatives"]})
REFERENCE = Phrases.of({"reference": _LISTS["references"]})
REFERRED_TO = Phrases.of({"referred": _LISTS["referred"]})
GREETING = Phrases.of({"greeting": _LISTS["greetings"]})
GREETED_ONE = Phrases.of({"greeted": _LISTS["greeted"]})
CONTACT = Phrases.of({"contact": _LISTS["contacts"]})
