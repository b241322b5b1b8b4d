"""Whatever mail anybody writes is read in bounded time and memory, and the mail behind it is read next."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifications.replies.bounded import MAX_MAIL, MOST_MARKS, TooMuch, head_of, mail_of
from notifications.replies.fetching import fetch_new
from notifications.replies.file_store import FileStore
from notifications.replies.parse import explain
from tests.hostile.bombs import BOMBS
from tests.hostile.limits import MEGABYTE, bounded
from tests.ledger.campaigns import box_of
from tests.replies.desks import Answered, answering
from tests.replies.mails import FOUR, address, the_context
from tests.replies.trial_post import SERVICE, TrialPost

READ = """
import sys
from notifications.replies.fetching import _sender
from notifications.replies.parse import explain
from notifications.replies.reply_context import mail_id, parents_in, tokens_in, uids_in
from tests.hostile.bombs import BOMBS
from tests.hostile.limits import peak_megabytes
from tests.replies.mails import the_context

context = the_context()
for size in map(int, sys.argv[1:]):
    for name, bomb in BOMBS.items():
        raw = bomb(size)
        print(size, name, flush=True)
        _sender(raw), mail_id(raw), parents_in(raw, "x"), tokens_in(raw, "a@x"), uids_in(raw, "x")
        verdict = explain(raw, context).verdict
        assert verdict.verdict.value in ("queue", "bounce") and not verdict.actions
print(peak_megabytes())
"""
CPU = 240  # seconds; it takes about twenty, and a quadratic reader takes hours for one of them
SIZES = (190_000, 1_900_000)  # below what ends a reading: of a head, of a text


def _read(*sizes: int) -> None:
    said = bounded(READ, cpu=CPU, megabytes=3_000, args=tuple(map(str, sizes))).splitlines()
    assert len(said) == len(sizes) * len(BOMBS) + 1
    assert int(said[-1]) < 1_000  # megabytes at its most


@pytest.mark.system
def test_no_mail_takes_long_or_much() -> None:
    _read(*SIZES)


@pytest.mark.system
def test_no_mail_of_twenty_megabytes_does_either() -> None:
    _read(MAX_MAIL - MEGABYTE)


def test_of_a_hundred_megabytes_the_head_is_read_and_the_digest_known() -> None:
    head = f"From: van-thu.stp@cantho.example\r\nTo: {address(FOUR)}\r\n\r\n".encode()
    reading = explain(head + b"1 xong\r\n" * (100 * MEGABYTE // 8), the_context())
    assert reading.verdict.verdict.value == "queue"
    assert reading.verdict.reason == "Thư lớn hơn 20 MB."
    assert reading.verdict.digest == f"<{FOUR}@cantho.example>"


def test_of_a_mail_that_is_too_large_no_more_is_fetched_than_shows_it(engine: Engine, tmp_path: Path) -> None:
    post = TrialPost()
    try:
        post.drop(b"From: a@b.example\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 330_000, "một")
        store = FileStore(tmp_path)
        assert fetch_new(engine, post.box, SERVICE, store, lambda: datetime.now(UTC)) == 2
    finally:
        post.close()
    sizes = sorted(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file())
    assert sizes[1] == MAX_MAIL + 1
    assert sizes[0] < 1_000


def test_an_honest_answer_behind_every_bomb_is_applied(sqlite_engine: Engine, tmp_path: Path) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    letter = unit.digest("STP")
    bombs = [_to(bomb(120_000), letter["Reply-To"]) for bomb in BOMBS.values()]
    done = unit.hears([*bombs, answering(letter, "tất cả đã tiếp nhận")], "2020-07-01 09:00")
    assert done["applied"] == 1
    assert done["applied"] + done["queued"] + done["bounce"] == len(BOMBS) + 1
    assert unit.step("1g/report/STP").received_at is not None
    assert not [one for one in unit.inbound() if "lỗi khi xử lý" in one.reason]


def _to(raw: bytes, address: str) -> bytes:
    """Sent to a digest's own address, so that it is read as an answer."""
    return raw.replace(b"dondoc@dondoc.example", address.encode(), 1)


def test_a_unit_that_sends_a_bomb_is_told_like_any_other_that_it_was_not_understood(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    letter = unit.digest("STP")
    raw = answering(letter, "1 xong").replace(b"\n\n", b"\n\n" + b"--x\n" * (MOST_MARKS + 1), 1)
    assert dict(unit.hears(raw, "2020-07-01 09:00")) == {"queued": 1}
    (note,) = unit.written_back("STP", "unclear")
    assert note.to == box_of("STP")
    assert "quá nhiều phần" in note.text


@pytest.mark.parametrize("limit", ["header", "lines"])
def test_an_honest_mail_is_far_from_every_limit(limit: str) -> None:
    body = {"header": b"", "lines": b"d" * 76 + b"\r\n"}[limit] * 240_000
    raw = b"Received: from a by b\r\n" * 60 + b"To: a@b.example\r\n\r\n" + body
    assert mail_of(raw)["To"] == "a@b.example"
    assert head_of(raw)["To"] == "a@b.example"


def test_a_head_is_read_as_the_whole_mail_is() -> None:
    for bomb in BOMBS.values():
        raw = bomb(3_000)
        try:
            whole = mail_of(raw)
        except TooMuch:
            continue
        assert head_of(raw).items() == whole.items()
        assert [name for name, _ in whole.items()] == [name for name, _ in message_from_bytes(raw).items()]
