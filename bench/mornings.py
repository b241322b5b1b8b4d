"""Mornings whose digests wait in the outbox, about as many as a measurement wants."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import Session

from bench import ledgers
from config.contacts import default_contacts
from directives.definition import Definition
from directives.ledger.engine import begin, make_engine, migrate
from directives.ledger.opening import open_campaign
from directives.ledger.passes import due_instructions, run_pass
from directives.ledger.states import campaign_row

LATE = timedelta(days=125)  # after the opening: the communes' reports are a working day late, all else longer
# Mailed and received long ago. Of the results that a commune hands in, that of 1a is asked for by itself and all others
# are there: four of its steps are late, each an item of its own.
LIVES = (
    "UPDATE steps SET first_mailed_at = :mailed, received_at = :mailed",
    "UPDATE steps SET reported_at = :mailed WHERE key = 'result' AND instruction_id IN "
    "(SELECT id FROM instructions WHERE key <> '1a')",
    "UPDATE steps SET covered_by_id = NULL WHERE key = 'result' AND instruction_id IN "
    "(SELECT id FROM instructions WHERE key = '1a')",
)


def first(file: Path, mails: int) -> datetime:
    """The campaign's first: nine items are assigned, with a calendar file. Returns the slot at which they may leave."""
    definition = _definition(mails)
    engine = _opened(file, definition)
    now = definition.calendar.next_slot(definition.opened_at)
    _planned(engine, now)
    return now


def overdue(file: Path, mails: int) -> datetime:
    """Four late items each, without a calendar file: an ordinary reminder."""
    definition = _definition(mails)
    engine = _opened(file, definition)
    now = definition.calendar.next_slot(definition.opened_at + LATE)
    with engine.begin() as connection:
        mailed = ledgers.written(engine, definition.opened_at + timedelta(days=1))
        for statement in LIVES:
            connection.execute(text(statement), {"mailed": mailed} if ":mailed" in statement else {})
    _planned(engine, now)
    return now


def _definition(mails: int) -> Definition:
    definition = ledgers.directive()
    return ledgers.grown(definition, round(mails * len(definition.steps) / len(definition.units)))


def _opened(file: Path, definition: Definition) -> Engine:
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    with begin(engine) as session:
        contacts = default_contacts(definition.units)
        open_campaign(session, definition, contacts, at=definition.opened_at, rehearsal=False)
    return engine


def _planned(engine: Engine, now: datetime) -> None:
    with begin(engine) as session:
        for key in _due(session, now):
            run_pass(session, ledgers.CAMPAIGN, key, now, now)
    engine.dispose()


def _due(session: Session, now: datetime) -> list[str]:
    return due_instructions(session, campaign_row(session, ledgers.CAMPAIGN), now)
