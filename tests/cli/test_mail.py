"""`dondoc mail` looks at nine whether the passes ran, also when the mailbox is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from imaplib import IMAP4

import pytest

from tasks import workplace
from tests.cli.commands import Dondoc
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


def told(post: TrialPost) -> list[str]:
    with IMAP4("127.0.0.1", post.mail.ports["imap"]) as imap:
        imap.login(OPS, "mat-khau")
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1:*", "(BODY.PEEK[])")
    raw = [item[1] for item in found if isinstance(item, tuple)]
    return [str(message_from_bytes(one, policy=policy.default)["Subject"]) for one in raw]


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
