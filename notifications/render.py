"""Templates to text and HTML. Templates format; what they get is decided before."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Macro

from notifications.board.escape import in_html
from notifications.words import TEMPLATES, one_line

WIDTH = 78
_NO_BREAK = "\u00a0"
_BREAKS = re.compile(r"[ \t\r\n]+")


class _Closed(Environment):
    """What Jinja's sandbox keeps templates from, seen once when they are compiled: it asks at each value, for a third more time.

    No name with an underscore, no format string, no `attr` filter: nothing leads from a value into Python.
    """

    def _generate(self, source: nodes.Template, *given: Any, **more: Any) -> str:
        for node in source.find_all((nodes.Getattr, nodes.Getitem)):
            name = node.attr if isinstance(node, nodes.Getattr) else getattr(node.arg, "value", "")
            if isinstance(name, str) and (name.startswith("_") or name in ("format", "format_map")):
                raise SecurityError(f"line {node.lineno}: a template may not use '{name}'")
        return super()._generate(source, *given, **more)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A key that comes from data is no way in either."""
        if isinstance(argument, str) and argument.startswith("_"):
            raise SecurityError(f"a template may not use '{argument}'")
        return super().getitem(obj, argument)


@cache
def environment(autoescape: bool) -> Environment:
    """Undefined names are errors everywhere; values are escaped in HTML.

    Two environments rather than one that tells by name: macros that both parts share follow their caller.
    """
    made = _Closed(
        loader=FileSystemLoader(TEMPLATES),
        auto_reload=False,  # templates are part of the program; looking at their files for each mail costs
        undefined=StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    del made.filters["attr"]
    # Macros by name and not by `import`, which costs more than most of them do.
    made.filters |= {"wrap": wrap, "together": together, "in_html": in_html}
    made.filters |= {"saying": saying(autoescape), "part": lru_cache(maxsize=256)(saying(autoescape))}
    return made


def saying(autoescape: bool) -> Callable[..., str]:
    """The filter that gives what a template's macro makes of these values and nothing else, without its last line end.

    `part` is the same, remembered: one morning's mails ask many for the same.
    """

    @cache
    def macro_of(name: str, macro: str) -> Macro:
        return getattr(environment(autoescape).get_template(name).module, macro)

    def said(first: object, name: str, macro: str, *more: object) -> str:
        return macro_of(name, macro)(first, *more).removesuffix("\n")

    return said


def render(name: str, view: Mapping[str, object]) -> str:
    """One template under templates/vi, HTML when its name says so."""
    return environment(autoescape=".html" in name).get_template(name).render(view)


def render_text(name: str, view: Mapping[str, object]) -> str:
    """A text part: never more than one empty line, and no space at a line's end."""
    lines = [line.rstrip() for line in render(name, view).strip().splitlines()]
    return "\n".join(line for n, line in enumerate(lines) if line or lines[n - 1]) + "\n"


def render_subject(name: str, view: Mapping[str, object]) -> str:
    """A subject is one line, whatever the data holds."""
    return one_line(render(name, view))


@lru_cache(maxsize=4096)  # one morning's mails say most of their paragraphs to many
def wrap(text: str, indent: int = 0, hanging: int = 0) -> str:
    """A paragraph of at most 78 columns; `hanging` more columns before every line but the first."""
    start, further = " " * indent, " " * (indent + hanging)
    lines: list[str] = []
    line = ""
    for word in _BREAKS.split(text.strip()):
        if not line:
            line = (further if lines else start) + word
        elif len(line) + 1 + len(word) <= WIDTH:
            line += f" {word}"
        else:
            lines.append(line)
            line = further + word
    return "\n".join([*lines, line]).replace(_NO_BREAK, " ")


def together(text: str) -> str:
    """Words that `wrap` keeps on one line, such as a telephone number."""
    return text.replace(" ", _NO_BREAK)
