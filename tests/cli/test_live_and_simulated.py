"""The live system on a moved clock and a simulation write the same ledger.

The live side is what the flows run: their tasks' own functions at their scheduled minutes, a real SMTP server, answers
and decisions at the moment at which they are made. The simulated side is what `dondoc simulate` runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from cli.replay import BRIEF, Replay
from cli.voices import Said, Voices
from config.settings import Settings
from directives import ledger
from directives.conversation import AnswerBase
from directives.ledger.engine import begin, reading
from directives.ledger.reminded import reminded
from directives.ledger.tables import (
    Addressee,
    Answer,
    Audit,
    Body,
    Deadline,
    Decision,
    Message,
    MessageItem,
    Notice,
    Step,
)
from directives.manners import Behaviour
from notifications.brief import BriefLinks
from notifications.briefing import brief
from notifications.decisions import telling
from tasks import workplace
from tasks.inbox import send_receipts
from tasks.ledger import campaign_clock, plan_pass
from tasks.outbox import send_outbox
from tasks.papers import draft_letter
from tests.ledger.campaigns import HANOI, POST, Followed, a_definition, at
from tests.notifications.post_office import PostOffice

OPENED, UNTIL = "2020-06-30 07:00", "2021-01-01 00:00"
BEHAVIOUR = Behaviour.model_validate(
    {
        "seed": 29,
        "received": 0.6,
        "reported": 0.3,
        "late": 0.3,
        "prompted": 0.15,
        "extensions": 0.5,
        "granted": 0.5,
        "accepted": 0.5,
        "exceptions": [{"units": ["NK2"], "never": True}],
    }
)
# A pass of each instruction between 07:00 and 07:25; the outbox before, at and after the slot.
PASSES = (time(7, 0), time(7, 12), time(7, 25))
DELIVERIES = (time(7, 45), time(8, 0), time(8, 15))
# What a mail server said and when, and what is drawn by chance: a uid, a lease, a salt.
BY_CHANCE = {
    Message: {"uid", "lease", "leased_until", "phase", "code", "detail"},
    Audit: {"text_sha256", "previous", "hash"},
    Body: {"mail"},
}
TABLES = (Audit, Notice, Addressee, Message, MessageItem, Body, Step, Answer, Decision, Deadline)


def written(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row, and of a mail's body what its reader sees."""
    found: dict[str, list[dict[str, Any]]] = {}
    with reading(engine) as session:
        for table in TABLES:
            key = next(iter(table.__table__.primary_key))  # type: ignore[attr-defined]
            rows = session.exec(select(table).order_by(key)).all()
            found[table.__name__] = [row.model_dump(exclude=BY_CHANCE.get(table, set())) for row in rows]
        bodies = session.exec(select(Body).order_by(col(Body.message_id)))
        found["words"] = [
            {key: row.mail[key] for key in ("subject", "text", "html", "address", "date")} for row in bodies
        ]
    return found


class Live:
    """The installation: each thing happens when its minute comes."""

    def __init__(self, followed: Followed, office: PostOffice, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.followed, self.engine, self.office = followed, followed.engine, office
        self.now = at(OPENED)
        settings = Settings(home=home, smtp_port=office.port, smtp_connections=1)
        patch.setattr(workplace, "settings", lambda: settings)
        patch.setattr(workplace, "engine", lambda: followed.engine)
        patch.setattr(workplace, "post_of", lambda _settings: POST)
        patch.setattr(workplace, "machine_now", lambda: self.now)

    def live(self, voices: Voices, until: datetime) -> None:
        day = at(OPENED).date()
        while datetime.combine(day, time(8), HANOI) < until:
            for moment, act in self.agenda(day):
                self.say(voices.until(moment))
                self.now = moment
                act()
            with reading(self.engine) as session:
                voices.hear(list(reminded(self.followed.book(session), day)))
            day += timedelta(1)
        self.say(voices.until(until - timedelta(microseconds=1)))

    def agenda(self, day: date) -> Iterator[tuple[datetime, Any]]:
        for clock, instruction in zip(PASSES, self.followed.definition.instructions, strict=True):
            yield datetime.combine(day, clock, HANOI), lambda key=instruction: self.follow_up(key)
        yield datetime.combine(day, BRIEF, HANOI), self.brief
        for clock in DELIVERIES:
            yield datetime.combine(day, clock, HANOI), self.deliver

    def follow_up(self, instruction: str) -> None:
        """flows.follow_up, without its boards."""
        now = campaign_clock.fn(self.followed.key, None)
        plan_pass.fn(self.followed.key, instruction, now)
        draft_letter.fn(self.followed.key, now)

    def brief(self) -> None:
        """flows.brief, without links into Prefect."""
        with begin(self.engine) as session:
            briefed = brief(self.followed.book(session), self.now, self.now, BriefLinks())
        if briefed.to:
            self.office.run(send_receipts.fn())

    def deliver(self) -> None:
        self.office.run(send_outbox.fn())

    def say(self, said: Sequence[Said]) -> None:
        for one in said:
            self.now = one.at
            with begin(self.engine) as session:
                if isinstance(one, AnswerBase):
                    ledger.answer(session, one, self.now)
                else:
                    telling.decide(session, one, POST, self.now)
            self.office.run(send_receipts.fn())


def test_a_year_with_answers_is_the_same_live_and_simulated(
    sqlite_files: Any, office: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = a_definition()
    lived, simulated = (Followed(sqlite_files.ledger(), definition, POST) for _ in range(2))
    for one in (lived, simulated):
        one.open(OPENED)

    Live(lived, office, tmp_path, monkeypatch).live(Voices.of(definition, BEHAVIOUR), at(UNTIL))
    voices = Voices.of(definition, BEHAVIOUR)
    Replay(simulated.engine, definition, POST, voices, tells=True).live(at(OPENED), at(UNTIL))

    ours, theirs = written(simulated.engine), written(lived.engine)
    for table, rows in theirs.items():
        assert ours[table] == rows, table
    assert len(office.letters) == len(theirs["Message"]) > 50
    kinds = {row["kind"] for row in theirs["Audit"]}
    assert {"pass", "answer.done", "answer.extension", "decision.accept", "decision.grant_extension"} <= kinds
    assert {row["target"].partition(":")[0] for row in theirs["Message"]} >= {
        "lead",
        "superior",
        "brief",
        "decided",
    }
    assert {row["rung"] for row in theirs["Notice"]} >= {"assigned", "no-receipt", "overdue-10"}
    for one in (lived, simulated):
        assert one.broken() == one.unlike() == []
    sqlite_files.clear()
