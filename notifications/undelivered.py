"""What is told of mail that did not leave: a refusal to the campaign's monitor, a runaway to ops. In the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from directives.ledger import bounces, marks, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.marks import Answered, Claim
from directives.ledger.readers import deputy_of, is_digest
from directives.ledger.recipients import recipient_of
from directives.ledger.states import campaign_now
from directives.ledger.tables import Campaign, Message
from notifications.compose import Composed, RefusedMail, TooManyMails, compose_ops
from notifications.smtp import Phase
from notifications.writer import Post, body_of


def refused(session: Session, claim: Claim, said: Answered, machine_now: datetime) -> None:
    """A permanent refusal: failed, and one mail to the monitor's box, unless that very mail was refused."""
    if not marks.failed(session, claim, said) or not is_digest(claim.target):
        return
    message = session.get_one(Message, claim.message_id)
    book = Casebook(session, session.get_one(Campaign, message.campaign_id))
    now = campaign_now(book.campaign, machine_now)
    # What could not be written was handed over to nobody yet.
    recipient = recipient_of(book, message.unit_id, now, deputy_of(message.target))
    mail = RefusedMail(
        unit_name=book.unit_name(message.unit_id),
        address=message.address or (recipient.address if recipient else ""),
        detail=said.detail,
        campaign=book.facts,
        now=now,
    )
    _queue(book, "refused", message.unit_id, compose_ops(mail), book.facts.officer_address, machine_now)
    if said.phase == Phase.RCPT:  # the address, and not what was written to it
        bounces.refused(session, message, now)


def too_many(book: Casebook, planned: int, post: Post, machine_now: datetime) -> None:
    """More mails were planned than the slot's limit: none of them leaves, and ops are told."""
    now = campaign_now(book.campaign, machine_now)
    runaway = TooManyMails(planned=planned, limit=post.max_mails_per_slot, campaign=book.facts, now=now)
    _queue(book, "runaway", book.monitor_id, compose_ops(runaway), post.ops_address, machine_now)


def _queue(
    book: Casebook, target: str, unit_id: int, composed: Composed, address: str, machine_now: datetime
) -> None:
    slot_on = book.calendar.local(campaign_now(book.campaign, machine_now)).date()
    body = body_of(composed, name="", address=address, references=[], date=machine_now)
    outbox.queue_own(book.session, book.campaign, unit_id, target, slot_on, address, body)
