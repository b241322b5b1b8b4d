"""What has not left, or not for certain, and why: for `dondoc status`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from directives.ledger.casebook import Casebook
from directives.ledger.readers import DAILY, kind_of, spoken
from directives.ledger.tables import Addressee, Message, Step

RESTORED = "restored"
STUCK = ("ready", "claimed", "sending", "deferred", "failed", "uncertain")
WORDS = {
    "ready": "waits to be sent",
    "claimed": "a deliverer is writing it",
    "sending": "a deliverer is sending it",
    "no_address": "no_address: nobody of the unit can be written to; add one with 'dondoc contacts import'",
    RESTORED: "restored: it may have left after the backup that the ledger comes from; not sent again",
    "on_hold": "on_hold: it may have arrived; it goes again once what it asks is no longer on hold",
    "mailbox_unread": "mailbox_unread: waits until the mailbox was read past the deadline",
}
Reader = tuple[int, str]  # unit id, target


@dataclass(frozen=True, slots=True)
class Waiting:
    """One mail, or one reader's notices for which none is made yet (`day` is None then).

    `instructions`: the keys of those it speaks of, empty for a mail about mail. `uncertain`: how often it was
    perhaps delivered.
    """

    unit: str
    target: str
    instructions: tuple[str, ...]
    state: str
    why: str
    day: date | None = None
    attempts: int = 0
    uncertain: int = 0
    next_attempt_at: datetime | None = None


def waiting(book: Casebook, now: datetime) -> Iterator[Waiting]:
    """Every mail that is stuck at the campaign's `now`, then the notices that wait for theirs."""
    pending, linked = _notices(book)
    stuck = book.session.exec(
        select(Message)
        .where(Message.campaign_id == book.campaign.id, col(Message.state).in_(STUCK))
        .order_by(col(Message.id))
    ).all()
    for message in stuck:
        reader = (message.unit_id, message.target)
        about = linked.get(message.id or 0, set())
        # What was certainly not delivered waits again, for the same mail.
        if message.state in ("ready", "claimed", "deferred") and not message.uncertain:
            about = about | pending.pop(reader, set())
        if not _ended(book, message):
            yield _mail(book, message, about)
    yield from _without_mail(book, pending, now)


def _ended(book: Casebook, message: Message) -> bool:
    """A digest that was on its way when the campaign was closed, and came back: it waits for nothing."""
    given_back = message.state in ("ready", "claimed", "deferred") and kind_of(message.target) in DAILY
    return book.campaign.closed_at is not None and given_back


def _mail(book: Casebook, message: Message, about: set[int]) -> Waiting:
    detail = WORDS.get(message.detail, message.detail)
    said = " ".join(part for part in (message.phase, detail) if part)
    return Waiting(
        book.units[message.unit_id].code,
        spoken(message.target),
        _keys(book, about),
        message.state,
        said or WORDS[message.state],
        message.slot_on,
        message.attempts,
        message.uncertain,
        message.next_attempt_at,
    )


def _without_mail(book: Casebook, pending: dict[Reader, set[int]], now: datetime) -> Iterator[Waiting]:
    why = "waits for the next slot"
    if book.campaign.closed_at is not None:
        why = "the campaign was closed"
    elif _runaway_on(book, book.calendar.local(now).date()):
        why = "too many mails for one slot: nothing leaves; see DONDOC_MAX_MAILS_PER_SLOT"
    for (unit_id, target), about in pending.items():
        yield Waiting(book.units[unit_id].code, spoken(target), _keys(book, about), "pending", why)


def _notices(book: Casebook) -> tuple[dict[Reader, set[int]], dict[int, set[int]]]:
    """Instruction ids of the notices that wait for a mail, by reader, and of those in a mail, by message."""
    pending: defaultdict[Reader, set[int]] = defaultdict(set)
    linked: defaultdict[int, set[int]] = defaultdict(set)
    rows = book.session.exec(
        select(Addressee.unit_id, Addressee.target, Addressee.message_id, Step.instruction_id)
        .join(Step, col(Step.id) == Addressee.step_id)
        .where(
            Addressee.campaign_id == book.campaign.id,
            col(Addressee.state).in_(["pending", "composed", "failed", "uncertain"]),
        )
        .distinct()
        .order_by(col(Addressee.unit_id), col(Addressee.target))
    )
    for unit_id, target, message_id, instruction_id in rows:
        found = pending[unit_id, target] if message_id is None else linked[message_id]
        found.add(instruction_id)
    return dict(pending), dict(linked)


def _runaway_on(book: Casebook, day: date) -> bool:
    told = select(Message.id).where(
        Message.campaign_id == book.campaign.id, Message.target == "runaway", Message.slot_on == day
    )
    return book.session.exec(told).first() is not None


def _keys(book: Casebook, about: set[int]) -> tuple[str, ...]:
    return tuple(one.key for key, one in book.instructions.items() if key in about)
