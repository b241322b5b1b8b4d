"""What a trial may do with the ledger that it finds: begin anew, and never touch a real campaign."""

from __future__ import annotations

import shutil

from sqlmodel import col, select

from cli.access import ledger_engine
from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import reading
from directives.ledger.tables import Campaign


def wipe(settings: Settings) -> None:
    """Begin anew: the trial's ledger and Prefect's database go. Errors: DondocError when a real campaign lives there."""
    if settings.database_url:
        raise DondocError(
            "--fresh empties only the SQLite ledger under DONDOC_HOME; unset DONDOC_DATABASE_URL"
        )
    ledger = settings.home / "ledger.db"
    if ledger.exists():
        refuse_real_campaigns(settings)
    for file in settings.home.glob("ledger.db*"):
        file.unlink()
    for folder in ("prefect", "logs"):
        shutil.rmtree(settings.home / folder, ignore_errors=True)


def refuse_real_campaigns(settings: Settings) -> None:
    """A trial never touches a ledger that holds a real campaign."""
    engine = ledger_engine(settings, make=True)
    with reading(engine) as session:
        real = session.exec(select(Campaign.key).where(col(Campaign.rehearsal).is_(False))).first()
    engine.dispose()
    if real:
        raise DondocError(
            f"'{real}' in {settings.home} is a real campaign; set DONDOC_HOME to rehearse elsewhere"
        )
