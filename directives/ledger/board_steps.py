"""The steps of a campaign for its board: columns in bulk, since 25,000 rows as objects take longer than the board may."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property

from sqlalchemy import select

from directives.choices import chosen, step_choices, unit_choice
from directives.evaluate import Status, StepState, status
from directives.ledger.casebook import Casebook
from directives.ledger.states import holding, holds_of
from directives.ledger.tables import Step
from directives.model import StepSpec


@dataclass(slots=True)
class BoardStep:
    """The columns of `steps` that boards read, under their names."""

    id: int
    instruction_id: int
    unit_id: int
    origin_id: int | None
    key: str
    covered_by_id: int | None
    accepts: str
    deadline_number: int
    due_before: datetime | None
    deadline_set_at: datetime | None
    first_mailed_at: datetime | None
    received_at: datetime | None
    reported_at: datetime | None
    accepted_at: datetime | None
    returned_at: datetime | None
    waived_at: datetime | None
    extension_requested_at: datetime | None
    next_action_at: datetime | None


class BoardSteps:
    """Every step of one campaign (or of one instruction of it) at an instant, with its status.

    Only instructions that the campaign still has: an amended one may have left some out.
    """

    def __init__(self, book: Casebook, now: datetime, instruction_id: int | None = None) -> None:
        self.book, self.now = book, now
        chosen_columns = [getattr(Step, one.name) for one in fields(BoardStep)]
        wanted = select(*chosen_columns).where(Step.campaign_id == book.campaign.id).order_by(Step.id)  # type: ignore[arg-type]
        kept = {
            row_id for row_id, row in book.instructions.items() if row.key in book.definition.instructions
        } & ({instruction_id} if instruction_id is not None else set(book.instructions))
        if instruction_id is not None:
            wanted = wanted.where(Step.instruction_id == instruction_id)  # type: ignore[arg-type]
        found = (BoardStep(*row) for row in book.session.connection().execute(wanted))
        self.steps = [one for one in found if one.instruction_id in kept]
        self.states = dict(self._states(self.steps))
        calendar = book.calendar
        self.status: dict[int, Status] = {
            key: status(state, calendar, now) for key, state in self.states.items()
        }

    def _states(self, steps: Iterable[BoardStep]) -> Iterable[tuple[int, StepState]]:
        campaign, holds = self.book.campaign, holds_of(self.book.session, self.book.campaign)
        for one in steps:
            yield (
                one.id,
                StepState(
                    step_id=one.id,
                    opened_at=campaign.opened_at,
                    deadline_number=one.deadline_number,
                    due_before=one.due_before,
                    deadline_set_at=one.deadline_set_at,
                    first_mailed_at=one.first_mailed_at,
                    received_at=one.received_at,
                    reported_at=one.reported_at,
                    accepted_at=one.accepted_at,
                    returned_at=one.returned_at,
                    waived_at=one.waived_at,
                    extension_requested_at=one.extension_requested_at,
                    closed_at=campaign.closed_at,
                    holds=holding(one.instruction_id, one.unit_id, holds) if holds else (),
                ),
            )

    def spec(self, one: BoardStep) -> StepSpec | None:
        planned = self.book.definition.planned.get(
            (
                self.book.instructions[one.instruction_id].key,
                one.key,
                self.book.units[one.origin_id or one.unit_id].code,
            )
        )
        return planned.spec if planned else None

    def title(self, one: BoardStep) -> str:
        spec = self.spec(one)
        return spec.title if spec else one.key

    @cached_property
    def _choices(self) -> dict[str, str]:
        return {chosen(one): one for one in step_choices(self.book.definition)}

    def step_choice(self, one: BoardStep) -> str:
        """As the forms' drop-down offers it; empty when an amended campaign no longer has it."""
        return self._choices.get(f"{self.book.instructions[one.instruction_id].key}/{one.key}", "")

    def unit_choice(self, unit_id: int) -> str:
        unit = self.book.units[unit_id]
        return unit_choice(unit.code, unit.name)
