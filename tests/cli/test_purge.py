"""`dondoc purge`: nobody's name, address or words are left anywhere, and the audit chain still verifies."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cli import close as closing
from cli import purge as purging
from directives.ledger.engine import begin, make_engine, reading
from directives.ledger.evidence import came_by
from directives.ledger.tables import Audit, Campaign, Definition, Inbound
from notifications.replies.file_store import FileStore
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import Followed, at

WHO = ("--by", "Trần Thị Ops", "--yes")
# Each in a place of its own, so that whatever is left says where.
WORDS = {
    "lan@stp.example": "a deputy",
    "Hoàng Thị Lan": "who answered",
    "chờ số liệu của chi cục": "a reason",
    "gửi ở đâu hỏi": "a question",
    "Lê Văn Quyết": "who decided",
    "đồng ý cho lùi": "a decision",
    "bão số chín": "a hold",
    "0912 345 678": "a telephone",
    "stp.vanthu@stp.example": "a contact",
    "la@nguoi.example": "a sender accepted",
    "thân mật riêng": "a mail",
}


def came(sha256: str, sender: str, when: str) -> Inbound:
    return Inbound(sha256=sha256, arrived_at=at(when), stored_at=at(when), sender=sender, state="queued")


def a_life(dondoc: Dondoc) -> None:
    """Everything that people leave in a ledger and beside it."""
    rows = [("STP", "lead", "Nguyễn Thị Phụ Trách", "stp.vanthu@stp.example", "0912 345 678")]
    rows.append(("STP", "deputy", "Hoàng Thị Lan", "lan@stp.example", ""))
    sheet = dondoc.home / "contacts.csv"
    lines = ["unit,role,name,address,phone", *(",".join(row) for row in rows)]
    sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
    dondoc.patch.setenv("DONDOC_CONTACTS", str(sheet))
    done = dondoc("open", str(dondoc.file), "--yes")
    assert done.status == 0, done.err
    dondoc.followed.live("2020-06-30")
    answers_by_mail(dondoc)
    answers(dondoc.followed)
    decisions(dondoc.followed)
    dondoc.followed.live("2020-07-09", "2020-07-10")


def answers_by_mail(dondoc: Dondoc) -> None:
    home, followed = dondoc.home / "var", dondoc.followed
    said = {"by": "Hoàng Thị Lan", "doc_number": "5/KH", "file_name": "ke-hoach.pdf"}
    file = FileStore(home / "evidence").keep(b"a report by Hoang Thi Lan")
    raw = FileStore(home / "inbound", ".eml").keep("From: lan@stp.example\n\nthân mật riêng".encode())
    answer = followed.answer("1g/plan/STP", "done", "2020-07-02 09:00", file_sha256=file, **said)
    with begin(followed.engine) as session:
        row = came(raw, "lan@stp.example", "2020-07-02 09:00")
        row.message_id, row.state = followed.message("STP").id, "applied"
        row.verdict = {"text": "thân mật riêng"}
        session.add(row)
        session.flush()
        assert row.id is not None
        came_by(session, answer, row.id)


def answers(followed: Followed) -> None:
    said = {"to": "lan@stp.example", "reason": "đúng việc"}
    followed.answer("1g/report/STP", "delegate", "2020-07-03 10:00", **said)
    followed.live("2020-07-03", "2020-07-07")  # what is the deputy's is mailed to the deputy
    asked = {"until": "2020-11-20", "reason": "chờ số liệu của chi cục"}
    followed.answer("1g/report/NK", "extension", "2020-07-03 10:00", **asked)
    followed.answer("1g/plan/NK2", "question", "2020-07-03 11:00", by="anh Ba", text="gửi ở đâu hỏi")


def decisions(followed: Followed) -> None:
    who = {"by": "Lê Văn Quyết"}
    granted = {"until": "2020-11-20", "reason": "đồng ý cho lùi"}
    followed.decide("1g/report/NK", "grant_extension", "2020-07-06 09:00", **granted, **who)
    followed.decide("", "accept_sender", "2020-07-08 09:00", unit="STP", address="la@nguoi.example", **who)
    held = {"unit": "STP", "from_on": "2020-07-08", "reason": "bão số chín"}
    followed.decide("", "hold", "2020-07-08 09:00", **held, **who)


@pytest.fixture(params=["sqlite", "postgresql"])
def closed(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Dondoc:
    if request.param == "postgresql":
        engine: Engine = request.getfixturevalue("postgres_engine")
        dondoc.use(engine.url.render_as_string(hide_password=False))
    for module in (closing, purging):
        monkeypatch.setattr(module, "machine_now", lambda: dondoc.now)
    monkeypatch.setenv("DONDOC_PREFECT_PORT", "9")  # nobody listens there
    a_life(dondoc)
    dondoc.now = at("2020-12-01 09:00")
    assert f"{KEY} is closed" in dondoc("close", KEY, *WHO).out
    return dondoc


def left(dondoc: Dondoc) -> str:
    """The ledger's rows as text, with what is escaped in JSON spelled out."""
    engine = make_engine(dondoc.url)
    found: list[str] = []
    with engine.connect() as connection:
        for table in Campaign.metadata.sorted_tables:
            for row in connection.execute(table.select()).mappings():
                found.append(json.dumps(dict(row), ensure_ascii=False, default=repr))
    engine.dispose()
    return "\n".join(found)


def test_nothing_of_people_is_left_and_the_chain_still_verifies(closed: Dondoc) -> None:
    before = left(closed)
    assert [what for word, what in WORDS.items() if word not in before] == []
    done = closed("purge", KEY, "--reason", "hết hạn lưu", *WHO)
    assert done.status == 0, done.err
    after = left(closed)
    assert [what for word, what in WORDS.items() if word in after] == []
    assert "2 files deleted" in done.out
    assert not [one for name in ("inbound", "evidence") for one in files(closed, name)]
    again = closed("verify")
    assert (again.status, again.err) == (0, "")
    with reading(closed.engine) as session:
        event = session.exec(select(Audit).where(Audit.kind == "campaign.purged")).one()
        assert event.data["evidence"] == 1
        assert [row.state for row in session.exec(select(Inbound))] == ["purged"]


def files(dondoc: Dondoc, folder: str) -> list[Path]:
    return [one for one in (dondoc.home / "var" / folder).rglob("*") if one.is_file()]


def test_files_that_came_with_what_was_never_taken_go_once_they_are_old(closed: Dondoc) -> None:
    """A form that was not sent again, a mail that the ledger refused: its file lay there, named by nothing."""
    store = FileStore(closed.home / "var" / "evidence")
    old, new = store.path(store.keep(b"%PDF- never sent")), store.path(store.keep(b"%PDF- just now"))
    unfinished = old.parent / "tmpabcd"
    unfinished.write_bytes(b"%PDF- never whole")
    kept = FileStore(closed.home / "var" / "papers", ".docx")
    paper = kept.path(kept.keep(b"a paper"))
    now, long_ago = (one.timestamp() for one in (closed.now, closed.now - timedelta(days=8)))
    for file in (old, unfinished, paper):
        os.utime(file, (long_ago, long_ago))
    os.utime(new, (now, now))
    done = closed("purge", KEY, *WHO)
    assert "4 files deleted" in done.out
    assert [one.exists() for one in (old, unfinished, new, paper)] == [False, False, True, True]
    assert (
        f"boards in Prefect still show what stood on them: delete the artifacts {KEY} and {KEY}-…" in done.out
    )


def test_a_file_that_another_campaign_needs_stays(closed: Dondoc) -> None:
    followed = closed.followed
    followed.change("UPDATE campaigns SET closed_at = NULL")
    (file,) = files(closed, "evidence")
    os.utime(file, (0, 0))
    closed("purge", "--older-than", "1", *WHO)
    assert file.exists()


def test_the_file_of_the_database_holds_none_of_it_either(closed: Dondoc) -> None:
    if not closed.url.startswith("sqlite"):
        return
    closed("purge", KEY, *WHO)
    closed.close()
    for file in (closed.home / "var").glob("ledger.db*"):
        raw = file.read_bytes()
        assert [what for word, what in WORDS.items() if word.encode() in raw] == [], file


def test_a_dry_run_shows_how_much_and_deletes_nothing(closed: Dondoc) -> None:
    before = left(closed)
    done = closed("purge", KEY, "--dry-run")
    assert done.out.endswith("nothing deleted (--dry-run)\n")
    assert "1 that came in" in done.out
    assert "1 files that came with answers" in done.out
    assert left(closed) == before
    assert closed("purge", KEY, "--by", "A", say="n\n").status == 1
    assert "say who purges" in closed("purge", KEY, "--yes").err
    assert left(closed) == before


def test_what_was_purged_is_looked_at_backed_up_and_purged_again_without_harm(closed: Dondoc) -> None:
    closed("purge", KEY, *WHO)
    chain = left(closed)
    again = closed("purge", KEY, *WHO)
    assert (again.status, again.out) == (0, "nothing to delete in the ledger\n0 files deleted\n")
    assert left(closed) == chain
    for words in (["status"], ["why", KEY, "--unit", "STP", "--on", "2020-07-03"], ["status", "--json"]):
        assert closed(*words).status == 0, words
    assert closed("backup", str(closed.home / "copy")).status == 0
    refused = closed("archive", KEY)
    assert f"campaign '{KEY}' was purged on 2020-12-01" in refused.err


def test_an_open_campaign_is_not_purged_and_an_archive_must_be_moved_away_first(closed: Dondoc) -> None:
    archive = closed.home / "var" / "archive" / f"{KEY}.zip"
    archive.parent.mkdir()
    archive.touch()
    done = closed("purge", KEY, *WHO)
    assert done.status == 1
    assert "holds all of it still; move it to where it is to be kept, or delete it" in done.err
    archive.unlink()
    closed.followed.change("UPDATE campaigns SET closed_at = NULL")
    assert "is open; close it first" in closed("purge", KEY, *WHO).err


def test_by_age_goes_what_was_closed_long_ago_and_strangers_mail(closed: Dondoc) -> None:
    raw = FileStore(closed.home / "var" / "inbound", ".eml").keep(b"From: la@khac.example\n\nxin chao")
    with begin(closed.engine) as session:
        session.add(came(raw, "la@khac.example", "2020-08-01 09:00"))
    closed.now = at("2022-11-30 09:00")
    done = closed("purge", "--older-than", "2", *WHO)
    assert "1 mails that belong to no campaign" in done.out
    assert f"{KEY} is purged" not in done.out
    assert "la@khac.example" not in left(closed)
    assert len(files(closed, "inbound")) == 1
    closed.now = at("2022-12-02 09:00")
    done = closed("purge", "--older-than", "2", *WHO)
    assert f"{KEY} is purged" in done.out
    assert files(closed, "inbound") == []
    assert "name one campaign, or give --older-than YEARS" in closed("purge").err


def test_a_definition_that_was_changed_after_the_purge_is_named(closed: Dondoc) -> None:
    closed("purge", KEY, *WHO)
    with begin(closed.engine) as session:
        for row in session.exec(select(Definition)):
            row.content = row.content | {
                "contacts": [{"unit": "STP", "role": "lead", "name": "", "address": "a@b.vn"}]
            }
            session.add(row)
    done = closed("verify")
    assert "froze was changed after it was written" in done.err
