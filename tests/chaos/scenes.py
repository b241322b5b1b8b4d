"""What is killed: a pass, a delivery, the mail loop, the page. Each scene says what must have come of it in the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import Answer, Evidence, Inbound, Mailbox, Message
from notifications import delivery
from notifications.delivery import deliver
from notifications.relay import Relay
from notifications.replies.collect import collect
from notifications.replies.file_store import FileStore
from notifications.replies.settling import Desk
from notifications.replies.trust import Trust
from notifications.transport import SmtpTransport
from tests.chaos.mail_sink import MailSink
from tests.ledger.campaigns import POST, Followed, a_campaign, a_definition, at
from tests.replies.desks import PDF, Answered, answering
from tests.replies.trial_post import TrialPost
from tests.web.visitors import Office, an_office

MORNING, SLOT = at("2020-06-30 07:05"), at("2020-06-30 08:00")
CONNECTIONS = 4


@dataclass(frozen=True)
class Outcome:
    """What there was in the end, the same whether something died or not. `doubled`: mails that arrived twice or more,
    `unflagged`: those of them that nobody was told of."""

    held: dict[str, Any]
    doubled: int = 0
    unflagged: int = 0


class Scene(Protocol):
    """One kind of process. A kill means: set up, act until it dies, go on, look."""

    name: str
    doubles: int  # mails that one death may double

    def set_up(self, engine: Engine, folder: Path) -> None:
        """In an empty ledger; the same each time."""
        ...

    def act(self, engine: Engine) -> None:
        """What is killed."""
        ...

    def go_on(self, engine: Engine) -> None:
        """The next run as it comes by itself, without anybody's help."""
        ...

    def outcome(self, engine: Engine) -> Outcome: ...


class FollowUp:
    """The passes of three weeks' mornings."""

    name, doubles = "follow-up", 0
    mornings = tuple(MORNING + timedelta(days) for days in range(21))

    def set_up(self, engine: Engine, folder: Path) -> None:
        a_campaign(engine)

    def act(self, engine: Engine) -> None:
        followed = Followed(engine, a_definition(), POST)
        for morning in self.mornings:
            followed.passes(morning)

    go_on = act

    def outcome(self, engine: Engine) -> Outcome:
        followed = Followed(engine, a_definition(), POST)
        steps = followed.steps()
        held: dict[str, Any] = {
            key: (followed.notices(key), followed.notices(key, superseded=True), step.next_action_at)
            for key, step in steps.items()
        }
        return Outcome(held | {"wrong": followed.broken() + followed.unlike()})


class Deliver:
    """One morning's digests over real SMTP, on four connections."""

    name, doubles = "deliver", CONNECTIONS

    def __init__(self) -> None:
        self.sink = MailSink()

    def set_up(self, engine: Engine, folder: Path) -> None:
        a_campaign(engine).passes(MORNING)
        self.sink.taken.clear()

    def act(self, engine: Engine) -> None:
        # A morning of so few mails would be one batch: it dies between batches too.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delivery, "BATCH", CONNECTIONS)
            self._at(engine, SLOT)

    def go_on(self, engine: Engine) -> None:
        """The runs after the lease, as every quarter of an hour has one."""
        for quarters in (1, 2):
            self._at(engine, SLOT + quarters * timedelta(minutes=15))

    def outcome(self, engine: Engine) -> Outcome:
        followed = Followed(engine, a_definition(), POST)
        messages = followed.messages()
        with reading(engine) as session:
            units = {unit_id: unit.code for unit_id, unit in followed.book(session).units.items()}
        arrived = {one.uid: self.sink.taken[f"<{one.uid}@{POST.domain}>"] for one in messages}
        doubled = [one for one in messages if arrived[one.uid] > 1]
        return Outcome(
            {
                "units": Counter(units[one.unit_id] for one in messages),
                "states": Counter(one.state for one in messages),
                "lost": [units[one.unit_id] for one in messages if not arrived[one.uid]],
                "strangers": len(self.sink.taken) - len(messages),
                "wrong": followed.broken() + followed.unlike(),
            },
            doubled=sum(arrived[one.uid] - 1 for one in doubled),
            unflagged=sum(not one.uncertain for one in doubled),
        )

    def close(self) -> None:
        self.sink.close()

    def _at(self, engine: Engine, now: datetime) -> None:
        transport = SmtpTransport(Relay("127.0.0.1", self.sink.port, timeout=10), CONNECTIONS)
        asyncio.run(deliver(engine, POST, transport, lambda: now))


class MailLoop:
    """Seven answers of every fate in a real mailbox, read over IMAP."""

    name, doubles = "mail loop", 0
    noon = at("2020-07-01 12:00")

    def __init__(self) -> None:
        self.post = TrialPost()
        self.folder = Path()

    def set_up(self, engine: Engine, folder: Path) -> None:
        self.folder = folder
        unit = Answered(engine, folder)
        unit.open("2020-06-30 07:00", rehearsal=True)  # its clock stands still; the server's says today
        unit.change("UPDATE campaigns SET clock_at = :at", at="2020-06-30 01:00:00.000000")
        unit.passes(MORNING)
        unit.deliver("2020-07-01 12:00")
        self.post.empty()
        self.post.drop(*_answers(unit))

    def act(self, engine: Engine) -> None:
        files = FileStore(self.folder / "inbound", ".eml"), FileStore(self.folder / "evidence")
        trust = Trust(None, requires_dmarc=False)  # the trial mail checks nobody
        collect(engine, self.post.box, Desk(*files, POST, trust, lambda: self.noon))

    go_on = act

    def outcome(self, engine: Engine) -> Outcome:
        """Every answer with the mail that brought it, every receipt, every settled mail counts."""
        with reading(engine) as session:
            answers = session.exec(select(Answer).where(col(Answer.carried_by_id).is_(None))).all()
            mails = session.exec(select(Inbound).order_by(col(Inbound.id))).all()
            places = {row.id: place for place, row in enumerate(mails)}
            read = session.get_one(Mailbox, POST.mail_from).read_to is not None
            held: dict[str, Any] = {
                "inbound": Counter(one.state for one in mails),
                "answers": Counter(f"{one.kind} by mail {places.get(one.inbound_id)}" for one in answers),
                "mails": Counter(one.target.partition(":")[0] for one in session.exec(select(Message))),
                "read": read,
            }
        followed = Followed(engine, a_definition(), POST)
        held["wrong"] = followed.broken() + followed.unlike()
        return Outcome(held)

    def close(self) -> None:
        self.post.close()


def _answers(unit: Answered) -> list[bytes]:
    stp, nk = unit.digest("STP"), unit.digest("NK")
    return [
        answering(stp, "1 đã gửi báo cáo số 215/BC-STP ngày 30/06/2020"),
        answering(nk, "1 gửi báo cáo đính kèm", files=[("báo cáo.pdf", PDF)]),
        answering(stp, "gần xong"),
        answering(stp, "2 chuyển Thanh tra thành phố: không thuộc chức năng"),
        answering(nk, "tất cả đã tiếp nhận"),
        answering(nk, "tất cả đã tiếp nhận", sender="la@gmail.example"),
        answering(stp, "tôi đi vắng", Auto_Submitted="auto-replied"),
    ]


@dataclass
class Page:
    """Forms sent from the page, a file with one of them; who gets no answer sends the same form again."""

    name: str = "page"
    doubles: int = 0
    folder: Path = field(default_factory=Path)
    forms: list[tuple[str, dict[str, str], dict[str, Any] | None]] = field(default_factory=list[Any])

    def set_up(self, engine: Engine, folder: Path) -> None:
        self.folder = folder
        office = an_office(engine, folder)
        self.forms = [
            self._form(office, "STP", "1g/report", "done", {"file": ("bc.pdf", PDF)}, doc_number="215/BC"),
            self._form(office, "STP", "1g/plan", "in_progress", None, percent="60"),
            self._form(office, "NK", "1g/report", "extension", None, until="15/11/2020", until_reason="chờ"),
            self._form(office, "NK", "1g/plan", "question", None, question="Gửi theo mẫu nào?"),
            self._form(office, "NK1", "1g/plan", "received", None),
            self._form(office, "NK2", "1g/plan", "delegate", None, to="Quận Ninh Kiều", to_reason="nhầm"),
            self._form(
                office, "NK1", "1g/commune-report", "done", {"file": ("b.pdf", PDF)}, doc_number="2/BC"
            ),
            self._form(office, "NK2", "1g/commune-report", "in_progress", None, percent="30"),
        ]

    def act(self, engine: Engine) -> None:
        office = Office(Followed(engine, a_definition(), POST), self.folder)
        for link, fields, files in self.forms:
            said = office.client.post(link, data=fields, files=files)
            assert said.status_code < 500, said.text

    go_on = act

    def outcome(self, engine: Engine) -> Outcome:
        followed = Followed(engine, a_definition(), POST)
        keys = {step.id: key for key, step in followed.steps().items()}
        with reading(engine) as session:
            answers = session.exec(select(Answer)).all()
            files = Counter(one.file_sha256 for one in session.exec(select(Evidence)))
            said = Counter((keys[one.step_id], one.kind) for one in answers)
        mails = Counter(one.target.partition(":")[0] for one in followed.messages())
        return Outcome(
            {"answers": said, "files": files, "mails": mails, "wrong": followed.broken() + followed.unlike()}
        )

    @staticmethod
    def _form(
        office: Office, unit: str, step: str, kind: str, files: dict[str, Any] | None, **fields: str
    ) -> tuple[str, dict[str, str], dict[str, Any] | None]:
        visit = office.visit(unit)
        return visit.link, {**visit.form(step), "kind": kind, **fields}, files


@contextmanager
def scenes() -> Iterator[list[Scene]]:
    deliver_scene, mail_loop = Deliver(), MailLoop()
    try:
        yield [FollowUp(), deliver_scene, mail_loop, Page()]
    finally:
        deliver_scene.close()
        mail_loop.close()
