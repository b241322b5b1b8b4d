"""Killed at any step, a process loses nothing; what it did twice are mails, few, and somebody is told. (`make chaos`: all.)"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.chaos.kills import Figures, kills
from tests.chaos.scenes import Scene, scenes
from tests.databases import Databases

NAMES = ["follow-up", "deliver", "mail loop", "page"]
SOME = 17  # `make chaos`: every one


@pytest.fixture(scope="module")
def all_scenes() -> Iterator[dict[str, Scene]]:
    with scenes() as found:
        yield {one.name: one for one in found}


@pytest.mark.parametrize("name", NAMES)
def test_killed_at_some_steps_nothing_is_lost(
    all_scenes: dict[str, Scene], sqlite_files: Databases, name: str
) -> None:
    holds(kills(all_scenes[name], sqlite_files, every=23, first=5))


@pytest.mark.system
@pytest.mark.parametrize("name", NAMES)
def test_killed_at_more_steps_nothing_is_lost(
    all_scenes: dict[str, Scene], databases: Databases, name: str
) -> None:
    found = kills(all_scenes[name], databases, every=SOME)
    holds(found)
    assert found.kills * SOME >= 100


def test_more_doubled_by_one_death_than_it_had_connections_is_not_what_is_promised() -> None:
    five = Figures("sqlite", "deliver", 9, 0, doubled=5, most_doubled=5, bound=4, unflagged=0, seconds=1.0)
    assert not five.holds
    assert replace(five, most_doubled=4).holds


def holds(found: Figures) -> None:
    assert found.kills >= 3
    assert found.holds, found
