"""What became of a message that was claimed. Every mark is fenced: it holds only while the lease does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Message, Relay

FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=2)
LOOK_AGAIN = timedelta(minutes=15)  # after what was held back
TRIES_WHEN_UNCERTAIN = 1  # "resent once under the same Message-ID"
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


def deferred(session: Session, claim: Claim, machine_now: datetime, said: Answered) -> None:
    """Not taken, certainly not delivered: tried again after a growing pause, composed anew."""
    row = session.get_one(Message, claim.message_id)
    pause = min(FIRST_RETRY * 2**row.attempts, LONGEST_RETRY)
    values = {**FREE, **said.values, "state": "deferred", "next_attempt_at": machine_now + pause}
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
    """Lost after the content was handed over: resent once under the same Message-ID, then left and shown."""
    values = {**FREE, **said.values, "uncertain": Message.uncertain + 1}
    values |= {"state": "deferred", "next_attempt_at": machine_now + FIRST_RETRY}
    if _fenced(session, claim, values, tried=True):
        row = session.get_one(Message, claim.message_id, populate_existing=True)
        if row.uncertain > TRIES_WHEN_UNCERTAIN:
            end_uncertain(session, row)


def lapsed(session: Session, row: Message) -> bool:
    """A deliverer died between handing over and marking: perhaps delivered. Counted; True when it may go again."""
    again = row.uncertain < TRIES_WHEN_UNCERTAIN
    for one in (row, *within(session, ident(row))):
        one.uncertain += 1
        session.add(one)
        if not again:
            end_uncertain(session, one)
    return again


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


def pause_relay(session: Session, server: str, machine_now: datetime, detail: str) -> datetime:
    """Note that a relay asked for a pause or refused us; returns until when nothing is sent through it."""
    relay = session.get(Relay, server) or Relay(server=server)
    until = machine_now + min(FIRST_RETRY * 2**relay.failures, LONGEST_RETRY)
    relay.paused_until, relay.failures, relay.detail = until, relay.failures + 1, detail
    session.add(relay)
    return until


def relay_pause(session: Session, server: str, machine_now: datetime) -> Relay | None:
    relay = session.get(Relay, server)
    return relay if relay and relay.paused_until and relay.paused_until > machine_now else None


def relay_works(session: Session, server: str) -> None:
    relay = session.get(Relay, server)
    if relay and (relay.failures or relay.paused_until):
        relay.failures, relay.paused_until, relay.detail = 0, None, ""
        session.add(relay)


def _fenced(session: Session, claim: Claim, values: Mapping[str, object], *, tried: bool = False) -> bool:
    """Update a message only while the claim still holds it."""
    statement = update(Message).where(col(Message.id) == claim.message_id, col(Message.lease) == claim.lease)
    if tried:
        values = {**values, "attempts": Message.attempts + 1}
    return session.exec(statement.values(**values)).rowcount == 1


def still_held(session: Session, claims: Sequence[Claim]) -> dict[int, Message]:
    """The messages of those claims whose lease was not lost, locked until the transaction ends."""
    rows = session.exec(
        select(Message).where(col(Message.id).in_([claim.message_id for claim in claims])).with_for_update()
    )
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
