"""Mail is stored once and before anything else, whatever is killed, renumbered or deleted in between."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger import inbound
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Inbound, Mailbox
from notifications.replies import fetching
from notifications.replies.fetching import fetch_new
from notifications.replies.file_store import FileStore
from notifications.replies.imap import MailboxAway, Postbox
from tests.replies.trial_post import SERVICE, TrialPost

NOON = datetime(2020, 11, 6, 5, 0, tzinfo=UTC)


@pytest.fixture
def post() -> Iterator[TrialPost]:
    post = TrialPost()
    yield post
    post.close()


@pytest.fixture
def fetch(engine: Engine, post: TrialPost, tmp_path: Path) -> Callable[..., int]:
    def run(at: datetime = NOON) -> int:
        return fetch_new(engine, post.box, SERVICE, FileStore(tmp_path / "inbound"), lambda: at)

    return run


def stored(engine: Engine) -> list[Inbound]:
    with reading(engine) as session:
        return list(session.exec(select(Inbound).order_by(Inbound.id)))  # type: ignore[arg-type]


def test_what_arrived_is_stored_with_its_bytes_and_its_arrival(
    engine: Engine, post: TrialPost, fetch: Callable[..., int], tmp_path: Path
) -> None:
    post.drop("1 đã xong", "tất cả đã tiếp nhận")
    assert fetch() == 2
    rows = stored(engine)
    assert [row.state for row in rows] == ["stored", "stored"]
    assert {row.sender for row in rows} == {"van-thu.stp@cantho.example"}
    raw = FileStore(tmp_path / "inbound").read(rows[0].sha256)
    assert raw.endswith("1 đã xong\r\n".encode())
    assert abs((rows[0].arrived_at - datetime.now(UTC)).total_seconds()) < 120


def test_a_second_reading_stores_nothing_and_moves_the_moment_read_to(
    engine: Engine, post: TrialPost, fetch: Callable[..., int]
) -> None:
    post.drop("1 đã xong")
    fetch()
    later = NOON.replace(hour=6)
    assert fetch(later) == 0
    with reading(engine) as session:
        assert session.get_one(Mailbox, SERVICE).read_to == later


def test_what_a_clock_that_ran_ahead_claimed_to_have_read_is_taken_back(
    engine: Engine, post: TrialPost, fetch: Callable[..., int]
) -> None:
    """Or nothing would be known of the mailbox, and overdue notices would leave unread answers behind, for a year."""
    fetch(NOON.replace(year=2021))
    fetch(NOON)
    with reading(engine) as session:
        assert session.get_one(Mailbox, SERVICE).read_to == NOON


def test_only_what_is_new_is_fetched(
    post: TrialPost, fetch: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post.drop("một", "hai")
    fetch()
    post.drop("ba")
    seen: list[int] = []
    keep = fetching._keep
    monkeypatch.setattr(fetching, "_keep", lambda *given: (seen.append(given[4].uid), keep(*given))[1])
    assert fetch() == 1
    assert len(seen) == 1


def test_a_mailbox_that_was_numbered_anew_is_read_from_the_start_and_stores_nothing_twice(
    engine: Engine, post: TrialPost, fetch: Callable[..., int]
) -> None:
    post.drop("một", "hai")
    fetch()
    with begin(engine) as session:
        session.get_one(Mailbox, SERVICE).uid_validity = 1
    post.drop("ba")
    assert fetch() == 1
    assert len(stored(engine)) == 3


def test_a_kill_between_the_file_and_the_ledger_loses_nothing(
    engine: Engine, post: TrialPost, fetch: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    post.drop("một", "hai")
    with monkeypatch.context() as killed:

        def die(*_: object, **__: object) -> bool:
            raise KeyboardInterrupt

        killed.setattr(inbound, "keep", die)
        with pytest.raises(KeyboardInterrupt):
            fetch()
    assert stored(engine) == []
    with reading(engine) as session:
        assert session.get(Mailbox, SERVICE) is None  # nothing may count as read
    assert fetch() == 2


def test_a_mailbox_that_is_away_says_so_in_one_line_and_counts_as_unread(
    engine: Engine, post: TrialPost, tmp_path: Path
) -> None:
    wrong = Postbox("127.0.0.1", post.mail.ports["imap"], SERVICE, "sai", security="none")
    for box in (wrong, Postbox("127.0.0.1", 9, SERVICE, "x", security="none")):
        with pytest.raises(MailboxAway, match=rf"^mailbox {SERVICE} at 127\.0\.0\.1:\d+ cannot be read"):
            fetch_new(engine, box, SERVICE, FileStore(tmp_path), lambda: NOON)
    with reading(engine) as session:
        assert session.get(Mailbox, SERVICE) is None


def test_a_fetch_that_is_refused_loses_nothing(
    post: TrialPost, fetch: Callable[..., int], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Dovecot answers for a mail whose index is broken: NO, and the mail is still there."""
    post.drop("một", "hai")
    uid = imaplib.IMAP4.uid

    def broken(self: imaplib.IMAP4, command: str, *args: str) -> tuple[str, list[Any]]:
        return ("NO", [b"[SERVERBUG]"]) if command == "FETCH" else uid(self, command, *args)

    with monkeypatch.context() as patch:
        patch.setattr(imaplib.IMAP4, "uid", broken)
        with pytest.raises(MailboxAway, match="answered NO"):
            fetch()
    assert fetch() == 2
