"""A ledger or disk that cannot be used just now is one line and exit status 1; nothing is half-written, and it passes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from directives.ledger import engine as engines
from tests.chaos.breaking import fill, may_mount, small_disk
from tests.cli.commands import KEY, Dondoc, Done

RECORD = ("record", f"{KEY}/1g/plan/STP", "done", "--by", "bà Hạnh", "--doc", "1/KH")


@pytest.fixture
def opened(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Dondoc:
    monkeypatch.setattr(engines, "BUSY_SECONDS", 0.1)
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    return dondoc


@contextmanager
def held(dondoc: Dondoc) -> Iterator[None]:
    with closing(sqlite3.connect(dondoc.home / "var" / "ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


def in_one_line(done: Done) -> str:
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("dondoc: ")
    return done.err


def test_a_ledger_that_somebody_holds_is_said_in_one_line_and_can_be_written_later(opened: Dondoc) -> None:
    with held(opened):
        assert "database is locked" in in_one_line(opened(*RECORD))
    assert opened(*RECORD).status == 0


def test_a_mailbox_is_not_read_into_a_ledger_that_is_held(opened: Dondoc) -> None:
    with held(opened):
        assert "database is locked" in in_one_line(opened("mail", "--once"))


# Where CI is set nothing is skipped: there it fails instead.
needs_root = pytest.mark.skipif(
    not may_mount() and not os.environ.get("CI"), reason="only root may mount a small filesystem"
)


@needs_root
def test_a_backup_for_which_there_is_no_room_leaves_nothing_behind(opened: Dondoc) -> None:
    with small_disk() as disk:
        filler = fill(disk)
        said = in_one_line(opened("backup", str(disk / "backup")))
        assert "full" in said or "No space left" in said
        assert [one.name for one in disk.iterdir()] == [filler.name]
        filler.unlink()
        assert opened("backup", str(disk / "backup")).status == 0


@needs_root
def test_a_home_without_room_takes_no_answer_and_the_next_one_whole(opened: Dondoc) -> None:
    with small_disk() as disk:
        opened.patch.setenv("DONDOC_HOME", str(disk))
        assert opened("open", str(opened.file), "--yes").status == 0
        filler = fill(disk)
        in_one_line(opened(*RECORD))
        filler.unlink()
        assert opened(*RECORD).status == 0
        assert opened("verify").status == 0
        opened.close()
