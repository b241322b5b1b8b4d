"""How fast one process drains the outbox, rendering included, each mail marked after its 250: beside smtp-source.

    .venv/bin/python -m bench.drain [--small] [--json]

Two mornings: an ordinary one, on which each unit is told of four late items, and the first, with nine items and a
calendar file. smtp-source sends as many mails of the same size over as many connections. Beside them the ordinary
mails' words by one task of prefect-email each. All send to Postfix's smtp-sink on loopback (Debian's package postfix).
"""

from __future__ import annotations

import asyncio
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import select

from bench.email_tasks import Said, by_tasks, prefect
from bench.measure import Bar, Seconds, arguments, in_rounds, report
from bench.mornings import first, overdue
from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Message
from notifications.delivery import deliver
from notifications.keys import Keys
from notifications.relay import Relay
from notifications.smtp import Outcome
from notifications.transport import Recorder, SmtpTransport
from notifications.writer import Post
from tests.waiting import free_ports, listens, until

MAILS, SMALL = 2_000, 200
TASKS = 200  # mails by prefect-email a round
SHARE, TIMES = 0.12, 10
SESSIONS = 16
START_SECONDS = 10
OURS, SOURCE, EMAIL = "dondoc", "smtp-source", "prefect-email"
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
    (port,) = free_ports(1)
    if not (POSTFIX / "smtp-sink").exists():
        raise SystemExit(
            "no smtp-sink to send to; Debian's package postfix has it (.ci/packages, run as root)"
        )
    # As root smtp-sink wants to be told whom to become; nobody else may tell it.
    user = ("-u", "postfix") if os.geteuid() == 0 else ()
    command = [POSTFIX / "smtp-sink", *user, f"127.0.0.1:{port}", "256"]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: listens(port), START_SECONDS, lambda: "smtp-sink does not listen")
            yield port
        finally:
            process.terminate()


@dataclass(frozen=True)
class Morning:
    """A ledger in whose outbox digests wait, and the slot at which they may leave. `size`: bytes of a mail."""

    name: str
    ledger: Path
    now: datetime
    mails: int
    size: int
    said: Said

    @classmethod
    def of(cls, name: str, make: Callable[[Path, int], datetime], folder: str, mails: int) -> Morning:
        ledger = Path(folder) / f"{make.__name__}.db"
        now = make(ledger, mails)
        weighed = _weighed(ledger, now)
        size = round(statistics.median(len(raw) for raw in weighed))
        usual = min(weighed, key=lambda raw: abs(len(raw) - size))
        return cls(name, ledger, now, len(weighed), size, _said(usual))


def drained(morning: Morning, port: int) -> float:
    """Seconds in which a copy of that morning's outbox was drained, for each mail of it."""
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{shutil.copy(morning.ledger, folder)}")
        began = datetime.now(UTC)
        begun = time.perf_counter()
        transport = SmtpTransport(Relay("127.0.0.1", port), SESSIONS)
        done = asyncio.run(
            deliver(engine, POST, transport, lambda: morning.now + (datetime.now(UTC) - began))
        )
        taken = time.perf_counter() - begun
        _require_marked(engine, done.sent)
        engine.dispose()
    return taken / done.sent


def _require_marked(engine: Engine, sent: int) -> None:
    with reading(engine) as session:
        states = session.exec(select(Message.state)).all()
    assert states == ["accepted"] * sent, sorted(set(states))


def smtp_source(morning: Morning, port: int) -> float:
    begun = time.perf_counter()
    subprocess.run(
        [
            POSTFIX / "smtp-source",
            "-d",
            "-s",
            str(SESSIONS),
            "-l",
            str(morning.size),
            "-m",
            str(morning.mails),
        ]
        + ["-f", "dondoc@dondoc.example", "-t", "xa@cantho.example", f"127.0.0.1:{port}"],
        check=True,
    )
    return (time.perf_counter() - begun) / morning.mails


class Scales(Recorder):
    """Keeps every mail and sends none."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        self.kept.append(raw)
        return await super().send(envelope_from, recipient, raw)


def _weighed(ledger: Path, now: datetime) -> list[bytes]:
    """The mails of a morning as they go over the wire."""
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{shutil.copy(ledger, folder)}")
        scales = Scales()
        asyncio.run(deliver(engine, POST, scales, lambda: now))
        engine.dispose()
    return scales.kept


def _said(raw: bytes) -> Said:
    mail = message_from_bytes(raw, policy=default)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    return Said(mail["Subject"], text.get_content(), html.get_content(), "xa@cantho.example")


def main() -> int:
    wanted = arguments(__doc__)
    mails, by_task = (SMALL, SMALL // 10) if wanted.small else (MAILS, TASKS)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder, sink() as port, prefect():
        found = [
            Morning.of("four late items", overdue, folder, mails),
            Morning.of("nine items at first", first, folder, mails),
        ]
        cases: dict[str, Callable[[], float]] = {}
        for one in found:
            cases[f"{one.name}: {OURS}"] = partial(drained, one, port)
            cases[f"{one.name}: {SOURCE}"] = partial(smtp_source, one, port)
        ordinary = found[0]
        cases[f"{ordinary.name}: {EMAIL}"] = partial(by_tasks, [ordinary.said] * by_task, port)
        taken = in_rounds(cases, wanted.rounds)
    rows = [
        _row(f"{one.name}: {sender}", one, taken)
        for one in found
        for sender in (OURS, SOURCE, EMAIL)
        if f"{one.name}: {sender}" in taken
    ]
    bars = [
        Bar(f"share of smtp-source's rate, {one.name}", _times(taken, one, SOURCE), SHARE, at_least=True)
        for one in found
    ]
    bars.append(Bar("times as fast as a task a mail", _times(taken, ordinary, EMAIL), TIMES, at_least=True))
    return report("the outbox drained", rows, bars, wanted)


def _times(taken: Mapping[str, Seconds], morning: Morning, other: str) -> float:
    """How many times as fast as another we are."""
    return taken[f"{morning.name}: {other}"].median / taken[f"{morning.name}: {OURS}"].median


def _row(name: str, morning: Morning, taken: Mapping[str, Seconds]) -> dict[str, object]:
    return {
        "mails and sender": name,
        "bytes a mail": morning.size,
        "seconds a mail": taken[name],
        "mails a second": round(1 / taken[name].median),
    }


if __name__ == "__main__":
    raise SystemExit(main())
