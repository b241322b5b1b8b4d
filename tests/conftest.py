"""Real databases for every test that asks for `engine`: a fresh SQLite file and a fresh PostgreSQL database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, text

from tests.databases import Databases, PostgresDatabases, SqliteFiles, postgres

if TYPE_CHECKING:  # whoever asks for neither need not wait for their imports
    from tests.cli.commands import Dondoc
    from tests.notifications.post_office import PostOffice


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole starts of Prefect come first: at the end, one process would wait for the other's."""
    items.sort(key=lambda item: "tests/prefect/" not in item.nodeid)


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresDatabases]:
    """One server a session."""
    with postgres() as databases:
        yield databases


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds, one after the other."""
    return request.getfixturevalue({"sqlite": "sqlite_files", "postgresql": "postgres_server"}[request.param])


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """An empty ledger."""
    yield databases.ledger()
    databases.clear()


@pytest.fixture
def sqlite_engine(sqlite_files: SqliteFiles) -> Iterator[Engine]:
    """An empty ledger where the database makes no difference."""
    yield sqlite_files.ledger()
    sqlite_files.clear()


@pytest.fixture
def postgres_engine(postgres_server: PostgresDatabases) -> Iterator[Engine]:
    """An empty ledger on PostgreSQL, for what SQLite has no word for."""
    yield postgres_server.ledger()
    postgres_server.clear()


def until_one_waits(engine: Engine) -> None:
    """Until some other transaction of this PostgreSQL waits for a lock."""
    waiting, ends = 0, monotonic() + 20
    while not waiting:
        assert monotonic() < ends, "nobody waits for a lock"
        sleep(0.01)
        with engine.connect() as connection:
            waiting = connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar_one()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A real SMTP server on loopback."""
    from tests.notifications.post_office import PostOffice

    made = PostOffice()
    yield made
    made.leave()


@pytest.fixture
def dondoc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Dondoc]:
    """The command line, in a home of its own; see tests/cli/commands.py."""
    from tests.cli.commands import Dondoc

    for name in os.environ:
        if name.startswith("DONDOC_"):
            monkeypatch.delenv(name)
    made = Dondoc(tmp_path, monkeypatch, capsys)
    yield made
    made.close()
