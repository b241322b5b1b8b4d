"""How long the board of a large campaign takes to compute, the picture apart, beside a small one's: `make bench`."""

from __future__ import annotations

import argparse
import json
import statistics
import time
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text

from config.contacts import default_contacts
from config.loader import find_campaign, load_definition
from directives.definition import Definition
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.states import campaign_row
from directives.model import Unit, UnitKind
from notifications.board.markdown import campaign_board

CAMPAIGN = "dan-van-kheo-2020"
SIZES = (1_000, 25_000)
LIMIT_SECONDS = 2.0
RUNS = 5
COMMUNES = (UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP)
# Lives of every kind among the steps: mailed, received, reported, accepted, asking for more time.
LIVES = """
UPDATE steps SET
  first_mailed_at = :mailed,
  received_at = CASE WHEN id % 3 THEN :received END,
  reported_at = CASE WHEN id % 5 < 2 THEN :reported END,
  accepted_at = CASE WHEN id % 10 < 3 THEN :reported END,
  extension_requested_at = CASE WHEN id % 97 = 0 THEN :reported END
"""


@dataclass(frozen=True)
class Figure:
    """Seconds are medians; `computed` reads the facts, `written` makes the Markdown of them."""

    steps: int
    units: int
    computed: float
    written: float
    bytes: int


def grown(definition: Definition, steps: int) -> Definition:
    """The campaign with its communes copied until at least so many steps are asked for."""
    communes = [unit for unit in definition.units.values() if unit.kind in COMMUNES]
    base = len(definition.steps)
    each = sum(step.unit in {unit.code for unit in communes} for step in definition.steps) / len(communes)
    units = dict(definition.units)
    for n in range(max(0, round((steps - base) / each + 0.5))):
        like = communes[n % len(communes)]
        code = f"{like.code}-{n}"
        units[code] = Unit(code=code, name=f"{like.name} {n}", kind=like.kind, parent=like.parent)
    return replace(definition, units=units)


def opened(engine: Engine, definition: Definition) -> datetime:
    """The campaign in a ledger of its own, in the middle of its life; returns that moment."""
    now = definition.calendar.local(definition.opened_at) + timedelta(days=130)
    with begin(engine) as session:
        contacts = default_contacts(definition.units)
        open_campaign(session, definition, contacts, at=definition.opened_at, rehearsal=True)
    instants = {
        name: (now - timedelta(days=days)).astimezone().strftime("%Y-%m-%d %H:%M:%S.000000")
        for name, days in (("mailed", 120), ("received", 60), ("reported", 3))
    }
    with engine.begin() as connection:
        connection.execute(text(LIVES), instants)
    return now


def measured(steps: int) -> Figure:
    definition = grown(load_definition(find_campaign(CAMPAIGN)), steps)
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
        migrate(engine)
        now = opened(engine, definition)
        computed, written, size = [], [], 0
        for _ in range(RUNS):
            begun = time.perf_counter()
            with reading(engine) as session:
                board = boards.campaign_board(Casebook(session, campaign_row(session, CAMPAIGN)), now)
            read = time.perf_counter()
            size = len(campaign_board(board, {}).encode())
            computed.append(read - begun)
            written.append(time.perf_counter() - read)
        engine.dispose()
    return Figure(
        sum(row.total for row in board.rows),
        len(definition.units),
        round(statistics.median(computed), 3),
        round(statistics.median(written), 3),
        size,
    )


def main() -> int:
    """Prints the figures; the exit status says whether the large board stays under its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    figures = [measured(steps) for steps in SIZES]
    small, large = figures[0], figures[-1]
    took = large.computed + large.written
    ratio = round(took / (small.computed + small.written), 1)
    if as_json:
        print(json.dumps({"figures": [asdict(one) for one in figures], "ratio": ratio}, indent=2))
    else:
        table = Table("steps", "units", "computed s", "written s", "bytes", title="the campaign's board")
        for one in figures:
            table.add_row(*(str(value) for value in asdict(one).values()))
        Console().print(table)
        print(f"{large.steps / small.steps:.1f} times the steps take {ratio} times as long")
    return 0 if took < LIMIT_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main())
