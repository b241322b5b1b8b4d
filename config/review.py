"""Questions left open in a campaign's file: comments that begin with RÀ SOÁT. While one is left, nothing opens."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from directives.drafting.doubts import MARK
from directives.errors import Problem

_COMMENT = re.compile(rf"(?:^|\s)#\s{{0,8}}{MARK}\b:?\s{{0,8}}(?P<why>.*)", re.IGNORECASE)


def open_questions(file: str, text: str) -> Iterator[Problem]:
    """One problem for each mark, at its line."""
    for n, line in enumerate(unicodedata.normalize("NFC", text).splitlines(), start=1):
        if found := _COMMENT.search(line):
            why = found["why"].strip() or "?"
            yield Problem(
                file, n, "", f"is still to be settled ({MARK}: {why}); settle it and delete the comment"
            )


def under_review(text: str) -> bool:
    return any(open_questions("", text))
