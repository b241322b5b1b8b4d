"""A unit may withdraw what it said within a day: the step stands then as its other answers say."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.errors import Refused
from directives.ledger import audit
from directives.ledger.engine import reading
from directives.ledger.tables import Answer, Audit, Step
from directives.ledger.undoing import Undoable, undoable
from tests.ledger.campaigns import Followed, a_campaign, at, content
from tests.ledger.test_amending import amend, with_a_new_clause

REPORT, PLAN, CARRIED = "1g/report/STP", "1g/plan/STP", "1a/result/STP"
FACTS = ("received_at", "percent", "reported_at", "accepted_at", "extension_requested_at", "deputy")


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020."""
    return a_campaign(engine).live("2020-06-30")


def facts(step: Step) -> dict[str, object]:
    looked_at = (*FACTS, "next_action_at", "next_reason")
    return {name: getattr(step, name) for name in looked_at}


def still(followed: Followed, when: str, unit: str = "STP") -> list[Undoable]:
    with reading(followed.engine) as session:
        return undoable(session, followed.key, unit, at(when))


SAID = [
    ("received", {}),
    ("in_progress", {"percent": 40}),
    ("done", {"doc_number": "9/KH", "doc_date": "2020-07-01"}),
    ("done", {}),
    ("extension", {"until": "2020-12-01", "reason": "thiếu người"}),
    ("question", {"text": "Gửi ở đâu?"}),
]


@pytest.mark.parametrize("step", [REPORT, PLAN])
def test_what_is_withdrawn_leaves_the_step_and_what_it_carries_as_they_were(
    followed: Followed, step: str
) -> None:
    followed.passes("2020-07-01 07:05")
    before = {key: facts(one) for key, one in followed.steps().items()}
    for kind, more in SAID:
        followed.answer(step, kind, "2020-07-01 09:00", **more)
        assert {key: facts(one) for key, one in followed.steps().items()} != before
        followed.answer(step, "undo", "2020-07-01 09:30")
        assert {key: facts(one) for key, one in followed.steps().items()} == before, kind
    assert followed.broken() == []


def test_the_answers_that_remain_decide(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-10-01 09:00")
    followed.answer(REPORT, "in_progress", "2020-10-02 09:00", percent=40)
    before = {step: facts(followed.step(step)) for step in (REPORT, CARRIED)}
    followed.answer(REPORT, "done", "2020-10-02 10:00", doc_number="9/BC")
    followed.answer(REPORT, "undo", "2020-10-02 11:00")
    assert {step: facts(followed.step(step)) for step in (REPORT, CARRIED)} == before
    assert before[REPORT]["percent"] == 40


def test_an_older_report_stays_when_a_second_one_is_withdrawn(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-10-02 09:00")
    followed.answer(REPORT, "done", "2020-10-02 10:00", doc_number="sai số")
    followed.answer(REPORT, "undo", "2020-10-02 10:30")
    assert followed.step(REPORT).reported_at == at("2020-10-02 09:00")


def test_undoing_twice_withdraws_the_one_before_too(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-10-02 09:00")
    followed.answer(REPORT, "done", "2020-10-02 09:30")
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    assert followed.step(REPORT).received_at is None


def test_a_report_given_within_a_day_of_the_slot_is_chased_again_once_withdrawn(followed: Followed) -> None:
    """The notice was cancelled at the slot; it leaves the next morning after all."""
    followed.live("2020-07-01", "2020-07-31").passes("2020-08-03 07:05")
    followed.answer(PLAN, "done", "2020-08-03 07:10")
    followed.deliver("2020-08-03 08:00")
    told = len(followed.letters("STP"))
    followed.answer(PLAN, "undo", "2020-08-03 09:00")
    followed.live("2020-08-04")
    assert len(followed.letters("STP")) == told + 1
    assert "Kế hoạch năm 2020" in followed.letters("STP")[-1].text
    assert "overdue-1" in followed.notices(PLAN)


def test_what_was_undone_is_kept_with_its_time_and_named_in_the_audit(followed: Followed) -> None:
    answer_id = followed.answer(REPORT, "done", "2020-10-02 09:00")
    assert followed.answer(REPORT, "undo", "2020-10-02 10:00", by="chị Lan") == answer_id
    with reading(followed.engine) as session:
        rows = session.exec(select(Answer).order_by(col(Answer.id))).all()
        assert [(row.kind, row.undone_at, row.carried_by_id) for row in rows] == [
            ("done", at("2020-10-02 10:00"), None),
            ("done", at("2020-10-02 10:00"), answer_id),
        ]
        events = session.exec(select(Audit).where(Audit.kind == "answer.undo").order_by(col(Audit.seq))).all()
        assert [event.data for event in events] == [
            {"answer": row.id, "undone": "done", "channel": "phone", "changed": True} | audit.carried_by(row)
            for row in rows
        ]


def test_an_answer_that_a_part_gave_itself_stays(followed: Followed) -> None:
    followed.answer(CARRIED, "in_progress", "2020-10-02 08:00", percent=10)
    followed.answer(REPORT, "done", "2020-10-02 09:00")
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    assert followed.step(CARRIED).percent == 10
    assert followed.step(CARRIED).reported_at is None


def test_only_within_a_day(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-10-02 09:00")
    with pytest.raises(Refused, match="given on 02/10/2020 09:00; it could be withdrawn within a day"):
        followed.answer(REPORT, "undo", "2020-10-03 09:01")
    followed.answer(REPORT, "undo", "2020-10-03 09:00")


def test_a_wrong_record_of_an_earlier_day_is_taken_back_within_a_day_of_recording_it(
    followed: Followed,
) -> None:
    followed.answer(REPORT, "done", "2020-09-24 09:00", recorded="2020-10-02 09:00", channel="e_office")
    with pytest.raises(Refused, match="within a day; return the report instead"):
        followed.answer(REPORT, "undo", "2020-10-03 09:01")
    with pytest.raises(Refused, match="within a day"):  # the unit's own day is over
        followed.answer(REPORT, "undo", "2020-10-02 10:00", channel="mail")
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    assert followed.step(REPORT).reported_at is None


def test_a_wrong_record_that_evidence_alone_completed_is_taken_back_at_any_time(followed: Followed) -> None:
    """It cannot be returned: a step that was accepted leaves nothing to decide."""
    followed.answer(PLAN, "done", "2020-09-24 09:00", recorded="2020-10-02 09:00", doc_number="nhầm")
    assert followed.step(PLAN).accepted_at is not None
    with pytest.raises(Refused, match="within a day"):
        followed.answer(PLAN, "undo", "2020-10-09 09:00", channel="page")
    followed.answer(PLAN, "undo", "2020-10-09 09:00")
    assert (followed.step(PLAN).reported_at, followed.step(PLAN).accepted_at) == (None, None)
    assert followed.unlike() == []


REFUSED = [
    ("1g/report/NK", "nothing was answered"),
    ("1g/plan/NK", "was waived"),
    ("1g/plan/STP", "a coordinator has decided since the answer of 02/10/2020 09:00"),
    ("1g/report/STP", "a coordinator has decided since"),  # on what it carries
    ("1a/result/NK1", "with the step that carries it; withdraw that answer"),
]


def test_an_undo_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.answer("1g/plan/NK", "received", "2020-10-02 09:00")
    followed.decide("1g/plan/NK", "waive", "2020-10-02 09:30", reason="thừa")
    followed.answer("1g/plan/STP", "done", "2020-10-02 09:00")
    followed.decide("1g/plan/STP", "accept", "2020-10-02 09:30")
    followed.answer(REPORT, "done", "2020-10-02 09:00")
    followed.decide(CARRIED, "accept", "2020-10-02 09:30")
    followed.answer("1g/commune-report/NK1", "received", "2020-10-02 09:00")
    before = content(followed.engine)
    for step, why in REFUSED:
        with pytest.raises(Refused, match=why):
            followed.answer(step, "undo", "2020-10-02 10:00")
    assert content(followed.engine) == before


def test_a_decision_on_another_step_does_not_stand_in_the_way(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-10-02 09:00")
    followed.decide(PLAN, "waive", "2020-10-02 09:30", reason="thừa")
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    assert followed.step(REPORT).received_at is None


def test_what_can_still_be_undone_is_what_an_undo_takes(followed: Followed) -> None:
    first = followed.answer(REPORT, "in_progress", "2020-10-02 09:00", percent=5)
    assert followed.answer(PLAN, "received", "2020-10-01 09:00", recorded="2020-10-02 09:00")
    (one,) = still(followed, "2020-10-02 10:00")
    assert (one.answer_id, one.step, one.kind) == (first, followed.ref(REPORT), "in_progress")
    assert (one.at, one.until, one.data) == (at("2020-10-02 09:00"), at("2020-10-03 09:00"), {"percent": 5})
    assert still(followed, "2020-10-03 09:00") == [one]
    assert still(followed, "2020-10-03 09:01") == []
    assert still(followed, "2020-10-02 10:00", "NK") == still(followed, "2020-10-02 10:00", "ABC") == []
    followed.answer(REPORT, "undo", "2020-10-02 10:00")
    assert still(followed, "2020-10-02 10:00") == []


def test_a_part_added_later_follows_the_withdrawal_of_the_report_it_took_over(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-10-02 09:00")
    amend(followed, "2020-10-02 10:00", with_a_new_clause)
    assert followed.step("1b/result/STP").reported_at == at("2020-10-02 09:00")
    followed.answer(REPORT, "undo", "2020-10-02 11:00")
    assert followed.step("1b/result/STP").reported_at is None
    assert followed.step("1b/result/STP").next_action_at is not None
