"""Synthetic units answer a rehearsal's digests over real SMTP and IMAP while `dondoc clock --speed` lives its days."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

import pytest
from sqlmodel import select

from cli import clock as clock_command
from cli import stack
from cli.answerers import TRIAL_PASSWORD
from config.settings import Settings
from directives.evaluate import Status, status
from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Answer, Inbound
from notifications.delivery import deliver
from notifications.relay import Relay
from notifications.replies.collect import collect
from notifications.replies.file_store import FileStore
from notifications.replies.imap import open_postbox
from notifications.replies.settling import Desk
from notifications.replies.trust import Trust
from notifications.transport import SmtpTransport
from tasks.workplace import machine_now, post_of
from tests.cli.commands import KEY, Dondoc, Done
from tests.ledger.campaigns import Followed, at, box_of
from tests.replies.trial_post import TrialPost

BEHAVIOUR = """\
seed: 11
received: 1
reported: 1        # all report in time ...
accepted: 1
exceptions:
  - {units: [NK2], never: true}                       # ... but one that never says anything,
  - {units: [NK], reported: 0, extensions: 1}         # one that asks for more time instead,
  - {units: [NK1], reported: 0, prompted: 1}          # and one that reports when it is reminded
"""


class Installation:
    """What `dondoc up` keeps running: the trial mail, and `dondoc mail` that reads it all the time."""

    def __init__(self, dondoc: Dondoc) -> None:
        self.dondoc, self.post_office = dondoc, TrialPost(TRIAL_PASSWORD)
        ports = self.post_office.mail.ports
        settings = {"smtp_port": ports["smtp"], "imap_port": ports["imap"], "poll_seconds": 0.2}
        for name, value in settings.items():
            dondoc.patch.setenv(f"DONDOC_{name}".upper(), str(value))
        self.settings = Settings(home=dondoc.home / "var", collector=True, **settings)
        self.ended, self.reader = Event(), Thread(target=self._read)
        self.reader.start()

    def close(self) -> None:
        self.ended.set()
        self.reader.join()
        self.post_office.close()

    def pass_and_send(self, _settings: Settings, _campaign: str) -> Iterator[str]:
        """What the flows do at a move, here without Prefect."""
        followed = self.dondoc.followed
        now = followed.campaign().clock_at
        assert now is not None
        done = followed.passes(now)
        sent = self._deliver(followed.engine, digests=True)
        yield f"{done.notices} notices, {sent} mails"

    def _read(self) -> None:
        engine = make_engine(self.dondoc.url)
        files = FileStore(self.settings.home / "inbound", ".eml"), FileStore(self.settings.home / "evidence")
        desk = Desk(*files, post_of(self.settings), Trust(None, requires_dmarc=False), machine_now)
        while not self.ended.wait(0.1):
            collect(engine, self.post_office.box, desk)
            self._deliver(engine, digests=False)
        engine.dispose()

    def _deliver(self, engine: Any, *, digests: bool) -> int:
        transport = SmtpTransport(Relay("127.0.0.1", self.settings.smtp_port), connections=2)
        post = post_of(self.settings)
        return asyncio.run(deliver(engine, post, transport, machine_now, digests=digests)).sent


@pytest.fixture
def installation(dondoc: Dondoc) -> Iterator[Installation]:
    dondoc("db", "upgrade")
    dondoc.followed.open("2020-06-30 08:00", rehearsal=True)
    made = Installation(dondoc)
    dondoc.patch.setattr(stack, "is_healthy", lambda _settings: True)
    dondoc.patch.setattr(stack, "run_passes", made.pass_and_send)
    dondoc.patch.setattr(clock_command, "sleep", lambda _seconds: None)
    yield made
    made.close()


def rehearse(installation: Installation, until: str) -> Done:
    dondoc = installation.dondoc
    behaviour = dondoc.home / "behaviour.yaml"
    behaviour.write_text(BEHAVIOUR, encoding="utf-8")
    list(installation.pass_and_send(installation.settings, KEY))  # the first day's mails
    done = dondoc("clock", "--speed", "20d/s", "--to", until, "--answers", str(behaviour))
    assert done.status == 0, done.err
    return done


def said(followed: Followed) -> Counter[tuple[str, str]]:
    """(unit, kind) of every answer that came by mail."""
    units = {step.id: name.rpartition("/")[2] for name, step in followed.steps().items()}
    with reading(followed.engine) as session:
        rows = session.exec(select(Answer.step_id, Answer.kind, Answer.channel)).all()
    assert {channel for _, _, channel in rows} == {"mail"}
    return Counter((units[step_id], kind) for step_id, kind, _ in rows)


def inbox(installation: Installation, unit: str) -> list[EmailMessage]:
    with open_postbox(replace(installation.post_office.box, username=box_of(unit))) as box:
        found = [box.fetch(uid) for uid in box.newer(0)]
    return [message_from_bytes(one.raw, policy=policy.default) for one in found if one]


def test_units_answer_by_mail_as_their_behaviour_has_it(installation: Installation) -> None:
    rehearse(installation, "2020-08-14T08:00")
    followed = installation.dondoc.followed
    answers = said(followed)
    assert {unit for unit, _ in answers} == {"STP", "NK", "NK1", "SNV"}
    assert answers["STP", "done"] and answers["STP", "received"]
    assert answers["NK", "extension"] and not answers["NK", "done"]
    assert answers["NK1", "done"]
    plans = {unit: followed.step(f"1g/plan/{unit}") for unit in ("STP", "NK", "NK1", "NK2")}
    assert plans["STP"].reported_at is not None
    assert plans["STP"].due_before is not None
    assert plans["STP"].reported_at < plans["STP"].due_before
    assert plans["NK"].deadline_number == 2  # granted, on the still clock, by a coordinator
    assert plans["NK2"].received_at is None and plans["NK2"].reported_at is None
    subjects = [str(mail["Subject"]) for mail in inbox(installation, "STP")]
    assert [one for one in subjects if "[Đã ghi nhận]" in one]
    assert all(one.startswith("[DIỄN TẬP]") for one in subjects)
    with reading(followed.engine) as session:
        assert {row.state for row in session.exec(select(Inbound))} == {"applied"}
        state = followed.book(session).states({1: plans["NK2"]})[1]
    assert status(state, followed.definition.calendar, at("2020-08-14 08:00")) is Status.OVERDUE
    assert followed.broken() == followed.unlike() == []
