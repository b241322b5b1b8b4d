"""The flows that a drafted campaign needs in its series file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from directives.drafting import details
from directives.drafting.instructions import Group
from directives.drafting.titles import shortened
from directives.drafting.yaml_text import scalar
from directives.model import Series

LONGEST = 50  # characters of a flow's title in the list of flows
_YEAR = re.compile(r"(?:,? (?:trong )?năm)? (?:19|20)\d\d(?!\d|[/-]|\.\d)")


def missing(found: Sequence[Group], series: Series | None) -> list[Group]:
    """The instructions that have no flow yet."""
    known = {flow.key for flow in series.flows} if series else set[str]()
    return [group for group in found if group.key not in known]


def series_head(name: str, title: str) -> str:
    """The first lines of a new file."""
    return (
        "# The instructions that keep their Prefect flow from year to year; the ordinal sorts them in the list of flows.\n"
        f"series: {name}\ntitle: {scalar(_short(title))}\nflows:\n"
    )


def flow_lines(groups: Iterable[Group], first: int) -> str:
    """One line a flow, numbered from `first`."""
    return "".join(_flow(group, n) for n, group in enumerate(groups, start=first))


def _flow(group: Group, ordinal: int) -> str:
    title = _quoted(_short(details.action(group.duties[0])))
    return f"  - {{key: {group.key!r}, ordinal: {ordinal}, label: {group.label!r}, title: {title}}}\n"


def _short(text: str) -> str:
    """Without years, for the name stays from year to year; with "…" where it was cut."""
    text = shortened(_YEAR.sub("", " ".join(text.split())), LONGEST)
    return text[:1].upper() + text[1:]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
