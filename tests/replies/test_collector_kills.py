"""The collector is killed at every step there is; afterwards nothing is lost and nothing was applied twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Answer, Inbound, Mailbox, Message
from notifications.replies.collect import collect
from notifications.replies.file_store import FileStore
from notifications.replies.settling import Desk
from notifications.replies.trust import Trust
from tests.databases import Databases
from tests.ledger.campaigns import POST, at
from tests.replies.desks import PDF, Answered, answering
from tests.replies.trial_post import TrialPost

NOON = "2020-07-01 12:00"
CLOCK = "2020-06-30 01:00:00.000000"
TRIAL = Trust(None, requires_dmarc=False)  # the trial mail checks nobody


class Countdown:
    """Dies of SIGKILL at the nth step: before and after each row that is written, each commit, each file."""

    def __init__(self, deaths_at: int) -> None:
        self.left = deaths_at

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def post() -> Iterator[TrialPost]:
    made = TrialPost()
    yield made
    made.close()


def the_mails(unit: Answered) -> list[bytes]:
    """Seven answers of every fate: applied, with a file, queued, by nobody known, automatic."""
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


@contextmanager
def watched(engine: Engine, counts: Countdown, patch: pytest.MonkeyPatch) -> Iterator[None]:
    event.listen(engine, "commit", counts.step)
    keep = FileStore.keep

    def kept(store: FileStore, raw: bytes) -> str:
        counts.step()
        sha256 = keep(store, raw)
        counts.step()
        return sha256

    patch.setattr(FileStore, "keep", kept)
    event.listen(engine, "checkin", counts.step)  # the transaction is over
    event.listen(engine, "after_cursor_execute", lambda *call: _writes(call[2]) and counts.step())
    yield


def _writes(statement: str) -> bool:
    return statement.startswith(("INSERT", "UPDATE", "DELETE"))


def read_mailbox(url: str, post: TrialPost, folder: Path, deaths_at: int) -> int:
    """One reading in a process of its own; the signal that ended it, 0 for none."""
    child = os.fork()
    if child == 0:
        engine = make_engine(url)
        with pytest.MonkeyPatch.context() as patch, watched(engine, Countdown(deaths_at), patch):
            collect(engine, post.box, a_desk(folder))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def a_desk(folder: Path) -> Desk:
    def clock() -> datetime:
        return at(NOON)

    return Desk(FileStore(folder / "inbound", ".eml"), FileStore(folder / "evidence"), POST, TRIAL, clock)


def outcome(engine: Engine) -> dict[str, Counter[str]]:
    """What came of the mails: every answer with the mail that brought it, every receipt, every settled mail counts."""
    with reading(engine) as session:
        answers = session.exec(select(Answer).where(col(Answer.carried_by_id).is_(None))).all()
        mails = session.exec(select(Inbound).order_by(col(Inbound.id))).all()
        places = {row.id: place for place, row in enumerate(mails)}
        return {
            "inbound": Counter(one.state for one in mails),
            "answers": Counter(f"{one.kind} by mail {places.get(one.inbound_id)}" for one in answers),
            "mails": Counter(one.target.partition(":")[0] for one in session.exec(select(Message))),
        }


def killed_everywhere(databases: Databases, post: TrialPost, tmp_path: Path, first: int, step: int) -> int:
    """How many kills it took until a reading lived to its end; each begins with a fresh ledger and is then let finish."""
    kills = 0
    wanted: dict[str, Counter[str]] | None = None
    for deaths_at in [0, *range(first, 10_000, step)]:
        folder = tmp_path / str(deaths_at)
        engine = databases.ledger()
        unit = Answered(engine, folder)
        unit.open("2020-06-30 07:00", rehearsal=True)  # its clock stands still; the server's says today
        unit.change("UPDATE campaigns SET clock_at = :at", at=CLOCK)
        unit.passes("2020-06-30 07:05")
        unit.deliver(NOON)
        post.empty()
        post.drop(*the_mails(unit))
        url = engine.url.render_as_string(hide_password=False)
        engine.dispose()
        died = read_mailbox(url, post, folder, deaths_at)
        kills += died == signal.SIGKILL
        if died:
            assert read_mailbox(url, post, folder, 0) == 0
        found = outcome(engine)
        with reading(engine) as session:
            assert session.get_one(Mailbox, POST.mail_from).read_to is not None
        databases.clear()
        wanted = wanted or found
        assert wanted["inbound"] == {"applied": 4, "queued": 2, "auto": 1}
        assert found == wanted, f"killed at step {deaths_at}"
        if deaths_at and not died:
            break
    return kills


def test_killed_at_some_steps_it_loses_and_doubles_nothing(
    sqlite_files: Databases, post: TrialPost, tmp_path: Path
) -> None:
    assert killed_everywhere(sqlite_files, post, tmp_path, first=2, step=20) >= 5


@pytest.mark.system
def test_killed_at_every_step_it_loses_and_doubles_nothing(
    databases: Databases, post: TrialPost, tmp_path: Path
) -> None:
    assert killed_everywhere(databases, post, tmp_path, first=1, step=1) >= 100
