"""What the boards show: counts by status, who owes by district, what mail does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select

from directives.digest import CampaignBoard, InstructionBoard, OwingUnit, Unreached
from directives.evaluate import Status, StepState, late_days, status
from directives.ledger import outbox
from directives.ledger.casebook import Casebook
from directives.ledger.recipients import recipient_of, valid
from directives.ledger.states import ident
from directives.ledger.tables import Instruction, Step


def instruction_board(book: Casebook, instruction: Instruction, now: datetime) -> InstructionBoard:
    """One instruction at `now`. Every step counts here, covered ones too."""
    rows = book.session.exec(
        select(Step).where(Step.instruction_id == instruction.id).order_by(col(Step.id))
    ).all()
    steps = {ident(step): step for step in rows}
    return _board(book, instruction, steps, book.states(steps), now)


def campaign_board(book: Casebook, now: datetime) -> CampaignBoard:
    """The whole campaign at `now`: one row an instruction, and the mail by state."""
    rows = book.session.exec(
        select(Step).where(Step.campaign_id == book.campaign.id).order_by(col(Step.id))
    ).all()
    steps = {ident(step): step for step in rows}
    states = book.states(steps)
    boards = [
        _board(
            book,
            one,
            {key: step for key, step in steps.items() if step.instruction_id == one.id},
            states,
            now,
        )
        for one in book.instructions.values()
        if one.key in book.definition.instructions  # an amended campaign may have left one out
    ]
    mail = outbox.counts_by_state(book.session, book.campaign)
    return CampaignBoard(book.facts, now, tuple(boards), mail, unreached(book, now))


def unreached(book: Casebook, now: datetime) -> tuple[Unreached, ...]:
    """Every address that refuses mail at `now`, in the organisation's order, and who is written to instead."""
    found: list[Unreached] = []
    for unit_id, unit in book.units.items():
        for contact in valid(book, unit_id, now):
            if contact.bounced_at is not None:
                instead = recipient_of(book, unit_id, now)
                found.append(
                    Unreached(
                        unit.name, contact.address, contact.bounced_at, instead.address if instead else ""
                    )
                )
    return tuple(found)


def _board(
    book: Casebook, row: Instruction, steps: dict[int, Step], states: dict[int, StepState], now: datetime
) -> InstructionBoard:
    words = book.definition.instructions[row.key]
    found = {step_id: status(states[step_id], book.calendar, now) for step_id in steps}
    counts = Counter(found.values())
    coming = [step.next_action_at for step in steps.values() if step.next_action_at is not None]
    return InstructionBoard(
        campaign=book.facts,
        now=now,
        key=row.key,
        label=words.label,
        clause=words.clause,
        title=words.title,
        summary=words.summary,
        note=words.note,
        ladder=book.definition.ladder.title,
        counts={one: counts[one] for one in Status},
        owing=_owing(book, [steps[key] for key in steps if found[key] is Status.OVERDUE], states, now),
        next_action_at=min(coming, default=None),
    )


def _owing(
    book: Casebook, overdue: Sequence[Step], states: dict[int, StepState], now: datetime
) -> dict[str, tuple[OwingUnit, ...]]:
    """Late units under the name of the unit above them, both in the organisation's order."""
    by_unit: dict[int, list[Step]] = {}
    for step in overdue:
        by_unit.setdefault(step.unit_id, []).append(step)
    grouped: dict[str, list[OwingUnit]] = {}
    for unit_id, unit in book.units.items():
        if unit_id in by_unit:
            grouped.setdefault(book.unit_name(unit.superior_id), []).append(
                _owing_unit(book, unit.name, by_unit[unit_id], states, now)
            )
    return {above: tuple(units) for above, units in grouped.items()}


def _owing_unit(
    book: Casebook, name: str, steps: Sequence[Step], states: dict[int, StepState], now: datetime
) -> OwingUnit:
    titles = [spec.title if (spec := book.spec(step)) else step.key for step in steps]
    dues = [step.due_before for step in steps if step.due_before is not None]
    return OwingUnit(
        name,
        tuple(titles),
        min(dues),
        max(late_days(states[ident(step)], book.calendar, now) for step in steps),
    )


def artifact_ids(book: Casebook) -> dict[str, str]:
    """Known board artifacts by instruction key; the campaign's own under its key."""
    found = {row.key: row.board_artifact for row in book.instructions.values() if row.board_artifact}
    if book.campaign.board_artifact:
        found[book.campaign.key] = book.campaign.board_artifact
    return found
