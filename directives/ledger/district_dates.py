"""A district's own date for what its communes hand in to it: only where no higher date of the directive stands."""

from __future__ import annotations

from datetime import date

from sqlmodel import col, func, select

from directives.conversation import SetDistrictDate
from directives.deadline import last_good_day
from directives.errors import Refused
from directives.ledger.casebook import Casebook
from directives.ledger.deciding import Desk
from directives.ledger.gathering import is_owed
from directives.ledger.senders import find_unit
from directives.ledger.states import ident, reschedule, with_covered
from directives.ledger.tables import Instruction, Step, Unit
from directives.model import Source


def set_district_date(desk: Desk, given: SetDistrictDate) -> int:
    """The end of that day for every open step due to the district, one event each; the first decision's id.

    Errors: Refused for a unit with nobody below who owes it anything, a day past, or one after the district's own
    last day while that is to come, which would leave it no time to consolidate.
    """
    desk.new_day(given.until)
    district = find_unit(desk.session, desk.campaign, given.district)
    steps = _steps(desk, given, district)
    if not steps:
        raise Refused(
            f"nobody below '{district.code}' owes it anything with a date of the monitor's or the district's",
            "nobody_below",
            unit=district.name,
        )
    own = _own_last(desk, given, district)
    if own is not None and desk.today <= own < given.until:
        raise Refused(
            f"{given.until:%d/%m/%Y} is after the district's own last day {own:%d/%m/%Y}; give an earlier one",
            "after_own",
            last=f"{own:%d/%m/%Y}",
        )
    ids: list[int] = []
    for step in steps:
        number = desk.set_last_day(step, given.until, Source.DISTRICT)
        data = {"district": district.code, "until": given.until.isoformat(), "deadline": number}
        ids.append(ident(desk.record(data, step)))
    desk.session.flush()
    reschedule(desk.session, desk.campaign, steps, given.at)
    return ids[0]


def _steps(desk: Desk, given: SetDistrictDate, district: Unit) -> list[Step]:
    """What the units below still owe the district and what that carries, less what the directive itself dates.

    What is late already gets a new date only where its instruction is named: nobody is let off unseen.
    """
    chosen = (
        select(Step)
        .join(Unit, col(Unit.id) == Step.unit_id)
        .join(Instruction, col(Instruction.id) == Step.instruction_id)
        .where(
            Unit.superior_id == district.id,
            col(Step.covered_by_id).is_(None),
            col(Step.due_before).is_not(None),
        )
        .order_by(col(Step.id))
    )
    if given.instruction:
        chosen = chosen.where(Instruction.key == given.instruction)
    else:
        chosen = chosen.where(col(Step.due_before) > given.at)
    book = Casebook(desk.session, desk.campaign)
    due = [one for one in desk.session.exec(chosen) if is_owed(one) and _to_parent(book, one)]
    return [
        one
        for one in with_covered(desk.session, due)
        if is_owed(one) and book.basis(one)[0] is not Source.DIRECTIVE
    ]


def _to_parent(book: Casebook, step: Step) -> bool:
    spec = book.spec(step)
    return spec is not None and spec.to_parent and book.basis(step)[0] is not Source.DIRECTIVE


def _own_last(desk: Desk, given: SetDistrictDate, district: Unit) -> date | None:
    chosen = (
        select(func.max(Step.due_before))
        .join(Instruction, col(Instruction.id) == Step.instruction_id)
        .where(Step.unit_id == district.id, col(Step.waived_at).is_(None))
    )
    if given.instruction:
        chosen = chosen.where(Instruction.key == given.instruction)
    latest = desk.session.exec(chosen).one()
    return last_good_day(latest, desk.calendar) if latest is not None else None
