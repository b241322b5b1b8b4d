"""Values from data made harmless in Markdown with embedded HTML, also inside a table's cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from notifications.words import one_line

# Character references, not backslashes: they hold in CommonMark, in tables and inside <details> alike.
_SPECIAL = re.compile(
    r"[&<>|`*_\[\]~\\#]"
    r"|(?<=:)//|(?<=[Ww]{3})\."  # addresses that renderers make into links by themselves
    r"|^[-+=]|^\d(?=\d*[.)])"  # at a line's beginning: lists, rules, headings
)
_SAFE_IN_URL = "/:?#&=%~.-_,;+@"


def md(text: str) -> str:
    """The text as itself: no emphasis, link, table cell, heading, list or HTML can come of it."""
    return _SPECIAL.sub(lambda found: "".join(f"&#{ord(one)};" for one in found[0]), one_line(text))


def link(words: str, name: str, links: Mapping[str, str]) -> str:
    """[words](url) when there is a web address of that name, else the words alone."""
    url = links.get(name, "")
    if not url.startswith(("http://", "https://", "/")):
        return md(words)
    return f"[{md(words)}]({quote(url, safe=_SAFE_IN_URL)})"
