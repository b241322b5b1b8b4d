"""What a pass costs beyond an empty Prefect flow run: each a process of its own, as a worker starts them.

    .venv/bin/python -m bench.overhead [--small] [--json]

Directive 1914 on the first morning after its deadline: whatever is due of clause 1g is planned, its board, the campaign's
and the table of its steps are published to a real Prefect server; nothing is drawn. Each round finds the same ledger.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sqlalchemy import Engine

from bench import ledgers
from bench.measure import Bar, arguments, in_rounds, report
from bench.national import morning
from cli.stack import is_healthy, prefect_environment, start_server
from cli.supervise import Children
from config.settings import Settings
from directives.ledger.engine import begin, make_engine, migrate
from directives.ledger.states import campaign_row
from tests.waiting import free_ports

LIMIT_SECONDS = 1.0
START_SECONDS = 120
EMPTY = "from prefect import flow\n@flow\ndef empty() -> None: ...\nempty()"
PASS = f"from flows.follow_up import follow_up\nfollow_up({ledgers.CAMPAIGN!r}, {ledgers.INSTRUCTION!r})"


@contextmanager
def prefect(home: Path, **environment: str) -> Iterator[dict[str, str]]:
    """The environment in which flows reach a Prefect server of their own, which hears of `environment` beside."""
    settings = Settings(home=home, prefect_port=free_ports(1)[0])
    with Children(home / "logs") as children, patch.dict(os.environ, environment):
        start_server(children, settings)
        ends = time.monotonic() + START_SECONDS
        while not is_healthy(settings.prefect_api_url):
            children.check()
            if time.monotonic() > ends:
                raise SystemExit(f"Prefect's server does not answer; see {children.logs}/")
            time.sleep(0.5)
        yield prefect_environment(settings)


def run(environment: dict[str, str], program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)


def stands(engine: Engine, now: datetime) -> None:
    """The rehearsal's clock."""
    with begin(engine) as session:
        campaign_row(session, ledgers.CAMPAIGN).clock_at = now


def timed_pass(environment: dict[str, str], kept: Path) -> float:
    """Seconds of a pass over a ledger as it was."""
    shutil.copy(kept, Path(environment["DONDOC_HOME"], "ledger.db"))
    begun = time.perf_counter()
    run(environment, PASS)
    return time.perf_counter() - begun


def main() -> int:
    wanted = arguments(__doc__)
    definition = ledgers.directive()
    first, now = definition.calendar.next_slot(definition.opened_at), morning(definition, 1)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        home = Path(folder, "home")
        home.mkdir()
        with prefect(home) as environment:
            engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
            migrate(engine)
            ledgers.opened(engine, definition)
            stands(engine, first)
            run(environment, PASS)  # its boards are there from now on
            stands(engine, now)
            engine.dispose()
            kept = Path(shutil.copy(home / "ledger.db", folder))
            taken = in_rounds(
                {
                    "an empty flow": partial(run, environment, EMPTY),
                    "a pass": partial(timed_pass, environment, kept),
                },
                wanted.rounds,
            )
    rows = [{"flow run": name, "seconds": seconds} for name, seconds in taken.items()]
    over = taken["a pass"].median - taken["an empty flow"].median
    return report("a pass beside an empty flow", rows, [Bar("seconds more", over, LIMIT_SECONDS)], wanted)


if __name__ == "__main__":
    raise SystemExit(main())
