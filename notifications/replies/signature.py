"""What stands below the closing phrase is not read as an answer; but it must not hold one either."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from notifications.replies.atoms import Lexer
from notifications.replies.said import Unclear
from notifications.replies.sentences import sentences

MOST_LINES = 40


def refuse_matter(lines: Sequence[str], today: date) -> None:
    """Errors: Unclear where a postscript speaks of an item ("TB: mục 2 chưa xong")."""
    for sentence in sentences(lines[:MOST_LINES]):
        kinds = {atom.kind for atom in Lexer(sentence.words, today).atoms()}
        if kinds & set("XZF") or (kinds & set("IA") and kinds & set("PWGRM!")):
            raise Unclear("Dưới phần ký tên còn có nội dung nói về công việc.")
