"""How long `dondoc verify` takes: the whole campaign of 2020 with a year of answers, chain and rows.

.venv/bin/python -m bench.verify [--small] [--json]
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from bench.ledgers import CAMPAIGN
from bench.measure import Bar, arguments, in_rounds, report
from bench.years import a_year
from directives.ledger import audit, verifying
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Answer, Audit

LIMIT_SECONDS = 5


def chain(engine: Engine) -> None:
    with reading(engine) as session:
        _require_nothing(audit.broken(session, ident(campaign_row(session, CAMPAIGN))))


def rows(engine: Engine) -> None:
    with reading(engine) as session:
        _require_nothing(verifying.differences(session, campaign_row(session, CAMPAIGN)))


def _require_nothing(wrong: Iterable[str]) -> None:
    for line in wrong:
        raise SystemExit(f"the ledger is not in order: {line}")


def _count(session: Session, table: type[Audit] | type[Answer]) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def main() -> int:
    wanted = arguments(__doc__)
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = a_year(Path(folder, "ledger.db"), small=wanted.small)
        with reading(engine) as session:
            counts = {"events": _count(session, Audit), "answers": _count(session, Answer)}
        cases = {"audit chain": partial(chain, engine), "rows beside their events": partial(rows, engine)}
        taken = in_rounds(cases, wanted.rounds)
        engine.dispose()
    found = [{"what": name, **counts, "seconds": seconds} for name, seconds in taken.items()]
    both = sum(seconds.median for seconds in taken.values())
    return report("dondoc verify", found, [Bar("seconds of both", both, LIMIT_SECONDS)], wanted)


if __name__ == "__main__":
    raise SystemExit(main())
