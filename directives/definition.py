"""A campaign with everything it refers to, and the steps it makes: pure expansion of the files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from directives.deadline import resolve
from directives.model import AudienceSpec, Campaign, Instruction, Ladder, Source, StepSpec, Unit
from directives.workdays import WorkCalendar

StepKey = tuple[str, str, str]  # instruction key, step key, unit code


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One unit's duty for one deliverable, with its deadline resolved."""

    instruction: str
    step: str
    unit: str
    due_before: datetime | None
    source: Source | None
    basis: str
    covered_by: StepKey | None
    spec: StepSpec

    @property
    def key(self) -> StepKey:
        return (self.instruction, self.step, self.unit)


@dataclass(frozen=True)
class Definition:
    """Campaign, ladder, units and calendar: what is checked before opening and frozen by it.

    `others` are units of the organisation's file that do not exist at the campaign's time; only a check knows them.
    """

    campaign: Campaign
    ladder: Ladder
    units: Mapping[str, Unit]
    calendar: WorkCalendar
    others: Mapping[str, Unit] = field(default_factory=dict[str, Unit])

    @cached_property
    def opened_at(self) -> datetime:
        """The campaign's opening: the instant given, or the send window's opening on that day."""
        opens = self.campaign.opens
        if isinstance(opens, datetime):
            return self.calendar.instant(opens)
        return self.calendar.opening_of(opens)

    @property
    def day(self) -> date:
        """The day whose organisation holds: the directive's own date."""
        return self.campaign.directive.issued

    @cached_property
    def steps(self) -> tuple[PlannedStep, ...]:
        """Every step, in the order of the file, units in the order of the organisation."""
        return tuple(
            step
            for instruction in self.campaign.instructions
            for spec in instruction.steps
            for step in self._steps_of(instruction, spec)
        )

    @cached_property
    def planned(self) -> Mapping[StepKey, PlannedStep]:
        """The steps by their key."""
        return {step.key: step for step in self.steps}

    @cached_property
    def instructions(self) -> Mapping[str, Instruction]:
        return {instruction.key: instruction for instruction in self.campaign.instructions}

    def _steps_of(self, instruction: Instruction, spec: StepSpec) -> Iterator[PlannedStep]:
        due_before = resolve(spec.due, self.calendar, self.opened_at) if spec.due else None
        covering = spec.covered_by.split("/") if spec.covered_by else None
        for unit in self.audience(spec.audience):
            yield PlannedStep(
                instruction=instruction.key,
                step=spec.key,
                unit=unit,
                due_before=due_before,
                source=spec.basis.source if spec.basis else None,
                basis=spec.basis.text if spec.basis else "",
                covered_by=(covering[0], covering[1], unit) if covering else None,
                spec=spec,
            )

    def audience(self, spec: AudienceSpec) -> list[str]:
        """Codes of the units meant, in the organisation's order, each once. Unknown names mean nobody."""
        wanted = self._codes(spec, frozenset())
        return [code for code in self.units if code in wanted]

    def superior(self, code: str) -> str | None:
        """The unit above, in the organisation of the campaign's time."""
        parent = self.units[code].parent
        return parent if parent in self.units else None

    def _codes(self, spec: AudienceSpec, seen: frozenset[str]) -> set[str]:
        codes = {code for code, unit in self.units.items() if unit.kind in spec.kinds}
        for name in (*spec.audiences, *spec.units):
            codes |= self._meant(name, seen)
        for name in spec.except_:
            codes -= self._meant(name, seen)
        return codes

    def _meant(self, name: str, seen: frozenset[str]) -> set[str]:
        """A named audience or a unit's code; a name met on its own way is a cycle, which `check` reports."""
        if name in self.campaign.audiences and name not in seen:
            return self._codes(self.campaign.audiences[name], seen | {name})
        return {name} & set(self.units)


def units_on(units: Mapping[str, Unit], day: date) -> dict[str, Unit]:
    """The units that exist on that day."""
    return {code: unit for code, unit in units.items() if unit.valid_on(day)}
