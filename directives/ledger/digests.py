"""What a message has to say, from the ledger: pending notices that still hold, folded into numbered items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from directives.digest import LeadDigest, OverviewDigest, Recipient
from directives.evaluate import OWED, Status, status
from directives.ledger.casebook import Casebook, root_of
from directives.ledger.delegation import give_back
from directives.ledger.digest_items import item_of, nudge_digest
from directives.ledger.gathering import Gathered, Held, is_owed
from directives.ledger.overviews import overview
from directives.ledger.readers import NUDGE, PASSED_ON, deputy_of, kind_of, to_the_unit
from directives.ledger.recipients import deputy_now, recipient_of
from directives.ledger.states import ident
from directives.ledger.tables import (
    Addressee,
    Decision,
    Inbound,
    Mailbox,
    Message,
    MessageItem,
)
from directives.model import Target
from directives.plan import Reason

NEVER = datetime.min.replace(tzinfo=UTC)


class Numbered(NamedTuple):
    """Which step a number of the digest means; `rung` is empty where it is only listed as open."""

    n: int
    step_id: int
    rung: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest with what is frozen of it: its numbering, and the notices it answers for."""

    digest: LeadDigest | OverviewDigest
    items: tuple[Numbered, ...]
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why nothing can be said now although something is pending: no_address, mailbox_unread."""

    reason: str


def draft(
    gathered: Gathered, message: Message, now: datetime, read_to: datetime | None, mailbox_rule: bool
) -> Draft | Waiting | None:
    """The digest of a message's recipient at `now`; None when nothing pending holds any more.

    Notices that no longer hold are cancelled with the reason. With `mailbox_rule`, nothing is said of a deadline that
    is past before the mailbox was read past that deadline (`read_to`).
    """
    book, deputy = gathered.book, deputy_of(message.target)
    if kind_of(message.target) == PASSED_ON:
        return _passed_on(gathered, message, now)
    unread_since = (read_to or NEVER) if mailbox_rule else None
    if kind_of(message.target) == NUDGE:
        return _nudged(gathered, message, now, unread_since)
    held, unread = _held(gathered, message, now, unread_since)
    if not held:
        return Waiting("mailbox_unread") if unread else None
    recipient = recipient_of(book, message.unit_id, now, deputy)
    if recipient is None and deputy:
        give_back(book.session, [one.addressee_id for one in held])
        return None
    if recipient is None:
        return Waiting("no_address")
    if to_the_unit(message.target):
        digest, items = _lead(gathered, message, recipient, held, now, unread_since)
        return Draft(digest, tuple(items), tuple(held))
    return Draft(overview(gathered, message, recipient, held, now), (), tuple(held))


def mailbox_read_to(session: Session, address: str) -> datetime | None:
    """Up to when everything that came in was read and settled; None before the first reading."""
    mailbox = session.get(Mailbox, address)
    if mailbox is None or mailbox.read_to is None:
        return None
    first = session.exec(
        select(Inbound.arrived_at).where(Inbound.state == "stored").order_by(col(Inbound.arrived_at)).limit(1)
    ).first()
    return mailbox.read_to if first is None else min(mailbox.read_to, first)


def _in_doubt(due_before: datetime | None, now: datetime, unread_since: datetime | None) -> bool:
    """Whether a deadline is past and an answer in time may still lie unread."""
    return unread_since is not None and due_before is not None and unread_since < due_before <= now


def _held(
    gathered: Gathered, message: Message, now: datetime, unread_since: datetime | None
) -> tuple[list[Held], bool]:
    book, states = gathered.book, gathered.states
    held: list[Held] = []
    unread = False
    target = Target.LEAD if to_the_unit(message.target) else Target(message.target)
    for one in gathered.pending.get((message.unit_id, message.target), []):
        state = states[one.step_id]
        obsolete = book.policy.obsolete(state, one.rung, one.deadline_number, now, target)
        if obsolete in (Reason.ON_HOLD, Reason.AWAITING_DECISION):
            continue
        if obsolete is not None:
            _cancel(book.session, one.addressee_id, obsolete)
            continue
        if _in_doubt(state.due_before, now, unread_since):
            unread = True
            continue
        order, _ = book.policy.rung(one.rung)
        held.append(Held(one.addressee_id, one.step_id, one.rung, order, Reason(one.reason)))
    return held, unread


def _cancel(session: Session, addressee_id: int, why: Reason) -> None:
    row = session.get_one(Addressee, addressee_id)
    row.state, row.reason = "cancelled", why
    session.add(row)


def _lead(
    gathered: Gathered,
    message: Message,
    recipient: Recipient,
    held: Sequence[Held],
    now: datetime,
    unread_since: datetime | None,
) -> tuple[LeadDigest, list[Numbered]]:
    book, steps, states = gathered.book, gathered.steps[message.unit_id], gathered.states
    strongest: dict[int, Held] = {}
    for one in held:
        root = ident(root_of(steps[one.step_id], steps))
        if root not in strongest or strongest[root].order < one.order:
            strongest[root] = one
    deputy, told = deputy_of(message.target), _told(book, message)
    others = [
        step_id
        for step_id, step in steps.items()
        if step.covered_by_id is None
        and step_id not in strongest
        and step.due_before is not None
        and deputy_now(book, step, now) == deputy
        and not _in_doubt(step.due_before, now, unread_since)
        and status(states[step_id], book.calendar, now) in OWED
    ]
    asked = sorted(strongest, key=lambda step_id: (steps[step_id].due_before, step_id))
    others.sort(key=lambda step_id: (steps[step_id].due_before, step_id))
    items = [
        item_of(
            book,
            n,
            steps,
            states,
            step_id,
            strongest[step_id].reason if step_id in strongest else Reason.WAITING,
            now,
            told,
        )
        for n, step_id in enumerate([*asked, *others], start=1)
    ]
    rows = [Numbered(item.n, item.step_id, _rung(strongest.get(item.step_id))) for item in items]
    digest = LeadDigest(
        book.facts,
        recipient,
        now,
        tuple(items[: len(asked)]),
        tuple(items[len(asked) :]),
        deputy=bool(deputy),
    )
    return digest, rows


def _passed_on(gathered: Gathered, message: Message, now: datetime) -> Draft | None:
    """What a deputy was not told of yet, in full; None when a mail before this one said it, or it was taken back."""
    book, steps, states = gathered.book, gathered.steps[message.unit_id], gathered.states
    deputy, told = deputy_of(message.target), _told(book, message) or set()
    recipient = recipient_of(book, message.unit_id, now, deputy)
    asked = [
        step_id
        for step_id, step in steps.items()
        if step.deputy == deputy
        and step_id not in told
        and step.due_before is not None
        and (step.covered_by_id is None or steps[step.covered_by_id].deputy != deputy)
        and status(states[step_id], book.calendar, now) in OWED - {Status.ON_HOLD}
    ]
    if not asked or recipient is None:
        return None
    asked.sort(key=lambda step_id: (steps[step_id].due_before, step_id))
    items = [
        item_of(book, n, steps, states, step_id, Reason.ASSIGNED, now, told)
        for n, step_id in enumerate(asked, start=1)
    ]
    # It assigns: as no reminder it counts, and as a first mail it does.
    assigning = next((rung.key for rung in book.policy.ladder.rungs if rung.at_assignment), PASSED_ON)
    rows = [Numbered(item.n, item.step_id, assigning) for item in items]
    return Draft(LeadDigest(book.facts, recipient, now, tuple(items), (), deputy=True), tuple(rows), ())


def _nudged(
    gathered: Gathered, message: Message, now: datetime, unread_since: datetime | None
) -> Draft | Waiting | None:
    """The one step that a coordinator wants reminded of; None when it was answered meanwhile."""
    book, steps = gathered.book, gathered.steps[message.unit_id]
    decision = book.session.get_one(Decision, int(message.target.split(":")[1]))
    step = steps.get(decision.step_id or 0)
    if step is None or step.due_before is None or not is_owed(step):
        return None
    if _in_doubt(step.due_before, now, unread_since):
        return Waiting("mailbox_unread")
    deputy = deputy_of(message.target)
    recipient = recipient_of(book, message.unit_id, now, deputy)
    if recipient is None:
        return Waiting("no_address")
    digest = nudge_digest(book, steps, gathered.states, ident(step), recipient, now, deputy=bool(deputy))
    return Draft(digest, (Numbered(1, ident(step), NUDGE),), ())


def _told(book: Casebook, message: Message) -> set[int] | None:
    """The steps that a deputy was asked for in an earlier mail; None for a mail to nobody in particular."""
    deputy = deputy_of(message.target)
    if not deputy:
        return None
    rows = book.session.exec(
        select(Message.target, MessageItem.step_id)
        .join(Message, col(Message.id) == MessageItem.message_id)
        .where(
            Message.unit_id == message.unit_id,
            col(Message.id) != message.id,
            col(Message.state).in_(["sending", "accepted", "uncertain"]),
            MessageItem.rung != "",
        )
    )
    return {step_id for target, step_id in rows if deputy_of(target) == deputy}


def _rung(held: Held | None) -> str:
    return held.rung if held else ""
