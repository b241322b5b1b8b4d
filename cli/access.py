"""The way to this installation's ledger for commands: made when it is not there, and brought up to date."""

from __future__ import annotations

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, OperationalError

from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import make_engine, migrate


def ledger_engine(settings: Settings) -> Engine:
    """Errors: DondocError when the database cannot be used, naming the setting that says where it is."""
    setting = "DONDOC_DATABASE_URL" if settings.database_url else f"DONDOC_HOME={settings.home}"
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
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
        reason = " ".join(str(getattr(error, "orig", error)).split())
        raise DondocError(f"the ledger cannot be opened ({reason}); check {setting}") from error
    return engine
