"""Which steps the mails of a day reminded their units of: what a synthetic unit hears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from directives.definition import PlannedStep
from directives.ledger.casebook import Casebook
from directives.ledger.readers import to_the_unit
from directives.ledger.tables import Message, MessageItem, Step


@dataclass(frozen=True, slots=True)
class Reminded:
    step: PlannedStep
    rung: str
    at: datetime


def reminded(book: Casebook, day: date) -> Iterator[Reminded]:
    """In the order of the mails and their items. An assignment reminds of nothing."""
    assigning = {rung.key for rung in book.policy.ladder.rungs if rung.at_assignment}
    rows = book.session.exec(
        select(Message.target, Message.sent_at, MessageItem.rung, Step)
        .join(MessageItem, col(MessageItem.message_id) == Message.id)
        .join(Step, col(Step.id) == MessageItem.step_id)
        .where(
            Message.campaign_id == book.campaign.id,
            Message.slot_on == day,
            Message.state == "accepted",
            MessageItem.rung != "",
        )
        .order_by(col(Message.id), col(MessageItem.n))
    )
    for target, sent_at, rung, step in rows:
        planned = book.planned(step)
        if planned and sent_at and to_the_unit(target) and rung not in assigning:
            yield Reminded(planned, rung, sent_at)
