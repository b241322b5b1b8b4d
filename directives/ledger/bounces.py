"""A mail that came back for good: the address is marked, and what it said goes to somebody else of the unit at once."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, func, or_, select, update

from directives.ledger import audit, marks, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.frozen import policy_of
from directives.ledger.readers import again_target, to_the_unit
from directives.ledger.recipients import reachable
from directives.ledger.states import campaign_row, ident, reschedule
from directives.ledger.tables import Addressee, Campaign, Contact, Message, MessageItem, Step, Unit

BOUNCED = "bounced"


def returned(session: Session, message_id: int, address: str, now: datetime) -> bool:
    """Mark the address of a message that was refused for good; `now` is the campaign's clock.

    What the message said waits again: for another contact of the unit at once, or for the next digest of a superior.
    It counts neither as a reminder nor as a first mail; so does what other campaigns said in the same mail. False: the
    message went to another address, or was marked before.
    """
    marked = _returned(session, message_id, address, now)
    for part in marks.within(session, message_id) if marked else ():
        _returned(session, ident(part), address, now)
    return marked


def _returned(session: Session, message_id: int, address: str, now: datetime) -> bool:
    message = session.get_one(Message, message_id, with_for_update=True)
    if message.address.casefold() != address.casefold() or message.state == BOUNCED:
        return False
    campaign = session.get_one(Campaign, message.campaign_id)
    _mark(session, message, now)
    if message.state == "accepted":
        message.state = BOUNCED
        session.add(message)
        _again(session, campaign, message, now)
        _not_mailed(session, campaign, message, now)
    event = {"message": message_id, "unit": message.unit_id}
    audit.append(session, ident(campaign), now, "contact.bounced", event, None, message.address)
    return True


def refused(session: Session, message: Message, now: datetime) -> None:
    """The same where the address was refused at once (RCPT TO), if somebody else of the unit can be written to.

    A unit's only address is tried again with the next rung: a server may refuse by mistake.
    """
    campaign = session.get_one(Campaign, message.campaign_id)
    others = reachable(Casebook(session, campaign), message.unit_id, now)
    if all(one.address.casefold() == message.address.casefold() for one in others):
        return
    _mark(session, message, now)
    _again(session, campaign, message, now)
    event = {"message": message.id, "unit": message.unit_id}
    audit.append(session, ident(campaign), now, "contact.bounced", event, None, message.address)


def works_again(session: Session, campaign_key: str, unit: str, address: str) -> None:
    """Somebody of the unit wrote from the address: whatever was wrong with it is over."""
    campaign = campaign_row(session, campaign_key)
    ids = select(Unit.id).where(Unit.campaign_id == campaign.id, Unit.code == unit)
    session.exec(
        update(Contact)
        .where(
            col(Contact.unit_id).in_(ids),
            func.lower(Contact.address) == address.lower(),
            col(Contact.bounced_at).is_not(None),
        )
        .values(bounced_at=None)
    )


def _mark(session: Session, message: Message, now: datetime) -> None:
    session.exec(
        update(Contact)
        .where(
            col(Contact.unit_id) == message.unit_id,
            func.lower(Contact.address) == message.address.lower(),
            col(Contact.bounced_at).is_(None),
        )
        .values(bounced_at=now)
    )


def _again(session: Session, campaign: Campaign, message: Message, now: datetime) -> None:
    if not to_the_unit(message.target):
        waiting = {"state": "pending", "message_id": None}
        session.exec(update(Addressee).where(col(Addressee.message_id) == message.id).values(**waiting))
        return
    target = again_target(ident(message))
    session.exec(
        update(Addressee)
        .where(col(Addressee.message_id) == message.id)
        .values(state="pending", message_id=None, target=target)
    )
    slot_on = policy_of(campaign).calendar.local(now).date()
    outbox.queue_at_once(session, campaign, message.unit_id, target, slot_on)


def _not_mailed(session: Session, campaign: Campaign, message: Message, now: datetime) -> None:
    """Steps first mailed by what came back were not: the first mail is the next one that arrives."""
    items = select(MessageItem.step_id).where(MessageItem.message_id == message.id, MessageItem.rung != "")
    steps = session.exec(
        select(Step)
        .where(
            or_(col(Step.id).in_(items), col(Step.covered_by_id).in_(items)),
            Step.first_mailed_at == message.sent_at,
        )
        .order_by(col(Step.id))
    ).all()
    for step in steps:
        asked = or_(MessageItem.step_id == step.id, MessageItem.step_id == step.covered_by_id)
        step.first_mailed_at = session.exec(
            select(func.min(Message.sent_at))
            .join(MessageItem, col(MessageItem.message_id) == Message.id)
            .where(asked, MessageItem.rung != "", Message.state == "accepted")
        ).one()
        session.add(step)
    session.flush()
    if steps:
        reschedule(session, campaign, steps, now)
