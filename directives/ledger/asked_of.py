"""Where a step was asked for last, and what is known of it: what a synthetic unit answers to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from directives.conversation import StepRef
from directives.ledger.answers import find_step
from directives.ledger.outbox import wire_uid
from directives.ledger.readers import to_the_unit
from directives.ledger.states import campaign_row
from directives.ledger.tables import Message, MessageItem, Step


@dataclass(frozen=True, slots=True)
class AskedOf:
    """The last digest that lists a step, as item `n`; `uid`: of the mail in which it left.

    `open`: neither reported, accepted nor waived.
    """

    uid: str
    address: str
    n: int
    open: bool
    received: bool
    asks_extension: bool


def asked_of(session: Session, ref: StepRef) -> AskedOf | None:
    """None when no mail that was accepted lists the step. Errors: Refused for a step that is not there."""
    step = find_step(session, campaign_row(session, ref.campaign), ref)
    rows = session.exec(
        select(Message, MessageItem.n)
        .join(MessageItem, col(MessageItem.message_id) == Message.id)
        .where(MessageItem.step_id == step.id, Message.state == "accepted")
        .order_by(col(Message.id).desc())
    )
    for message, n in rows:
        if to_the_unit(message.target):
            return AskedOf(
                wire_uid(session, message),
                message.address,
                n,
                _is_open(step),
                step.received_at is not None,
                step.extension_requested_at is not None,
            )
    return None


def _is_open(step: Step) -> bool:
    return step.reported_at is None and step.accepted_at is None and step.waived_at is None
