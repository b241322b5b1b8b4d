"""How long `dondoc verify` takes: the whole campaign of 2020 with a year of answers, chain and rows.

    .venv/bin/python -m bench.verify [--json] [--ledger FILE] [--times N]

Prints the seconds of the chain and of the comparison, median; exit status 1 when both together are over their limit.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from bench.unit_page import CAMPAIGN, a_year
from directives.ledger import audit, verifying
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Answer, Audit

LIMIT_S = 5


def measure(engine: Engine, times: int) -> dict[str, float]:
    """{events, answers, chain, rows}: counts, and seconds. Errors: ValueError for a ledger that is not in order."""
    chain: list[float] = []
    rows: list[float] = []
    for _ in range(times):
        with reading(engine) as session:
            campaign = campaign_row(session, CAMPAIGN)
            begun = perf_counter()
            wrong = list(audit.broken(session, ident(campaign)))
            chained = perf_counter()
            wrong += verifying.differences(session, campaign)
            chain.append(chained - begun)
            rows.append(perf_counter() - chained)
            if wrong:
                raise ValueError(wrong[0])
    with reading(engine) as session:
        counts = {"events": _count(session, Audit), "answers": _count(session, Answer)}
    return {**counts, "chain": statistics.median(chain), "rows": statistics.median(rows)}


def _count(session: Session, table: type[Audit] | type[Answer]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--json", action="store_true")
    options.add_argument("--ledger", type=Path)
    options.add_argument("--times", type=int, default=3)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(a_year(given.ledger or Path(folder) / "ledger.sqlite"), given.times)
    if given.json:
        print(json.dumps(found))
    else:
        print(
            f"{found['events']} events, {found['answers']} answers: chain {found['chain']:.2f} s, rows {found['rows']:.2f} s"
        )
    if found["chain"] + found["rows"] > LIMIT_S:
        sys.exit(f"over its {LIMIT_S} s")


if __name__ == "__main__":
    main()
