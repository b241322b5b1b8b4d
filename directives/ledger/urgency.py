"""In which order mail leaves where a quota or a slow server lets not all of it leave at once."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case, func
from sqlmodel import Session, col, select

from directives.ledger.readers import is_daily
from directives.ledger.tables import Addressee, Campaign, Message, Step
from directives.model import Target


def by_urgency(session: Session, campaign: Campaign) -> list[tuple[int, str]]:
    """Units and targets with something pending: what was or is due first comes first, and so leaves first."""
    first_due = func.min(Step.due_before)
    return [
        (unit_id, target)
        for unit_id, target, _ in session.exec(
            select(Addressee.unit_id, Addressee.target, first_due)
            .join(Step, col(Step.id) == Addressee.step_id)
            .where(Addressee.campaign_id == campaign.id, Addressee.state == "pending")
            .group_by(col(Addressee.unit_id), col(Addressee.target))
            .order_by(first_due.is_(None), first_due, col(Addressee.unit_id), col(Addressee.target))
        )
    ]


def rank() -> ColumnElement[int]:
    """Urgent first, where a quota lets not all leave: what answers somebody, those who owe, those above them."""
    return case(
        (~is_daily(col(Message.target)), 0),
        (col(Message.target) == Target.SUPERIOR, 2),
        (col(Message.target) == Target.MONITOR, 3),
        else_=1,
    )
