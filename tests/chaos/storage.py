"""Database and disk that break under a pass, a delivery, the mail loop and the page, and are mended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.ledger import engine as engines
from directives.ledger.away import why_away
from tests.chaos.breaking import Breaking, Place, full_disk, locked, read_only, restarted, unbroken
from tests.chaos.figures import Figures
from tests.chaos.killing import Countdown, watched
from tests.chaos.scenes import Outcome, Page, Scene
from tests.databases import Databases
from tests.ledger.campaigns import POST, Followed, a_definition
from tests.web.visitors import Office

PATIENCE = 0.3  # seconds that a lock is waited for: the holder keeps it for longer, whatever that is
STEPS = (0, 1, 4, 9, 16, 25, 40, 60)  # after so many rows, commits, files and writes to a socket it breaks
OUTAGES: dict[str, tuple[Breaking, tuple[str, ...]]] = {
    "full disk": (full_disk, ("sqlite", "postgresql")),
    "read-only": (read_only, ("sqlite", "postgresql")),
    "locked": (locked, ("sqlite", "postgresql")),
    "restarted": (restarted, ("postgresql",)),
}
WITH_FILES = ("mail loop", "page")
FROM_THE_START = {"read-only": (0,)}  # what is open for writing keeps a filesystem writable


class Breaks(Countdown):
    """Instead of dying, something breaks at the nth step; 0: before the first."""

    def __init__(self, at: int, call: Callable[[], object]) -> None:
        super().__init__(at)
        self.call = call

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            self.call()


@dataclass
class BusyPage(Page):
    """The page as a visitor meets it meanwhile: what is not taken now is sent again later."""

    busy: int = 0

    def act(self, engine: Engine) -> None:
        office = Office(Followed(engine, a_definition(), POST), self.folder)
        for link, fields, files in self.forms:
            said = office.client.post(link, data=fields, files=files)
            assert said.status_code in (200, 303, 503), said.text
            self.busy += said.status_code == 503

    def go_on(self, engine: Engine) -> None:
        busy = self.busy
        self.act(engine)
        assert self.busy == busy, "the page was busy after all was mended"


@dataclass
class Lived:
    """One trial: what was said while it was broken, and what there was in the end."""

    outcome: Outcome
    met: bool = False
    unclear: list[str] = field(default_factory=list[str])


def lived(scene: Scene, databases: Databases, breaking: Breaking, step: int) -> Lived:
    """Set up, act until it breaks, mend, go on by itself, look."""
    with impatient(), breaking(databases) as place:
        scene.set_up(place.engine, place.folder)
        busy = getattr(scene, "busy", 0)
        error = _acted(scene, place, step)
        scene.go_on(place.engine)
        found = Lived(scene.outcome(place.engine), met=error is not None or getattr(scene, "busy", 0) > busy)
        if error is not None and not why_away(error):
            found.unclear.append(repr(error))
        found.unclear += [f"half-written: {one}" for one in _unfinished(place.folder)]
        return found


@contextmanager
def impatient() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "BUSY_SECONDS", PATIENCE)
        yield


def _acted(scene: Scene, place: Place, step: int) -> BaseException | None:
    """What it ended with; the place is mended then."""
    if step == 0:
        place.breaks()
    try:
        with watched(place.engine, Breaks(step, place.breaks)):
            scene.act(place.engine)
    except Exception as error:
        return error
    finally:
        place.mends()
    return None


def _unfinished(folder: Path) -> Iterator[Path]:
    """What a file is called before it is whole."""
    yield from folder.rglob("tmp*")


def trials_on(databases: Databases, scenes: list[Scene]) -> Iterator[tuple[str, Scene]]:
    """(outage, scene). On PostgreSQL the full disk is that of the files; of its own it is the server that tells us."""
    for name, (_, kinds) in OUTAGES.items():
        for scene in scenes if databases.name in kinds else ():
            if (name, databases.name) != ("full disk", "postgresql") or scene.name in WITH_FILES:
                yield name, scene


def storage(name: str, scene: Scene, databases: Databases, every: int = 1) -> Figures:
    """An outage that begins at each of the steps."""
    begun = time.monotonic()
    breaking, _ = OUTAGES[name]
    wanted = lived(scene, databases, unbroken, 0).outcome
    steps = FROM_THE_START.get(name, STEPS)[::every]
    found = [lived(scene, databases, breaking, step) for step in steps]
    differing = [one for one in found if one.outcome.held != wanted.held]
    return Figures(
        trial=f"{name}: {scene.name}",
        database=databases.name,
        trials=len(found),
        # A server that comes back between two transactions is noticed by nobody, as it should be.
        met=len(found) if name == "restarted" else sum(one.met for one in found),
        differed=len(differing),
        doubled=sum(one.outcome.doubled for one in found),
        most_doubled=max(one.outcome.doubled for one in found),
        unflagged=sum(one.outcome.unflagged for one in found),
        wrong=[said for one in found for said in one.unclear] + [_unlike(one, wanted) for one in differing],
        bound=scene.doubles,
        seconds=round(time.monotonic() - begun, 1),
    )


def _unlike(one: Lived, wanted: Outcome) -> str:
    return "; ".join(
        f"{key}: {one.outcome.held.get(key)} instead of {value}"
        for key, value in wanted.held.items()
        if one.outcome.held.get(key) != value
    )
