"""Disks, databases, clocks and mailboxes that fail and are mended: nothing lost, nothing done twice, nobody's help: `make chaos`.

.venv/bin/python -m tests.chaos.outages [--every N] [--trial WORDS] [--json]

Needs root, for a small filesystem of its own, Postfix and Dovecot.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial

from tests.chaos.absence import numbered_anew, three_days
from tests.chaos.breaking import may_mount
from tests.chaos.days import JUMPS, clock_set
from tests.chaos.figures import Figures
from tests.chaos.kills import every_database
from tests.chaos.printing import report
from tests.chaos.scenes import Scene, scenes
from tests.chaos.storage import BusyPage, storage, trials_on
from tests.databases import Databases
from tests.system.mail_servers import missing

Trial = Callable[[], Figures]


def trials(databases: Databases, found: list[Scene], every: int) -> Iterator[tuple[str, Trial]]:
    """Every trial that makes sense on that kind of database, by its name."""
    for name, scene in trials_on(databases, found):
        yield f"{name}: {scene.name}", partial(storage, name, scene, databases, every)
    for name in JUMPS:
        yield f"clock {name}", partial(clock_set, databases, name)
    yield "three days away", partial(three_days, databases)
    yield "UIDVALIDITY changed", partial(numbered_anew, databases)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--every", type=int, default=1, help="break at each so-manieth of the steps")
    parser.add_argument("--trial", default="", help="only those whose name has these words")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    wanted = parser.parse_args()
    if not may_mount():
        parser.error("a small filesystem is mounted by root only")
    if why := missing():
        parser.error(why)
    found: list[Figures] = []
    with every_database(wanted.database or ["sqlite", "postgresql"]) as databases, scenes() as all_of_them:
        own = [BusyPage() if one.name == "page" else one for one in all_of_them]
        for one in databases:
            for name, trial in trials(one, own, wanted.every):
                if wanted.trial in name:
                    print(f"{one.name}: {name} …", file=sys.stderr, flush=True)
                    found.append(trial())
    title, hidden = "outages, mended, and what there was afterwards", ("wrong", "bound")
    status = report(title, found, as_json=wanted.json, without=hidden)
    for one in found if not wanted.json else ():
        for line in one.wrong:
            print(f"{one.database}: {one.trial}: {line}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
