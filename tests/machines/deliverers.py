"""120,780 notices in one PostgreSQL ledger, four deliverers at once, one mail server: `make machines`.

    .venv/bin/python -m tests.machines.deliverers [--small] [--json]

The first morning of three campaigns of the whole country. Four processes drain the outbox together and keep to one quota.
Every mail must arrive once, every notice be sent, and no minute see more mails than the quota allows.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import func, select

from bench.databases import postgres_uri
from bench.drain import POST
from bench.national import CAMPAIGNS, COMMUNES, INSTRUCTIONS, PROVINCES, campaigns
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.passes import run_pass
from directives.ledger.quotas import Limits
from directives.ledger.tables import Addressee, Message
from notifications.delivery import Delivery, deliver
from notifications.relay import Relay
from notifications.transport import SmtpTransport
from tasks.outbox import PATIENCE
from tests.chaos.mail_sink import MailSink
from tests.chaos.printing import report
from tests.waiting import until

DELIVERERS, CONNECTIONS = 4, 4
SMALL = (2, 400, 3, 1)
MET_SECONDS = 120
PER_MINUTE, SMALL_PER_MINUTE = 6_000, 300


class TimedSink(MailSink):
    """Remembers besides in which minute each mail came."""

    def __init__(self) -> None:
        self.minutes: Counter[int] = Counter()
        super().__init__()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.minutes[int(time.time() // 60)] += 1
        return await super().handle_DATA(server, session, envelope)


@dataclass(frozen=True)
class Figures:
    """`shares`: mails of each deliverer. `doubled`: mails that arrived more than once."""

    notices: int
    mails: int
    seconds: float
    shares: list[int]
    doubled: int
    lost: int
    unsent_notices: int
    quota_a_minute: int
    most_in_a_minute: int

    @property
    def holds(self) -> bool:
        # What was counted in one minute may arrive in the next: one mail a connection.
        in_flight = DELIVERERS * CONNECTIONS
        return (
            self.doubled == self.lost == self.unsent_notices == 0
            and self.most_in_a_minute <= self.quota_a_minute + in_flight
            and sum(share > 0 for share in self.shares) == DELIVERERS
        )


def prepared(uri: str, size: tuple[int, int, int, int]) -> datetime:
    """The first morning planned; returns its slot."""
    engine = make_engine(uri)
    migrate(engine)
    asked = campaigns(*size)
    slot = asked[0][0].calendar.next_slot(asked[0][0].opened_at)
    for definition, contacts in asked:
        with begin(engine) as session:
            open_campaign(session, definition, contacts, at=definition.opened_at)
        for key in definition.instructions:
            with begin(engine) as session:
                run_pass(session, definition.campaign.campaign, key, slot, slot)
    engine.dispose()
    return slot


def delivered(
    uri: str, port: int, slot: datetime, began: datetime, per_minute: int, meeting: Path, deliverer: int
) -> int:
    """The mails of one deliverer, whose clock stands at the slot when the trial begins and goes on from there.

    None begins before all have come to the `meeting`, a folder.
    """
    (meeting / str(deliverer)).touch()
    until(lambda: len(list(meeting.iterdir())) == DELIVERERS, MET_SECONDS)
    engine, post = make_engine(uri), replace(POST, limits=Limits(minute=per_minute))
    transport = SmtpTransport(Relay("127.0.0.1", port), CONNECTIONS)

    def clock() -> datetime:
        return slot + (datetime.now(UTC) - began)

    async def until_empty() -> Delivery:
        total = Delivery()
        while (done := await deliver(engine, post, transport, clock, patience=PATIENCE)).tried:
            total += done
        return total

    sent = asyncio.run(until_empty()).sent
    engine.dispose()
    return sent


def tried(size: tuple[int, int, int, int], per_minute: int) -> Figures:
    with postgres_uri() as server, closing(TimedSink()) as sink, TemporaryDirectory() as meeting:
        uri = server.replace("postgresql:", "postgresql+psycopg:")
        slot = prepared(uri, size)
        # The slot is a full minute, so that the ledger's minutes are the clock's.
        began = datetime.now(UTC).replace(second=0, microsecond=0)
        with ProcessPoolExecutor(DELIVERERS, mp_context=multiprocessing.get_context("spawn")) as pool:
            begun = time.perf_counter()
            work = partial(delivered, uri, sink.port, slot, began, per_minute, Path(meeting))
            shares = list(pool.map(work, range(DELIVERERS)))
            taken = time.perf_counter() - begun
        return figures(uri, sink, shares, taken, per_minute)


def figures(uri: str, sink: TimedSink, shares: list[int], seconds: float, per_minute: int) -> Figures:
    engine = make_engine(uri)
    with reading(engine) as session:
        mails = session.exec(select(func.count()).select_from(Message)).one()
        states = Counter(session.exec(select(Addressee.state)).all())
    engine.dispose()
    return Figures(
        notices=states.total(),
        mails=mails,
        seconds=round(seconds, 1),
        shares=shares,
        doubled=sum(count > 1 for count in sink.taken.values()),
        lost=mails - len(sink.taken),
        unsent_notices=states.total() - states["sent"],
        quota_a_minute=per_minute,
        most_in_a_minute=max(sink.minutes.values()),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--small", action="store_true", help="a reduced run")
    wanted = parser.parse_args()
    size = SMALL if wanted.small else (PROVINCES, COMMUNES, INSTRUCTIONS, CAMPAIGNS)
    found = tried(size, SMALL_PER_MINUTE if wanted.small else PER_MINUTE)
    return report("four deliverers, one outbox, one quota", [found], as_json=wanted.json)


if __name__ == "__main__":
    raise SystemExit(main())
