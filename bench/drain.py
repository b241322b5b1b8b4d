"""How fast one process drains the outbox, rendering included, each mail marked after its 250: beside smtp-source.

    .venv/bin/python -m bench.drain [--small] [--json]

Both send to Postfix's smtp-sink on loopback, mails of the same size. Needs Debian's package postfix.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import select

from bench import ledgers
from bench.measure import Bar, Seconds, arguments, in_rounds, report
from config.contacts import default_contacts
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.passes import due_instructions, run_pass
from directives.ledger.states import campaign_row
from directives.ledger.tables import Message
from notifications.delivery import Recorder, SmtpTransport, deliver
from notifications.keys import Keys
from notifications.relay import Relay
from notifications.smtp import Outcome
from notifications.writer import Post

MAILS, SMALL = 2_000, 200
SHARE = 0.12
SESSIONS = 16
POSTFIX = Path("/usr/sbin")
POST = Post(
    "dondoc@dondoc.example",
    "dondoc",
    "ops@dondoc.example",
    keys=Keys.of("for measuring only"),
    max_mails_per_slot=10**6,
)


@contextmanager
def sink() -> Iterator[int]:
    """The port of a mail server that takes everything and keeps nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # As root smtp-sink wants to be told whom to become.
    command = [POSTFIX / "smtp-sink", "-u", "postfix", f"127.0.0.1:{port}", "256"]
    with subprocess.Popen(command) as process:  # noqa: S603
        try:
            _listens(port)
            yield port
        finally:
            process.terminate()


def _listens(port: int) -> None:
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("smtp-sink does not listen")


def a_morning(file: Path, mails: int) -> tuple[Path, datetime]:
    """A ledger in whose outbox about so many digests wait, and the slot at which they may leave."""
    definition = ledgers.directive()
    definition = ledgers.grown(definition, round(mails * len(definition.steps) / len(definition.units)))
    now = definition.calendar.next_slot(definition.opened_at)
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    with begin(engine) as session:
        contacts = default_contacts(definition.units)
        open_campaign(session, definition, contacts, at=definition.opened_at, rehearsal=False)
    with begin(engine) as session:
        for key in due_instructions(session, campaign_row(session, ledgers.CAMPAIGN), now):
            run_pass(session, ledgers.CAMPAIGN, key, now, now)
    engine.dispose()
    return file, now


def drained(ledger: Path, now: datetime, port: int) -> float:
    """Seconds in which a copy of that ledger's outbox was drained, for each mail of it."""
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{shutil.copy(ledger, folder)}")
        began = datetime.now(UTC)
        begun = time.perf_counter()
        transport = SmtpTransport(Relay("127.0.0.1", port))
        done = asyncio.run(deliver(engine, POST, transport, lambda: now + (datetime.now(UTC) - began)))
        taken = time.perf_counter() - begun
        _require_marked(engine, done.sent)
        engine.dispose()
    return taken / done.sent


def _require_marked(engine: Engine, sent: int) -> None:
    with reading(engine) as session:
        states = session.exec(select(Message.state)).all()
    assert states == ["accepted"] * sent, sorted(set(states))


def smtp_source(size: int, mails: int, port: int) -> float:
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603
        [POSTFIX / "smtp-source", "-d", "-s", str(SESSIONS), "-l", str(size), "-m", str(mails)]
        + ["-f", "dondoc@dondoc.example", "-t", "xa@cantho.example", f"127.0.0.1:{port}"],
        check=True,
    )
    return (time.perf_counter() - begun) / mails


class Scales(Recorder):
    """Weighs every mail and sends none."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes: list[int] = []

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        self.bytes.append(len(raw))
        return await super().send(envelope_from, recipient, raw)


def usual_size(ledger: Path, now: datetime) -> int:
    """Bytes of a mail on the wire."""
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{shutil.copy(ledger, folder)}")
        scales = Scales()
        asyncio.run(deliver(engine, POST, scales, lambda: now))
        engine.dispose()
    return round(statistics.median(scales.bytes))


def main() -> int:
    wanted = arguments(__doc__)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder, sink() as port:
        ledger, now = a_morning(Path(folder) / "morning.db", SMALL if wanted.small else MAILS)
        size = usual_size(ledger, now)
        cases = {
            "dondoc": partial(drained, ledger, now, port),
            "smtp-source": partial(smtp_source, size, SMALL if wanted.small else MAILS, port),
        }
        taken = in_rounds(cases, wanted.rounds)
    rows = [_row(name, size, seconds) for name, seconds in taken.items()]
    share = taken["smtp-source"].median / taken["dondoc"].median
    return report(
        "the outbox drained", rows, [Bar("share of smtp-source's rate", share, SHARE, at_least=True)], wanted
    )


def _row(name: str, size: int, seconds: Seconds) -> dict[str, object]:
    return {
        "sender": name,
        "bytes a mail": size,
        "seconds a mail": seconds,
        "mails a second": round(1 / seconds.median),
    }


if __name__ == "__main__":
    raise SystemExit(main())
