"""Last year's audiences in this year's organisation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from directives.definition import Definition
from directives.model import AudienceSpec, Unit
from directives.rerun.units import UnitFate


@dataclass(frozen=True)
class Audiences:
    """Which of them still mean somebody, and how each is written now."""

    old: Definition
    units: Mapping[str, Unit]
    fates: Mapping[str, UnitFate]

    def carried(self, spec: AudienceSpec, seen: frozenset[str] = frozenset()) -> AudienceSpec | None:
        """The audience for the new organisation; None where it would mean nobody."""
        kinds = {unit.kind for unit in self.units.values()}
        moved = AudienceSpec.model_validate(
            {
                "kinds": tuple(kind for kind in spec.kinds if kind in kinds),
                "audiences": tuple(self._names(spec.audiences, seen)),
                "units": tuple(self._names(spec.units, seen)),
                "except": tuple(self._names(spec.except_, seen)),
            }
        )
        return moved if moved.kinds or moved.audiences or moved.units else None

    def lost(self, spec: AudienceSpec) -> list[UnitFate]:
        """The single units it names that nobody surely takes over."""
        found = [self.fates[name] for name in (*spec.units, *spec.except_) if name in self.fates]
        return [fate for fate in found if not fate.sure]

    def _names(self, names: tuple[str, ...], seen: frozenset[str]) -> Iterator[str]:
        for name in names:
            if name in self.old.campaign.audiences:
                below = self.old.campaign.audiences[name]
                if name not in seen and self.carried(below, seen | {name}) is not None:
                    yield name
            elif name in self.fates:
                fate = self.fates[name]
                yield from fate.successors if fate.sure else ()


def written(spec: AudienceSpec) -> Any:
    """As people write it: one name, a list of names, or the fields that say something."""
    if spec.units and not (spec.kinds or spec.audiences or spec.except_):
        return spec.units[0] if len(spec.units) == 1 else list(spec.units)
    full = spec.model_dump(mode="json", by_alias=True)
    return {name: value for name, value in full.items() if value}
