"""The Vietnamese words that Python chooses among, read once from templates/vi/words.yaml."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATES = Path(__file__).parent / "templates" / "vi"

# Control and format characters (line ends, bidirectional overrides, zero-width): never part of a name.
_UNSPOKEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


@cache
def words() -> dict[str, Any]:
    return yaml.safe_load((TEMPLATES / "words.yaml").read_text(encoding="utf-8"))


@cache
def entry(key: str) -> Any:
    """What stands under a dotted key ('left.tomorrow'). A key that is not there is a KeyError."""
    found: Any = words()
    for part in key.split("."):
        found = found[part]
    return found


def say(key: str, **values: object) -> str:
    """The phrase under a dotted key with its {names} filled in. Values are never read as patterns."""
    return str(entry(key)).format_map(values)


@lru_cache(maxsize=4096)  # titles, names and clauses come again with every mail
def one_line(text: str) -> str:
    """A value from data as it may stand in a line: no control characters, single spaces."""
    return " ".join(_UNSPOKEN.sub(" ", text).split())


def authority(unit_name: str, unit_kind: str = "") -> str:
    """Who is written to: the authority of a territorial unit, any other unit by its own name.

    The name tells a territorial unit; `unit_kind`, where known, keeps others that begin alike as they are.

    >>> authority("Phường An Hòa", "ward")
    'Ủy ban nhân dân phường An Hòa'
    """
    name = one_line(unit_name)
    if not is_territorial(name, unit_kind):
        return name
    return say("authority.name", unit=name[:1].lower() + name[1:])


_TERRITORIAL = frozenset({"", "urban_district", "rural_district", "commune", "ward", "township"})


def is_territorial(unit_name: str, unit_kind: str = "") -> bool:
    """Whether the unit is a district, commune, ward, … whose authority is its people's committee."""
    if unit_kind not in _TERRITORIAL:
        return False
    return any(unit_name.startswith(f"{begin} ") for begin in entry("authority.begins"))
