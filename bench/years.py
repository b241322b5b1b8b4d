"""The whole campaign of 2020 in a ledger: a year of mails, and of the rehearsal's answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from bench.ledgers import CAMPAIGN
from cli.replay import Replay
from cli.voices import Voices
from config.contacts import default_contacts
from config.loader import find_campaign, load_definition
from config.settings import Settings
from config.variants import load_behaviour
from directives.definition import Definition
from directives.ledger.engine import begin, make_engine, migrate
from directives.ledger.opening import open_campaign
from notifications.keys import Keys
from notifications.writer import Post

KEYS = Keys.of("for measuring only")
YEAR, WEEKS = datetime(2021, 6, 30, 9, tzinfo=UTC), datetime(2020, 8, 14, 9, tzinfo=UTC)


def a_year(file: Path, *, small: bool = False) -> Engine:
    """Lived to its end; `small`: only its first weeks."""
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    definition = rehearsed()
    start = definition.opened_at
    with begin(engine) as session:
        open_campaign(session, definition, default_contacts(definition.units), at=start, rehearsal=True)
    post = Post("dondoc@dondoc.example", "dondoc", "ops@dondoc.example", keys=KEYS)
    voices = Voices.of(definition, load_behaviour(CAMPAIGN, definition))
    Replay(engine, definition, post, voices).live(start, WEEKS if small else YEAR)
    return engine


def rehearsed() -> Definition:
    """Its slot is the window's opening, as a rehearsal's is."""
    return load_definition(find_campaign(CAMPAIGN), Settings().rehearsal_window)
