"""The outbox goes out: claim → compose → hand over → send → mark, each in a transaction of its own.

The same code serves the live system, a rehearsal and a simulation; only the transport differs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from directives.ledger import accepting, marks, outbox, quotas, relays
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.marks import Answered, Claim
from directives.ledger.quotas import Full
from directives.ledger.states import campaign_row
from notifications import undelivered
from notifications.batches import Batches, Written
from notifications.marker import Marker
from notifications.smtp import Fate, Outcome
from notifications.transport import Connection, Transport
from notifications.writer import Post

BATCH = 100
AT_ONCE = timedelta(0)


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
Sleep = Callable[[float], Awaitable[object]]


async def deliver(
    engine: Engine,
    post: Post,
    transport: Transport,
    clock: Clock,
    *,
    digests: bool = True,
    patience: timedelta = AT_ONCE,
    sleep: Sleep = asyncio.sleep,
) -> Delivery:
    """Send what may leave now, campaign by campaign; without `digests` only what answers somebody.

    `clock` is the machine's. Where a minute's quota is used up it waits for the next one, for its `patience` in all.
    Raises nothing for server trouble.
    """
    with begin(engine) as session:
        keys = outbox.with_mail(session)
        paused = relays.paused(session, transport.server, clock())
        if paused and paused.paused_until:
            return Delivery(waiting=_paused(paused.server, paused.paused_until, paused.detail))
        if full := quotas.day_full(session, transport.server, post.limits, clock()):
            return Delivery(waiting=str(full))
    total, ends = Delivery(), clock() + patience
    rounds = [_Round(engine, post, transport, clock, key, digests) for key in keys]
    for one in rounds:
        one.prepare()  # of every campaign first: what one reader is sent leaves in one mail
    runaways = [one.campaign_key for one in rounds if one.runaway]
    for one in rounds:
        done = await one.run(runaways)
        while one.full and not one.stopped and one.full.until < ends:
            # No longer than any minute lasts: the clock may have been set back since.
            await sleep(min(one.full.until - clock(), quotas.MINUTE).total_seconds())
            done = replace(done, waiting="") + await one.run(runaways)
        total += done
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
        self.runaway = ""  # too many mails: no digest leaves, only the mail that tells ops
        self.full: Full | None = None  # a quota that held mails back until the next minute
        self.relay_works = False
        self.marker = Marker(self._mark)
        self.batches = Batches(engine, post, clock, campaign_key)

    async def run(self, runaways: Sequence[str]) -> Delivery:
        """`runaways`: the campaigns of which no digest may leave."""
        self.full = None
        before, total = self.batches.unwritable, Delivery()
        while not self.stopped and not self._used_up() and (claims := self._claim()):
            total += await self._send(self.batches.written(claims, runaways))
        waiting = self.stopped or self.runaway or (str(self.full) if self.full else "")
        failed = total.failed + self.batches.unwritable - before
        return replace(total, failed=failed, waiting=waiting)

    def _used_up(self) -> bool:
        """Whether the minute's quota is: what was claimed later would leave first in the next one."""
        return self.full is not None and not self.full.domain

    def prepare(self) -> None:
        """Make the slot's digests, unless there are too many."""
        if not self.digests:
            return
        limit = self.post.max_mails_per_slot
        with begin(self.engine) as session:
            campaign = campaign_row(session, self.campaign_key)
            planned = outbox.prepare(session, campaign, self.clock(), limit)
            if planned > limit:
                undelivered.too_many(Casebook(session, campaign), planned, self.post, self.clock())
                self.runaway = f"{planned} mails for this slot exceed DONDOC_MAX_MAILS_PER_SLOT={limit}"

    def _claim(self) -> list[Claim]:
        with begin(self.engine) as session:
            campaign, digests = campaign_row(session, self.campaign_key), self.digests and not self.runaway
            size = min(BATCH, self.post.limits.minute or BATCH)
            return outbox.claim(session, campaign, self.clock(), size, digests=digests)

    async def _send(self, mails: Sequence[Written]) -> Delivery:
        """Over a few reused connections; none sends its next message before its last is marked."""
        if self.transport.leaves_nothing:
            return await self._record(mails)
        queue = list(reversed(mails))
        results: list[Delivery] = []

        async def worker() -> None:
            async with self.transport.connect() as connection:
                with self.marker.sender():
                    while queue:
                        results.append(await self._one(connection, *queue.pop()))
                        if results[-1].uncertain and not self.stopped:
                            return  # what the others meet says whether it was the relay

        try:
            while queue:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self._connections(), len(queue))):
                        group.create_task(worker())
        finally:
            self.marker.finish()
        return sum(results, Delivery())

    def _connections(self) -> int:
        """One where the relay lost or refused the last mail: whatever it does to the next, it does to that one."""
        with reading(self.engine) as session:
            doubtful = relays.is_doubtful(session, self.transport.server)
        return 1 if doubtful else self.transport.connections

    async def _record(self, mails: Sequence[Written]) -> Delivery:
        async with self.transport.connect() as connection:
            outcomes = [
                (claim, await connection.send(self.post.envelope(claim.uid), to, raw))
                for claim, raw, to in mails
            ]
        return sum(self._mark(outcomes), Delivery())

    async def _one(self, connection: Connection, claim: Claim, raw: bytes, recipient: str) -> Delivery:
        # Past its lease another may have taken it over: it would arrive twice.
        if self.stopped or self.clock() >= claim.leased_until:
            return self._released(claim, self.clock(), self.stopped or "the lease ran out")
        if self.post.limits and (full := self._full(recipient)):
            return self._released(claim, full.until, str(full))
        outcome = await connection.send(self.post.envelope(claim.uid), recipient, raw)
        return await self.marker.marked(claim, outcome)

    def _released(self, claim: Claim, until: datetime, why: str) -> Delivery:
        with begin(self.engine) as session:
            for part in claim.whole:
                marks.released(session, part, until, why)
        return Delivery(deferred=1)

    def _full(self, recipient: str) -> Full | None:
        """The quota that this mail must wait for; none: it is counted."""
        with begin(self.engine) as session:
            full = quotas.take(session, self.transport.server, self.post.limits, recipient, self.clock())
        if full and full.day:
            self.stopped = str(full)
        elif full:
            self.full = full
        return full

    def _mark(self, outcomes: Sequence[tuple[Claim, Outcome]]) -> list[Delivery]:
        """What became of mails is marked of each campaign's part of them, and counted once a mail."""
        machine_now = self.clock()
        with begin(self.engine) as session:
            taken = [(one, _answered(said)) for one, said in outcomes if said.fate is Fate.ACCEPTED]
            if taken:
                whole = [(part, said) for one, said in taken for part in one.whole]
                accepting.accepted(session, whole, self.batches.stands_at or machine_now, machine_now)
                self._relay_works(session)
            for claim, outcome in outcomes:
                self._mark_trouble(session, claim, outcome, machine_now)
        return [COUNTED[outcome.fate] for _, outcome in outcomes]

    def _mark_trouble(self, session: Session, claim: Claim, outcome: Outcome, machine_now: datetime) -> None:
        if outcome.fate is Fate.UNAVAILABLE and not self.stopped:
            until = relays.pause(session, self.transport.server, machine_now, outcome.detail)
            self.stopped = _paused(self.transport.server, until, outcome.detail)
        if outcome.fate is Fate.UNCERTAIN:
            self._lost_one(session, outcome)
        for part in claim.whole:
            match outcome.fate:
                case Fate.REFUSED:
                    undelivered.refused(session, part, _answered(outcome), machine_now)
                case Fate.UNCERTAIN:
                    marks.uncertain(session, part, machine_now, _answered(outcome))
                case Fate.UNAVAILABLE:
                    marks.released(session, part, machine_now, outcome.detail)
                case Fate.DEFERRED:
                    marks.deferred(session, part, machine_now, _answered(outcome))
                case Fate.ACCEPTED:
                    pass

    def _lost_one(self, session: Session, outcome: Outcome) -> None:
        self.relay_works = False
        if not self.stopped:
            server = self.transport.server
            until = relays.lost_one(session, server, self.clock(), outcome.detail)
            self.stopped = _paused(server, until, outcome.detail) if until else ""

    def _relay_works(self, session: Session) -> None:
        if not self.relay_works:
            relays.works(session, self.transport.server)
            self.relay_works = True


def _paused(server: str, until: datetime, detail: str) -> str:
    return f"{server} is paused until {until:%H:%M:%S} UTC: {detail}"


def _answered(outcome: Outcome) -> Answered:
    return Answered(outcome.phase, outcome.code, outcome.detail)
