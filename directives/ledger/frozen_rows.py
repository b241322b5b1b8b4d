"""A definition's units, contacts, instructions and steps as rows: written at opening, brought up to date by an amendment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from directives.definition import Definition, PlannedStep
from directives.ledger.states import ident
from directives.ledger.tables import Campaign, Contact, Deadline, Instruction, Step, Unit
from directives.model import Contact as ContactModel
from directives.model import ContactRole

# Who set a deadline that no decision set.
OPENED_BY, AMENDED_BY = "campaign file", "campaign file, amended"


def write_units(
    session: Session, campaign: Campaign, definition: Definition, contacts: list[ContactModel]
) -> None:
    """Units and contacts as the definition has them. Units stay for good, contacts that are gone do not."""
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
    write_contacts(session, known, contacts)
    session.flush()


def write_contacts(session: Session, units: dict[str, Unit], contacts: list[ContactModel]) -> None:
    """Exactly these contacts of the units (by code), beside the senders that coordinators accepted."""
    ids = {unit.id: code for code, unit in units.items()}
    rows = {
        (ids[row.unit_id], row.role, row.address): row
        for row in session.exec(select(Contact).where(col(Contact.unit_id).in_(list(ids))))
    }
    wanted = {(contact.unit, str(contact.role), contact.address): contact for contact in contacts}
    for key, row in rows.items():
        if key not in wanted and row.role != ContactRole.ACCEPTED:  # decided here, and in no file
            session.delete(row)
    for key, contact in wanted.items():
        unit_id = units[contact.unit].id
        assert unit_id is not None
        row = rows.get(key) or Contact(unit_id=unit_id, role=contact.role, name="", address=contact.address)
        row.name, row.phone = contact.name, contact.phone
        row.valid_from, row.valid_to = contact.valid_from, contact.valid_to
        session.add(row)


def write_steps(
    session: Session, campaign: Campaign, definition: Definition, planned: Iterable[PlannedStep], at: datetime
) -> list[Step]:
    """Rows for these planned steps, each with its first deadline, and all covering as the definition has it."""
    instructions = write_instructions(session, campaign, definition)
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
            set_deadline(session, row, step, step.due_before, at, OPENED_BY)
    link_covering(session, campaign, definition)
    return [row for _, row in rows]


def write_instructions(session: Session, campaign: Campaign, definition: Definition) -> dict[str, int]:
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
    """Add the step's next numbered deadline; the ones before it stay, and rungs older than `at` are void."""
    row.deadline_number += 1
    row.due_before, row.deadline_set_at = due_before, at
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


def link_covering(session: Session, campaign: Campaign, definition: Definition) -> None:
    rows = step_rows(session, campaign)
    for step in definition.steps:
        row, carrying = rows[step.key], rows[step.covered_by] if step.covered_by else None
        # Assigned to another unit, it stands by itself unless what carries it went along.
        together = carrying is not None and carrying.unit_id == row.unit_id
        row.covered_by_id = ident(carrying) if carrying is not None and together else None


def step_rows(session: Session, campaign: Campaign) -> dict[tuple[str, str, str], Step]:
    """Every step of the campaign by (instruction, step, code of the unit that the campaign file asks)."""
    found = session.exec(
        select(Instruction.key, Unit.code, Step)
        .join(Instruction, col(Instruction.id) == Step.instruction_id)
        .join(Unit, col(Unit.id) == func.coalesce(Step.origin_id, Step.unit_id))
        .where(Step.campaign_id == campaign.id)
        .order_by(col(Step.id))
    )
    return {(instruction, step.key, unit): step for instruction, unit, step in found}
