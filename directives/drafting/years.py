"""Years said in words: "năm sau", "năm kế tiếp", "năm nay"."""

from __future__ import annotations

import re
from datetime import date

_SAID = re.compile(
    r",? ?(?:của )?năm (?:(?P<next>sau|kế tiếp|tiếp theo|tới|liền sau)|(?P<this>nay|này)"
    r"|(?P<last>liền trước|trước liền kề))(?![\wÀ-ỹ])",
    re.I,
)


def said_year(text: str, at: int, signed: date | None) -> tuple[int, int] | None:
    """The year said there, seen from the signing, and where its words end; None where none is said."""
    found = _SAID.match(text, at)
    if found is None or signed is None:
        return None
    return signed.year + bool(found["next"]) - bool(found["last"]), found.end()
