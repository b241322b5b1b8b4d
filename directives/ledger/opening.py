"""Opening a campaign: its files are frozen into the ledger, once; a later change is shown and confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from directives.definition import Definition, PlannedStep
from directives.errors import DondocError
from directives.ledger import audit, frozen
from directives.ledger.states import ident, reschedule
from directives.ledger.tables import Campaign, Contact, Deadline, Instruction, Step, Unit
from directives.model import Contact as ContactModel


class Opening(StrEnum):
    OPENED = "opened"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class OpenResult:
    outcome: Opening
    differences: tuple[str, ...]
    steps: int


def open_campaign(
    session: Session,
    definition: Definition,
    contacts: list[ContactModel],
    *,
    at: datetime,
    rehearsal: bool = False,
    confirmed: bool = False,
) -> OpenResult:
    """Freeze a campaign. The same definition again writes nothing; a changed one is amended only when `confirmed`.

    `at` is the campaign's clock. A real campaign opened after its day starts at `at`, so that no rung older than its
    opening is mailed; a rehearsal starts on its day.
    """
    wanted = frozen.freeze(definition, contacts)
    known = session.exec(select(Campaign).where(Campaign.key == definition.campaign.campaign)).one_or_none()
    if known is None:
        return _open(session, definition, contacts, wanted, at, rehearsal)
    if known.rehearsal != rehearsal:
        kind = "a rehearsal" if known.rehearsal else "a real campaign"
        raise DondocError(f"campaign '{known.key}' is open in this ledger as {kind}; use another DONDOC_HOME")
    changes = tuple(frozen.differences(frozen.content_of(known), wanted))
    if not changes:
        return OpenResult(Opening.UNCHANGED, (), len(definition.steps))
    if confirmed:
        _amend(session, known, definition, contacts, wanted, changes, at)
    return OpenResult(Opening.AMENDED if confirmed else Opening.CHANGED, changes, len(definition.steps))


def _open(
    session: Session,
    definition: Definition,
    contacts: list[ContactModel],
    wanted: dict[str, Any],
    at: datetime,
    rehearsal: bool,
) -> OpenResult:
    opened_at = max(definition.opened_at, definition.calendar.planning_instant(at))
    campaign = Campaign(
        key=definition.campaign.campaign,
        series=definition.campaign.series,
        title=definition.campaign.title,
        rehearsal=rehearsal,
        definition_sha256=frozen.keep(session, wanted),
        opened_at=opened_at,
        clock_at=at if rehearsal else None,
    )
    session.add(campaign)
    session.flush()
    _write_units(session, campaign, definition, contacts)
    steps = _write_steps(session, campaign, definition, definition.steps, at)
    reschedule(session, campaign, steps, opened_at)
    audit.append(
        session,
        ident(campaign),
        at,
        "campaign.opened",
        {"sha256": campaign.definition_sha256, "steps": len(steps), "rehearsal": rehearsal},
    )
    return OpenResult(Opening.OPENED, (), len(steps))


def _write_units(
    session: Session, campaign: Campaign, definition: Definition, contacts: list[ContactModel]
) -> None:
    known = {unit.code: unit for unit in session.exec(select(Unit).where(Unit.campaign_id == campaign.id))}
    for code, unit in definition.units.items():
        row = known.get(code) or Unit(
            campaign_id=ident(campaign),
            organisation=definition.campaign.organisation,
            code=code,
            name="",
            kind="",
        )
        row.name, row.kind = unit.name, unit.kind
        session.add(row)
        known[code] = row
    session.flush()
    for code in definition.units:
        superior = definition.superior(code)
        known[code].superior_id = known[superior].id if superior else None
    _write_contacts(session, known, contacts)
    session.flush()


def _write_contacts(session: Session, units: dict[str, Unit], contacts: list[ContactModel]) -> None:
    ids = {unit.id: code for code, unit in units.items()}
    rows = {
        (ids[row.unit_id], row.role, row.address): row
        for row in session.exec(select(Contact).where(col(Contact.unit_id).in_(list(ids))))
    }
    wanted = {(contact.unit, str(contact.role), contact.address): contact for contact in contacts}
    for key, row in rows.items():
        if key not in wanted:
            session.delete(row)
    for key, contact in wanted.items():
        unit_id = units[contact.unit].id
        assert unit_id is not None
        row = rows.get(key) or Contact(unit_id=unit_id, role=contact.role, name="", address=contact.address)
        row.name, row.phone = contact.name, contact.phone
        row.valid_from, row.valid_to = contact.valid_from, contact.valid_to
        session.add(row)


def _write_steps(
    session: Session, campaign: Campaign, definition: Definition, planned: Iterable[PlannedStep], at: datetime
) -> list[Step]:
    instructions = _write_instructions(session, campaign, definition)
    units = {row.code: row.id for row in session.exec(select(Unit).where(Unit.campaign_id == campaign.id))}
    rows: list[tuple[PlannedStep, Step]] = []
    for step in planned:
        unit_id = units[step.unit]
        assert unit_id is not None
        row = Step(
            campaign_id=ident(campaign),
            instruction_id=instructions[step.instruction],
            unit_id=unit_id,
            key=step.step,
            accepts=step.spec.accepts,
        )
        rows.append((step, row))
        session.add(row)
    session.flush()
    for step, row in rows:
        if step.due_before is not None:
            set_deadline(session, row, step, step.due_before, at, "campaign file")
    _link_covering(session, campaign, definition)
    return [row for _, row in rows]


def _write_instructions(session: Session, campaign: Campaign, definition: Definition) -> dict[str, int]:
    known = {
        row.key: row
        for row in session.exec(select(Instruction).where(Instruction.campaign_id == campaign.id))
    }
    for ordinal, instruction in enumerate(definition.campaign.instructions, start=1):
        row = known.get(instruction.key) or Instruction(
            campaign_id=ident(campaign), key=instruction.key, ordinal=ordinal
        )
        row.ordinal = ordinal
        session.add(row)
        known[instruction.key] = row
    session.flush()
    return {key: ident(row) for key, row in known.items()}


def set_deadline(
    session: Session, row: Step, planned: PlannedStep, due_before: datetime, at: datetime, by: str
) -> None:
    """Add the step's next numbered deadline; the ones before it stay."""
    row.deadline_number += 1
    row.due_before = due_before
    # The first deadline is as old as the campaign: only a later one makes older rungs void.
    row.deadline_set_at = at if row.deadline_number > 1 else None
    session.add(
        Deadline(
            step_id=ident(row),
            number=row.deadline_number,
            due_before=due_before,
            source=str(planned.source),
            text=planned.basis,
            set_by=by,
            set_at=at,
        )
    )


def _link_covering(session: Session, campaign: Campaign, definition: Definition) -> None:
    rows = step_rows(session, campaign)
    for step in definition.steps:
        rows[step.key].covered_by_id = ident(rows[step.covered_by]) if step.covered_by else None


def step_rows(session: Session, campaign: Campaign) -> dict[tuple[str, str, str], Step]:
    """Every step of the campaign by (instruction, step, unit code)."""
    found = session.exec(
        select(Instruction.key, Unit.code, Step)
        .join(Instruction, col(Instruction.id) == Step.instruction_id)
        .join(Unit, col(Unit.id) == Step.unit_id)
        .where(Step.campaign_id == campaign.id)
    )
    return {(instruction, step.key, unit): step for instruction, unit, step in found}


def _amend(
    session: Session,
    campaign: Campaign,
    definition: Definition,
    contacts: list[ContactModel],
    wanted: dict[str, Any],
    changes: tuple[str, ...],
    at: datetime,
) -> None:
    """Take a changed definition over: steps added, taken away (waived) or with a new numbered deadline."""
    campaign.definition_sha256 = frozen.keep(session, wanted)
    campaign.title = definition.campaign.title
    session.add(campaign)
    _write_units(session, campaign, definition, contacts)
    rows = step_rows(session, campaign)
    planned = {step.key: step for step in definition.steps}
    for key, row in rows.items():
        if key not in planned and row.waived_at is None:
            row.waived_at = at
    _write_steps(
        session, campaign, definition, [step for key, step in planned.items() if key not in rows], at
    )
    for key, step in planned.items():
        row = rows.get(key)
        if row and step.due_before is not None and step.due_before != row.due_before:
            set_deadline(session, row, step, step.due_before, at, "campaign file, amended")
    reschedule(session, campaign, list(step_rows(session, campaign).values()), at)
    audit.append(
        session,
        ident(campaign),
        at,
        "campaign.amended",
        {"sha256": campaign.definition_sha256, "changes": list(changes)},
    )
