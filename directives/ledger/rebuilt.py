"""One step as a campaign's audit events leave it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from directives.definition import PlannedStep
from directives.ledger import facts
from directives.ledger.facts import Facts, Standing
from directives.ledger.tables import Audit, Decision


@dataclass(frozen=True, slots=True)
class Dated:
    """One numbered deadline. `text` and `set_by`: None where they stand beside the event, which has both."""

    due_before: datetime
    source: str
    set_at: datetime
    event: Audit
    text: str | None = None
    set_by: str | None = None


@dataclass(slots=True)
class Rebuilt:
    """One step as the events leave it. `deadlines`: every one it had, by number."""

    step_id: int
    unit: str
    accepts: str
    due_before: datetime | None = None
    deadlines: dict[int, Dated] = field(default_factory=dict[int, Dated])
    waived_at: datetime | None = None
    facts: Facts = field(default_factory=Facts)
    said: list[Standing] = field(default_factory=list[Standing])
    decided: list[Decision] = field(default_factory=list[Decision])

    def settle(self) -> None:
        """The facts after what was said and decided so far."""
        self.facts = facts.facts_of(self.said, self.decided)

    def plan(self, number: int, due_before: datetime, event: Audit, planned: PlannedStep, by: str) -> None:
        """The deadline of that number, as a file that was frozen has it."""
        self.due_before = due_before
        self.deadlines[number] = Dated(
            due_before, str(planned.source), event.at, event, text=planned.basis, set_by=by
        )
