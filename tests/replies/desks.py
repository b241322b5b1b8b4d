"""A followed campaign whose units answer its digests: their mails are stored and settled as `dondoc mail` does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger import inbound
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Evidence, Inbound
from notifications.delivery import deliver
from notifications.replies.file_store import FileStore
from notifications.replies.settling import Desk, settle_all
from notifications.replies.trust import Trust
from tests.ledger.campaigns import POST, Followed, Letter, a_definition, at

MX = "mx.dondoc.example"
PDF = b"%PDF-1.4 a scanned report"


def answering(
    letter: Letter,
    text: str,
    *,
    sender: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    to: str = "",
    passed: bool = True,
    **headers: str,
) -> bytes:
    """A reply to a mail as it arrives at the service: from the one it was sent to, over a server that checked him."""
    sender = sender or letter.to
    mail = EmailMessage()
    verdict = "pass" if passed else "fail"
    domain = sender.rpartition("@")[2]
    mail["Authentication-Results"] = f"{MX}; dmarc={verdict} header.from={domain}"
    mail["From"], mail["To"] = sender, to or letter["Reply-To"]
    mail["Subject"] = f"Re: {letter['Subject']}"
    mail["In-Reply-To"] = mail["References"] = letter["Message-ID"]
    mail["Message-ID"] = make_msgid(domain="cantho.example")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    part = letter.mail.get_body(("plain",))
    assert part is not None
    quoted = "\n".join(f"> {line}" for line in str(part.get_content()).split("\n"))
    mail.set_content(
        f"{text}\n\nVào 02/11/2020 08:00, Hệ thống theo dõi nhiệm vụ đã viết:\n{quoted}", cte="8bit"
    )
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


class Answered(Followed):
    """`hears(mails, when)`: they arrive, are stored and settled, and what is written back leaves."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        super().__init__(engine, a_definition(), POST)
        self.folder = folder
        self.trust = Trust(MX)
        self.uid = 0

    def desk(self, now: datetime) -> Desk:
        return Desk(
            FileStore(self.folder / "inbound", ".eml"),
            FileStore(self.folder / "evidence"),
            self.post,
            self.trust,
            lambda: now,
        )

    def hears(self, mails: bytes | Sequence[bytes], when: str) -> Counter[str]:
        now = at(when)
        desk = self.desk(now)
        for raw in [mails] if isinstance(mails, bytes) else mails:
            self.store(desk, raw, now)
        done = settle_all(self.engine, desk)
        self.run(deliver(self.engine, self.post, self.transport, lambda: now, digests=False))
        return done

    def store(self, desk: Desk, raw: bytes, now: datetime) -> str:
        self.uid += 1
        sha256 = desk.raw.keep(raw)
        with begin(self.engine) as session:
            inbound.keep(
                session,
                self.post.mail_from,
                sha256=sha256,
                uid_validity=1,
                uid=self.uid,
                arrived_at=now,
                stored_at=now,
                sender=str(_from(raw)),
            )
        return sha256

    def digest(self, unit: str) -> Letter:
        """The unit's latest digest."""
        return [one for one in self.letters(unit) if one.kind == "lead"][-1]

    def written_back(self, unit: str, kind: str) -> list[Letter]:
        return [one for one in self.letters(unit) if one.kind.startswith(kind)]

    def inbound(self) -> list[Inbound]:
        with reading(self.engine) as session:
            return list(session.exec(select(Inbound).order_by(col(Inbound.id))))

    def evidence(self) -> list[Evidence]:
        with reading(self.engine) as session:
            return list(session.exec(select(Evidence).order_by(col(Evidence.id))))


def _from(raw: bytes) -> str:
    head = raw.decode("utf-8", "replace")
    return next(line.removeprefix("From: ") for line in head.splitlines() if line.startswith("From: "))
