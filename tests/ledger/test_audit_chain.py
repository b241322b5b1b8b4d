"""The audit is append-only: `dondoc verify` finds and names whatever was changed, taken out or moved."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from directives.ledger import audit, passes
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.tables import Audit, AuditText
from tests.databases import Databases
from tests.ledger.campaigns import CAMPAIGN, Followed, a_campaign, a_definition, at


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Opened, passed over (3 passes that write), answered and decided: ten events."""
    followed = a_campaign(engine)
    followed.passes("2020-06-30 07:05")
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00", by="chị Lan", text="đã nhận, cảm ơn")
    followed.answer("1g/plan/NK", "done", "2020-07-02 09:00", by="anh Ba", doc_number="5/KH-NK")
    followed.answer("1g/report/NK", "done", "2020-07-03 09:00")
    followed.decide("1g/report/NK", "accept", "2020-07-06 09:00")
    return followed


def _events(followed: Followed) -> list[Audit]:
    with reading(followed.engine) as session:
        return list(session.exec(select(Audit).order_by(col(Audit.seq))))


def test_an_untouched_chain_is_whole(followed: Followed) -> None:
    assert followed.broken() == []
    assert [(one.seq, one.kind) for one in _events(followed)] == [
        (1, "campaign.opened"),
        (2, "pass"),
        (3, "pass"),
        (4, "pass"),
        (5, "answer.received"),
        (6, "answer.received"),  # the result that the report carries
        (7, "answer.done"),
        (8, "answer.done"),
        (9, "answer.done"),
        (10, "decision.accept"),
        (11, "decision.accept"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "answer.received"),
        ("data", {}),
        ("at", at("2020-07-02 00:00")),
        ("step_id", None),
        ("text_sha256", "0" * 64),
    ],
)
def test_a_changed_event_is_named(followed: Followed, field: str, value: object) -> None:
    with begin(followed.engine) as session:
        event = session.exec(select(Audit).where(Audit.seq == 7)).one()
        setattr(event, field, value)
        session.add(event)
        kind = event.kind
    assert f"event 7 ({kind}) was changed after it was written" in followed.broken()


def test_an_event_changed_with_its_hash_no_longer_carries_the_next_one(followed: Followed) -> None:
    with begin(followed.engine) as session:
        event = session.exec(select(Audit).where(Audit.seq == 7)).one()
        event.data = {**event.data, "doc_number": "6/KH-NK"}
        event.hash = audit.fingerprint(event)
        session.add(event)
    assert followed.broken() == ["event 8 (answer.done) does not follow event 7"]


@pytest.mark.parametrize("seq", [1, 7])
def test_a_missing_event_is_named(followed: Followed, seq: int) -> None:
    followed.change(
        "DELETE FROM audit_texts WHERE audit_id IN (SELECT id FROM audit WHERE seq = :seq)", seq=seq
    )
    followed.change("DELETE FROM audit WHERE seq = :seq", seq=seq)
    following = _events(followed)[seq - 1].kind
    assert followed.broken() == [f"event {seq} is missing: the chain goes on with {seq + 1} ({following})"]


def test_missing_last_events_are_named(followed: Followed) -> None:
    followed.change("DELETE FROM audit_texts WHERE audit_id IN (SELECT id FROM audit WHERE seq > 9)")
    followed.change("DELETE FROM audit WHERE seq > 9")
    assert followed.broken() == ["the chain ends with event 9, but event 11 was written last"]


def test_a_last_event_put_in_place_of_another_is_named(followed: Followed) -> None:
    with begin(followed.engine) as session:
        last = session.exec(select(Audit).where(Audit.seq == 11)).one()
        last.kind = "decision.waive"
        last.hash = audit.fingerprint(last)
        session.add(last)
    assert followed.broken() == ["event 11 is not the one that was written last"]


def test_a_chain_taken_out_altogether_is_named(followed: Followed) -> None:
    followed.change("DELETE FROM audit_texts")
    followed.change("DELETE FROM audit")
    assert followed.broken() == ["the chain ends with event 0, but event 11 was written last"]


def test_two_events_that_changed_places_are_named(followed: Followed) -> None:
    for old, new in ((7, 99), (8, 7), (99, 8)):
        followed.change("UPDATE audit SET seq = :new WHERE seq = :old", old=old, new=new)
    assert [line for line in followed.broken() if line.endswith("was changed after it was written")] == [
        "event 7 (answer.done) was changed after it was written",
        "event 8 (answer.done) was changed after it was written",
    ]


def test_changed_personal_text_is_named(followed: Followed) -> None:
    followed.change("UPDATE audit_texts SET text = 'chưa nhận' WHERE text LIKE '%cảm ơn'")
    assert followed.broken() == [
        "the text of event 5 (answer.received) was changed after it was written",
        "the text of event 6 (answer.received) was changed after it was written",
    ]


def test_personal_text_can_be_purged_and_the_chain_still_verifies(followed: Followed) -> None:
    followed.change("DELETE FROM audit_texts")
    assert followed.broken() == []


def test_personal_text_stands_beside_the_chain_only(followed: Followed) -> None:
    with reading(followed.engine) as session:
        assert "chị Lan\nđã nhận, cảm ơn" in set(session.exec(select(AuditText.text)))
    for event in _events(followed):
        assert not {"chị Lan", "cảm ơn", "bà Hạnh"} & set(str(event.data).split("'"))


def test_the_same_text_leaves_another_hash_each_time(followed: Followed) -> None:
    first, second = (one.text_sha256 for one in _events(followed)[4:6])
    assert first != second  # salted: a short text cannot be guessed from its hash


def test_each_campaign_has_a_chain_of_its_own(followed: Followed) -> None:
    def renamed(data: dict[str, object]) -> None:
        data["campaign"] = "thu-2021"

    other = a_campaign(followed.engine, definition=a_definition(renamed))
    followed.change(
        "UPDATE audit SET kind = 'x' WHERE seq = 1 AND campaign_id = (SELECT id FROM campaigns WHERE key = :key)",
        key=CAMPAIGN["campaign"],
    )
    assert followed.broken() != []
    assert other.broken() == []


def test_passes_that_run_at_once_write_one_chain(engine: Engine) -> None:
    followed = a_campaign(engine)
    together = Barrier(3)
    now = at("2020-06-30 07:05")

    def one_pass(instruction: str) -> None:
        together.wait()
        with begin(engine) as session:
            passes.run_pass(session, followed.key, instruction, now, now)

    threads = [Thread(target=one_pass, args=(key,)) for key in ("1a", "1g", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.seq for one in _events(followed)] == [1, 2, 3, 4]
    assert followed.broken() == []


def test_a_ledger_from_before_knows_its_last_event_after_the_upgrade(databases: Databases) -> None:
    engine = make_engine(databases.fresh())
    migrate(engine, "0001")
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO definitions (sha256, content) VALUES ('d', '{}')",
            "INSERT INTO campaigns (id, key, series, title, rehearsal, definition_sha256, opened_at)"
            " VALUES (1, 'old', 's', 't', FALSE, 'd', '2020-06-30 00:00:00'),"
            " (2, 'empty', 's', 't', FALSE, 'd', '2020-06-30 00:00:00')",
            "INSERT INTO audit (campaign_id, seq, at, kind, data, text_sha256, previous, hash) VALUES"
            " (1, 1, '2020-06-30 00:00:00', 'a', '{}', '', 'g', 'first'),"
            " (1, 2, '2020-06-30 00:00:00', 'b', '{}', '', 'first', 'second')",
        ):
            connection.execute(text(statement))
    migrate(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT audit_seq, audit_hash FROM campaigns ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(2, "second"), (0, audit.GENESIS)]
    engine.dispose()
