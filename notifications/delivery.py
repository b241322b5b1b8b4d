"""The outbox goes out: claim → compose → hand over → send → mark, each in a transaction of its own.

The same code serves the live system, a rehearsal and a simulation; only the transport differs.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from sqlalchemy import Engine
from sqlmodel import Session, select

from directives.ledger import marks, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.marks import Answered, Claim
from directives.ledger.tables import Campaign
from notifications import undelivered
from notifications.message import to_bytes
from notifications.relay import Relay
from notifications.smtp import Fate, Outcome, Phase, SmtpConnection
from notifications.writer import DigestWriter, Post

BATCH = 50


class Connection(Protocol):
    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome: ...


class Transport(Protocol):
    """Where mail goes. `server` names it in the ledger when it asks for a pause."""

    @property
    def server(self) -> str: ...

    @property
    def connections(self) -> int: ...

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing leaves the machine, so that marks need not be written one by one."""
        ...

    def connect(self) -> AbstractAsyncContextManager[Connection]: ...


@dataclass(frozen=True)
class SmtpTransport:
    relay: Relay
    connections: int = 4
    leaves_nothing: bool = False

    @property
    def server(self) -> str:
        return f"{self.relay.host}:{self.relay.port}"

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        return SmtpConnection(self.relay)


@dataclass
class Recorder:
    """Takes every mail and sends none: replays and simulations. Opens no connection."""

    server: str = "recorder"
    connections: int = 1
    leaves_nothing: bool = True
    taken: int = 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        yield self

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        self.taken += 1
        return Outcome(Fate.ACCEPTED, Phase.CONTENT, 250, "recorded, not sent")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What one run did. `waiting` says why nothing was tried, when nothing was."""

    sent: int = 0
    deferred: int = 0
    failed: int = 0
    uncertain: int = 0
    waiting: str = ""

    @property
    def tried(self) -> int:
        return self.sent + self.deferred + self.failed + self.uncertain

    def __add__(self, other: Delivery) -> Delivery:
        return Delivery(
            self.sent + other.sent,
            self.deferred + other.deferred,
            self.failed + other.failed,
            self.uncertain + other.uncertain,
            self.waiting or other.waiting,
        )


COUNTED = {
    Fate.ACCEPTED: Delivery(sent=1),
    Fate.REFUSED: Delivery(failed=1),
    Fate.UNCERTAIN: Delivery(uncertain=1),
    Fate.UNAVAILABLE: Delivery(deferred=1),
    Fate.DEFERRED: Delivery(deferred=1),
}
Clock = Callable[[], datetime]


async def deliver(
    engine: Engine, post: Post, transport: Transport, clock: Clock, *, digests: bool = True
) -> Delivery:
    """Send what may leave now, campaign by campaign; without `digests` only what answers somebody.

    `clock` is the machine's. Raises nothing for server trouble.
    """
    with begin(engine) as session:
        keys = outbox.with_mail(session)
        paused = marks.relay_pause(session, transport.server, clock())
        if paused and paused.paused_until:
            return Delivery(waiting=_paused(paused.server, paused.paused_until, paused.detail))
    total = Delivery()
    rounds = [_Round(engine, post, transport, clock, key, digests) for key in keys]
    for one in rounds:
        one.prepare()  # of every campaign first: what one reader is sent leaves in one mail
    runaways = [one.campaign_key for one in rounds if one.runaway]
    for one in rounds:
        total += await one.run(runaways)
        if one.stopped:
            break  # the same relay serves every campaign
    return total


class _Round:
    """One campaign's deliveries in one run."""

    def __init__(
        self,
        engine: Engine,
        post: Post,
        transport: Transport,
        clock: Clock,
        campaign_key: str,
        digests: bool,
    ) -> None:
        self.engine, self.post, self.transport, self.clock = engine, post, transport, clock
        self.campaign_key, self.digests = campaign_key, digests
        self.stopped = ""  # the relay is away: nothing more is tried in this run
        self.runaways: Sequence[str] = ()
        self.runaway = ""  # too many mails: no digest leaves, only the mail that tells ops
        self.unwritable = 0
        self.relay_works = False
        self.stands_at: datetime | None = None  # a rehearsal's still clock, read with each batch

    async def run(self, runaways: Sequence[str]) -> Delivery:
        """`runaways`: the campaigns of which no digest may leave."""
        self.runaways = runaways
        total = Delivery()
        while not self.stopped and (claims := self._claim()):
            total += await self._send(self._write(claims))
        return replace(total, failed=total.failed + self.unwritable, waiting=self.stopped or self.runaway)

    def prepare(self) -> None:
        """Make the slot's digests, unless there are too many."""
        if not self.digests:
            return
        limit = self.post.max_mails_per_slot
        with begin(self.engine) as session:
            campaign = self._campaign(session)
            planned = outbox.prepare(session, campaign, self.clock(), limit)
            if planned > limit:
                undelivered.too_many(Casebook(session, campaign), planned, self.post, self.clock())
                self.runaway = f"{planned} mails for this slot exceed DONDOC_MAX_MAILS_PER_SLOT={limit}"

    def _campaign(self, session: Session) -> Campaign:
        return session.exec(select(Campaign).where(Campaign.key == self.campaign_key)).one()

    def _claim(self) -> list[Claim]:
        with begin(self.engine) as session:
            digests = self.digests and not self.runaway
            return outbox.claim(session, self._campaign(session), self.clock(), BATCH, digests=digests)

    def _write(self, claims: Sequence[Claim]) -> list[tuple[Claim, bytes, str]]:
        """(claim, bytes, recipient) of what the claims say, stored: from this commit on it may have left."""
        written: list[tuple[Claim, bytes, str]] = []
        with begin(self.engine) as session:
            book = Casebook(session, self._campaign(session))
            self.stands_at = book.campaign.clock_at
            writer = DigestWriter(book, self.post, self.clock(), claims, self.runaways)
            for claim in claims:
                try:
                    # Whole or not at all: what other campaigns would have said in it waits for mails of their own.
                    with session.begin_nested():
                        if found := writer.mail(claim):
                            whole, mail = found
                            written.append((whole, to_bytes(mail), mail.recipient.address))
                except ValueError as error:
                    # A name or address that no mail can carry: this one mail, not the run.
                    self.unwritable += 1
                    why = Answered("compose", None, str(error))
                    undelivered.refused(session, claim, why, self.clock())
        return written

    async def _send(self, mails: Sequence[tuple[Claim, bytes, str]]) -> Delivery:
        """Over a few reused connections; each message is marked right after its own answer."""
        if self.transport.leaves_nothing:
            return await self._record(mails)
        queue = list(reversed(mails))
        results: list[Delivery] = []

        async def worker() -> None:
            async with self.transport.connect() as connection:
                while queue:
                    results.append(await self._one(connection, *queue.pop()))
                    if results[-1].uncertain and not self.stopped:
                        return  # what the others meet says whether it was the relay

        while queue:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self._connections(), len(queue))):
                    group.create_task(worker())
        return sum(results, Delivery())

    def _connections(self) -> int:
        """One where the relay lost or refused the last mail: whatever it does to the next, it does to that one."""
        with reading(self.engine) as session:
            doubtful = marks.relay_is_doubtful(session, self.transport.server)
        return 1 if doubtful else self.transport.connections

    async def _record(self, mails: Sequence[tuple[Claim, bytes, str]]) -> Delivery:
        async with self.transport.connect() as connection:
            outcomes = [
                (claim, await connection.send(self.post.envelope(claim.uid), to, raw))
                for claim, raw, to in mails
            ]
        with begin(self.engine) as session:
            return sum((self._mark(session, claim, outcome) for claim, outcome in outcomes), Delivery())

    async def _one(self, connection: Connection, claim: Claim, raw: bytes, recipient: str) -> Delivery:
        # Past its lease another may have taken it over: it would arrive twice.
        if self.stopped or self.clock() >= claim.leased_until:
            with begin(self.engine) as session:
                for part in claim.whole:
                    marks.released(session, part, self.clock(), self.stopped or "the lease ran out")
            return Delivery(deferred=1)
        outcome = await connection.send(self.post.envelope(claim.uid), recipient, raw)
        with begin(self.engine) as session:
            return self._mark(session, claim, outcome)

    def _mark(self, session: Session, claim: Claim, outcome: Outcome) -> Delivery:
        """What became of a mail is marked of each campaign's part of it, and counted once."""
        if outcome.fate is Fate.UNAVAILABLE and not self.stopped:
            until = marks.pause_relay(session, self.transport.server, self.clock(), outcome.detail)
            self.stopped = _paused(self.transport.server, until, outcome.detail)
        if outcome.fate is Fate.UNCERTAIN:
            self._lost_one(session, outcome)
        for part in claim.whole:
            self._mark_part(session, part, outcome)
        if outcome.fate is Fate.ACCEPTED:
            self._relay_works(session)
        return COUNTED[outcome.fate]

    def _mark_part(self, session: Session, claim: Claim, outcome: Outcome) -> None:
        machine_now = self.clock()
        said = Answered(outcome.phase, outcome.code, outcome.detail)
        match outcome.fate:
            case Fate.ACCEPTED:
                marks.accepted(session, claim, self.stands_at or machine_now, machine_now, said)
            case Fate.REFUSED:
                undelivered.refused(session, claim, said, machine_now)
            case Fate.UNCERTAIN:
                marks.uncertain(session, claim, machine_now, said)
            case Fate.UNAVAILABLE:
                marks.released(session, claim, machine_now, outcome.detail)
            case Fate.DEFERRED:
                marks.deferred(session, claim, machine_now, said)

    def _lost_one(self, session: Session, outcome: Outcome) -> None:
        self.relay_works = False
        if not self.stopped:
            server = self.transport.server
            until = marks.relay_lost_one(session, server, self.clock(), outcome.detail)
            self.stopped = _paused(server, until, outcome.detail) if until else ""

    def _relay_works(self, session: Session) -> None:
        if not self.relay_works:
            marks.relay_works(session, self.transport.server)
            self.relay_works = True


def _paused(server: str, until: datetime, detail: str) -> str:
    return f"{server} is paused until {until:%H:%M:%S} UTC: {detail}"
