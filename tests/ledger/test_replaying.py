"""A replay of the audit gives the same ledger; where rows were changed behind its back, they are named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger import replaying
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Audit
from tests.ledger.campaigns import Followed, a_campaign, a_definition, spec


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Opened, answered in every way, withdrawn and decided: also what was stated only later."""
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00", by="chị Lan")
    followed.answer("1g/report/STP", "in_progress", "2020-07-01 10:00", percent=40)
    followed.answer("1g/plan/NK", "done", "2020-07-02 09:00", recorded="2020-07-03 08:00", doc_number="5/KH")
    followed.answer("1g/plan/STP", "done", "2020-07-02 09:00")
    followed.answer("1g/plan/STP", "undo", "2020-07-02 10:00")
    followed.answer("1g/commune-report/NK1", "done", "2020-07-02 09:00", doc_number="6/BC")
    followed.answer("1g/report/NK", "done", "2020-07-03 09:00")
    followed.answer(
        "1g/report/STP", "extension", "2020-07-03 10:00", until="2020-11-20", reason="chờ số liệu"
    )
    followed.decide("1g/report/NK", "accept", "2020-07-06 09:00", recorded="2020-07-07 09:00")
    followed.decide("1g/plan/NK2", "waive", "2020-07-06 09:00", reason="đã sáp nhập")
    return followed


def test_a_replay_gives_the_same_ledger(followed: Followed) -> None:
    assert followed.unlike() == []
    with reading(followed.engine) as session:
        replay = replaying.replayed(session, campaign_row(session, followed.key))
        steps = {"/".join(key): replay.steps[step_id] for key, step_id in replay.ids.items()}
    # Not only equal: the events say it.
    assert steps["1g/report/STP"].facts.percent == 40
    assert steps["1g/report/STP"].facts.extension_requested_at is not None
    assert (
        steps["1a/result/NK1"].facts.accepted_at is not None
    )  # by the evidence of the report that carries it
    assert steps["1a/result/NK"].facts.accepted_at is not None
    assert steps["1g/plan/STP"].facts.reported_at is None
    assert steps["1g/plan/NK2"].waived_at is not None


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("reported_at", "2020-07-01 00:00:00", "reported_at is 2020-07-01T00:00:00+00:00 in the ledger"),
        (
            "accepted_at",
            None,
            "accepted_at is not set in the ledger, 2020-07-06T02:00:00+00:00 by the events",
        ),
        ("received_at", None, "received_at is not set in the ledger"),
        ("percent", 7, "percent is 7 in the ledger, 100 by the events"),
        ("waived_at", "2020-07-01 00:00:00", "waived_at is 2020-07-01T00:00:00+00:00 in the ledger, not set"),
        ("returned_at", "2020-07-01 00:00:00", "returned_at is 2020-07-01T00:00:00+00:00 in the ledger"),
        ("due_before", "2020-12-01 00:00:00", "due_before is 2020-12-01T00:00:00+00:00 in the ledger"),
        ("deadline_number", 2, "deadline_number is 2 in the ledger, 1 by the events"),
    ],
)
def test_a_row_that_was_changed_is_named(followed: Followed, column: str, value: object, said: str) -> None:
    step = followed.step("1g/report/NK")
    if isinstance(value, str) and followed.engine.dialect.name == "postgresql":
        value = f"{value}+00"
    followed.change(f"UPDATE steps SET {column} = :value WHERE id = :id", value=value, id=step.id)  # noqa: S608
    (found,) = followed.unlike()
    assert found.startswith(f"step 1g/report/NK: {said}")


def test_a_step_that_another_one_carries_now_is_named(followed: Followed) -> None:
    other = followed.step("1g/report/STP")
    followed.change(
        "UPDATE steps SET covered_by_id = :other WHERE id = :id",
        other=other.id,
        id=followed.step("1a/result/NK").id,
    )
    (found,) = followed.unlike()
    assert found == "step 1a/result/NK: covered_by is 1g/report/STP in the ledger, 1g/report/NK by the events"


def test_a_changed_original_deadline_is_named(followed: Followed) -> None:
    step = followed.step("1g/plan/STP")
    later = (
        "2020-08-09 00:00:00+00" if followed.engine.dialect.name == "postgresql" else "2020-08-09 00:00:00"
    )
    followed.change("UPDATE deadlines SET due_before = :later WHERE step_id = :id", later=later, id=step.id)
    (found,) = followed.unlike()
    assert found.startswith("step 1g/plan/STP: deadline 1 is 2020-08-09T00:00:00+00:00 in the ledger")


def test_a_step_that_no_event_opened_and_one_that_is_gone_are_named(followed: Followed) -> None:
    plan = followed.step("1g/plan/NK1")
    followed.change("UPDATE steps SET key = 'other' WHERE id = :id", id=plan.id)
    assert followed.unlike() == [
        "step 1g/other/NK1 is in the ledger, but no event opened it",
        "step 1g/plan/NK1 was opened, but is not in the ledger",
    ]


def test_an_answer_whose_event_was_taken_out_of_a_mended_chain_is_found_by_its_step(
    followed: Followed,
) -> None:
    """Whoever writes the whole chain anew still has to make the steps fit it."""
    followed.answer("1g/plan/STP", "received", "2020-07-08 09:00")
    with begin(followed.engine) as session:
        campaign = campaign_row(session, followed.key)
        last = session.exec(select(Audit).where(Audit.seq == campaign.audit_seq)).one()
        campaign.audit_seq, campaign.audit_hash = last.seq - 1, last.previous
        session.add(campaign)
        session.delete(last)
    assert followed.broken() == []
    step, answer = followed.unlike()
    assert step.startswith("step 1g/plan/STP: received_at is 2020-07-08T02:00:00+00:00 in the ledger")
    assert answer.startswith("answers ")
    assert answer.endswith("(1g/plan/STP) is in the ledger, but no event wrote it")


def test_an_event_that_says_nothing_is_named_though_its_chain_was_mended(followed: Followed) -> None:
    followed.change("UPDATE audit SET data = '{}' WHERE kind = 'answer.in_progress'")
    (found,) = followed.unlike()
    assert found.startswith("the steps cannot be compared: event ")
    assert "(answer.in_progress) does not say what it should" in found


def test_a_changed_definition_is_named(followed: Followed) -> None:
    change = "UPDATE definitions SET content = REPLACE(CAST(content AS TEXT), '2020-07-31', '2020-08-31')"
    if followed.engine.dialect.name == "postgresql":
        change = change.replace(
            "REPLACE(CAST(content AS TEXT), '2020-07-31', '2020-08-31')",
            "REPLACE(CAST(content AS TEXT), '2020-07-31', '2020-08-31')::json",
        )
    followed.change(change)
    assert followed.unlike()[0] == (
        "the definition that event 1 (campaign.opened) froze was changed after it was written"
    )


Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "edit",
    [
        lambda data: spec(data, "1g/plan").update(due={"by": "2020-08-31"}),
        lambda data: spec(data, "1g/plan").update(audience=["STP", "NK", "NK1"]),
        lambda data: spec(data, "1g/commune-report").update(accepts="monitor"),
        lambda data: data["instructions"][1]["steps"].append(
            {**spec(data, "1g/plan"), "key": "more", "audience": "reporting", "covered_by": "1g/report"}
        ),
        lambda data: (spec(data, "1g/plan").pop("due"), spec(data, "1g/plan").update(continuing=True)),
    ],
    ids=[
        "another date",
        "one unit less",
        "accepted by another",
        "a step below an answered one",
        "continuing",
    ],
)
def test_a_replay_follows_an_amended_file_there_and_back(followed: Followed, edit: Edit) -> None:
    followed.open("2020-07-08 09:00", a_definition(edit), confirmed=True)
    assert followed.unlike() == []
    followed.answer("1g/report/STP", "done", "2020-07-09 09:00", doc_number="9/BC")
    followed.answer("1g/commune-report/NK2", "done", "2020-07-09 09:00", doc_number="9/BC")
    assert followed.unlike() == []
    followed.answer("1g/report/STP", "undo", "2020-07-09 10:00")
    followed.open("2020-07-10 09:00", confirmed=True)
    assert followed.unlike() == []


def test_a_replay_follows_every_kind_of_decision(followed: Followed) -> None:
    followed.answer("1g/plan/STP", "done", "2020-07-06 10:00")
    more = {"until": "2020-08-14", "reason": "thiếu phụ lục"}
    followed.decide("1g/plan/STP", "return", "2020-07-07 09:00", recorded="2020-07-08 10:00", **more)
    followed.decide(
        "1g/report/STP", "grant_extension", "2020-07-08 09:00", until="2020-11-20", reason="đồng ý"
    )
    followed.decide("", "district_date", "2020-07-08 09:00", district="NK", until="2020-07-29", reason="sớm")
    followed.decide(
        "1g/commune-report/NK2",
        "assign",
        "2020-07-08 09:00",
        to="SNV",
        until="2020-11-25",
        reason="đúng việc",
    )
    followed.answer("1g/commune-report/SNV", "done", "2020-07-09 09:00", doc_number="8/BC")
    assert followed.unlike() == []
    with reading(followed.engine) as session:
        replay = replaying.replayed(session, campaign_row(session, followed.key))
        steps = {"/".join(key): replay.steps[step_id] for key, step_id in replay.ids.items()}
    assert steps["1g/plan/STP"].facts.returned_at is not None
    assert (steps["1g/plan/STP"].facts.reported_at, max(steps["1g/plan/STP"].deadlines)) == (None, 2)
    assert max(steps["1a/result/STP"].deadlines) == 2  # what the report carries was extended with it
    assert steps["1g/commune-report/NK2"].unit == "SNV"
    assert steps["1g/commune-report/NK2"].facts.accepted_at is not None
