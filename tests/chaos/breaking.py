"""What database and disk do to a process: full, read-only, locked, restarted. Real ones: a small filesystem of its own,
another process that holds the lock, a server that is killed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from threading import Thread

import psycopg
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from directives.ledger.engine import make_engine
from tests.databases import Databases, PostgresDatabases, SqliteFiles
from tests.waiting import until

ROOM = "24m"  # a ledger, its log, and some files
FILLER = "filler"
LONGEST_WAIT = 1.0  # seconds; a Python that starts on a busy machine takes a good part of it
HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Place:
    """Where a trial runs: its ledger, the folder of its files, and what happens to them."""

    engine: Engine
    folder: Path
    breaks: Callable[[], object]
    mends: Callable[[], object]


Breaking = Callable[[Databases], AbstractContextManager[Place]]


@contextmanager
def small_disk() -> Iterator[Path]:
    """A filesystem of its own; only root may mount one."""
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder:
        _run("mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0700", "tmpfs", folder)
        try:
            yield Path(folder)
        finally:
            _run("umount", "--lazy", folder)


def fill(disk: Path) -> Path:
    """The file that takes what room there is."""
    filler = disk / FILLER
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    return filler


def may_mount() -> bool:
    return os.geteuid() == 0 and sys.platform == "linux"


@contextmanager
def unbroken(databases: Databases) -> Generator[Place]:
    """For comparison."""
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, _ledger(databases, Path(folder)) as engine:
        yield Place(engine, Path(folder), lambda: None, lambda: None)


@contextmanager
def full_disk(databases: Databases) -> Generator[Place]:
    """Not an octet left under DONDOC_HOME, and on SQLite for the ledger either."""
    with small_disk() as disk, _ledger(databases, disk) as engine:
        yield Place(engine, disk, lambda: fill(disk), lambda: (disk / FILLER).unlink(missing_ok=True))


@contextmanager
def read_only(databases: Databases) -> Generator[Place]:
    """The filesystem is mounted read-only; PostgreSQL takes no writing transaction."""
    with small_disk() as disk, _ledger(databases, disk) as engine:

        def breaks() -> None:
            engine.dispose()  # a filesystem with files open for writing stays writable
            if isinstance(databases, PostgresDatabases):
                _only_read(databases, engine, "on")
            _run("mount", "-o", "remount,ro", str(disk))

        def mends() -> None:
            _run("mount", "-o", "remount,rw", str(disk))
            if isinstance(databases, PostgresDatabases):
                _only_read(databases, engine, "off")

        yield Place(engine, disk, breaks, mends)


def _only_read(databases: PostgresDatabases, engine: Engine, what: str) -> None:
    databases.run(f"ALTER SYSTEM SET default_transaction_read_only = {what}")
    databases.run("SELECT pg_reload_conf()")
    engine.dispose()  # of what is open each hears of it when it likes

    def said() -> str:
        with engine.connect() as connection:
            return str(connection.execute(text("SHOW default_transaction_read_only")).scalar_one())

    until(lambda: said() == what, 10)


@contextmanager
def locked(databases: Databases) -> Generator[Place]:
    """Somebody else holds the ledger for longer than anybody waits."""
    with (
        TemporaryDirectory(prefix="dondoc-chaos-") as folder,
        _ledger(databases, Path(folder)) as engine,
        ExitStack() as held,
    ):
        yield Place(engine, Path(folder), lambda: held.enter_context(_held(engine)), held.close)


@contextmanager
def restarted(databases: Databases) -> Generator[Place]:
    """The server dies at once (`stop -m immediate`) and is started again; every connection with it."""
    assert isinstance(databases, PostgresDatabases)
    with TemporaryDirectory(prefix="dondoc-chaos-") as folder, _ledger(databases, Path(folder)) as engine:
        yield Place(engine, Path(folder), databases.restart, lambda: None)


@contextmanager
def _held(engine: Engine) -> Iterator[None]:
    """By another process, from when it can be had; on PostgreSQL by another connection, which is one."""
    if engine.dialect.name == "sqlite":
        command = [sys.executable, "-c", HOLDER, str(engine.url.database)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
            # Whoever stopped here may be writing himself: then it is had when he is done.
            assert holder.stdout is not None
            select([holder.stdout], [], [], LONGEST_WAIT)
            yield
            holder.kill()
        return
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        taking = Thread(target=_take_all, args=(connection,))
        taking.start()
        yield
        connection.cancel()
        taking.join()


def _take_all(connection: psycopg.Connection) -> None:
    """One table after the other, as each can be had."""
    with suppress(psycopg.Error):  # told to stop before it had all
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(f"LOCK TABLE {table.name} IN ACCESS EXCLUSIVE MODE".encode())


@contextmanager
def _ledger(databases: Databases, disk: Path) -> Iterator[Engine]:
    """On SQLite a file on that disk; an engine of its own, which waits for locks as long as is said now."""
    if isinstance(databases, SqliteFiles):
        databases = SqliteFiles(disk, databases.template)
    engine = make_engine(databases.ledger().url.render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()
        databases.clear()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
