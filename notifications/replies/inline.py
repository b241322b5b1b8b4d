"""Answers written between the lines of the quoted digest: each belongs to the item it stands under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from notifications.replies.commands import read_commands
from notifications.replies.context import Digest
from notifications.replies.ground import Ground
from notifications.replies.own_text import Inline
from notifications.replies.said import Said, Unclear
from notifications.replies.words import fold, words_of


def read_inline(answers: Sequence[Inline], digest: Digest, ground: Ground) -> list[Said]:
    """Errors: Unclear, also where the quoted line is not this digest's."""
    found: list[Said] = []
    for number, lines in groupby(answers, key=lambda one: one.number):
        group = list(lines)
        said = read_commands([one.text for one in group], ground)
        found += [_placed(one, number, group[0].quoted, digest) for one in said]
    return found


def _placed(said: Said, number: int | None, quoted: str, digest: Digest) -> Said:
    if number is None or said.undo:
        return said
    if said.items == (number,):
        return said
    if said.items or said.every:
        raise Unclear("Câu trả lời chèn trong thư trích nêu số mục khác với mục ở ngay trên.")
    item = digest.item(number)
    if item is None or not _quotes(quoted, item.title):
        raise Unclear("Câu trả lời chèn trong thư trích không rõ thuộc mục nào.")
    return replace(said, items=(number,))


def _quotes(line: str, title: str) -> bool:
    """Whether a quoted line is the item's: it begins with the title's words, or with as many as the line has."""
    asked = [fold(word.text) for word in words_of(title)]
    given = [fold(word.text) for word in words_of(line)]
    length = min(len(asked), len(given), 4)
    return length > 0 and asked[:length] == given[:length]
