"""An escalation policy, as people write it in `config/escalations/`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from directives.model.base import LONGEST_DAYS, Key, Model, Text


class Target(StrEnum):
    """Whom a rung writes to. Never fewer than the unit that owes."""

    LEAD = "lead"
    SUPERIOR = "superior"
    MONITOR = "monitor"


class Offset(Model):
    """A distance in days, calendar or working; exactly one."""

    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None
    working_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.days is None) == (self.working_days is None):
            raise ValueError("give either 'days' or 'working_days'")
        return self

    @property
    def calendar_days(self) -> float:
        """About how many calendar days, to compare offsets: five working days make a week."""
        return float(self.days) if self.days is not None else (self.working_days or 0) * 7 / 5


class Rung(Model):
    """One rung of a ladder, placed by exactly one of: at assignment, after the first mail, before or after L."""

    key: Key
    at_assignment: bool = False
    after_first_mail: Offset | None = None
    before: Offset | None = None
    after: Offset | None = None
    to: Annotated[tuple[Target, ...], Field(min_length=1)] = (Target.LEAD,)
    letter: bool = False
    repeat: Offset | None = None

    @model_validator(mode="after")
    def _placed_once(self) -> Self:
        places = [self.at_assignment, self.after_first_mail, self.before, self.after]
        if sum(place not in (None, False) for place in places) != 1:
            raise ValueError("give exactly one of 'at_assignment', 'after_first_mail', 'before', 'after'")
        if Target.LEAD not in self.to:
            raise ValueError(
                "must write to 'lead' too: a rung adds people, it never removes the one who owes"
            )
        if self.after and self.after.days is not None:
            raise ValueError("counts working days after the deadline; write 'after: {working_days: N}'")
        if self.repeat and (self.repeat.working_days is None or self.after is None):
            raise ValueError(
                "only a rung after the deadline repeats, every N working days: 'repeat: {working_days: N}'"
            )
        return self

    @property
    def place(self) -> tuple[int, float]:
        """Sorts rungs in the order of their times, whatever the deadline."""
        if self.at_assignment:
            return (0, 0.0)
        if self.after_first_mail:
            return (1, self.after_first_mail.calendar_days)
        if self.before:
            return (2, -self.before.calendar_days)
        assert self.after is not None
        return (3, self.after.calendar_days)


class Ladder(Model):
    """An escalation policy: rungs in the order of time, which `check.ladder_findings` sees to."""

    ladder: Key
    title: Text
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]
