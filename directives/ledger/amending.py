"""A changed definition taken over: steps added, left out (waived), taken in again, or with a new numbered deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from directives.definition import Definition, PlannedStep, StepKey
from directives.ledger import audit, facts, frozen
from directives.ledger.frozen_rows import AMENDED_BY, set_deadline, step_rows, write_steps, write_units
from directives.ledger.replanning import Move, Replanned, plans_ahead, replan
from directives.ledger.states import ident, reschedule
from directives.ledger.tables import Answer, Campaign, Decision, Step
from directives.model import Contact


@dataclass(frozen=True, slots=True)
class Amended:
    """How many steps were added, left out, taken in again and given another deadline, and whose plan moved otherwise."""

    added: int = 0
    left_out: int = 0
    taken_in: int = 0
    redated: int = 0
    moves: tuple[Move, ...] = ()


Rows = Mapping[StepKey, Step]
Planned = Mapping[StepKey, PlannedStep]
# What a step shares with the one that carries it.
SHARED = ("received_at", "reported_at", "accepted_at", "waived_at")


def amend(
    session: Session,
    campaign: Campaign,
    definition: Definition,
    contacts: list[Contact],
    wanted: dict[str, Any],
    changes: tuple[str, ...],
    at: datetime,
) -> Amended:
    """Bring the campaign's rows from its frozen definition to a changed one, with one audit event.

    Only what differs between the two is touched: what was decided for a step since its opening stays.
    """
    opened = frozen.definition_of(campaign)
    before, known = opened.planned, step_rows(session, campaign)
    moving = frozen.pinned_part(frozen.content_of(campaign)) != frozen.pinned_part(wanted)
    was = plans_ahead(session, campaign, list(known.values()), at) if moving else {}
    campaign.definition_sha256 = frozen.keep(session, wanted)
    campaign.title = definition.campaign.title
    session.add(campaign)
    write_units(session, campaign, definition, contacts)
    now = definition.planned
    event: dict[str, Any] = {"sha256": campaign.definition_sha256}
    event["waived"] = _leave_out([row for key, row in known.items() if key not in now], at)
    event["restored"] = _take_in(
        session, [row for key, row in known.items() if key in now and key not in before]
    )
    added = write_steps(
        session, campaign, definition, [one for key, one in now.items() if key not in known], at
    )
    event["added"] = [row.id for row in added]
    event["deadlines"] = _redate(session, known, opened, definition, at)
    rows = step_rows(session, campaign)
    for key, planned in now.items():
        rows[key].accepts = planned.spec.accepts
    event["carried"] = _carry(session, rows, now)
    session.flush()
    replanned = replan(session, campaign, rows, was, at) if moving else Replanned()
    event |= replanned.event
    reschedule(session, campaign, list(rows.values()), at)
    # The lines name people and addresses: they stand beside the chain.
    audit.append(session, ident(campaign), at, "campaign.amended", event, text="\n".join(changes))
    return Amended(
        len(added), len(event["waived"]), len(event["restored"]), len(event["deadlines"]), replanned.moves
    )


def _leave_out(rows: list[Step], at: datetime) -> list[int]:
    left = [row for row in rows if row.waived_at is None]
    for row in left:
        row.waived_at = at
    return [ident(row) for row in left]


def _take_in(session: Session, rows: list[Step]) -> list[int]:
    """Steps that an earlier amendment left out; those that a decision waived stay so."""
    ids = [ident(row) for row in rows]
    decided = set(
        session.exec(select(Decision.step_id).where(col(Decision.step_id).in_(ids), Decision.kind == "waive"))
    )
    taken = [row for row in rows if row.id not in decided]
    for row in taken:
        row.waived_at = None
    return [ident(row) for row in taken]


def _redate(
    session: Session, rows: Rows, opened: Definition, wanted: Definition, at: datetime
) -> list[tuple[int, int, str | None]]:
    """(step, number, due before) of every step whose written deadline changed; None: it is continuing now."""
    found: list[tuple[int, int, str | None]] = []
    before, now = opened.planned, wanted.planned
    for key, row in rows.items():
        planned = now.get(key)
        was = before[key].due_before if key in before else row.due_before
        if planned is None or planned.due_before == was:
            continue
        if key in before and _counted_anew(opened, wanted, key):
            continue
        if planned.due_before is None:
            row.due_before = None
        else:
            set_deadline(session, row, planned, planned.due_before, at, AMENDED_BY)
        found.append((ident(row), row.deadline_number, planned.due_before and planned.due_before.isoformat()))
    return found


def _counted_anew(opened: Definition, wanted: Definition, key: StepKey) -> bool:
    """A deadline of so many days was resolved when the campaign opened: another calendar does not move it."""
    was, now = opened.planned[key].spec.due, wanted.planned[key].spec.due
    absolute = was is None or was.before is not None or was.by is not None
    return was == now and not absolute and opened.campaign.opens == wanted.campaign.opens


def _carry(session: Session, rows: Rows, planned: Planned) -> list[int]:
    """Steps put below one that was answered take its answer: nobody is asked again for what is in hand."""
    carried: list[int] = []
    for key, one in planned.items():
        if one.covered_by is None:
            continue
        above = one
        while above.covered_by is not None:
            above = planned[above.covered_by]
        row, carrying = rows[key], rows[above.key]
        missing = [
            name for name in SHARED if getattr(row, name) is None and getattr(carrying, name) is not None
        ]
        for name in missing:
            setattr(row, name, getattr(carrying, name))
        if missing:
            _carry_answers(session, row, carrying)
            carried.append(ident(row))
    return carried


def _carry_answers(session: Session, row: Step, carrying: Step) -> None:
    """The facts come from answers, and are withdrawn with them: so the answers are carried too."""
    known = {one.answer.carried_by_id for one in facts.standing(session, [ident(row)])[ident(row)]}
    for one in facts.standing(session, [ident(carrying)])[ident(carrying)]:
        if one.answer.id not in known:
            session.add(
                Answer(
                    **one.answer.model_dump(exclude={"id", "step_id", "carried_by_id"}),
                    step_id=ident(row),
                    carried_by_id=one.answer.carried_by_id or one.answer.id,
                )
            )
