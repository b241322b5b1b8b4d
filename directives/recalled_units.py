"""Which units of an earlier campaign answer for a unit of this one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from directives.model import Unit
from directives.rerun.units import Fate, Succession, fates

# Of these the crosswalk, or the one organisation itself, says what became of the unit.
KNOWN = (Fate.KEPT, Fate.RENAMED, Fate.MERGED, Fate.SPLIT)


def parts_of(
    then: Mapping[str, Unit], now: Mapping[str, Unit], crosswalk: Iterable[Succession], *, same: bool
) -> dict[str, tuple[str, ...]]:
    """The codes of then that each unit of now was made of; units of which nothing is known are left out.

    A unit of then counts where it went whole or for the most part; where a new unit got only lesser parts, those count.
    `same`: both campaigns are of one organisation.
    """
    most: defaultdict[str, list[str]] = defaultdict(list)
    lesser: defaultdict[str, list[str]] = defaultdict(list)
    for code, fate in fates(then, now, crosswalk, same).items():
        if fate.fate in KNOWN:
            first, *others = fate.successors
            most[first].append(code)
            for other in others:
                lesser[other].append(code)
    return {code: tuple(most[code] or lesser[code]) for code in {**most, **lesser}}
