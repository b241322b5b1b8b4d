"""The whole way over Postfix and Dovecot: digest out, answer with a file in, status changed, receipt out; and a bounce."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.contacts import default_contacts
from directives.model import Contact, ContactRole
from notifications.delivery import deliver
from notifications.replies.collect import Collected, collect
from notifications.replies.file_store import FileStore
from notifications.replies.settling import Desk
from notifications.replies.trust import Trust
from notifications.transport import SmtpTransport
from tests.ledger.campaigns import POST, Followed, a_definition, box_of
from tests.system.mail_servers import DEAD, HOST, MailServers, missing
from tests.waiting import until

pytestmark = pytest.mark.system
REPORT = "1g/report/STP"
CLOCK = "2020-06-30 01:00:00.000000"
ALTERNATE = "du-phong.stp@cantho.example"
POLLED_SECONDS = 3.0
PDF = b"%PDF-1.4 " + b"0" * 200_000


@pytest.fixture
def servers() -> Iterator[MailServers]:
    """Fresh ones for each test: what one leaves in the mailbox, another would read."""
    if why := missing():
        pytest.fail(why, pytrace=False)
    made = MailServers()
    yield made
    made.close()


def now() -> datetime:
    return datetime.now(UTC)


class Installation:
    """dondoc between the servers: a rehearsal, whose clock stands still while mail takes its real time."""

    def __init__(self, engine: Engine, servers: MailServers, folder: Path, contacts: list[Contact]) -> None:
        self.servers, self.folder = servers, folder
        self.followed = Followed(engine, a_definition(), POST)
        self.followed.open("2020-06-30 07:00", contacts=contacts, rehearsal=True)
        self.followed.change("UPDATE campaigns SET clock_at = :at", at=CLOCK)
        self.followed.passes("2020-06-30 07:05")

    def send(self, *, digests: bool = True) -> int:
        transport = SmtpTransport(self.servers.relay, connections=2)
        return asyncio.run(deliver(self.followed.engine, POST, transport, now, digests=digests)).sent

    def read(self) -> Collected:
        desk = Desk(
            FileStore(self.folder / "inbound", ".eml"),
            FileStore(self.folder / "evidence"),
            POST,
            Trust(HOST),
            now,
        )
        done = collect(self.followed.engine, self.servers.postbox, desk)
        self.send(digests=False)
        return done

    def digest(self, address: str) -> EmailMessage:
        until(lambda: self.servers.inbox(address), POLLED_SECONDS)
        return self.servers.inbox(address)[-1]


def reply(digest: EmailMessage, sender: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, digest["Reply-To"]
    mail["Subject"], mail["In-Reply-To"] = f"Re: {digest['Subject']}", digest["Message-ID"]
    mail.set_content(text)
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="Báo cáo kết quả.pdf")
    return mail


def test_a_digest_is_answered_with_a_file_and_the_receipt_is_there_within_seconds(
    sqlite_engine: Engine, servers: MailServers, tmp_path: Path
) -> None:
    dondoc = Installation(sqlite_engine, servers, tmp_path, default_contacts(a_definition().units))
    assert dondoc.send() == 5
    sender = box_of("STP")
    digest = dondoc.digest(sender)
    token = digest["Reply-To"].partition("<")[2].strip(">") or digest["Reply-To"]
    servers.send(sender, token, reply(digest, sender, "1 gửi báo cáo đính kèm\n"))

    begun = now()
    until(lambda: dondoc.read().applied, POLLED_SECONDS)
    until(lambda: len(servers.inbox(sender)) == 2, POLLED_SECONDS)
    assert (now() - begun).total_seconds() < POLLED_SECONDS

    answered = next(
        step for name, step in dondoc.followed.steps().items() if step.reported_at and "STP" in name
    )
    assert answered.percent == 100
    receipt = servers.inbox(sender)[-1]
    assert receipt["Subject"].startswith("[DIỄN TẬP] [Đã ghi nhận] 1 việc")
    (file,) = [one for one in (tmp_path / "evidence").rglob("*") if one.is_file()]
    assert file.read_bytes() == PDF
    (raw,) = (tmp_path / "inbound").rglob("*.eml")
    assert f"Delivered-To: {token}".lower().encode() in raw.read_bytes().lower()


def test_a_mail_that_comes_back_goes_to_the_alternate(
    sqlite_engine: Engine, servers: MailServers, tmp_path: Path
) -> None:
    others = [one for one in default_contacts(a_definition().units) if one.unit != "STP"]
    own = [
        Contact(unit="STP", role=ContactRole.LEAD, name="Ông Cũ", address=DEAD),
        Contact(unit="STP", role=ContactRole.ALTERNATE, name="Bà Dự phòng", address=ALTERNATE),
    ]
    dondoc = Installation(sqlite_engine, servers, tmp_path, [*others, *own])
    assert dondoc.send() == 5
    until(lambda: dondoc.read().bounce, POLLED_SECONDS)
    until(lambda: servers.inbox(ALTERNATE), POLLED_SECONDS)
    assert [one.state for one in dondoc.followed.messages("STP")] == ["bounced", "accepted"]
