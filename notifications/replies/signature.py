"""What stands below the closing phrase is not read as an answer; but it must not hold one either."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.replies.atoms import Lexer
from notifications.replies.ground import Ground, offices
from notifications.replies.said import Unclear
from notifications.replies.sentences import sentences

MOST_LINES = 40


def refuse_matter(lines: Sequence[str], ground: Ground) -> None:
    """Errors: Unclear where a postscript speaks of an item ("TB: mục 2 chưa xong"), or another office has signed."""
    refuse_another(lines, ground)
    for sentence in sentences(lines[:MOST_LINES]):
        kinds = {atom.kind for atom in Lexer(sentence.words, ground.today).atoms()}
        if kinds & set("XZF") or (kinds & set("IA") and kinds & set("PWGRM!")):
            raise Unclear("Dưới phần ký tên còn có nội dung nói về công việc.")


def refuse_another(lines: Sequence[str], ground: Ground) -> None:
    """Errors: Unclear where only another office than the sender's has signed."""
    signed = offices(lines[:MOST_LINES])
    if signed and not any(ground.own.known_as(one) for one in signed):
        raise Unclear(f"Thư ký tên đơn vị khác: “{signed[0][:80]}”.")
