"""Whether the rows of holds, which no event names by their ids, are as the audit events leave them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from directives.ledger.comparing import Row, unlike_in_any_order
from directives.ledger.frozen import policy_of
from directives.ledger.replaying import Replay
from directives.ledger.tables import Audit, Campaign, Hold, Instruction, Unit
from directives.ledger.written import days_of


@dataclass(frozen=True, slots=True)
class Held:
    """One hold as its events leave it."""

    event: Audit
    scope: tuple[str, str]  # instruction and unit, empty for all
    from_on: date | None
    until_on: date | None
    ended_at: datetime | None = None


def holds_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every hold that is not as its events say."""
    instructions = {
        row.id: row.key
        for row in session.exec(select(Instruction).where(Instruction.campaign_id == campaign.id))
    }
    units = {row.id: row.code for row in session.exec(select(Unit).where(Unit.campaign_id == campaign.id))}
    found = [
        Row(
            f"holds {row.id}",
            {
                "instruction_id": instructions.get(row.instruction_id, ""),
                "unit_id": units.get(row.unit_id, ""),
                "from_on": row.from_on,
                "until_on": row.until_on,
                "ended_at": row.ended_at,
                "reason": row.reason,
            },
        )
        for row in session.exec(select(Hold).where(Hold.campaign_id == campaign.id).order_by(col(Hold.id)))
    ]
    said = [_hold(replay, one) for one in _held(campaign, replay)]
    if any(row.fields["reason"] is None for row in said):  # purged, and nothing tells which hold had which
        found, said = [_without_reason(row) for row in found], [_without_reason(row) for row in said]
    yield from unlike_in_any_order(found, said)


def _held(campaign: Campaign, replay: Replay) -> list[Held]:
    local, held = policy_of(campaign).calendar.local, list[Held]()
    for event in replay.written.holding:
        scope = str(event.data.get("instruction", "")), str(event.data.get("unit", ""))
        if event.kind == "decision.hold":
            held.append(Held(event, scope, *days_of(event)))
            continue
        today = local(event.at).date()
        held = [
            replace(one, ended_at=event.at)
            if one.scope == scope and one.ended_at is None and (one.until_on is None or one.until_on >= today)
            else one
            for one in held
        ]
    return held


def _hold(replay: Replay, held: Held) -> Row:
    text = replay.written.words(held.event)
    fields: dict[str, object] = {
        "instruction_id": held.scope[0],
        "unit_id": held.scope[1],
        "from_on": held.from_on,
        "until_on": held.until_on,
        "ended_at": held.ended_at,
        "reason": None if text is None else text.partition("\n")[2],
    }
    return Row(f"the hold from {held.from_on}", fields, held.event)


def _without_reason(row: Row) -> Row:
    return replace(row, fields={name: one for name, one in row.fields.items() if name != "reason"})
