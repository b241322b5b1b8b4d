"""What a year leaves on the disk: the ledger of 2020's campaign, and Prefect's runs until they are swept.

    .venv/bin/python -m bench.growth [--small] [--json]

The year is lived with the rehearsal's answers. Prefect's database grows by a run's share, measured over passes that
publish their boards; prefect.yaml says how many runs a year has. Then every run is made older than Prefect's retention
and swept by its own service: what must stay (the boards) stays.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from prefect.server.schemas.schedules import CronSchedule

from bench import ledgers
from bench.measure import Bar, Seconds, arguments, report
from bench.national import morning
from bench.overhead import PASS, prefect, run, stands
from bench.years import a_year
from directives.ledger.engine import make_engine, migrate
from flows.deployments import PREFECT_YAML

RUNS, SMALL = 40, 4
YEAR = timedelta(days=365)
# Prefect's own defaults, of runs and of events.
RETENTION, EVENTS_RETENTION = timedelta(days=90), timedelta(days=7)
SWEPT_SECONDS = 120
LEDGER_MB, PREFECT_MB = 100, 2_000
OLD = RETENTION + timedelta(days=1)
# Prefect's service looks every hour, and only where it is told to; here every two seconds.
SWEEPING = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "2",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ORPHAN_CLEANUP_LOOP_SECONDS": "2",
}


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes of a database's pages: of the tables and indexes of Prefect's events, and of all others."""

    events: int
    others: int

    @classmethod
    def by(cls, file: Path) -> Held:
        with closing(sqlite3.connect(file)) as connection:
            sizes = connection.execute("SELECT name, pgsize FROM dbstat").fetchall()
        events = sum(size for name, size in sizes if "event" in name)
        return cls(events, sum(size for _, size in sizes) - events)

    def less(self, other: Held, runs: int) -> Held:
        """What each run of so many added."""
        return Held((self.events - other.events) // runs, (self.others - other.others) // runs)


def counted(file: Path, statement: str) -> int:
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        return connection.execute(statement).fetchone()[0]


def runs_in(deployments: list[dict[str, Any]], span: timedelta) -> int:
    """How many runs the schedules make in that time."""
    week, start = timedelta(days=7), datetime(2026, 1, 1, tzinfo=UTC)
    weeks = [start + n * week for n in range(-(-span // week))]  # Prefect gives a thousand dates at most
    crons = [
        CronSchedule(cron=schedule["cron"], timezone=schedule.get("timezone", "UTC"))
        for deployment in deployments
        for schedule in deployment.get("schedules") or ()
    ]
    dates = {
        (place, date)
        for place, cron in enumerate(crons)
        for begin in weeks
        for date in asyncio.run(cron.get_dates(n=10**6, start=begin, end=min(begin + week, start + span)))
    }
    return len(dates)


def passes(environment: dict[str, str], file: Path, many: int) -> Held:
    """Bytes by which Prefect's database grew with each of so many passes."""
    before = Held.by(file)
    for _ in range(many):
        run(environment, PASS)
    return Held.by(file).less(before, many)


def age(file: Path) -> None:
    """Every finished run ended before the retention began."""
    with closing(sqlite3.connect(file, timeout=60)) as connection:
        ended = (datetime.now(UTC) - OLD).strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute(
            "UPDATE flow_run SET end_time = ?, start_time = ? WHERE end_time IS NOT NULL", (ended, ended)
        )
        connection.commit()


def until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + SWEPT_SECONDS
    while not done():
        if time.monotonic() > ends:
            raise SystemExit("Prefect's vacuum has not swept the runs")
        time.sleep(0.5)


def of_prefect(home: Path, many: int) -> tuple[Held, int, int]:
    """Bytes a run leaves; boards before and after the runs were swept."""
    definition = ledgers.directive()
    with prefect(home, **SWEEPING) as environment:
        engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
        migrate(engine)
        ledgers.opened(engine, definition)
        stands(engine, morning(definition, 1))
        engine.dispose()
        file = home / "prefect" / "prefect.db"
        run(environment, PASS)  # its boards are made
        grown = passes(environment, file, many)
        boards = partial(counted, file, "SELECT count(*) FROM artifact")
        before = boards()
        age(file)
        until(lambda: counted(file, "SELECT count(*) FROM flow_run") == 0)
        time.sleep(5)  # the sweeping of what belonged to them, and of what belongs to nobody
        return grown, before, boards()


def main() -> int:
    wanted = arguments(__doc__)
    a_years_runs = runs_in(yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))["deployments"], YEAR)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        home, ledger = Path(folder, "home"), Path(folder, "year.db")
        home.mkdir()
        begun = time.perf_counter()
        a_year(ledger).dispose()
        lived = Seconds.of([time.perf_counter() - begun])
        grown, before, after = of_prefect(home, SMALL if wanted.small else RUNS)
        kept = a_years_runs * (grown.others * (RETENTION / YEAR) + grown.events * (EVENTS_RETENTION / YEAR))
        year = Held.by(ledger)
        mails = counted(ledger, "SELECT count(*) FROM messages")
    rows = [
        {
            "what": f"ledger of 2020 ({mails} mails), MB",
            "figure": round((year.events + year.others) / 1e6, 1),
        },
        {"what": "Prefect, kB of a pass", "figure": round(grown.others / 1e3, 1)},
        {"what": "Prefect, kB of a pass's events", "figure": round(grown.events / 1e3, 1)},
        {"what": "runs a year", "figure": a_years_runs},
        {
            "what": f"Prefect, MB with {RETENTION.days} days of runs and {EVENTS_RETENTION.days} of events",
            "figure": round(kept / 1e6),
        },
        {"what": "seconds in which the year was lived", "figure": lived},
    ]
    bars = [
        Bar("MB of a year's ledger", (year.events + year.others) / 1e6, LEDGER_MB),
        Bar("MB of Prefect's database", kept / 1e6, PREFECT_MB),
        Bar("boards swept with their runs", before - after, 0),
    ]
    return report("what a year leaves on the disk", rows, bars, wanted)


if __name__ == "__main__":
    raise SystemExit(main())
