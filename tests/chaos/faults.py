"""A mail server that goes wrong in every way, and is mended an hour later: `make chaos`.

    .venv/bin/python -m tests.chaos.faults [--json]

Five digests wait. The server goes wrong at the morning's first run and for an hour; then it works, and runs go on as they
come, until evening and over the next mornings.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from notifications.delivery import deliver
from notifications.relay import Relay
from notifications.transport import SmtpTransport
from tests.chaos.faulty_server import FAULTS, Fault, FaultyServer
from tests.chaos.printing import report
from tests.databases import Databases, SqliteFiles
from tests.ledger.campaigns import POST, Followed, a_campaign, at

MORNING, SLOT = at("2020-06-30 07:05"), at("2020-06-30 08:00")
QUARTER = timedelta(minutes=15)
MENDED = SLOT + timedelta(hours=1)
CONNECTIONS = 2
PATIENCE = 0.5  # seconds that a server may say nothing


@dataclass(frozen=True)
class Figures:
    """What became of five digests. `refused`: for good, and the monitor was told. `lost`: neither arrived nor refused."""

    fault: str
    arrived: int
    refused: int
    lost: int
    doubled: int
    unflagged: int
    wrong: int

    @property
    def holds(self) -> bool:
        return self.lost == self.unflagged == self.wrong == 0 and self.doubled <= self.arrived


def lived(fault: Fault, databases: Databases, server: FaultyServer) -> Figures:
    followed = a_campaign(databases.ledger())
    followed.passes(MORNING)
    server.taken.clear()
    for now in runs():
        server.fault = fault if now < MENDED else None
        asyncio.run(deliver(followed.engine, POST, _transport(fault, server), lambda now=now: now))
    found = figures(fault, followed, server)
    databases.clear()
    return found


def runs() -> Iterator[datetime]:
    """Every quarter of an hour of three working days."""
    for day in range(3):
        yield from (SLOT + timedelta(day) + n * QUARTER for n in range(36))


def _transport(fault: Fault, server: FaultyServer) -> SmtpTransport:
    relay = Relay("127.0.0.1", server.port, timeout=PATIENCE, final_timeout=PATIENCE)
    if server.fault and fault.at == "STARTTLS":
        relay = Relay("127.0.0.1", server.port, timeout=PATIENCE, security="starttls")
    if server.fault and fault.at == "AUTH":
        relay = Relay("127.0.0.1", server.port, timeout=PATIENCE, username="dondoc", password="mat-khau")
    return SmtpTransport(relay, CONNECTIONS)


def figures(fault: Fault, followed: Followed, server: FaultyServer) -> Figures:
    digests = [one for one in followed.messages() if one.target == "lead"]
    arrived = {one.uid: server.taken[f"<{one.uid}@{POST.domain}>"] for one in digests}
    states = Counter(one.state for one in followed.messages())
    told = sum(one.target == "refused" and one.state == "accepted" for one in followed.messages())
    refused = [one for one in digests if one.state == "failed"]
    doubled = [one for one in digests if arrived[one.uid] > 1]
    waiting = sum(states[one] for one in ("ready", "claimed", "sending", "deferred"))
    return Figures(
        fault=fault.name,
        arrived=sum(count > 0 for count in arrived.values()),
        refused=len(refused),
        lost=sum(not arrived[one.uid] for one in digests if one.state != "failed"),
        doubled=sum(arrived[one.uid] - 1 for one in doubled),
        unflagged=sum(not one.uncertain for one in doubled),
        wrong=len(followed.broken() + followed.unlike()) + waiting + (len(refused) - told),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, closing(FaultyServer()) as server:
        databases = SqliteFiles(Path(folder))
        found = [lived(fault, databases, server) for fault in FAULTS]
    return report("a mail server that goes wrong for an hour", found, as_json=wanted.json)


if __name__ == "__main__":
    raise SystemExit(main())
