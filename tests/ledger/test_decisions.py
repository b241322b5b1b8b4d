"""What a coordinator decides: accepted, waived; and what every decision has in common."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.errors import Refused
from directives.evaluate import Status
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Audit, Decision
from tests.ledger.campaigns import Followed, a_campaign, at, content
from tests.ledger.test_answers import REPORT, status_of


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """STP reported on 01/10/2020, in time."""
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer(REPORT, "done", "2020-10-01 09:00")
    return followed


def test_accepting_completes_the_step_and_what_it_carries(followed: Followed) -> None:
    followed.decide(REPORT, "accept", "2020-11-20 09:00")
    for step in (REPORT, "1a/result/STP"):
        assert status_of(followed, step, "2020-11-20 09:00") is Status.COMPLETED_ON_TIME
        assert status_of(followed, step, "2020-11-20 08:59") is Status.AWAITING_ACCEPTANCE
        assert followed.step(step).next_reason == "accepted"


def test_a_part_without_report_of_its_own_is_completed_by_the_one_that_carries_it(followed: Followed) -> None:
    followed.change(
        "UPDATE steps SET reported_at = NULL WHERE id = :id", id=followed.step("1a/result/STP").id
    )
    followed.decide(REPORT, "accept", "2020-11-20 09:00")
    assert followed.step("1a/result/STP").reported_at == at("2020-10-01 09:00")
    assert status_of(followed, "1a/result/STP", "2020-11-20 09:00") is Status.COMPLETED_ON_TIME


def test_waiving_ends_the_step_and_what_it_carries(followed: Followed) -> None:
    followed.decide("1g/report/NK", "waive", "2020-07-02 09:00", reason="đã sáp nhập")
    for step in ("1g/report/NK", "1a/result/NK"):
        assert status_of(followed, step, "2020-12-01 09:00") is Status.WAIVED
        assert followed.step(step).next_action_at is None
    followed.passes("2020-12-01 07:05")
    assert "overdue-1" not in followed.notices("1g/report/NK")


def test_a_decision_is_written_for_each_step_with_who_and_when(followed: Followed) -> None:
    followed.decide(REPORT, "accept", "2020-11-20 09:00", recorded="2020-11-23 10:00", by="ông Minh")
    with reading(followed.engine) as session:
        decisions = session.exec(select(Decision).order_by(Decision.kind)).all()
        events = session.exec(select(Audit).where(Audit.kind == "decision.accept")).all()
    assert {one.step_id for one in decisions} == {
        followed.step(REPORT).id,
        followed.step("1a/result/STP").id,
    }
    assert {(one.by, one.at, one.recorded_at) for one in decisions} == {
        ("ông Minh", at("2020-11-20 09:00"), at("2020-11-23 10:00"))
    }
    assert len(events) == 2
    assert followed.broken() == []


REFUSED: list[tuple[str, str, str, dict[str, str], str]] = [
    ("1g/report/NK", "accept", "2020-10-05 09:00", {}, "was not reported; record the report first"),
    (REPORT, "waive", "2020-10-05 09:00", {}, "a waiver needs a reason"),
    ("1g/plan/NK1", "accept", "2020-10-05 09:00", {}, "was accepted before"),
    ("1g/plan/NK2", "waive", "2020-10-05 09:00", {"reason": "x"}, "was waived before"),
    (
        REPORT,
        "grant_extension",
        "2020-10-05 09:00",
        {"until": "2020-12-01"},
        "accept the report or return it",
    ),
    (REPORT, "assign", "2020-10-05 09:00", {"to": "NK1"}, "accept the report or return it"),
    (REPORT, "nudge", "2020-10-05 09:00", {}, "accept the report or return it"),
    (REPORT, "return", "2020-10-05 09:00", {"until": "2020-10-20"}, "a return needs a reason"),
    (REPORT, "return", "2020-10-05 09:00", {"until": "2020-10-04", "reason": "x"}, "04/10/2020 is past"),
    (
        REPORT,
        "return",
        "2020-10-05 09:00",
        {"until": "2029-10-04", "reason": "x"},
        "knows days to 31/12/2021",
    ),
    (
        "1g/report/NK",
        "return",
        "2020-10-05 09:00",
        {"until": "2020-10-20", "reason": "x"},
        "was not reported",
    ),
    (
        "1g/report/NK",
        "grant_extension",
        "2020-10-05 09:00",
        {"until": "2020-12-01"},
        "no request for more time",
    ),
    ("1g/report/NK", "refuse_extension", "2020-10-05 09:00", {}, "a refusal needs a reason"),
    ("1g/report/NK", "reply", "2020-10-05 09:00", {}, "a reply needs its words"),
    ("2/monitoring/SNV", "nudge", "2020-10-05 09:00", {}, "has no deadline"),
    (REPORT, "accept", "2020-09-30 09:00", {}, "was reported only on 01/10/2020"),
    (REPORT, "accept", "2020-10-06 09:01", {}, "is still to come on the campaign's clock"),
    ("1g/report/NK", "waive", "2020-06-29 09:00", {"reason": "x"}, "is before the directive itself"),
    ("1g/report/ABC", "waive", "2020-10-05 09:00", {"reason": "x"}, "has no unit 'ABC'"),
]


def test_a_decision_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.answer("1g/plan/NK1", "done", "2020-10-02 09:00", doc_number="1/KH")
    followed.decide("1g/plan/NK2", "waive", "2020-10-02 09:00", reason="thừa")
    before = content(followed.engine)
    for step, kind, when, more, why in REFUSED:
        with pytest.raises(Refused, match=why):
            followed.decide(step, kind, when, recorded="2020-10-06 09:00", **more)
    assert content(followed.engine) == before


def test_a_decision_after_the_closing_is_refused(followed: Followed) -> None:
    with begin(followed.engine) as session:
        campaign_row(session, followed.key).closed_at = at("2020-12-31 17:00")
    with pytest.raises(Refused, match="was closed"):
        followed.decide(REPORT, "accept", "2021-01-04 09:00")


def test_a_step_of_another_campaign_is_refused(followed: Followed) -> None:
    with pytest.raises(Refused, match="belongs to campaign 'thu-2020', not to 'thu-2021'"):
        followed.decide(REPORT, "accept", "2020-11-20 09:00", campaign="thu-2021")


NONSENSE: list[tuple[str, dict[str, Any], str]] = [
    ("2020-10-05 08:59", {}, "returned on 05/10/2020 09:00; state a day after it"),
    ("2020-10-06 09:00", {"doc_date": "2020-10-07"}, "07/10/2020 is after the day it was sent, 06/10/2020"),
    ("2020-10-06 09:00", {"doc_date": "2020-06-29"}, "29/06/2020 is before the directive itself"),
]


def test_a_record_whose_days_make_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-10-02 09:00", doc_number="9/BC")
    followed.decide(REPORT, "return", "2020-10-05 09:00", until="2020-10-20", reason="thiếu biểu")
    before = content(followed.engine)
    for when, more, why in NONSENSE:
        with pytest.raises(Refused, match=why):
            followed.answer(REPORT, "done", when, "2020-10-07 09:00", doc_number="9/BC", **more)
    assert content(followed.engine) == before
    followed.answer(REPORT, "done", "2020-10-06 09:00", doc_number="10/BC", doc_date="2020-10-06")


def test_nobody_is_replied_to_who_asked_nothing(followed: Followed) -> None:
    with pytest.raises(Refused, match="the unit asked nothing"):
        followed.decide(REPORT, "reply", "2020-10-02 09:00", reason="Theo mẫu 1")
    followed.answer(REPORT, "question", "2020-10-02 10:00", text="Theo mẫu nào?")
    followed.decide(REPORT, "reply", "2020-10-02 11:00", reason="Theo mẫu 1")
