"""The way to this installation's ledger for commands: made when it is not there, and brought up to date."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import make_engine, migrate


def ledger_engine(settings: Settings) -> Engine:
    """Errors: DondocError when the database cannot be reached, naming the setting that says where it is."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        engine = make_engine(settings.ledger_url)
        migrate(engine)
    except (OSError, OperationalError) as error:
        reason = " ".join(str(getattr(error, "orig", error)).split())
        setting = "DONDOC_DATABASE_URL" if settings.database_url else f"DONDOC_HOME={settings.home}"
        raise DondocError(f"the ledger cannot be opened ({reason}); check {setting}") from error
    return engine
