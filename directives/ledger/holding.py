"""Hold and resume: nothing leaves for a campaign, an instruction or a unit, while deadlines stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlmodel import col, or_, select

from directives.conversation import HoldUp, Resume
from directives.errors import Refused
from directives.findings import nearest
from directives.ledger.deciding import Desk
from directives.ledger.senders import find_unit
from directives.ledger.states import ident, reschedule
from directives.ledger.tables import Hold, Instruction, Step

Scope = tuple[int | None, int | None]  # instruction id, unit id; None: all of them


def hold_up(desk: Desk, given: HoldUp) -> int:
    """Errors: Refused for days past or in the wrong order, without a reason, or where a hold is on already."""
    if not given.reason:
        raise Refused("a hold needs a reason; give one", "hold_reason")
    if given.from_on < desk.today:
        day = f"{given.from_on:%d/%m/%Y}"
        raise Refused(
            f"a hold cannot begin on {day}, which is past; give a day to come", "day_past", until=day
        )
    if given.until_on is not None and given.until_on < given.from_on:
        raise Refused(
            f"the hold's last day {given.until_on:%d/%m/%Y} is before its first {given.from_on:%d/%m/%Y}",
            "hold_order",
        )
    scope = _scope(desk, given)
    if any(_overlap(given, hold) for hold in _standing(desk, scope)):
        raise Refused("that is on hold already; resume it first", "held")
    instruction_id, unit_id = scope
    desk.session.add(
        Hold(
            campaign_id=ident(desk.campaign),
            instruction_id=instruction_id,
            unit_id=unit_id,
            from_on=given.from_on,
            until_on=given.until_on,
            reason=given.reason,
        )
    )
    data = {**_named(given), "from_on": given.from_on.isoformat()}
    data |= {"until_on": given.until_on.isoformat()} if given.until_on else {}
    return _done(desk, scope, data)


def _overlap(given: HoldUp, hold: Hold) -> bool:
    """Whether any day is held by both; a hold without a last day stays on."""
    begins_within = hold.from_on <= (given.until_on or date.max)
    return begins_within and (hold.until_on or date.max) >= given.from_on


def resume(desk: Desk, given: Resume) -> int:
    """End the hold of exactly that scope now. Errors: Refused where none stands."""
    scope = _scope(desk, given)
    standing = _standing(desk, scope)
    if not standing:
        raise Refused("nothing of that is on hold; see 'dondoc status'", "not_held")
    for hold in standing:
        hold.ended_at = given.at
        desk.session.add(hold)
    return _done(desk, scope, _named(given))


def _done(desk: Desk, scope: Scope, data: dict[str, str]) -> int:
    decision = ident(desk.record(data))
    reschedule(desk.session, desk.campaign, _steps(desk, scope), desk.given.at)
    return decision


def _named(given: HoldUp | Resume) -> dict[str, str]:
    found = {"instruction": given.instruction, "unit": given.unit}
    return {name: value for name, value in found.items() if value}


def _scope(desk: Desk, given: HoldUp | Resume) -> Scope:
    instruction_id = None
    if given.instruction:
        rows = desk.session.exec(select(Instruction).where(Instruction.campaign_id == desk.campaign.id)).all()
        by_key = {row.key: row for row in rows}
        if given.instruction not in by_key:
            close = nearest(given.instruction, by_key) or "; see 'dondoc check'"
            raise Refused(
                f"campaign '{desk.campaign.key}' has no instruction '{given.instruction}'{close}",
                "unknown",
                name=given.instruction,
            )
        instruction_id = ident(by_key[given.instruction])
    unit_id = ident(find_unit(desk.session, desk.campaign, given.unit)) if given.unit else None
    return instruction_id, unit_id


def _standing(desk: Desk, scope: Scope) -> Sequence[Hold]:
    """The holds of exactly that scope that are on or still to come."""
    instruction_id, unit_id = scope
    return desk.session.exec(
        select(Hold).where(
            Hold.campaign_id == desk.campaign.id,
            col(Hold.instruction_id).is_(None)
            if instruction_id is None
            else Hold.instruction_id == instruction_id,
            col(Hold.unit_id).is_(None) if unit_id is None else Hold.unit_id == unit_id,
            col(Hold.ended_at).is_(None),
            or_(col(Hold.until_on).is_(None), col(Hold.until_on) > desk.today - timedelta(1)),
        )
    ).all()


def _steps(desk: Desk, scope: Scope) -> Sequence[Step]:
    instruction_id, unit_id = scope
    chosen = select(Step).where(Step.campaign_id == desk.campaign.id)
    if instruction_id is not None:
        chosen = chosen.where(Step.instruction_id == instruction_id)
    if unit_id is not None:
        chosen = chosen.where(Step.unit_id == unit_id)
    return desk.session.exec(chosen.order_by(col(Step.id))).all()
