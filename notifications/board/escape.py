"""Values from data made harmless in Markdown with embedded HTML, also inside a table's cell."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from urllib.parse import quote

from notifications.words import one_line

# Backslashes, which both of Prefect's UIs read; the older one shows numeric character references as they stand.
_SPECIAL = re.compile(
    r"[|`*_\[\]~\\#]"
    r"|(?<=:)/(?=/)|(?<=:/)/|(?<=[Ww]{3})\."  # addresses that renderers make into links by themselves
    r"|^[-+=]"  # at a line's beginning: lists, rules, headings
)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# Only `link` and templates write these: in a value of data each of their marks has a backslash.
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\\\[\]])*)\]\(([^()\s]*)\)")
_STRONG = re.compile(r"(?<!\\)\*\*((?:\\.|[^\\*])+)\*\*")
_SAFE_IN_URL = "/:?#&=%~.-_,;+@"


def md(text: str) -> str:
    """The text as itself: no emphasis, link, table cell, heading, list or HTML can come of it.

    >>> md("a_b <c>")
    'a\\_b &lt;c&gt;'
    """
    plain = _SPECIAL.sub(r"\\\g<0>", one_line(text))
    return re.sub("[&<>]", lambda found: _HTML[found[0]], _NUMBERED.sub(r"\1\\\2", plain))


def cell(text: str, width: int) -> str:
    """The text as itself, in lines of about so many letters: the older of Prefect's UIs never breaks a table's cell.

    >>> cell("Sở Tư pháp | x", 8)
    'Sở Tư <br>pháp \\\\| x'
    """
    return " <br>".join(md(line) for line in textwrap.wrap(one_line(text), width, break_on_hyphens=False))


def in_html(escaped: str) -> str:
    """What `md`, `link` and two asterisks made, for a block of HTML inside the Markdown, where they mean nothing.

    >>> in_html("**[Sở *x*](/u?a=1&b=2)**".replace("*x*", md("*x*")))
    '<b><a href="/u?a=1&amp;b=2">Sở *x*</a></b>'
    """
    linked = _LINK.sub(lambda found: f'<a href="{found[2].replace("&", "&amp;")}">{found[1]}</a>', escaped)
    return _ESCAPED.sub(r"\1", _STRONG.sub(r"<b>\1</b>", linked))


def link(words: str, name: str, links: Mapping[str, str]) -> str:
    """[words](url) when there is a web address of that name, else the words alone."""
    url = links.get(name, "")
    if not url.startswith(("http://", "https://", "/")):
        return md(words)
    return f"[{md(words)}]({quote(url, safe=_SAFE_IN_URL)})"
