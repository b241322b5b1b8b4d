"""Step by step: which duty of last year goes on with whom, which is lost, which is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from directives.definition import Definition, StepKey
from directives.rerun.units import UnitFate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every step of both years is in exactly one place.

    carried: an old step to the new ones that take it over. lost: old steps that nobody has now. added: new steps of
    units that had no part in the like of it.
    """

    carried: Mapping[StepKey, tuple[StepKey, ...]]
    lost: tuple[StepKey, ...]
    added: tuple[StepKey, ...]


def compare(old: Definition, new: Definition, fates: Mapping[str, UnitFate]) -> Comparison:
    carried: dict[StepKey, tuple[StepKey, ...]] = {}
    lost: list[StepKey] = []
    for step in old.steps:
        keys = [(step.instruction, step.step, code) for code in fates[step.unit].successors]
        taken = tuple(key for key in keys if key in new.planned)
        if taken:
            carried[step.key] = taken
        else:
            lost.append(step.key)
    reached = {key for taken in carried.values() for key in taken}
    return Comparison(carried, tuple(lost), tuple(key for key in new.planned if key not in reached))


def by_duty(steps: tuple[StepKey, ...]) -> dict[tuple[str, str], list[str]]:
    """(instruction, step) → the units' codes, to list them shortly."""
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for instruction, step, unit in steps:
        found[instruction, step].append(unit)
    return dict(found)
