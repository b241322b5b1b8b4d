"""Disks, databases, clocks and mailboxes fail and are mended: nothing is lost or done twice. (`make chaos`: at more steps.)"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chaos.absence import numbered_anew, three_days
from tests.chaos.breaking import may_mount
from tests.chaos.days import JUMPS, clock_set
from tests.chaos.figures import Figures
from tests.chaos.scenes import Scene, scenes
from tests.chaos.storage import OUTAGES, BusyPage, storage, trials_on
from tests.databases import Databases, SqliteFiles
from tests.system.mail_servers import missing

NAMES = ["follow-up", "deliver", "mail loop", "page"]


@pytest.fixture(scope="module")
def all_scenes() -> Iterator[list[Scene]]:
    with scenes() as found:
        yield [BusyPage() if one.name == "page" else one for one in found]


@pytest.mark.parametrize("name", NAMES)
def test_a_ledger_that_is_held_for_a_while_is_written_afterwards(
    all_scenes: list[Scene], sqlite_files: Databases, name: str
) -> None:
    (scene,) = [one for one in all_scenes if one.name == name]
    holds(storage("locked", scene, sqlite_files, every=4))


@pytest.mark.system
@pytest.mark.parametrize("outage", OUTAGES)
def test_an_outage_of_disk_or_database_costs_delay_only(
    all_scenes: list[Scene], databases: Databases, outage: str
) -> None:
    if not may_mount():
        pytest.fail("only root may mount a small filesystem", pytrace=False)
    found = [scene for name, scene in trials_on(databases, all_scenes) if name == outage]
    assert bool(found) == (databases.name in OUTAGES[outage][1])
    for scene in found:
        holds(storage(outage, scene, databases, every=3))


@pytest.mark.system
@pytest.mark.parametrize("name", JUMPS)
def test_a_clock_that_was_wrong_for_two_hours_sends_nothing_twice_and_stops_nothing(
    sqlite_files: SqliteFiles, name: str
) -> None:
    holds(clock_set(sqlite_files, name))


@pytest.mark.system
def test_after_three_days_away_everybody_gets_one_digest_and_nobody_who_had_answered_is_accused(
    databases: Databases,
) -> None:
    holds(three_days(databases))


@pytest.mark.system
def test_a_mailbox_that_was_numbered_anew_is_read_whole_and_applied_once(databases: Databases) -> None:
    if why := missing():
        pytest.fail(why, pytrace=False)
    holds(numbered_anew(databases))


def holds(found: Figures) -> None:
    assert found.holds, found
