"""Whether a mail that may have arrived is sent again: only while something that it asks is owed, and not on hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum, auto

from sqlmodel import Session, select

from directives.evaluate import OWED, Status, status
from directives.ledger.casebook import Casebook
from directives.ledger.states import campaign_now
from directives.ledger.tables import Addressee, Campaign, Message, MessageItem


class Standing(Enum):
    """What is left of what a mail asked."""

    STANDS = auto()
    HELD = auto()  # nothing of it may leave now
    GONE = auto()  # answered, waived, or the campaign is closed


def standing_of(session: Session, message_ids: Sequence[int], machine_now: datetime) -> Standing:
    """Of a mail that is a digest: the message in whose name it left, and those of other campaigns within it."""
    found = {_standing(session, one, machine_now) for one in message_ids}
    return next(one for one in Standing if one in found)


def _standing(session: Session, message_id: int, machine_now: datetime) -> Standing:
    row = session.get_one(Message, message_id)
    campaign = session.get_one(Campaign, row.campaign_id)
    if campaign.closed_at is not None:
        return Standing.GONE
    book = Casebook(session, campaign)
    now = campaign_now(campaign, machine_now)
    states = book.states(book.steps(_asked(session, message_id)))
    statuses = {status(one, book.calendar, now) for one in states.values()} & OWED
    if not statuses:
        return Standing.GONE
    return Standing.HELD if statuses == {Status.ON_HOLD} else Standing.STANDS


def _asked(session: Session, message_id: int) -> list[int]:
    """The steps that it asks for, or tells a superior of; not those listed as also open."""
    items = select(MessageItem.step_id).where(MessageItem.message_id == message_id, MessageItem.rung != "")
    told = select(Addressee.step_id).where(Addressee.message_id == message_id)
    return sorted({*session.exec(items), *session.exec(told)})
