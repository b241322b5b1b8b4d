"""Whose a mail that came in is: one that answers a mail of several campaigns waits in each until that has dealt with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from directives.ledger.casebook import Casebook
from directives.ledger.states import ident
from directives.ledger.tables import Campaign, Decision, Inbound, Message

UNCLEAR = "answer_unclear"
MORE = "more"  # in a coordinator's decision: the mail speaks of more, and goes on waiting


def answers_message() -> ColumnElement[bool]:
    """SQL: a mail that came in answers a message; one to a mail of several campaigns answers each of them."""
    return or_(col(Message.id) == Inbound.message_id, col(Message.within_id) == Inbound.message_id)


def waiting(book: Casebook, *where: ColumnElement[bool]) -> Sequence[tuple[Inbound, int]]:
    """The mails that wait for a coordinator of the campaign, each once with the unit that was written to, oldest first."""
    rows = book.session.exec(
        select(Inbound, Message.unit_id)
        .join(Message, answers_message())
        .where(Inbound.state == "queued", Message.campaign_id == book.campaign.id, *where)
        .order_by(col(Inbound.arrived_at), col(Inbound.id), col(Message.id))
    ).all()
    if not rows:
        return []
    dealt_with = _dealt_with(book.session, ident(book.campaign))
    once: dict[str, tuple[Inbound, int]] = {}
    for row, unit_id in rows:
        if row.sha256 not in dealt_with:
            once.setdefault(row.sha256, (row, unit_id))
    return list(once.values())


def dealt_with_in(session: Session, row: Inbound, campaign_id: int) -> bool:
    """Whether a coordinator of that campaign has answered for its items, and said nothing of more."""
    return row.sha256 in _dealt_with(session, campaign_id)


def dealt_with_anywhere(session: Session, row: Inbound) -> bool:
    """Whether a coordinator of any of its campaigns has answered for it."""
    return any(dealt_with_in(session, row, one) for one in _campaigns(session, row))


def awaited_elsewhere(session: Session, row: Inbound, campaign_id: int) -> bool:
    """Whether another campaign that goes on has a part in the mail that was answered, and has not dealt with the reply."""
    others = _campaigns(session, row, col(Campaign.closed_at).is_(None), Campaign.id != campaign_id)
    return any(not dealt_with_in(session, row, one) for one in others)


def _campaigns(session: Session, row: Inbound, *where: ColumnElement[bool] | bool) -> list[int]:
    """The ids of the campaigns with a part in the mail that was answered."""
    if row.message_id is None:
        return []
    rows = session.exec(
        select(Campaign)
        .join(Message, col(Message.campaign_id) == Campaign.id)
        .where(or_(Message.id == row.message_id, Message.within_id == row.message_id), *where)
    )
    return [ident(one) for one in rows.all()]


def _dealt_with(session: Session, campaign_id: int) -> set[str]:
    """The SHA-256 of the mails for which a coordinator of the campaign has given answers, all of them."""
    rows = session.exec(select(Decision).where(Decision.campaign_id == campaign_id, Decision.kind == UNCLEAR))
    return {str(row.data["mail"]) for row in rows if row.data["answers"] and not row.data.get(MORE)}
