"""One engine a process, one transaction a `with`: the caller owns both."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from directives.errors import DondocError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS: float = 30


class UtcDateTime(TypeDecorator[datetime]):
    """Every instant of the ledger: aware in, aware (UTC) out. SQLite itself would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; an instant needs one")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """In one call, where `process_result_value` would take two: a mail's facts hold a hundred instants."""
        if dialect.name == "sqlite":
            return _read_utc
        return _in_utc


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


@lru_cache(maxsize=8192)
def _read_utc(text: str | None) -> datetime | None:
    """As SQLAlchemy writes an instant into SQLite: the same moment is one object, however often it is read."""
    value = None if text is None else datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else _in_utc(value)


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` (WAL, foreign keys) or `postgresql+psycopg://…`. Its errors show no values: people's words."""
    if not url.startswith("sqlite"):
        # A lock that somebody keeps is an error after a while, as SQLite's is: a pass must not wait for ever.
        own = "options" in make_url(url).query
        waits = {} if own else {"options": f"-c lock_timeout={BUSY_SECONDS * 1000:.0f}"}
        return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=waits)
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@contextmanager
def begin(engine: Engine) -> Generator[Session]:
    """One writing transaction: committed at the end, rolled back on any error."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def run(
    session: Session,
    statement: Executable,
    parameters: Mapping[str, object] | Sequence[Mapping[str, object]] = (),
) -> CursorResult[Any]:
    """A statement on bare tables in the session's transaction: plain rows, for what is read or written by the thousand.

    What the session holds is written first; objects that it has read already are not changed.
    """
    session.flush()
    return session.connection().execute(statement, parameters or None)


def insert_or(session: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert of which the database knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return dialect.insert(table)


@contextmanager
def reading(engine: Engine) -> Generator[Session]:
    """One consistent view that takes no write lock."""
    # Left to itself, PostgreSQL would show each statement what was committed in between.
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    connected = engine.connect().execution_options(reads_only=True, **options)
    with connected as connection, Session(connection) as session:
        yield session


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the ledger's tables to this version (`dondoc db upgrade`); one that is has nothing to lose.

    Errors: DondocError for a SQLite ledger in which rows were deleted that others need.
    """
    if revision == "head" and is_current(engine):
        return
    from alembic import command  # not at the top: no pass migrates, and each is a process of its own

    config = _migrations()
    with engine.connect() as connection, _foreign_keys_off(connection), connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if connection.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:  # raised inside the transaction, which rolls back
                tables = ", ".join(sorted({str(row[0]) for row in broken}))
                raise DondocError(
                    f"what rows of {tables} belong to was deleted from the ledger; restore a backup before upgrading it"
                )


def scrub(engine: Engine) -> None:
    """Give up the pages of SQLite's file that hold what was deleted. PostgreSQL does so by itself, in its own time.

    Errors: OperationalError while another process uses the ledger.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        raw = cast(sqlite3.Connection, connection.connection.driver_connection)
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _foreign_keys_off(connection: Connection) -> Generator[None]:
    """SQLite changes a table by dropping it for a copy, which foreign keys forbid. Inside a transaction it is too late."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = cast(sqlite3.Connection, connection.connection.driver_connection)
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def is_current(engine: Engine) -> bool:
    """Whether the ledger's tables are this version's."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_migrations()).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _migrations() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))  # it interpolates
    return config


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # pysqlite would begin transactions behind SQLAlchemy's back; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Any) -> None:
    # A writer takes its lock at the start: upgrading a read lock later is what fails with "database is locked".
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
