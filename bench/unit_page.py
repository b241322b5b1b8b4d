"""How long the coordinators' page of a unit takes: the whole campaign of 2020, a year of mails, through the application.

.venv/bin/python -m bench.unit_page [--small] [--json]
"""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import httpx
from sqlalchemy import Engine

from bench.ledgers import CAMPAIGN
from bench.measure import Bar, Seconds, arguments, report
from bench.years import KEYS, a_year, rehearsed
from notifications.unit_links import unit_link, units_link
from notifications.web.app import make_app
from notifications.web.site import Site

LIMIT_MS = 300
REQUESTS, SMALL = 40, 5
LIST = "list of units"
DAY = "2020-11-12"
# A department, a district with communes below it, the monitor, and the city, which reads overviews.
UNITS = ("STP", "916", "SNV", "UBND-TP")


@dataclass(frozen=True)
class Taken:
    """Of one page, after a request that warms up. `size`: octets."""

    seconds: Seconds
    p95_ms: float
    size: int


def measured(engine: Engine, home: Path, requests: int) -> dict[str, Taken]:
    site = Site(
        engine=engine,
        keys=KEYS,
        home=home,
        domain="dondoc.example",
        clock=lambda: datetime.now(UTC),
        link_rate=10**6,
        address_rate=10**6,
    )
    transport = httpx.ASGITransport(make_app(site))
    return {name: asyncio.run(_timed(transport, url, requests)) for name, url in pages().items()}


def pages() -> Mapping[str, str]:
    """By what they show: the list, each kind of unit, and one of its days."""
    key, units = KEYS["coordinators"].current, rehearsed().units
    found = {LIST: units_link("http://bench", key, CAMPAIGN)}
    commune = next(code for code, unit in units.items() if unit.kind in ("commune", "ward"))
    for code in (*UNITS, commune):
        link = unit_link("http://bench", key, CAMPAIGN, code)
        found |= {code: link, f"{code} on a day": f"{link}?on={DAY}"}
    return found


async def _timed(transport: httpx.ASGITransport, url: str, requests: int) -> Taken:
    taken: list[float] = []
    size = 0
    async with httpx.AsyncClient(transport=transport) as client:
        for _ in range(requests + 1):
            began = perf_counter()
            response = await client.get(url)
            taken.append(perf_counter() - began)
            response.raise_for_status()
            size = len(response.content)
    p95 = statistics.quantiles(taken[1:], n=20)[-1]
    return Taken(Seconds.of(taken[1:]), round(p95 * 1000, 1), size)


def main() -> int:
    wanted = arguments(__doc__)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = a_year(Path(folder, "ledger.db"), small=wanted.small)
        found = measured(engine, Path(folder), SMALL if wanted.small else REQUESTS)
        engine.dispose()
    rows = [
        {"page": name, "seconds": one.seconds, "p95, ms": one.p95_ms, "octets": one.size}
        for name, one in found.items()
    ]
    slowest = max(one.p95_ms for name, one in found.items() if name != LIST)
    return report(
        "the coordinators' pages", rows, [Bar("p95 of a unit's page, ms", slowest, LIMIT_MS)], wanted
    )


if __name__ == "__main__":
    raise SystemExit(main())
