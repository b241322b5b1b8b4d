"""Processes killed by SIGKILL at every step; afterwards nothing is lost and nothing was done twice: `make chaos`.

.venv/bin/python -m tests.chaos.kills [--every N] [--json]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.killing import killed_at
from tests.chaos.printing import report
from tests.chaos.scenes import Outcome, Scene, scenes
from tests.databases import Databases, SqliteFiles, postgres

FOREVER = 100_000


@dataclass(frozen=True)
class Figures:
    """Of one scene on one database. `differed`: deaths after which something was lost, or done twice.

    `bound`: mails that one death may double.
    """

    database: str
    scene: str
    kills: int
    differed: int
    doubled: int  # mails that arrived twice
    most_doubled: int  # by one death
    bound: int
    unflagged: int
    seconds: float

    @property
    def holds(self) -> bool:
        return self.differed == self.unflagged == 0 and self.most_doubled <= self.bound and self.kills > 0


def kills(scene: Scene, databases: Databases, every: int = 1, first: int = 1) -> Figures:
    """The scene's process dies at the first step, `every` steps later, and so on, until it lives to its end."""
    begun = time.monotonic()
    wanted = lived(scene, databases, 0)[1]
    found: list[Outcome] = []
    for dies_at in range(first, FOREVER, every):
        died, outcome = lived(scene, databases, dies_at)
        if not died:
            break
        found.append(outcome)
    return Figures(
        database=databases.name,
        scene=scene.name,
        kills=len(found),
        differed=sum(one.held != wanted.held for one in found),
        doubled=sum(one.doubled for one in found),
        most_doubled=max((one.doubled for one in found), default=0),
        bound=scene.doubles,
        unflagged=sum(one.unflagged for one in found),
        seconds=round(time.monotonic() - begun, 1),
    )


def lived(scene: Scene, databases: Databases, dies_at: int) -> tuple[bool, Outcome]:
    """Whether it died, and what there was when the next run had ended."""
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder:
        engine = databases.ledger()
        scene.set_up(engine, Path(folder))
        url = engine.url.render_as_string(hide_password=False)
        engine.dispose()  # no connection is shared with the one that dies
        died = killed_at(url, dies_at, scene.act)
        if died:
            scene.go_on(engine)
        outcome = scene.outcome(engine)
        databases.clear()
    return died, outcome


@contextmanager
def every_database(kinds: list[str]) -> Iterator[list[Databases]]:
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, postgres() as server:
        yield [one for one in (SqliteFiles(Path(folder)), server) if one.name in kinds]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--every", type=int, default=1, help="die at each so-manieth step")
    parser.add_argument("--scene", default="", help="only this one")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    wanted = parser.parse_args()
    found: list[Figures] = []
    with every_database(wanted.database or ["sqlite", "postgresql"]) as databases, scenes() as all_of_them:
        for one in databases:
            for scene in all_of_them:
                if wanted.scene in ("", scene.name):
                    print(f"{one.name}: {scene.name} …", file=sys.stderr, flush=True)
                    found.append(kills(scene, one, wanted.every))
    return report("killed by SIGKILL at every step", found, as_json=wanted.json, without=("bound",))


if __name__ == "__main__":
    raise SystemExit(main())
