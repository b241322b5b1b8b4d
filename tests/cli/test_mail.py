"""What `dondoc mail` does beside the mailbox: it looks after the passes, the steps and the calendar, and gives signs of life."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from imaplib import IMAP4
from threading import Thread

import pytest

from cli import lookout
from config.loader import CONFIG, load_model
from config.settings import load_settings
from directives.ledger.engine import make_engine
from directives.model import CalendarSpec, CalendarYear
from notifications.delivery import deliver
from tasks import workplace
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at
from tests.replies.trial_post import TrialPost
from tests.waiting import free_ports

OPS = "ops@dondoc.example"


@pytest.fixture
def post(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrialPost]:
    """The trial mail, and a real campaign whose passes ran on 01/07/2020."""
    with closing(TrialPost()) as made:
        settings = {
            "SMTP_PORT": str(made.mail.ports["smtp"]),
            "IMAP_PORT": str(made.mail.ports["imap"]),
            "IMAP_SECURITY": "none",
            "IMAP_PASSWORD": "mat-khau",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"DONDOC_{name}", value)
        monkeypatch.setattr(workplace, "machine_now", lambda: dondoc.now)
        assert dondoc("open", str(dondoc.file), "--yes").status == 0
        dondoc.followed.passes("2020-07-01 07:05")
        dondoc.close()
        yield made


class Watcher:
    """An HTTP server on loopback that writes down what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        watcher = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                watcher.asked.append(self.path)
                self.send_response(watcher.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


async def workplace_delivers() -> None:
    """What the worker's flow does."""
    settings = load_settings()
    engine = make_engine(settings.ledger_url)
    post = workplace.post_of(settings)
    await deliver(engine, post, workplace.transport_of(settings, engine), workplace.machine_now)
    engine.dispose()


def told(post: TrialPost) -> list[str]:
    """The subjects of what ops got."""
    return [str(mail["Subject"]) for mail in _mails(post)]


def texts(post: TrialPost) -> list[str]:
    """Their words, without the line ends."""
    return [" ".join(mail.get_body(("plain",)).get_content().split()) for mail in _mails(post)]  # type: ignore[union-attr]


def _mails(post: TrialPost) -> list[EmailMessage]:
    with IMAP4("127.0.0.1", post.mail.ports["imap"]) as imap:
        imap.login(OPS, "mat-khau")
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1:*", "(BODY.PEEK[])")
    raw = [item[1] for item in found if isinstance(item, tuple)]
    return [message_from_bytes(one, policy=policy.default) for one in raw]


def test_passes_that_did_not_run_are_told_once_a_day(dondoc: Dondoc, post: TrialPost) -> None:
    for clock in ("08:59", "09:00", "09:00", "16:00"):
        dondoc.now = at(f"2020-07-02 {clock}")
        assert dondoc("mail", "--once").status == 0
        assert len(told(post)) == (0 if clock == "08:59" else 1)
    dondoc.now = at("2020-07-04 10:00")  # Saturday
    assert dondoc("mail", "--once").status == 0
    (subject,) = told(post)
    assert (
        subject == "[Chưa chạy] 3 nội dung chưa được rà soát lúc 09:00 ngày 02/07/2020 - Công văn số 1/UBND"
    )


def test_a_mailbox_that_is_away_keeps_nothing_from_ops(
    dondoc: Dondoc, post: TrialPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DONDOC_IMAP_PORT", str(free_ports(1)[0]))
    dondoc.now = at("2020-07-02 09:00")
    assert dondoc("mail", "--once").status == 1
    assert len(told(post)) == 1


def test_a_step_that_nobody_will_look_at_is_told_once(dondoc: Dondoc, post: TrialPost) -> None:
    stuck = dondoc.followed.step("1g/report/STP").id
    dondoc.followed.change(
        "UPDATE steps SET next_action_at = NULL, next_reason = '' WHERE id = :id", id=stuck
    )
    for clock in ("10:00", "11:00"):
        dondoc.now = at(f"2020-07-01 {clock}")
        assert dondoc("mail", "--once").status == 0
    (subject,) = told(post)
    assert subject == "[Không được theo dõi] 1 việc không có lần xử lý tiếp theo - Công văn số 1/UBND"
    assert "1g/report/STP: đáng lẽ phải được xem xét lúc" in texts(post)[0]
    assert dondoc("verify").status == 0


def test_a_next_year_without_its_decree_is_told_once_from_october(dondoc: Dondoc, post: TrialPost) -> None:
    calendar = CONFIG / "calendars" / "vn.yaml"
    spec = load_model(CalendarSpec, calendar).model_copy(update={"years": {2020: CalendarYear(decreed=True)}})
    dondoc.patch.setattr(lookout, "load_model", lambda *_: spec)
    for day, count in (("09-30", 0), ("10-01", 1), ("10-02", 1), ("12-31", 1)):
        dondoc.now = at(f"2020-{day} 06:00")
        assert dondoc("mail", "--once").status == 0
        assert len(told(post)) == count
    assert told(post) == ["[Lịch làm việc] Lịch “vn” chưa có ngày nghỉ chính thức của năm 2021"]
    assert KEY in texts(post)[0]
    assert "--migrate" in texts(post)[0]


def test_a_calendar_that_has_next_years_decree_is_told_nothing_of(dondoc: Dondoc, post: TrialPost) -> None:
    dondoc.now = at("2020-10-01 06:00")
    assert dondoc("mail", "--once").status == 0
    assert told(post) == []


# The heartbeat


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """A watcher on the web, as a service would be that tells when the signs stop."""
    with closing(Watcher()) as made:
        yield made


def test_a_sign_of_life_reaches_a_watcher_while_mail_leaves_and_stops_with_it(
    dondoc: Dondoc, post: TrialPost, watcher: Watcher
) -> None:
    dondoc.patch.setenv("DONDOC_HEARTBEAT", f"{watcher.url}/ping/0f5e1c9a")
    dondoc.followed.passes("2020-07-02 07:05")  # who got no receipt of the first mail is asked again
    beats: list[int] = []
    for clock in ("07:10", "08:30", "10:00"):
        dondoc.now = at(f"2020-07-02 {clock}")
        done = dondoc("mail", "--once")
        assert done.status == 0
        beats.append(len(watcher.asked))
    assert beats == [1, 2, 2]
    assert "no heartbeat: thu-2020: notices for 5 readers are due and no mail is made of them" in done.err
    asyncio.run(workplace_delivers())
    assert dondoc("mail", "--once").status == 0
    assert watcher.asked == ["/ping/0f5e1c9a"] * 3


def test_a_mail_server_that_is_gone_stops_the_sign_of_life(
    dondoc: Dondoc, post: TrialPost, watcher: Watcher
) -> None:
    dondoc.patch.setenv("DONDOC_HEARTBEAT", watcher.url)
    dondoc.patch.setenv("DONDOC_SMTP_PORT", str(free_ports(1)[0]))
    dondoc.followed.passes("2020-07-02 07:05")
    for clock in ("08:00", "08:15", "08:30", "08:45", "09:00"):
        dondoc.now = at(f"2020-07-02 {clock}")
        asyncio.run(workplace_delivers())
        done = dondoc("mail", "--once")
    assert len(watcher.asked) == 3
    assert "no heartbeat: thu-2020: 5 digests are due and have not left" in done.err


def test_a_mailbox_that_is_away_stops_the_sign_of_life(
    dondoc: Dondoc, post: TrialPost, watcher: Watcher
) -> None:
    dondoc.patch.setenv("DONDOC_HEARTBEAT", watcher.url)
    dondoc.patch.setenv("DONDOC_IMAP_PORT", str(free_ports(1)[0]))
    dondoc.now = at("2020-07-01 08:30")
    assert dondoc("mail", "--once").status == 1
    assert watcher.asked == []


def test_a_watcher_that_is_away_or_refuses_is_said_and_stops_nothing(
    dondoc: Dondoc, post: TrialPost, watcher: Watcher
) -> None:
    dondoc.now = at("2020-07-01 08:30")
    watcher.status = 404
    dondoc.patch.setenv("DONDOC_HEARTBEAT", f"{watcher.url}/secret")
    done = dondoc("mail", "--once")
    assert (done.status, "127.0.0.1 refused the heartbeat with 404; check DONDOC_HEARTBEAT" in done.err) == (
        0,
        True,
    )
    watcher.close()
    done = dondoc("mail", "--once")
    assert done.status == 0
    assert "the heartbeat did not reach 127.0.0.1" in done.err
    assert "secret" not in done.err


def test_a_file_is_touched_while_mail_leaves(dondoc: Dondoc, post: TrialPost) -> None:
    file = dondoc.home / "beat"
    dondoc.patch.setenv("DONDOC_HEARTBEAT", str(file))
    dondoc.now = at("2020-07-02 09:30")  # no pass today
    assert dondoc("mail", "--once").status == 0
    assert not file.exists()
    dondoc.now = at("2020-07-01 08:30")
    assert dondoc("mail", "--once").status == 0
    assert file.exists()
    dondoc.patch.setenv("DONDOC_HEARTBEAT", str(dondoc.home / "nowhere" / "beat"))
    done = dondoc("mail", "--once")
    assert done.status == 0
    assert "check DONDOC_HEARTBEAT" in done.err


def test_an_address_of_another_kind_is_no_heartbeat(dondoc: Dondoc) -> None:
    dondoc.patch.setenv("DONDOC_HEARTBEAT", "ftp://watch.example/x")
    done = dondoc("mail", "--once")
    assert done.status == 2
    assert "DONDOC_HEARTBEAT" in done.err
