"""A form as Prefect runs it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from config.settings import Settings
from directives.errors import Refused
from tasks import decide, workplace
from tests.decisions.desk import OFFICER
from tests.ledger.campaigns import POST, a_campaign, at

PLAN = {"step": "1g/plan", "unit": "NK1", "by": OFFICER}


def test_a_preview_holds_the_write_lock_from_its_beginning(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """SQLite refuses at once, without waiting, what reads first and writes after somebody else has."""
    followed = a_campaign(sqlite_engine).live("2020-06-30")
    monkeypatch.setattr(workplace, "engine", lambda: sqlite_engine)
    monkeypatch.setattr(workplace, "settings", lambda: Settings(home=tmp_path))
    monkeypatch.setattr(workplace, "post_of", lambda _: POST)
    monkeypatch.setattr(workplace, "machine_now", lambda: at("2020-07-02 09:00"))

    def others_wait(session: Session, *_: Any) -> None:
        session.connection()  # as the first statement would
        other = sqlite3.connect(str(sqlite_engine.url.database), timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
        raise Refused("others wait", "nudged")

    monkeypatch.setattr(decide, "preview", others_wait)
    done = decide.submit_form.fn(followed.key, "nudge", PLAN)
    assert done.refused
    assert done.said == "Hôm nay đã nhắc riêng việc này một lần."
