"""How long the coordinators' page of a unit takes: the whole campaign of 2020, a year of mails, through the application.

    .venv/bin/python bench/unit_page.py [--json] [--ledger FILE] [--requests N]

Prints p50 and p95 in milliseconds for each kind of page; exit status 1 when a unit's page is over its 300 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import httpx
from sqlalchemy import Engine

from cli.replay import Replay
from cli.voices import Voices
from config.contacts import default_contacts
from config.loader import find_campaign, load_definition
from config.settings import Settings
from config.variants import load_behaviour
from directives.ledger.engine import begin, make_engine, migrate
from directives.ledger.opening import open_campaign
from notifications.keys import Keys
from notifications.unit_links import unit_link, units_link
from notifications.web.app import make_app
from notifications.web.site import Site
from notifications.writer import Post

CAMPAIGN = "dan-van-kheo-2020"
KEYS = Keys.of("for measuring only")
UNTIL = datetime(2021, 6, 30, 9, tzinfo=UTC)
LIMIT_MS = 300
# A department, a district with communes below it, a commune, the monitor, and the city, which reads overviews.
UNITS = ("STP", "916", "SNV", "UBND")


def a_year(file: Path) -> Engine:
    """The campaign lived for a year with the rehearsal's answers."""
    engine = make_engine(f"sqlite:///{file}")
    if file.exists():
        return engine
    migrate(engine)
    definition = load_definition(find_campaign(CAMPAIGN), Settings().rehearsal_window)
    start = definition.opened_at
    with begin(engine) as session:
        open_campaign(session, definition, default_contacts(definition.units), at=start, rehearsal=True)
    post = Post("dondoc@dondoc.example", "dondoc", "ops@dondoc.example", keys=KEYS)
    voices = Voices.of(definition, load_behaviour(CAMPAIGN, definition))
    Replay(engine, definition, post, voices).live(start, UNTIL)
    return engine


def measure(engine: Engine, requests: int) -> dict[str, dict[str, float]]:
    """p50 and p95 by page, after one request that warms up."""
    site = Site(
        engine=engine,
        keys=KEYS,
        home=Path(tempfile.gettempdir()),
        domain="dondoc.example",
        clock=lambda: datetime.now(UTC),
        link_rate=10**6,
        address_rate=10**6,
    )
    transport = httpx.ASGITransport(make_app(site))
    definition = load_definition(find_campaign(CAMPAIGN), Settings().rehearsal_window)
    pages = {"list": units_link("http://bench", KEYS["coordinators"].current, CAMPAIGN)}
    known = [code for code in UNITS if code in definition.units]
    communes = [code for code, unit in definition.units.items() if unit.kind in ("commune", "ward")]
    for code in [*known, *communes[:1]]:
        link = unit_link("http://bench", KEYS["coordinators"].current, CAMPAIGN, code)
        pages |= {code: link, f"{code} on a day": f"{link}?on=2020-11-12"}
    return {name: asyncio.run(_timed(transport, url, requests)) for name, url in pages.items()}


async def _timed(transport: httpx.ASGITransport, url: str, requests: int) -> dict[str, float]:
    taken: list[float] = []
    size = 0
    async with httpx.AsyncClient(transport=transport) as client:
        for _ in range(requests + 1):
            began = perf_counter()
            response = await client.get(url)
            taken.append((perf_counter() - began) * 1000)
            response.raise_for_status()
            size = len(response.content)
    cuts = statistics.quantiles(taken[1:], n=20)
    return {"p50_ms": round(statistics.median(taken[1:]), 1), "p95_ms": round(cuts[-1], 1), "bytes": size}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--ledger", type=Path, help="a ledger to keep and use again")
    parser.add_argument("--requests", type=int, default=40)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        engine = a_year(given.ledger or Path(folder, "ledger.db"))
        found = measure(engine, given.requests)
        engine.dispose()
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        for name, one in found.items():
            print(f"{name:<16} p50 {one['p50_ms']:>7} ms  p95 {one['p95_ms']:>7} ms  {one['bytes']:>8} bytes")
    sys.exit(any(one["p95_ms"] > LIMIT_MS for name, one in found.items() if name != "list"))


if __name__ == "__main__":
    main()
