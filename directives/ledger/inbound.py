"""Mail that came in: stored before anything else, then settled once, and how far each mailbox was read.

A mail is known by the SHA-256 of its raw bytes: whatever is fetched twice, after a kill or a new UIDVALIDITY, is stored
and applied once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlmodel import Session, col, select

from directives.conversation import StepRef
from directives.ledger import marks
from directives.ledger.casebook import Casebook
from directives.ledger.engine import insert_or, run
from directives.ledger.readers import is_any_digest
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Campaign, Contact, Inbound, Mailbox, Message, MessageItem, Token
from directives.ledger.tables.columns import table_of

LONGEST_READING = timedelta(hours=1)  # another reader's, which was begun later and has ended before
TokenState = Literal["valid", "expired", "revoked"]
TOKEN_STATES: tuple[TokenState, ...] = ("valid", "expired", "revoked")


@dataclass(frozen=True, slots=True)
class SentItem:
    """One numbered item of a digest that was sent; `open`: something can still be answered about it."""

    n: int
    step: StepRef
    title: str
    due_before: datetime | None
    open: bool


@dataclass(frozen=True, slots=True)
class SentPart:
    """One campaign's part of a digest."""

    campaign: str
    unit: str


@dataclass(frozen=True, slots=True)
class SentDigest:
    """A digest that may be answered. `uid` is the left side of its Message-ID; `token`: how its token stands.

    `parts`: the campaigns whose items it has, each with the unit that was written to; the first is its own.
    """

    message_id: int
    campaign: str
    uid: str
    unit: str
    unit_name: str
    address: str
    sent_at: datetime
    token: TokenState
    items: tuple[SentItem, ...]
    parts: tuple[SentPart, ...]

    def part_of(self, item: SentItem) -> SentPart:
        return SentPart(item.step.campaign, item.step.unit)


@dataclass(frozen=True, slots=True)
class ReceiptOf:
    """A receipt: of which mail that came in, and of which campaign's items in it."""

    mail: int
    part: SentPart


def position(session: Session, address: str) -> tuple[int, int]:
    """(UIDVALIDITY, last UID stored) of a mailbox; (0, 0) for one never read."""
    box = session.get(Mailbox, address)
    return (box.uid_validity, box.last_uid) if box else (0, 0)


SAID_AT = (
    "said_at"  # in a verdict: when it was said on the campaign's clock, which in a rehearsal stands still
)


def said_at(row: Inbound) -> datetime:
    """When a mail was said: the server's arrival time, in a rehearsal the clock as it stood then."""
    said = (row.verdict or {}).get(SAID_AT)
    return datetime.fromisoformat(said) if said else row.arrived_at


def keep(
    session: Session,
    address: str,
    *,
    sha256: str,
    uid_validity: int,
    uid: int,
    arrived_at: datetime,
    stored_at: datetime,
    sender: str,
) -> bool:
    """Write down that a mail is stored, and that the mailbox was read to its UID. False: it was known already."""
    box = _locked(session, address)
    box.uid_validity, box.last_uid = uid_validity, uid
    session.add(box)
    known = session.exec(select(Inbound.id).where(Inbound.sha256 == sha256)).first() is not None
    if not known:
        session.add(Inbound(sha256=sha256, arrived_at=arrived_at, stored_at=stored_at, sender=sender))
    return not known


def mark_read(session: Session, address: str, read_to: datetime) -> None:
    """The mailbox held nothing unstored at `read_to`. Goes back only to mend what a clock that ran ahead had claimed."""
    box = _locked(session, address)
    if box.read_to is None or box.read_to < read_to or box.read_to > read_to + LONGEST_READING:
        box.read_to = read_to
    session.add(box)


def _locked(session: Session, address: str) -> Mailbox:
    """The mailbox's row, until the transaction ends: of two who read it at once, the second sees what the first stored."""
    new = insert_or(session, table_of(Mailbox)).values(address=address, uid_validity=0, last_uid=0)
    run(session, new.on_conflict_do_nothing())
    return session.get_one(Mailbox, address, with_for_update=True, populate_existing=True)


def unsettled(session: Session) -> list[str]:
    """SHA-256 of what is stored and not settled, in the order of arrival."""
    rows = session.exec(
        select(Inbound.sha256)
        .where(Inbound.state == "stored")
        .order_by(col(Inbound.arrived_at), col(Inbound.id))
    )
    return list(rows)


def take(session: Session, sha256: str) -> Inbound | None:
    """The row to settle, locked; None when another reader has settled it or is at it."""
    return session.exec(
        select(Inbound)
        .where(Inbound.sha256 == sha256, Inbound.state == "stored")
        .with_for_update(skip_locked=True)
    ).first()


def settle(
    session: Session,
    row: Inbound,
    state: Literal["applied", "queued", "auto", "bounce"],
    reason: str,
    verdict: dict[str, Any],
    message_id: int | None,
    at: datetime,
) -> None:
    row.state, row.reason, row.verdict = state, reason, verdict
    row.message_id, row.settled_at = message_id, at
    session.add(row)


def arrived_before(session: Session, row: Inbound, mail_id: str) -> bool:
    """Note by what a mail is known whatever transported it; whether the same was applied before."""
    row.mail_id = mail_id
    session.add(row)
    same = select(Inbound.id).where(
        Inbound.mail_id == mail_id, Inbound.state == "applied", Inbound.id != row.id
    )
    return bool(mail_id) and session.exec(same).first() is not None


def receipts_of(session: Session, uids: Collection[str]) -> list[ReceiptOf]:
    """What the receipts acknowledged that have these Message-ID left sides; of any other mail nothing."""
    rows = session.exec(
        select(Message)
        .where(col(Message.uid).in_(sorted(uids)), col(Message.target).startswith("receipt:"))
        .order_by(col(Message.id))
    )
    found: list[ReceiptOf] = []
    for row in rows.all():
        mail = session.exec(
            select(Inbound.id).where(col(Inbound.sha256).startswith(row.target.removeprefix("receipt:")))
        ).first()
        if mail is not None:
            found.append(ReceiptOf(mail, _part(session, row)))
    return found


def sent_digests(
    session: Session, token_hashes: Collection[str], uids: Collection[str], machine_now: datetime
) -> list[SentDigest]:
    """The digests that these reply tokens (SHA-256) or Message-ID left sides belong to, oldest first."""
    by_token = session.exec(
        select(Token.message_id).where(Token.purpose == "reply", col(Token.sha256).in_(sorted(token_hashes)))
    )
    # A receipt has a Message-ID of ours too, but no items: what answers it, answers the digest whose token it carries.
    by_uid = session.exec(
        select(Message.id).where(col(Message.uid).in_(sorted(uids)), is_any_digest(col(Message.target)))
    )
    ids = sorted({*by_token, *(one for one in by_uid if one is not None)})
    messages = [
        row for some in chunks(ids) for row in session.exec(select(Message).where(col(Message.id).in_(some)))
    ]
    return [_sent(session, message, machine_now) for message in sorted(messages, key=ident)]


def token_of(session: Session, message_id: int) -> str | None:
    """The SHA-256 of a digest's reply token."""
    return session.exec(
        select(Token.sha256).where(Token.message_id == message_id, Token.purpose == "reply")
    ).first()


def may_answer(session: Session, digest: SentDigest) -> list[str]:
    """Every address registered for the unit, whatever its role; of several campaigns' digest, for the unit in each."""
    first, *more = (_contacts_of_unit(session, part.campaign, part.unit) for part in digest.parts)
    return [one for one in first if all(one.casefold() in {x.casefold() for x in other} for other in more)]


def _contacts_of_unit(session: Session, campaign: str, unit: str) -> list[str]:
    book = Casebook(session, session.exec(select(Campaign).where(Campaign.key == campaign)).one())
    ids = [unit_id for unit_id, row in book.units.items() if row.code == unit]
    return list(session.exec(select(Contact.address).where(col(Contact.unit_id).in_(ids))))


def _sent(session: Session, message: Message, machine_now: datetime) -> SentDigest:
    book = Casebook(session, session.get_one(Campaign, message.campaign_id))
    unit = book.units[message.unit_id]
    parts = [message, *marks.within(session, ident(message))]
    states: dict[int, TokenState] = {ident(part): _token_state(session, part, machine_now) for part in parts}
    sent_at = message.accepted_at or message.handed_over_at or machine_now
    return SentDigest(
        message_id=ident(message),
        campaign=book.campaign.key,
        uid=message.uid,
        unit=unit.code,
        unit_name=unit.name,
        address=message.address,
        sent_at=sent_at,
        # The reply address works while any campaign's part can be answered.
        token=next(state for state in TOKEN_STATES if state in states.values()),
        items=tuple(
            item
            for part in parts
            for item in _items(session, part, answerable=len(parts) == 1 or states[ident(part)] == "valid")
        ),
        parts=tuple(_part(session, part) for part in parts),
    )


def _part(session: Session, message: Message) -> SentPart:
    book = Casebook(session, session.get_one(Campaign, message.campaign_id))
    return SentPart(book.campaign.key, book.units[message.unit_id].code)


def _items(session: Session, message: Message, *, answerable: bool) -> Iterator[SentItem]:
    book = Casebook(session, session.get_one(Campaign, message.campaign_id))
    rows = session.exec(
        select(MessageItem).where(MessageItem.message_id == message.id).order_by(col(MessageItem.n))
    ).all()
    for row in rows:
        item = _item(book, row, message.unit_id)
        yield item if answerable else replace(item, open=False)


def _item(book: Casebook, row: MessageItem, unit_id: int) -> SentItem:
    step = book.steps([row.step_id])[row.step_id]
    # As the unit was asked: of a step that is another's now, the ledger refuses its answer.
    unit = book.units[unit_id].code
    spec = book.spec(step)
    answerable = step.accepted_at is None and step.waived_at is None and book.campaign.closed_at is None
    answerable = (
        answerable and step.unit_id == unit_id
    )  # assigned to another unit, it is not theirs to answer
    return SentItem(
        n=row.n,
        step=book.ref(step).model_copy(update={"unit": unit}),
        title=spec.title if spec else step.key,
        due_before=step.due_before,
        open=answerable,
    )


def _token_state(session: Session, message: Message, machine_now: datetime) -> TokenState:
    token = session.exec(
        select(Token).where(Token.message_id == message.id, Token.purpose == "reply")
    ).first()
    if token is None or token.revoked_at is not None:
        return "revoked"
    return "expired" if token.expires_at <= machine_now else "valid"
