"""What became of a message that was claimed. Every mark is fenced: it holds only while the lease does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import ColumnElement, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from directives.ledger.engine import run
from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Message
from directives.ledger.tables.columns import table_of

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
LOOK_AGAIN = timedelta(minutes=15)  # after what was held back
# Perhaps delivered: after its nth loss the same bytes go again after the nth of these, over two mornings more. What comes
# of a passing fault is soon known; what breaks each time must not come over and over.
AGAIN_AFTER = (FIRST_RETRY, LOOK_AGAIN, *(timedelta(hours=hours) for hours in (1, 4, 16, 24)))
# Two machines may differ by so much. What lies further ahead than anything is ever set was written by a clock that ran
# ahead and was set back: it would be waited for until that clock's time comes.
CLOCKS_DIFFER = timedelta(minutes=10)
FREE: Mapping[str, object] = {"lease": None, "leased_until": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """A message leased to one deliverer. `resend`: its stored bytes go out as they are.

    `parts`: the messages of other campaigns that leave in the same mail, leased together; what is marked of the one is
    marked of each.
    """

    message_id: int
    lease: str
    leased_until: datetime
    uid: str
    target: str
    resend: bool
    parts: tuple[Claim, ...] = ()

    @property
    def whole(self) -> tuple[Claim, ...]:
        return (self, *self.parts)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server said of one try: the SMTP phase reached, its code, its words on one line."""

    phase: str = ""
    code: int | None = None
    detail: str = ""

    @property
    def values(self) -> dict[str, object]:
        return {"phase": self.phase, "code": self.code, "detail": self.detail}


def pause_after(failures: int) -> timedelta:
    """How long nothing is tried after a failure that came after so many others: doubled each time, never beyond the longest."""
    return min(FIRST_RETRY * 2 ** min(failures, 10), LONGEST_RETRY)


def deferred(session: Session, claim: Claim, machine_now: datetime, said: Answered) -> None:
    """Not taken, certainly not delivered: tried again after a growing pause, composed anew."""
    row = session.get_one(Message, claim.message_id)
    again_at = machine_now + pause_after(row.attempts)
    values = {**FREE, **said.values, "state": "deferred", "next_attempt_at": again_at}
    if _fenced(session, claim, values, tried=True):
        _take_back(session, row)


def released(session: Session, claim: Claim, again_at: datetime, detail: str) -> None:
    """The relay itself is away, or takes no more for now: nothing was tried, nothing is counted against the message."""
    row = session.get_one(Message, claim.message_id)
    if _fenced(session, claim, {**FREE, "state": "deferred", "next_attempt_at": again_at, "detail": detail}):
        _take_back(session, row)


def held_back(session: Session, claim: Claim, until: datetime, reason: str) -> None:
    """Nothing may be said yet (mailbox unread, no address): look again later."""
    _fenced(session, claim, {**FREE, "state": "deferred", "next_attempt_at": until, "detail": reason})


def cancelled(session: Session, claim: Claim) -> None:
    """Nothing is left to say: the message never was."""
    _fenced(session, claim, {**FREE, "state": "cancelled"})


def failed(session: Session, claim: Claim, said: Answered) -> bool:
    """Refused for good. The caller tells the monitor, once. False: the lease was lost."""
    if not _fenced(session, claim, {**FREE, **said.values, "state": "failed"}, tried=True):
        return False
    set_addressees(session, claim.message_id, "failed")
    return True


def uncertain(session: Session, claim: Claim, machine_now: datetime, said: Answered) -> None:
    """Lost after the content was handed over: resent under the same Message-ID, less and less often, then left and shown."""
    values = {**FREE, **said.values, "uncertain": Message.uncertain + 1, "state": "deferred"}
    if _fenced(session, claim, values, tried=True):
        row = session.get_one(Message, claim.message_id, populate_existing=True)
        _again_later(session, row, machine_now)


def in_vain(session: Session, claim: Claim) -> None:
    """Perhaps delivered, and nothing is left to say: not sent again, but shown."""
    if _fenced(session, claim, {**FREE, "state": "uncertain"}):
        set_addressees(session, claim.message_id, "uncertain")


def lapsed(session: Session, row: Message, machine_now: datetime) -> bool:
    """A deliverer died between handing over and marking: perhaps delivered. Counted; True when it goes again at once."""
    at_once = row.uncertain == 0
    for one in (row, *within(session, ident(row))):
        one.uncertain += 1
        if not at_once:
            one.state, one.lease, one.leased_until = "deferred", None, None
            _again_later(session, one, machine_now)
        session.add(one)
    return at_once


def _again_later(session: Session, row: Message, machine_now: datetime) -> None:
    if row.uncertain > len(AGAIN_AFTER):
        end_uncertain(session, row)
        return
    row.next_attempt_at = machine_now + AGAIN_AFTER[row.uncertain - 1]
    session.add(row)


def within(session: Session, message_id: int) -> Sequence[Message]:
    """The messages of other campaigns that left in the mail of this one, in the order of their numbers."""
    rows = select(Message).where(Message.within_id == message_id).order_by(col(Message.campaign_id))
    return session.exec(rows).all()


def leased_with(session: Session, claim: Claim, message: Message) -> Claim:
    """Lease a message together with the claim in whose mail it goes."""
    message.lease, message.leased_until, message.state = claim.lease, claim.leased_until, "sending"
    session.add(message)
    session.flush()
    return Claim(
        ident(message), claim.lease, claim.leased_until, message.uid, message.target, resend=claim.resend
    )


def end_uncertain(session: Session, row: Message) -> None:
    row.state, row.lease, row.leased_until = "uncertain", None, None
    session.add(row)
    set_addressees(session, ident(row), "uncertain")


def set_addressees(session: Session, message_id: int, state: str) -> None:
    session.exec(update(Addressee).where(col(Addressee.message_id) == message_id).values(state=state))


def may_be_tried(machine_now: datetime) -> ColumnElement[bool]:
    """SQL: whether a message's next attempt has come."""
    at = col(Message.next_attempt_at)
    return or_(at.is_(None), at <= machine_now, at > machine_now + AGAIN_AFTER[-1] + CLOCKS_DIFFER)


def _fenced(session: Session, claim: Claim, values: Mapping[str, object], *, tried: bool = False) -> bool:
    """Update a message only while the claim still holds it."""
    statement = update(Message).where(col(Message.id) == claim.message_id, col(Message.lease) == claim.lease)
    if tried:
        values = {**values, "attempts": Message.attempts + 1}
    return session.exec(statement.values(**values)).rowcount == 1


def still_held(session: Session, claims: Sequence[Claim]) -> dict[int, Message]:
    """The messages of those claims whose lease was not lost, to be read only; locked until the transaction ends."""
    messages = table_of(Message)
    chosen = select_columns(messages).where(messages.c.id.in_([claim.message_id for claim in claims]))
    rows = cast(Iterable[Message], run(session, chosen.with_for_update()))
    leases = {claim.message_id: claim.lease for claim in claims}
    return {ident(row): row for row in rows if row.lease == leases[ident(row)]}


def _take_back(session: Session, row: Message) -> None:
    """Certainly not delivered: its notices wait again, and it is composed anew from what still holds then."""
    if row.uncertain:
        return  # an earlier try may have arrived: the same bytes must go again
    row.within_id = None
    session.add(row)
    session.exec(
        update(Addressee)
        .where(col(Addressee.message_id) == row.id, col(Addressee.state) == "composed")
        .values(state="pending", message_id=None)
    )
