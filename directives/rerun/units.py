"""What became of last year's units in this year's organisation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import field_validator

from directives.model import Model, Text, Unit, UnitKind

TIERS: Mapping[UnitKind, str] = {
    UnitKind.URBAN_DISTRICT: "quận",
    UnitKind.RURAL_DISTRICT: "huyện",
    UnitKind.TOWNSHIP: "thị trấn",
}  # kinds that a reform may take away as a whole, as texts name them


class Succession(Model):
    """One row of a crosswalk: an old unit, or the part of one, goes into a new one.

    `old_code` is empty where the old unit had none in the lists of its province.
    """

    old_code: str = ""
    old_name: Text
    old_district: str = ""
    old_province: str = ""
    new_code: Text
    new_name: Text
    share: Literal["whole", "part", "part-main"]

    @field_validator("old_code", mode="before")
    @classmethod
    def _none(cls, value: str | None) -> str:
        return value or ""


class Fate(StrEnum):
    KEPT = "kept"  # the crosswalk says so: alone, and under its name
    RENAMED = "renamed"  # alone, under another name
    MERGED = "merged"
    SPLIT = "split"
    PRESUMED = "presumed"  # not in the crosswalk; the same code, name and kind are there again
    ABOLISHED = "abolished"  # its tier is gone: the new organisation has no unit of its kind
    UNKNOWN = "unknown"  # not in the crosswalk, and nothing of that name: a person decides


@dataclass(frozen=True, slots=True)
class UnitFate:
    """An old unit and the codes of those that take over, the largest part first."""

    code: str
    name: str
    fate: Fate
    successors: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether one unit, and only one, takes over without a question."""
        return len(self.successors) == 1 and self.fate is not Fate.SPLIT


def fates(
    old: Mapping[str, Unit], new: Mapping[str, Unit], crosswalk: Iterable[Succession], same: bool = False
) -> dict[str, UnitFate]:
    """The fate of every old unit, by code. `same`: both are the one organisation, so codes mean what they meant."""
    rows: defaultdict[str, list[Succession]] = defaultdict(list)
    into: defaultdict[str, int] = defaultdict(int)
    for row in crosswalk:
        if row.old_code:
            rows[row.old_code].append(row)
        into[row.new_code] += 1
    kinds = {unit.kind for unit in new.values()}
    found: dict[str, UnitFate] = {}
    for code, unit in old.items():
        if rows[code] and not same:
            found[code] = _crossed(unit, rows[code], into)
        elif code in new and (same or (new[code].name, new[code].kind) == (unit.name, unit.kind)):
            found[code] = UnitFate(code, unit.name, Fate.KEPT if same else Fate.PRESUMED, (code,))
        else:
            gone = Fate.ABOLISHED if unit.kind in TIERS and unit.kind not in kinds else Fate.UNKNOWN
            found[code] = UnitFate(code, unit.name, gone)
    return found


def newcomers(
    new: Mapping[str, Unit], known: Mapping[str, UnitFate], crosswalk: Iterable[Succession]
) -> dict[str, str]:
    """The units that no unit of last year's organisation went into: code → the province it came from, or nothing."""
    came: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in crosswalk:
        came[row.new_code][row.old_province] += 1
    reached = {code for fate in known.values() for code in fate.successors}
    # A name alone does not tell a unit of one province from one of another: what most of the parts say holds.
    return {
        code: came[code].most_common(1)[0][0] if came[code] else "" for code in new if code not in reached
    }


def _crossed(unit: Unit, rows: list[Succession], into: Mapping[str, int]) -> UnitFate:
    main_first = sorted(rows, key=lambda row: row.share == "part")
    successors = tuple(dict.fromkeys(row.new_code for row in main_first))
    if any(row.share != "whole" for row in rows):
        fate = Fate.SPLIT
    elif into[successors[0]] > 1:
        fate = Fate.MERGED
    else:
        fate = Fate.KEPT if rows[0].new_name == unit.name else Fate.RENAMED
    return UnitFate(unit.code, unit.name, fate, successors)
