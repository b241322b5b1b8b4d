"""A step passes to another unit: the duty moves, its number stays, and what the former unit said of it counts no more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from directives.conversation import Assign
from directives.deadline import last_good_day
from directives.errors import Refused
from directives.ledger import facts
from directives.ledger.deciding import Desk
from directives.ledger.senders import find_unit
from directives.ledger.states import ident, reschedule
from directives.ledger.tables import Addressee, Instruction, Message, MessageItem, Step, Token, Unit

ASSIGNED = "assigned"  # why a notice does not leave to the unit it was for


def assign(desk: Desk, given: Assign, steps: Sequence[Step]) -> int:
    """Move the steps, the covering one first, to the unit `given.to`. Errors: Refused."""
    unit = find_unit(desk.session, desk.campaign, given.to)
    _check(desk, given, steps, unit)
    moved = {ident(one) for one in steps}
    ids: list[int] = []
    for step in steps:
        former = desk.session.get_one(Unit, step.unit_id)
        step.origin_id = step.origin_id or step.unit_id
        step.unit_id, step.first_mailed_at = ident(unit), None
        if step.covered_by_id not in moved:
            step.covered_by_id = None  # what carried it stays with the former unit
        data = {"to": unit.code, "from": former.code}
        if step.due_before is not None:
            number = (
                desk.set_last_day(step, given.until)
                if given.until
                else desk.set_deadline(step, step.due_before)
            )
            data |= {"deadline": number}
        ids.append(ident(desk.record(data, step)))
        _let_go(desk.session, step, former)
        _revoke(desk.session, step, ident(former), given.at)
    _leave_behind(desk.session, moved)
    desk.session.flush()
    facts.take_over(desk.session, steps)
    desk.session.flush()
    reschedule(desk.session, desk.campaign, steps, given.at)
    return ids[0]


def _check(desk: Desk, given: Assign, steps: Sequence[Step], unit: Unit) -> None:
    if unit.id == steps[0].unit_id:
        raise Refused(f"the step is with '{unit.code}' already; name another unit", "same_unit")
    if given.until is not None:
        desk.new_day(given.until)
    else:
        _check_date_left(desk, given, steps)
    for step in steps:
        has = desk.session.exec(
            select(Instruction.key)
            .join(Step, col(Step.instruction_id) == Instruction.id)
            .where(Step.instruction_id == step.instruction_id, Step.key == step.key, Step.unit_id == unit.id)
        ).first()
        if has is not None:
            raise Refused(
                f"'{unit.code}' owes '{has}/{step.key}' itself; name another unit",
                "owes_itself",
                unit=unit.name,
                step=f"{has}/{step.key}",
            )


def _check_date_left(desk: Desk, given: Assign, steps: Sequence[Step]) -> None:
    """The first mail of a duty must not call it overdue. Errors: Refused."""
    passed = [one.due_before for one in steps if one.due_before is not None and one.due_before <= given.at]
    if passed:
        last = f"{last_good_day(min(passed), desk.calendar):%d/%m/%Y}"
        raise Refused(
            f"the present deadline, {last}, has passed; give a new one", "deadline_passed", last=last
        )


def _let_go(session: Session, step: Step, former: Unit) -> None:
    """What waits for a mail to the former unit, or upward about it, leaves no more."""
    session.exec(
        update(Addressee)
        .where(col(Addressee.step_id) == step.id, col(Addressee.state) == "pending")
        .values(state="cancelled", reason=ASSIGNED)
    )


def _revoke(session: Session, step: Step, former_id: int, at: datetime) -> None:
    """The tokens of a mail hold while the former unit still has any step that the mail asks for."""
    mails = session.exec(
        select(Message.id)
        .join(MessageItem, col(MessageItem.message_id) == Message.id)
        .where(MessageItem.step_id == step.id, Message.unit_id == former_id)
    ).all()
    for mail in mails:
        asked = select(MessageItem.step_id).where(MessageItem.message_id == mail)
        theirs = select(Step.id).where(col(Step.id).in_(asked), Step.unit_id == former_id)
        if session.exec(theirs).first() is None:
            session.exec(
                update(Token)
                .where(col(Token.message_id) == mail, col(Token.revoked_at).is_(None))
                .values(revoked_at=at)
            )


def _leave_behind(session: Session, moved: set[int]) -> None:
    """What the moved steps carried and stays, because it is done, stands by itself at the former unit."""
    rows = session.exec(select(Step).where(col(Step.covered_by_id).in_(moved), col(Step.id).not_in(moved)))
    for row in rows:
        row.covered_by_id = None
        session.add(row)
