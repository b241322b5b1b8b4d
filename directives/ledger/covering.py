"""Which step carried which, as the audit events tell it: what a report counted stays so, whatever moved since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import col, select

from directives.definition import Definition, StepKey
from directives.ledger import audit, frozen
from directives.ledger.casebook import Casebook
from directives.ledger.frozen_rows import step_rows
from directives.ledger.states import ident
from directives.ledger.tables import Audit
from directives.ledger.tables import Definition as DefinitionRow

LINKING = ("campaign.opened", "campaign.amended")  # the events after which steps carry as the definition says
ASSIGNED = "decision.assign"


@dataclass
class Covering:
    """`above`: by a step's id, that of the step which carries it; every step that was opened so far.

    `owners`: the code of the unit that owes each. Steps that go to another unit together stay together.
    """

    ids: Mapping[StepKey, int]
    definitions: Mapping[str, Definition]
    owners: dict[int, str] = field(default_factory=dict[int, str])
    above: dict[int, int | None] = field(default_factory=dict[int, "int | None"])
    moving: tuple[datetime, datetime, str] | None = None

    def take(self, event: Audit) -> None:
        """Errors: KeyError or ValueError for an event that was changed past reading."""
        if event.kind == ASSIGNED:
            act = event.at, audit.recorded_at(event), str(event.data["to"])
            if act != self.moving:
                self.settle()
            self.moving, self.owners[event.step_id or 0] = act, act[2]
            return
        self.settle()
        if event.kind in LINKING:
            self._link(self.definitions.get(str(event.data["sha256"])))

    def settle(self) -> None:
        """After the last of the events that one decision wrote: what it left behind stands by itself."""
        if self.moving is not None:
            self.above = {one: self._together(one, above) for one, above in self.above.items()}
        self.moving = None

    def _link(self, definition: Definition | None) -> None:
        for planned in definition.steps if definition is not None else ():
            if planned.key in self.ids:
                self.owners.setdefault(self.ids[planned.key], planned.unit)
        for planned in definition.steps if definition is not None else ():
            step_id = self.ids.get(planned.key)
            if step_id is not None:
                above = self.ids.get(planned.covered_by) if planned.covered_by else None
                self.above[step_id] = self._together(step_id, above)

    def _together(self, step_id: int, above: int | None) -> int | None:
        """Assigned to another unit, a step stands by itself unless what carries it went along."""
        return above if above is not None and self.owners.get(above) == self.owners.get(step_id) else None


def covering_at(book: Casebook, at: datetime) -> dict[int, int | None]:
    """Every step that the campaign asked at `at`, and which step carried it then."""
    events = book.session.exec(
        select(Audit)
        .where(
            Audit.campaign_id == book.campaign.id,
            col(Audit.kind).in_([*LINKING, ASSIGNED]),
            col(Audit.at) <= at,
        )
        .order_by(col(Audit.seq))
    ).all()
    wanted = {str(audit.said(event, "sha256")) for event in events if event.kind in LINKING}
    kept = book.session.exec(select(DefinitionRow).where(col(DefinitionRow.sha256).in_(sorted(wanted))))
    ids = {key: ident(row) for key, row in step_rows(book.session, book.campaign).items()}
    covering = Covering(ids, {row.sha256: frozen.thaw(row.content) for row in kept})
    for event in events:
        covering.take(event)
    covering.settle()
    return covering.above
