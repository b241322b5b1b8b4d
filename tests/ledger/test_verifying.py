"""`dondoc verify` compares every row that an event speaks of with it, field by field, and names what differs."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from directives.ledger import paper_rows
from directives.ledger.engine import begin, reading
from directives.ledger.evidence import enclose
from directives.ledger.paper_rows import Draft
from directives.ledger.tables import Audit, Evidence
from tests.ledger.campaigns import Followed, a_campaign, a_definition, at, spec
from tests.ledger.tampering import COLUMNS, changes, said_of


def with_every_row(engine: Engine) -> Followed:
    """Answers of every kind, carried, withdrawn and taken over by an amended file; evidence, decisions, holds, papers."""
    followed = a_campaign(engine)
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00", by="chị Lan", text="đã nhận")
    followed.answer("1g/plan/STP", "in_progress", "2020-07-01 10:00", percent=40)
    followed.answer("1g/plan/NK", "done", "2020-07-02 09:00", recorded="2020-07-03 08:00", doc_number="5/KH")
    more = {
        "file_sha256": "ab" * 32,
        "file_name": "ke-hoach.pdf",
        "doc_date": "2020-07-02",
        "doc_number": "6/KH",
    }
    answer_id = followed.answer("1g/commune-report/NK1", "done", "2020-07-02 09:00", **more)
    with begin(engine) as session:
        enclose(session, answer_id, "cd" * 32, "phu-luc.pdf")
    followed.answer("1g/plan/STP", "undo", "2020-07-01 10:30")
    followed.answer(
        "1g/report/NK", "extension", "2020-07-03 10:00", until="2020-11-20", reason="chờ\nsố liệu"
    )
    followed.answer("1g/plan/NK2", "delegate", "2020-07-03 10:00", to="NK1", reason="đúng việc")
    followed.answer("1g/plan/NK2", "question", "2020-07-03 11:00", by="anh Ba", text="Gửi ở đâu?")
    decided(followed)
    papers(followed)
    carried(followed)
    return followed


def decided(followed: Followed) -> None:
    followed.decide(
        "1g/report/NK", "grant_extension", "2020-07-06 09:00", until="2020-11-20", reason="đồng ý"
    )
    followed.decide("1g/plan/NK2", "reply", "2020-07-06 09:00", reason="Gửi về Sở Nội vụ")
    followed.decide(
        "1g/plan/STP", "waive", "2020-07-06 09:00", recorded="2020-07-07 09:00", reason="sáp nhập"
    )
    followed.decide("", "district_date", "2020-07-08 09:00", district="NK", until="2020-07-29", reason="sớm")
    followed.decide("", "accept_sender", "2020-07-08 09:00", unit="STP", address="lan@thu.example")
    hold = {"from_on": "2020-07-08", "reason": "bão"}
    followed.decide("", "hold", "2020-07-08 09:00", unit="STP", **hold)
    followed.decide("", "hold", "2020-07-08 09:00", instruction="1g", until_on="2020-07-10", **hold)
    followed.decide("", "resume", "2020-07-09 09:00", unit="STP")


def papers(followed: Followed) -> None:
    step, now = followed.step("1g/report/STP").id, at("2020-07-09 09:00")
    assert step is not None
    with begin(followed.engine) as session:
        for kind, named in (("report", ()), ("letter", (step,))):
            draft = Draft(
                kind, now, {"kind": kind, "steps": {"2": 1, "10": 2}}, "ef" * 32, f"{kind}.docx", named
            )
            kept = paper_rows.keep(session, followed.key, draft, now, now)
        day = date(2020, 7, 9)
        paper_rows.issue(session, followed.key, kept.id, "9/SNV", day, at=now, today=day, by="bà Hạnh")


def carried(followed: Followed) -> None:
    """A step put below one that was answered."""
    more = {"key": "more", "audience": ["STP"], "covered_by": "1g/report"}
    edited = a_definition(
        lambda data: data["instructions"][1]["steps"].append({**spec(data, "1g/plan"), **more})
    )
    followed.open("2020-07-10 09:00", edited, confirmed=True)


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return with_every_row(engine)


def test_a_ledger_with_every_kind_of_row_is_as_its_events_say(followed: Followed) -> None:
    assert followed.unlike() == []
    with reading(followed.engine) as session:
        told = session.exec(select(Audit.data).where(Audit.kind == "campaign.amended")).one()
        assert told["carried"]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_any_field_that_was_changed_is_named(sqlite_engine: Engine, table: str, column: str) -> None:
    followed = with_every_row(sqlite_engine)
    with Session(sqlite_engine) as session:
        wanted = list(changes(session, table, column))
    assert wanted
    for change in wanted:
        lines = said_of(followed, change)
        assert change.is_named(lines), (change, lines)
    assert followed.unlike() == []


def test_both_values_are_told(followed: Followed) -> None:
    followed.change("UPDATE answers SET channel = 'mail' WHERE kind = 'extension' AND carried_by_id IS NULL")
    (found,) = followed.unlike()
    assert ": channel is mail in the ledger, phone by event " in found
    assert "(1g/report/NK)" in found


def test_a_changed_reason_is_told_with_what_stands_beside_the_chain(followed: Followed) -> None:
    followed.change("UPDATE holds SET reason = 'nghỉ' WHERE unit_id IS NOT NULL")
    (found,) = followed.unlike()
    assert ": reason is nghỉ in the ledger, bão by event " in found


@pytest.mark.parametrize(
    ("table", "which", "rows"),
    [
        ("decisions", "kind = 'reply'", 1),
        ("evidence", "file_name = 'phu-luc.pdf'", 2),  # the report's, and that of what it carries
        ("evidence", "doc_number = '5/KH'", 1),
        ("holds", "unit_id IS NOT NULL", 1),
        ("answers", "kind = 'question'", 1),
        ("papers", "kind = 'report'", 1),
    ],
)
def test_a_row_that_is_gone_is_named(followed: Followed, table: str, which: str, rows: int) -> None:
    followed.change(f"DELETE FROM {table} WHERE {which}")  # noqa: S608
    found = followed.unlike()
    assert len(found) == rows
    for line in found:
        assert line.startswith(("the hold from 2020-07-08", f"{table} "))
        assert " was written by event " in line
        assert line.endswith("but is not in the ledger")


def test_a_step_that_a_paper_named_no_longer_does_is_named(followed: Followed) -> None:
    followed.change("DELETE FROM paper_steps")
    (found,) = followed.unlike()
    assert ": paper_steps is [] in the ledger, [" in found


def _again(followed: Followed, table: str) -> None:
    """The table's first row once more."""
    with followed.engine.begin() as connection:
        rows = Evidence.metadata.tables[table]
        row = connection.execute(rows.select().order_by(rows.c.id)).mappings().first()
        assert row is not None
        unlike = {"kind": "addendum"} if table == "papers" else {}
        connection.execute(rows.insert().values({**row, **unlike, "id": 999}))


@pytest.mark.parametrize("table", ["answers", "decisions", "evidence", "holds", "papers"])
def test_a_row_that_no_event_wrote_is_named(followed: Followed, table: str) -> None:
    _again(followed, table)
    (found,) = followed.unlike()
    assert found.startswith(f"{table} ")
    assert found.endswith("is in the ledger, but no event wrote it")


def test_rows_are_compared_as_far_as_the_events_texts_were_not_purged(followed: Followed) -> None:
    followed.change("DELETE FROM audit_texts")
    assert followed.unlike() == []
    followed.change("UPDATE decisions SET kind = 'accept' WHERE kind = 'reply'")
    (found,) = followed.unlike()
    assert ": kind is accept in the ledger, reply by event " in found


@pytest.mark.parametrize("name", ["files", "facts", "file_name", "steps"])
def test_events_of_before_they_said_all_this_are_compared_by_what_they_say(
    followed: Followed, name: str
) -> None:
    with begin(followed.engine) as session:
        for event in session.exec(select(Audit)):
            if event.kind in ("paper.drafted", "answer.done"):
                keep = event.kind == "answer.done" and name == "file_name"
                event.data = {key: one for key, one in event.data.items() if key != name or keep}
                session.add(event)
        if name == "files":
            for event in session.exec(select(Audit).where(Audit.kind == "evidence.enclosed")):
                event.kind = "pass"
                session.add(event)
    assert followed.unlike() == []
