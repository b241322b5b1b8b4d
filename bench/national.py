"""A morning of the whole country on PostgreSQL: 34 provinces, 3,321 communes, 12 instructions, 3 campaigns, two processes.

    .venv/bin/python -m bench.national [--small] [--json]

The fifth working day after the deadline: of ten duties four are done; whoever owes the others is written to, with the
unit above it and the monitor. Two processes take the passes, one instruction after another, then both deliver; every
mail is composed, stored and marked, and none is sent. Measured once: what is limited are minutes, not a ratio.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine, text
from sqlmodel import select

from bench import ledgers
from bench.databases import analyze, postgres_uri
from bench.drain import POST
from bench.measure import Bar, Seconds, arguments, report
from directives.definition import Definition
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.passes import run_pass
from directives.ledger.tables import Message
from directives.model import AudienceSpec, Contact, ContactRole, Instruction, Unit, UnitKind
from notifications.delivery import deliver
from notifications.transport import Recorder
from tests.hostile.limits import peak_megabytes

PROVINCES, COMMUNES, INSTRUCTIONS, CAMPAIGNS = 34, 3_321, 12, 3
SMALL = (2, 60, 3, 2)
PROCESSES = 2
LIMIT_SECONDS, LIMIT_BYTES, DIGESTS = 300, 10**9, 10_000
ASKED = AudienceSpec(kinds=(UnitKind.RURAL_DISTRICT, UnitKind.COMMUNE))
DAYS_LATE = (3, 5)  # working days: the morning before the measured one, and that one
DONE = "UPDATE steps SET first_mailed_at = :at, received_at = :at, reported_at = CASE WHEN (id + id / 97) % 10 < 4 THEN :at END"


@dataclass(frozen=True, slots=True)
class Work:
    """What one process did, in one of its tasks."""

    what: str
    done: int
    cpu_seconds: float
    peak_bytes: int


def country(provinces: int, communes: int) -> dict[str, Unit]:
    """The organisation that Nghị quyết 202/2025/QH15 and its resolutions left, by its numbers: two levels, no districts."""
    above = ledgers.directive().campaign.monitor.unit
    units = [Unit(code=above, name="Bộ chủ trì theo dõi", kind=UnitKind.CENTRAL_AGENCY)]
    for n in range(provinces):
        units.append(
            Unit(
                code=f"T{n}",
                name=f"Ủy ban nhân dân tỉnh thứ {n + 1}",
                kind=UnitKind.RURAL_DISTRICT,
                parent=above,
            )
        )
    for n in range(communes):
        units.append(
            Unit(
                code=f"X{n}",
                name=f"Ủy ban nhân dân xã Trường Xuân {n + 1}",
                kind=UnitKind.COMMUNE,
                parent=f"T{n % provinces}",
            )
        )
    return {unit.code: unit for unit in units}


def campaigns(
    provinces: int, communes: int, instructions: int, campaigns_in_all: int
) -> list[tuple[Definition, list[Contact]]]:
    """The campaigns with their contacts: each is another ministry's, with other boxes, so that no two share a mail."""
    like = ledgers.directive()
    units = country(provinces, communes)
    asked = [_instruction(like, n) for n in range(instructions)]
    found: list[tuple[Definition, list[Contact]]] = []
    for n in range(campaigns_in_all):
        campaign = like.campaign.model_copy(
            update={
                "campaign": f"toan-quoc-{n + 1}",
                "series": f"toan-quoc-{n + 1}",
                "audiences": {},
                "report": None,
                "monitor": like.campaign.monitor.model_copy(update={"with_": ()}),
                "instructions": tuple(asked),
            }
        )
        boxes = [
            Contact(
                unit=code,
                role=ContactRole.LEAD,
                name=f"Chủ tịch {unit.name}",
                address=f"{code.lower()}@linh-vuc-{n}.example.vn",
            )
            for code, unit in units.items()
        ]
        found.append((replace(like, campaign=campaign, units=units, others={}), boxes))
    return found


def _instruction(like: Definition, n: int) -> Instruction:
    step = (
        like.instructions["1g"]
        .steps[0]
        .model_copy(update={"key": "report", "audience": ASKED, "covered_by": None})
    )
    of = like.campaign.instructions[n % len(like.campaign.instructions)]
    return of.model_copy(
        update={
            "key": f"n{n + 1}",
            "label": str(n + 1),
            "clause": f"khoản {n + 1}",
            "support": (),
            "steps": (step,),
            "part": None,
        }
    )


def opened(engine: Engine, wanted: Sequence[tuple[Definition, list[Contact]]]) -> None:
    """The campaigns at the morning before: opened, mailed, partly answered."""
    for definition, contacts in wanted:
        with begin(engine) as session:
            open_campaign(session, definition, contacts, at=definition.opened_at)
    first = wanted[0][0]
    with engine.begin() as connection:
        connection.execute(text(DONE), {"at": first.opened_at})


def sent(engine: Engine) -> None:
    """What the morning before planned has left."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE addressees SET state = 'sent' WHERE state = 'pending'"))


def morning(definition: Definition, working_days: int) -> datetime:
    """The slot so many working days after the last good day."""
    calendar = definition.calendar
    due = max(step.due_before for step in definition.steps if step.due_before)
    last_good = calendar.local(due).date() - timedelta(days=1)
    return calendar.next_slot(calendar.begins(calendar.add(last_good, working_days)))


def passed(uri: str, now: datetime, of: tuple[str, str]) -> Work:
    """One instruction's pass, in a process of the pool; `of`: the keys of campaign and instruction."""
    return _worked("passes", uri, partial(_pass, of=of, now=now))


def _pass(engine: Engine, of: tuple[str, str], now: datetime) -> int:
    with begin(engine) as session:
        return run_pass(session, *of, now, now).notices


def delivered(uri: str, now: datetime, _deliverer: int) -> Work:
    """The outbox as one of the deliverers drains it."""
    return _worked("digests", uri, partial(_deliver, now=now))


def _deliver(engine: Engine, now: datetime) -> int:
    return asyncio.run(deliver(engine, POST, Recorder(), lambda: now)).sent


def _worked(what: str, uri: str, work: Callable[[Engine], int]) -> Work:
    engine = make_engine(uri)
    begun = time.process_time()
    done = work(engine)
    engine.dispose()
    return Work(
        what,
        done,
        time.process_time() - begun,
        peak_megabytes() * 1_000_000,
    )


def a_morning(uri: str, wanted: Sequence[Definition], now: datetime) -> tuple[list[Work], float, float]:
    """What was done, with the seconds of the passes and of the deliveries."""
    fresh = multiprocessing.get_context("spawn")  # as a worker's runs: nothing is inherited
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        begun = time.perf_counter()
        keys = [(one.campaign.campaign, key) for one in wanted for key in one.instructions]
        done = list(pool.map(partial(passed, uri, now), keys))
        planned = time.perf_counter()
        done += pool.map(partial(delivered, uri, now), range(PROCESSES))
        return done, planned - begun, time.perf_counter() - planned


def _waiting(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(Message.id).where(Message.state != "accepted")).all())


def made(engine: Engine, size: tuple[int, int, int, int]) -> tuple[list[Definition], datetime]:
    """The campaigns as they stand before the morning, and the moment at which it begins."""
    migrate(engine)
    asked = campaigns(*size)
    opened(engine, asked)
    definitions = [definition for definition, _ in asked]
    before, now = (morning(definitions[0], days) for days in DAYS_LATE)
    for definition in definitions:
        for key in definition.instructions:
            _pass(engine, (definition.campaign.campaign, key), before)
    sent(engine)
    analyze(engine)
    return definitions, now


def _bytes(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()


def main() -> int:
    wanted = arguments(__doc__)
    with postgres_uri() as server:
        uri = server.replace("postgresql:", "postgresql+psycopg:")
        engine = make_engine(uri)
        definitions, now = made(
            engine, SMALL if wanted.small else (PROVINCES, COMMUNES, INSTRUCTIONS, CAMPAIGNS)
        )
        done, planning, delivering = a_morning(uri, definitions, now)
        left, size_bytes = _waiting(engine), _bytes(engine)
        engine.dispose()
    rows = [_row(what, done, taken) for what, taken in (("passes", planning), ("digests", delivering))]
    rows[-1]["database, MB"] = round(size_bytes / 1e6)
    digests = sum(one.done for one in done if one.what == "digests")
    bars = [
        Bar("seconds of the morning", planning + delivering, LIMIT_SECONDS),
        Bar("peak bytes of a process", max(one.peak_bytes for one in done), LIMIT_BYTES),
        Bar("mails composed", digests, DIGESTS, at_least=True),
        Bar("mails left waiting", left, 0),
    ]
    return report("a morning of the whole country", rows, bars, wanted)


def _row(what: str, done: Sequence[Work], taken: float) -> dict[str, object]:
    of = [one for one in done if one.what == what]
    return {
        "work": what,
        "tasks": len(of),
        "notices or mails": sum(one.done for one in of),
        "seconds": Seconds.of([taken]),
        "CPU seconds": round(sum(one.cpu_seconds for one in of), 1),
        "peak MB of a process": round(max(one.peak_bytes for one in of) / 1e6),
        "database, MB": "",
    }


if __name__ == "__main__":
    raise SystemExit(main())
