"""Lines of a mail as paragraphs and sentences: a client's hard wraps are undone, list markers stay with their line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notifications.replies.words import Word, fold, words_of

WRAPPED = 55  # a line at least this long may go on in the next one
_STARTS_ANEW = re.compile(r"\s*(?:[-+*•–]|\(?\d{1,2}\s?[.):]|\d{1,2}[\s,]|[a-zđ]\))")
_DANGLING = re.compile(
    r"(?:^|\s)(?:ngày|số|tháng|năm|mục|việc|đến|tới|hết|và|ngay|so|thang|nam|muc|viec|den)$", re.IGNORECASE
)
_ABBREVIATIONS = {"tp", "q", "p", "tx", "tt", "ths", "ts", "gs", "bs", "ks", "vv", "v", "đ", "d", "tr"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """`mark`: what ended it (`.`, `?`, `;`, `!` or nothing at the end of a paragraph). `lines`: those it was written on."""

    text: str
    words: tuple[Word, ...]
    mark: str
    lines: tuple[str, ...]
    paragraph: int

    def span(self, first: int, last: int) -> str:
        """The text of words `first` to `last` (exclusive)."""
        if first >= last:
            return ""
        return self.text[self.words[first].start : self.words[last - 1].end]


def paragraphs(lines: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """(joined text, its lines) of every paragraph that is not empty."""
    found: list[tuple[list[str], bool]] = []
    previous = ""
    for line in lines:
        stripped = line.strip()
        goes_on = (
            bool(previous and stripped and found)
            and not _STARTS_ANEW.match(stripped)
            and not previous.endswith((".", ";", "!", "?", ":"))
            and (len(previous) >= WRAPPED)
        ) or bool(previous and stripped and found and _DANGLING.search(previous))
        if goes_on:
            found[-1][0].append(stripped)
        elif stripped:
            found.append(([stripped], False))
        previous = stripped
    return [(" ".join(rows), tuple(rows)) for rows, _ in found]


def sentences(lines: Sequence[str]) -> Iterator[Sentence]:
    for number, (text, rows) in enumerate(paragraphs(lines)):
        words = words_of(text)
        start = 0
        for n, word in enumerate(words):
            if word.kind == "punct" and word.text in ".;!?" and _ends(text, words, start, n):
                if n > start:
                    yield Sentence(text, tuple(words[start:n]), word.text, rows, number)
                start = n + 1
        if start < len(words):
            yield Sentence(text, tuple(words[start:]), "", rows, number)


def _ends(text: str, words: Sequence[Word], start: int, n: int) -> bool:
    word = words[n]
    if word.text != ".":
        return True
    after = text[word.end : word.end + 1]
    before = words[n - 1] if n > start else None
    if before is None:
        return True
    if (
        before.end == word.start
        and before.kind == "word"
        and fold(before.text) in _ABBREVIATIONS
        and n + 1 < len(words)
    ):
        return False
    if before.kind == "number" and n - 1 == start and n + 1 < len(words):
        return False  # "1. Đã xong": the marker belongs to what it numbers
    if (
        n >= 2
        and before.kind == "number"
        and n - 2 == start
        and words[start].text in "-+*•(–"
        and n + 1 < len(words)
    ):
        return False
    return not after or after.isspace() or after.isupper() or after in '/)"”'
