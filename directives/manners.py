"""How units behave in a rehearsal or simulation, as people write it: shares, and who differs (docs/simulate.md)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from directives.definition import Definition, PlannedStep
from directives.findings import Finding, nearest
from directives.model import Key, Model, Text, UnitKind

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=1, le=250)]
TOO_MUCH = "'reported' and 'late' are shares of the same steps and sum to more than 1; lower one"
ROUNDING = 1e-9


class Manner(Model):
    """Shares of steps (0 to 1), and spans in working days.

    received: the unit says that it has the mail, within `received_days` after the opening. reported: in time, at most
    `early_days` before the deadline. late: after it, within `late_days`. The rest is never reported by itself; each
    reminder brings a share `prompted` of what it asks for within `prompted_days`. extensions: asks shortly before the
    deadline for `extension_days` more, of which the monitor grants a share `granted`. accepted: the monitor accepts the
    report within three days.
    """

    received: Share
    received_days: Days = 4
    reported: Share
    early_days: Days = 15
    late: Share = 0.0
    late_days: Days = 10
    prompted: Share = 0.0
    prompted_days: Days = 3
    extensions: Share = 0.0
    extension_days: Days = 10
    granted: Share = 1.0
    accepted: Share = 0.0

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        if self.reported + self.late > 1 + ROUNDING:
            raise ValueError(TOO_MUCH)
        return self


SILENT = Manner(received=0, reported=0)


class Exceptional(Model):
    """Units or steps that behave differently: all that is named must fit. What it leaves out is as everywhere else."""

    kinds: tuple[UnitKind, ...] = ()
    units: tuple[Text, ...] = ()
    steps: tuple[Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")], ...] = ()
    never: bool = False
    received: Share | None = None
    received_days: Days | None = None
    reported: Share | None = None
    early_days: Days | None = None
    late: Share | None = None
    late_days: Days | None = None
    prompted: Share | None = None
    prompted_days: Days | None = None
    extensions: Share | None = None
    extension_days: Days | None = None
    granted: Share | None = None
    accepted: Share | None = None

    @model_validator(mode="after")
    def _says_who_and_what(self) -> Self:
        if not (self.kinds or self.units or self.steps):
            raise ValueError("names nobody; add 'kinds', 'units' or 'steps'")
        if self.never == bool(self.changes):
            raise ValueError(
                "never answers and has shares; keep one of the two"
                if self.never
                else "changes nothing; add 'never: true' or a share such as 'reported: 0.3'"
            )
        return self

    @property
    def changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Manner.model_fields if getattr(self, name) is not None}

    def fits(self, kind: str, step: PlannedStep) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.units or step.unit in self.units)
            and (not self.steps or f"{step.instruction}/{step.step}" in self.steps)
        )


class Behaviour(Manner):
    """The manner of all, and of the first exception that fits a step. The same seed gives the same answers."""

    seed: int
    exceptions: tuple[Exceptional, ...] = ()

    @cached_property
    def usual(self) -> Manner:
        return Manner(**{name: getattr(self, name) for name in Manner.model_fields})

    @cached_property
    def manners(self) -> tuple[Manner, ...]:
        """One for each exception. Errors: ValidationError where shares sum to more than 1 together with the usual ones."""
        usual = self.usual.model_dump()
        return tuple(
            SILENT if one.never else Manner.model_validate(usual | one.changes) for one in self.exceptions
        )

    def manner(self, step: PlannedStep, definition: Definition) -> Manner:
        kind = definition.units[step.unit].kind
        for one, manner in zip(self.exceptions, self.manners, strict=True):
            if one.fits(kind, step):
                return manner
        return self.usual

    @property
    def listens(self) -> bool:
        """Whether a reminder can bring anything."""
        return any(one.prompted for one in (self.usual, *self.manners))


class Rehearsal(Model):
    rehearsal: Key
    campaign: Key
    stands_at: AwareDatetime
    behaviour: Behaviour


def behaviour_findings(behaviour: Behaviour, definition: Definition) -> Iterator[Finding]:
    """What a behaviour says of units and steps that the campaign does not have, and shares that do not fit together."""
    steps = {f"{step.instruction}/{step.step}" for step in definition.steps}
    kinds = {definition.units[step.unit].kind for step in definition.steps}
    usual = behaviour.usual.model_dump()
    for n, one in enumerate(behaviour.exceptions):
        place = ("exceptions", n)
        for m, code in enumerate(one.units):
            if code not in definition.units:
                yield (
                    (*place, "units", m),
                    f"'{code}' is no unit of the campaign{nearest(code, definition.units)}",
                )
        for m, step in enumerate(one.steps):
            if step not in steps:
                yield (*place, "steps", m), f"'{step}' is no step of the campaign{nearest(step, steps)}"
        for m, kind in enumerate(one.kinds):
            if kind not in kinds:
                yield (*place, "kinds", m), f"nothing is asked of any '{kind}'{nearest(kind, kinds)}"
        try:
            Manner.model_validate(usual | one.changes)
        except ValidationError:
            yield place, f"together with the usual shares, {TOO_MUCH}"
