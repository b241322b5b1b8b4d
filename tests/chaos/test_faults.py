"""Whatever the mail server does for an hour, nothing is lost, and nothing comes twice of which nobody is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.chaos.faults import lived
from tests.chaos.faulty_server import FAULTS, Fault, FaultyServer
from tests.databases import SqliteFiles

pytestmark = pytest.mark.system  # a second each: the server is given time


@pytest.fixture(scope="module")
def server() -> Iterator[FaultyServer]:
    with closing(FaultyServer()) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS, ids=[one.name for one in FAULTS])
def test_a_server_that_goes_wrong_for_an_hour_loses_nothing(
    fault: Fault, sqlite_files: SqliteFiles, server: FaultyServer
) -> None:
    found = lived(fault, sqlite_files, server)
    assert found.holds, found
    assert found.arrived + found.refused == 5
