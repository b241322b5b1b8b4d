"""Lines of YAML with marks beside the values that a person must look at."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable

from directives.drafting.doubts import MARK
from directives.drafting.titles import was_cut

WIDTH = 118
_PLAIN = re.compile(r"[A-Za-zÀ-ỹ][\wÀ-ỹ ./()-]{0,90}")
_WORDS_OF_YAML = frozenset("yes no true false null on off y n".split())


def mark(why: str) -> str:
    """The comment that `dondoc check` refuses a file for."""
    return f"  # {MARK}: {' '.join(why.split())}"


def scalar(text: str) -> str:
    """Plain where that reads as the same text, else in quotes."""
    text = " ".join(text.split())
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS_OF_YAML and not text.endswith(" "):
        return text
    return json.dumps(text, ensure_ascii=False)


def listed(items: Iterable[str]) -> str:
    return f"[{', '.join(scalar(item) if ',' not in item else json.dumps(item, ensure_ascii=False) for item in items)}]"


def titled(title: str, indent: int) -> list[str]:
    """A title; where it had to be cut, a person words it."""
    lines = folded("title", title, indent)
    return [lines[0] + mark("tiêu đề cắt ngắn; viết lại")] if was_cut(title) and len(lines) == 1 else lines


def folded(name: str, text: str, indent: int) -> list[str]:
    """A long text as a folded block, a short one on its own line."""
    pad, text = " " * indent, " ".join(text.split())
    if len(text) + indent + len(name) < WIDTH - 4:
        return [f"{pad}{name}: {scalar(text)}"]
    lines = textwrap.wrap(text, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
    return [f"{pad}{name}: >-", *(f"{pad}  {line}" for line in lines)]
