"""A backup made while everything writes is whole, and after its restore nothing is lost and nothing is sent twice."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from threading import Event, Thread
from time import sleep

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger import evidence, inbound
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.restoring import files_named
from directives.ledger.tables import Addressee, Campaign, Message, Notice
from notifications.replies.file_store import FileStore
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import POST, Followed, a_definition, at, content

FIRST = date(2020, 6, 30)
Sent = set[tuple[int, int, str, int, str]]  # step, deadline, rung, repeat, to whom


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    return dondoc


@pytest.fixture
def elsewhere(opened: Dondoc) -> Path:
    """Where it is restored: another DONDOC_HOME, of a machine that knows nothing yet."""
    return opened.home / "new"


def move_to(dondoc: Dondoc, home: Path) -> None:
    dondoc.patch.setenv("DONDOC_HOME", str(home))
    dondoc.url = f"sqlite:///{home / 'ledger.db'}"


def backed_up(dondoc: Dondoc, name: str = "backup") -> Path:
    folder = dondoc.home / name
    done = dondoc("backup", str(folder))
    assert done.status == 0, done.err
    return folder


def sent(engine: Engine) -> Sent:
    """Every notice that a mail has carried."""
    with reading(engine) as session:
        rows = session.exec(
            select(Notice, Addressee).join(Addressee).where(Addressee.state == "sent")  # type: ignore[arg-type]
        )
        return {(one.step_id, one.deadline_number, one.rung, one.repeat, to.target) for one, to in rows}


class Busy:
    """The service at work in a thread: a day of passes and mails after another, answers with files, mails that come in."""

    def __init__(self, dondoc: Dondoc) -> None:
        self.engine = make_engine(dondoc.url)
        self.followed = Followed(self.engine, a_definition(), POST)
        self.home, self.day = dondoc.home / "var", FIRST
        self.answer_id = 0
        self.stopping, self.thread = Event(), Thread(target=self._work)

    def __enter__(self) -> Busy:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.thread.join()
        self.engine.dispose()

    def _work(self) -> None:
        while not self.stopping.is_set() or self.day < FIRST + timedelta(30):
            self.followed.live(str(self.day))
            self._hear()
            self.day += timedelta(1)

    def _hear(self) -> None:
        raw = f"From: van-thu.stp@cantho.example\r\n\r\n{self.day}".encode()
        mail = FileStore(self.home / "inbound", ".eml").keep(raw)
        file = FileStore(self.home / "evidence").keep(f"{self.day}: báo cáo".encode())
        noon = f"{self.day} 12:00"
        with begin(self.engine) as session:
            uid = (self.day - FIRST).days + 1
            inbound.keep(
                session,
                "dondoc@dondoc.example",
                sha256=mail,
                uid_validity=1,
                uid=uid,
                arrived_at=at(noon),
                stored_at=at(noon),
                sender="van-thu.stp@cantho.example",
            )
            if self.answer_id:
                evidence.enclose(session, self.answer_id, file, "bao-cao.pdf")
        if not self.answer_id:
            said = {"file_sha256": file, "file_name": "bao-cao.pdf"}
            self.answer_id = self.followed.answer("1g/plan/STP", "done", noon, **said)


def test_a_backup_of_a_busy_service_is_whole_and_after_its_restore_nothing_is_sent_twice(
    opened: Dondoc,
) -> None:
    with Busy(opened) as busy:
        taken: list[Path] = []
        while len(taken) < 3:
            assert busy.thread.is_alive()
            done_days = (busy.day - FIRST).days
            if done_days < 5 * len(taken):
                sleep(0.01)
            else:
                taken.append(backed_up(opened, f"backup-{len(taken)}"))
    before, end = sent(opened.engine), busy.day
    opened.close()
    for number, folder in enumerate(taken):
        move_to(opened, opened.home / f"new-{number}")
        opened.now = at(f"{end} 06:00")
        done = opened("restore", str(folder))
        assert done.status == 0, done.err
        assert opened("verify").status == 0
        with reading(opened.engine) as session:
            named = files_named(session)
        assert len(named["inbound"]) - len(named["evidence"]) in (0, 1)  # one of each a day
        for hashes, store in (
            (named["inbound"], FileStore(opened.home / f"new-{number}" / "inbound", ".eml")),
            (named["evidence"], FileStore(opened.home / f"new-{number}" / "evidence")),
        ):
            assert {FileStore(opened.home / "again").keep(store.read(one)) for one in hashes} == hashes
        known = sent(opened.engine)
        assert known <= before
        opened.followed.live(str(end), str(end + timedelta(10)))
        after = sent(opened.engine)
        assert not (after - known) & before
        assert opened("verify").status == 0


def test_the_steps_go_on_after_a_restore_with_their_next_rung(opened: Dondoc, elsewhere: Path) -> None:
    opened.followed.live("2020-06-30", "2020-07-01")
    opened.now = at("2020-07-01 18:00")
    folder = backed_up(opened)
    live = opened.followed
    live.live("2020-07-02", "2020-07-03")
    told = {one.to for one in live.letters()}
    move_to(opened, elsewhere)
    opened.now = at("2020-07-03 18:00")
    done = opened("restore", str(folder))
    assert f"{KEY}: {len(told)} mails may have left after the backup and are not sent again" in done.out
    assert "it may have left after the backup that the ledger comes from" in opened("status", "--json").out
    followed = opened.followed.live("2020-07-06", "2020-07-22")
    assert len(followed.letters("STP")) == 1
    assert followed.step("1g/plan/STP").next_action_at is not None


def test_what_could_not_have_left_is_sent(opened: Dondoc, elsewhere: Path) -> None:
    opened.followed.passes("2020-06-30 07:05")
    opened.now = at("2020-06-30 07:10")
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    opened.now = at("2020-06-30 07:40")
    assert "may have left" not in opened("restore", str(folder)).out
    assert opened.followed.deliver("2020-06-30 08:00").sent == 5


def test_what_is_in_doubt_is_sent_when_ops_say_so(opened: Dondoc, elsewhere: Path) -> None:
    opened.followed.passes("2020-06-30 07:05")
    opened.now = at("2020-06-30 07:10")
    folder = backed_up(opened)
    for home, words, letters in ((elsewhere, ["--resend"], 5), (elsewhere.with_name("other"), [], 0)):
        move_to(opened, home)
        opened.now = at("2020-06-30 09:00")
        assert opened("restore", str(folder), *words).status == 0
        assert opened.followed.deliver("2020-06-30 09:15").sent == letters


def test_a_ledger_with_content_is_never_overwritten(opened: Dondoc) -> None:
    folder, before = backed_up(opened), content(opened.engine)
    done = opened("restore", str(folder))
    assert (done.status, "holds a ledger already" in done.err) == (1, True)
    assert content(opened.engine) == before


def test_a_restored_home_is_for_its_owner_only(opened: Dondoc, tmp_path: Path) -> None:
    folder, before = backed_up(opened), os.umask(0o022)
    home = tmp_path / "new" / "home"
    try:
        opened.patch.setenv("DONDOC_HOME", str(home))
        assert opened("restore", str(folder)).status == 0
    finally:
        os.umask(before)
    assert not [file for file in (home, *home.rglob("*")) if file.stat().st_mode & 0o077]


def test_an_empty_ledger_gives_way(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    assert opened("db", "upgrade").status == 0
    assert opened("restore", str(folder)).status == 0
    with reading(opened.engine) as session:
        assert session.exec(select(Campaign.key)).all() == [KEY]


def test_what_is_no_ledger_is_not_overwritten_either(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    elsewhere.mkdir()
    (elsewhere / "ledger.db").write_text("something of somebody's" * 100)
    done = opened("restore", str(folder))
    assert (done.status, "is no ledger of dondoc" in done.err) == (1, True)
    assert (elsewhere / "ledger.db").read_text().startswith("something")


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (
            lambda folder: next((folder / "inbound").rglob("*.eml")).write_bytes(b"other"),
            "was changed after the backup",
        ),
        (lambda folder: next((folder / "evidence").rglob("*/*")).unlink(), "is missing"),
        (lambda folder: (folder / "ledger.db").write_bytes(b""), "ledger.db was changed after the backup"),
        (lambda folder: (folder / "backup.json").unlink(), "is no backup: there is no backup.json in it"),
        (
            lambda folder: (folder / "backup.json").write_text("{}"),
            "is no backup: backup.json cannot be read",
        ),
    ],
)
def test_a_backup_that_was_changed_is_not_restored(
    opened: Dondoc, elsewhere: Path, harm: object, said: str
) -> None:
    assert callable(harm)
    Busy(opened)._hear()
    folder = backed_up(opened)
    harm(folder)
    move_to(opened, elsewhere)
    done = opened("restore", str(folder))
    assert (done.status, said in done.err) == (1, True), done.err
    assert not (elsewhere / "ledger.db").exists()


def test_a_list_that_leads_out_of_its_folder_is_refused(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    listed = json.loads((folder / "backup.json").read_text())
    listed["files"]["../outside"] = ["0" * 64, 1]
    (folder / "backup.json").write_text(json.dumps(listed))
    move_to(opened, elsewhere)
    assert "../outside leads out of the folder" in opened("restore", str(folder)).err


def test_what_an_interrupted_restore_left_behind_is_not_mixed_in(opened: Dondoc, elsewhere: Path) -> None:
    """SQLite would play a log of another backup into the copy beside which it lies."""
    opened.followed.live("2020-06-30")
    older = backed_up(opened, "older")
    opened.followed.live("2020-07-01", "2020-07-02")
    newer = backed_up(opened, "newer")
    wanted = sent(opened.engine)
    elsewhere.mkdir()
    unfinished = elsewhere / "ledger.db.unfinished"
    shutil.copyfile(older / "ledger.db", unfinished)
    with closing(sqlite3.connect(unfinished)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("UPDATE messages SET state = 'ready'")
        other.commit()
        for suffix in ("-wal", "-shm"):  # closing would tidy them up
            shutil.copyfile(f"{unfinished}{suffix}", elsewhere / f"kept{suffix}")
    for suffix in ("-wal", "-shm"):
        (elsewhere / f"kept{suffix}").rename(f"{unfinished}{suffix}")
    move_to(opened, elsewhere)
    opened.now = at("2020-07-02 18:00")
    assert opened("restore", str(newer)).status == 0
    assert sent(opened.engine) == wanted
    assert opened("verify").status == 0


def test_a_backup_inside_what_it_saves_is_refused(opened: Dondoc) -> None:
    done = opened("backup", str(opened.home / "var" / "archive" / "backup"))
    assert (done.status, "name a folder outside it" in done.err) == (1, True)


def test_a_file_that_rotted_or_is_gone_is_named_and_the_rest_is_kept(opened: Dondoc) -> None:
    busy = Busy(opened)
    busy._hear()
    (mail,) = (busy.home / "inbound").rglob("*.eml")
    mail.chmod(0o600)
    mail.write_bytes(b"rotten")
    next((busy.home / "evidence").rglob("*/*")).unlink()
    done = opened("backup", str(opened.home / "backup"))
    assert done.status == 1
    assert "is damaged: its SHA-256 is" in done.err
    assert "that the ledger names is missing" in done.err
    assert (opened.home / "backup" / "backup.json").exists()


def test_a_backup_is_for_its_owner_and_never_half_there(opened: Dondoc) -> None:
    folder = backed_up(opened)
    assert not [file for file in (folder, *folder.rglob("*")) if file.stat().st_mode & 0o077]
    assert "is there already" in opened("backup", str(folder)).err
    opened.patch.setattr("cli.backup_folder.write_list", _fail)
    assert "the backup was not made (no space)" in opened("backup", str(opened.home / "other")).err
    assert not list(opened.home.glob("other*"))


def _fail(*_: object) -> None:
    raise OSError("no space")


def test_a_backup_by_an_older_version_is_brought_up_to_date(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    file = folder / "ledger.db"
    file.unlink()
    old = make_engine(f"sqlite:///{file}")
    migrate(old, "0006")
    old.dispose()
    listed = json.loads((folder / "backup.json").read_text())
    listed["files"]["ledger.db"] = [_sha256(file), file.stat().st_size]
    (folder / "backup.json").write_text(json.dumps(listed))
    move_to(opened, elsewhere)
    assert opened("restore", str(folder)).status == 0
    assert opened("status").status == 0


def _sha256(file: Path) -> str:
    return subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]


def test_the_secret_comes_along_and_another_is_said(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    assert "the secret is" not in opened("restore", str(folder)).out
    assert (elsewhere / "secret").read_bytes() == (folder / "secret").read_bytes()
    move_to(opened, elsewhere.with_name("third"))
    opened.patch.setenv("DONDOC_SECRET", "another")
    assert "the secret is not the one of the backup" in opened("restore", str(folder)).out
    done = opened("backup", str(opened.home / "without"))
    assert "the secret is not in it, but in DONDOC_SECRET" in done.out
    assert not (opened.home / "without" / "secret").exists()


def test_another_secret_in_the_new_home_is_not_overwritten(opened: Dondoc, elsewhere: Path) -> None:
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    elsewhere.mkdir()
    (elsewhere / "secret").write_text("own")
    assert "is another than the backup's" in opened("restore", str(folder)).err
    assert (elsewhere / "secret").read_text() == "own"


def test_a_receipt_in_doubt_is_not_sent_again(opened: Dondoc, elsewhere: Path) -> None:
    opened.followed.live("2020-06-30")
    with begin(opened.engine) as session:
        message = session.exec(select(Message).order_by(col(Message.id))).first()
        assert message is not None
        values = {"target": "receipt", "state": "ready", "uid": "0" * 32, "id": None}
        session.add(Message(**message.model_dump() | values))
    opened.now = at("2020-06-30 18:00")
    folder = backed_up(opened)
    move_to(opened, elsewhere)
    opened.now = at("2020-06-30 18:01")
    assert f"{KEY}: 1 mails may have left" in opened("restore", str(folder)).out
