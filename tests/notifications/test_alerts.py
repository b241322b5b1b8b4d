"""Ops are told of a failed run by a mail of its own, once, also where the ledger is broken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from prefect.logging import disable_run_logger
from sqlalchemy import Engine

from directives.errors import DondocError
from directives.ledger import alerts
from directives.ledger.engine import begin, make_engine, migrate, reading
from notifications.alerts import FailedRun, alert_mail, compose_alert
from notifications.message import to_bytes
from notifications.watching import tell_missed
from tasks import workplace
from tasks.alerts import MailServerAway, mail_ops
from tests.ledger.campaigns import POST, Followed, Letter, a_campaign, at
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import posted

OPS = "ops@dondoc.example"
RUN = FailedRun(
    run_id="0f5e1c9a-2d5b-4f5e-9a86-0e0d0c8b7a61",
    name="dan-van-kheo-2020 · 1g · 12/11/2020",
    flow="Dân vận khéo · 07 · 1g · Kế hoạch và báo cáo",
    deployment="dan-van-kheo-2020",
    state="Failed",
    message='Flow run encountered an exception: ValueError: "<b>" is no & day',
    at="07:12 12/11/2020",
    link="http://127.0.0.1:4200/runs/flow-run/0f5e1c9a",
)


@pytest.fixture
def home(tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installation whose mail server is the office; what a process makes once is made anew."""
    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    monkeypatch.setenv("DONDOC_SMTP_PORT", str(office.port))
    monkeypatch.setenv("DONDOC_SMTP_TIMEOUT", "5")
    workplace.settings.cache_clear()
    workplace.engine.cache_clear()
    yield tmp_path
    workplace.engine().dispose()
    workplace.settings.cache_clear()
    workplace.engine.cache_clear()


@pytest.fixture
def followed(home: Path) -> Iterator[Followed]:
    """A campaign in that installation."""
    engine = make_engine(f"sqlite:///{home / 'ledger.db'}")
    migrate(engine)
    yield a_campaign(engine)
    engine.dispose()


def alert(office: PostOffice, run: FailedRun = RUN) -> bool:
    with disable_run_logger():
        return office.run(mail_ops.fn(run))


# What it says


def test_the_mail_says_what_failed_when_and_where_to_look() -> None:
    said = compose_alert(RUN)
    assert said.subject == "[Sự cố] dan-van-kheo-2020 · 1g · 12/11/2020: không hoàn thành"
    for part in (" ".join(said.text.split()), said.html.replace("</b>", "").replace("<b>", "")):
        for words in (RUN.name, RUN.flow, RUN.deployment, RUN.link, "lúc 07:12 12/11/2020"):
            assert words in part
    assert '"<b>" is no & day' in " ".join(said.text.split())
    assert "&lt;b&gt;" in said.html
    assert "<b>&#34;" not in said.html


@pytest.mark.parametrize(
    ("state", "words"),
    [("Crashed", "bị dừng đột ngột"), ("TimedOut", "chạy quá thời gian"), ("Odd\n", "trạng thái Odd")],
)
def test_the_subject_says_how_it_ended(state: str, words: str) -> None:
    assert words in compose_alert(replace(RUN, state=state)).subject


def test_what_a_run_says_last_is_cut_short_and_cannot_reach_the_head_of_the_mail() -> None:
    run = replace(
        RUN, message="\x1b[31mlỗi\r\nBcc: x@y.example\n" + "dài " * 5000, name="a\r\nBcc: b@c.example"
    )
    mail = Letter(OPS, to_bytes(alert_mail(run, POST, at("2020-11-12 07:12")))).mail
    assert mail["Bcc"] is None
    assert len(compose_alert(run).text) < 4000
    assert "\x1b" not in compose_alert(run).text


def test_a_redirection_takes_it_too() -> None:
    mail = alert_mail(RUN, replace(POST, redirect_to="thu@dondoc.example"), at("2020-11-12 07:12"))
    assert mail.recipient.address == "thu@dondoc.example"
    assert mail.subject.startswith(f"[Chuyển hướng: {OPS}] ")


# How it leaves


def test_it_goes_straight_to_the_mail_server_and_is_remembered(
    followed: Followed, office: PostOffice
) -> None:
    assert alert(office)
    (letter,) = office.letters
    assert (letter.to, letter.kind, letter["Auto-Submitted"]) == (OPS, "alert", "auto-generated")
    assert letter["Message-ID"] == f"<alert-{RUN.run_id}@dondoc.example>"
    (message,) = followed.messages()
    assert (message.target, message.state, message.address) == (f"alert:{RUN.run_id}", "accepted", OPS)


def test_the_same_run_is_told_once_another_run_again(followed: Followed, office: PostOffice) -> None:
    assert alert(office)
    assert not alert(office)
    assert alert(office, replace(RUN, run_id="another"))
    assert len(office.to(OPS)) == 2


def test_without_a_ledger_it_leaves_all_the_same(home: Path, office: PostOffice) -> None:
    assert alert(office)
    assert len(office.to(OPS)) == 1


def test_with_a_broken_ledger_it_leaves_all_the_same(
    followed: Followed, home: Path, office: PostOffice
) -> None:
    followed.engine.dispose()
    (home / "ledger.db").write_bytes(b"no database at all" * 500)
    for file in home.glob("ledger.db-*"):
        file.unlink()
    assert alert(office)
    assert len(office.to(OPS)) == 1


def test_a_mail_server_that_is_away_is_tried_again(followed: Followed, office: PostOffice) -> None:
    office.close()
    with pytest.raises(MailServerAway, match="tried again in a minute"):
        alert(office)
    office.open()
    assert alert(office)
    assert len(office.to(OPS)) == 1


def test_a_refused_address_is_not_tried_again(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[OPS] = ["550 no such user"]
    with pytest.raises(DondocError, match="check DONDOC_OPS_ADDRESS") as error:
        alert(office)
    assert not isinstance(error.value, MailServerAway)
    assert followed.messages() == []


def test_it_is_remembered_once_by_the_newest_open_campaign(engine: Engine) -> None:
    followed = a_campaign(engine)
    for _ in range(2):
        with begin(engine) as session:
            alerts.remember(session, "run", "alert-run", OPS, {}, at("2020-07-02 09:00"))
    with reading(engine) as session:
        assert alerts.alerted(session, "run")
        assert not alerts.alerted(session, "ru")
    assert [(one.target, one.slot_on) for one in followed.messages("SNV")] == [
        ("alert:run", date(2020, 7, 2))
    ]


# Passes that did not run


def test_ops_get_one_mail_a_day_about_passes_that_did_not_run(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    followed = posted(a_campaign(sqlite_engine), office)
    followed.passes("2020-07-01 07:05")

    def look(when: str) -> int:
        told = tell_missed(sqlite_engine, POST, at(when))
        followed.deliver(when)
        return told

    assert [look(f"2020-07-02 {clock}") for clock in ("08:59", "09:00", "09:01", "15:00")] == [0, 1, 0, 0]
    (letter,) = [one for one in office.to(OPS) if one.kind == "missed"]
    assert letter["Subject"].startswith("[Chưa chạy] 3 nội dung chưa được rà soát lúc 09:00 ngày 02/07/2020")
    assert "1g Kế hoạch và báo cáo: lần gần nhất 07 giờ 05 ngày 01/07/2020" in letter.text
    assert "worker" in letter.text
    assert look("2020-07-03 09:00") == 1
    assert len([one for one in office.to(OPS) if one.kind == "missed"]) == 2
