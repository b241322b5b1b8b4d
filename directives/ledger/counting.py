"""How many steps have each status, counted by the database: a million rows are not loaded to be counted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, false, func, or_, true
from sqlmodel import col, select

from directives.evaluate import SOON_WORKING_DAYS, Status
from directives.ledger.casebook import Casebook
from directives.ledger.states import holds_of
from directives.ledger.tables import Hold, Step
from directives.workdays import WorkCalendar


def counts_by_status(
    book: Casebook, now: datetime, *, instruction_id: int | None = None, unit_id: int | None = None
) -> dict[Status, int]:
    """Of the campaign's steps, or of one instruction's or unit's; every status stands, and they sum to the total.

    The same statuses as `evaluate.status` gives, one by one.
    """
    chosen = select(_status(book, now), func.count()).where(Step.campaign_id == book.campaign.id)
    if instruction_id is not None:
        chosen = chosen.where(Step.instruction_id == instruction_id)
    if unit_id is not None:
        chosen = chosen.where(Step.unit_id == unit_id)
    found = dict(book.session.exec(chosen.group_by("status")).all())
    return {one: found.get(one.value, 0) for one in Status}


def _status(book: Casebook, now: datetime) -> ColumnElement[str]:
    """The first that holds, in the order in which `evaluate.status` tries them."""
    due, soon = col(Step.due_before), _soon_until(book.calendar, now)
    reported_late = col(Step.reported_at) >= due
    tried: list[tuple[ColumnElement[bool], Status]] = [
        (col(Step.waived_at) <= now, Status.WAIVED),
        (and_(col(Step.accepted_at) <= now, reported_late), Status.COMPLETED_LATE),
        (col(Step.accepted_at) <= now, Status.COMPLETED_ON_TIME),
        (col(Step.reported_at) <= now, Status.AWAITING_ACCEPTANCE),
        (_held(book, now), Status.ON_HOLD),
        (due.is_(None), Status.CONTINUING),
        (and_(col(Step.returned_at) <= now, due > now), Status.RETURNED),
        (due <= now, Status.OVERDUE),
        (due <= soon if soon else true(), Status.DUE_SOON),
        (col(Step.received_at) <= now, Status.IN_PROGRESS),
    ]
    whens = [(condition, one.value) for condition, one in tried]
    return case(*whens, else_=Status.NOT_RECEIVED.value).label("status")


def _soon_until(calendar: WorkCalendar, now: datetime) -> datetime | None:
    """The last deadline that is soon: midnight after the last day with so few working days until it; None: all are."""
    today = calendar.local(now).date()
    day = today
    while calendar.between(today, day + timedelta(1)) <= SOON_WORKING_DAYS:
        day += timedelta(1)
        if day > calendar.last:
            return None
    return calendar.at(day + timedelta(1), datetime.min.time())


def _held(book: Casebook, now: datetime) -> ColumnElement[bool]:
    holds = [hold for hold, span in holds_of(book.session, book.campaign) if span.covers(now)]
    return or_(false(), *(_of(hold) for hold in holds))


def _of(hold: Hold) -> ColumnElement[bool]:
    """The steps that a hold keeps: of the campaign, of an instruction, of a unit, or of both."""
    kept: list[ColumnElement[bool]] = [true()]
    if hold.instruction_id is not None:
        kept.append(col(Step.instruction_id) == hold.instruction_id)
    if hold.unit_id is not None:
        kept.append(col(Step.unit_id) == hold.unit_id)
    return and_(*kept)
