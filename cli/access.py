"""The way to this installation's ledger for commands."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import ArgumentError, OperationalError

from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import is_current, make_engine, migrate
from tasks.workplace import PRIVATE


def ledger_engine(settings: Settings, *, make: bool = False) -> Engine:
    """The ledger, brought up to date. `make`: one is made where there is none; whoever asks or records needs one.

    Errors: DondocError when there is none or it cannot be used, naming the setting that says where it is.
    """
    if not (make or settings.database_url or (settings.home / "ledger.db").exists()):
        raise DondocError(
            f"there is no ledger in {settings.home} (DONDOC_HOME); name the right folder, or make one: "
            "'dondoc open CAMPAIGN', or 'dondoc up' for a trial"
        )
    os.umask(PRIVATE)
    setting = "DONDOC_DATABASE_URL" if settings.database_url else f"DONDOC_HOME={settings.home}"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        for file in settings.home.glob("ledger.db*"):  # of a version that did not see to it
            if file.stat().st_mode & PRIVATE:
                file.chmod(0o600)
        engine = make_engine(settings.ledger_url)
        migrate(engine)
    except CommandError as error:  # its tables have a revision that this version does not know
        raise DondocError(
            f"the ledger was written by a newer version of dondoc ({error}); install that one, or use another {setting}"
        ) from error
    except (
        OSError,
        OperationalError,
        ArgumentError,
        ValueError,
    ) as error:  # the last two: a URL that is none
        reason = " ".join(
            str(getattr(error, "orig", None) or getattr(error, "strerror", None) or error).split()
        )
        raise DondocError(f"the ledger cannot be opened ({reason}); check {setting}") from error
    return engine


@contextmanager
def untouched_ledger(settings: Settings) -> Iterator[Engine]:
    """For a dry run: the ledger as it is, never made or brought up to date; an empty one elsewhere when there is none.

    Errors: DondocError when its tables are of an earlier version.
    """
    if not _is_there(settings):
        with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
            engine = make_engine(f"sqlite:///{Path(folder) / 'ledger.db'}")
            migrate(engine)
            yield engine
            engine.dispose()
        return
    engine = make_engine(settings.ledger_url)
    if not is_current(engine):
        raise DondocError("the ledger is of an earlier version; run 'dondoc db upgrade' before a dry run")
    yield engine


def _is_there(settings: Settings) -> bool:
    """Whether there is a ledger at all: a file, or a database with our tables."""
    if not settings.database_url:
        return (settings.home / "ledger.db").exists()
    engine = make_engine(settings.ledger_url)
    try:
        return inspect(engine).has_table("campaigns")
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise DondocError(f"the ledger cannot be opened ({reason}); check DONDOC_DATABASE_URL") from error
    finally:
        engine.dispose()
