"""What a unit asks for and a coordinator decides later: more time, an answer to a question."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.errors import Refused
from directives.ledger.engine import reading
from directives.ledger.tables import Answer, Audit, AuditText
from tests.ledger.campaigns import Followed, a_campaign, at, content

REPORT, CARRIED = "1g/report/STP", "1a/result/STP"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020. The report is asked before 10/11/2020."""
    return a_campaign(engine).live("2020-06-30")


def asked(followed: Followed, when: str, until: str = "2020-11-20", recorded: str = "") -> int:
    return followed.answer(
        REPORT, "extension", when, recorded, until=until, reason="thiếu người", by="chị Lan"
    )


def test_a_request_for_more_time_is_a_receipt_and_silences_the_ladder_three_working_days(
    followed: Followed,
) -> None:
    asked(followed, "2020-11-06 09:00")  # a Friday
    for step in (followed.step(REPORT), followed.step(CARRIED)):
        assert step.received_at == step.extension_requested_at == at("2020-11-06 09:00")
        assert (step.next_action_at, step.next_reason) == (at("2020-11-11 07:30"), "awaiting_decision")
    assert followed.step(REPORT).due_before == at("2020-11-10 00:00")  # nothing is granted yet
    before = followed.notices(REPORT)
    for day in ("2020-11-09", "2020-11-10"):
        followed.passes(f"{day} 07:05")
    assert followed.notices(REPORT) == before
    followed.passes("2020-11-11 07:35")
    assert followed.notices(REPORT) == [*before, "overdue-1"]


def test_a_newer_request_takes_the_place_of_the_older(followed: Followed) -> None:
    asked(followed, "2020-11-05 09:00")
    asked(followed, "2020-11-06 09:00", until="2020-11-25")
    assert followed.step(REPORT).extension_requested_at == at("2020-11-06 09:00")
    assert followed.step(REPORT).received_at == at("2020-11-05 09:00")


def test_the_reason_stands_beside_the_chain_where_it_can_be_purged(followed: Followed) -> None:
    answer_id = asked(followed, "2020-11-06 09:00")
    with reading(followed.engine) as session:
        answer = session.get_one(Answer, answer_id)
        event = session.exec(
            select(Audit).where(Audit.kind == "answer.extension").order_by(col(Audit.seq))
        ).first()
        assert event is not None
        assert answer.data == {"until": "2020-11-20", "reason": "thiếu người"}
        assert event.data == {"answer": answer_id, "channel": "phone", "until": "2020-11-20", "changed": True}
        assert session.get_one(AuditText, event.id).text == "chị Lan\nthiếu người"
    assert followed.broken() == []


REFUSED = [
    (REPORT, "2020-11-06 09:00", "2020-11-09", "09/11/2020 is not after the present deadline, .* 09/11/2020"),
    (REPORT, "2020-11-16 09:00", "2020-11-15", "15/11/2020 was past when it was asked for"),
    (REPORT, "2020-11-06 09:00", "2022-01-01", "the calendar knows days to 31/12/2021 only"),
    ("2/monitoring/SNV", "2020-11-06 09:00", "2020-11-20", "has no deadline"),
    ("1g/report/NK", "2020-11-06 09:00", "2020-11-20", "was reported on 05/11/2020"),
    ("1g/plan/STP", "2020-11-06 09:00", "2020-11-20", "was waived"),
]


def test_a_request_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.answer("1g/report/NK", "done", "2020-11-05 09:00")
    followed.decide("1g/plan/STP", "waive", "2020-11-05 09:00", reason="thừa")
    before = content(followed.engine)
    for step, when, until, why in REFUSED:
        with pytest.raises(Refused, match=why):
            followed.answer(step, "extension", when, until=until, reason="thiếu người")
    assert content(followed.engine) == before


def test_the_day_of_asking_may_itself_be_asked_for(followed: Followed) -> None:
    asked(followed, "2020-11-16 09:00", until="2020-11-16")
    assert followed.step(REPORT).extension_requested_at == at("2020-11-16 09:00")


def test_a_question_is_a_receipt_and_changes_nothing_else(followed: Followed) -> None:
    followed.answer(REPORT, "question", "2020-07-01 09:00", text="Gửi ở đâu?", by="chị Lan")
    step = followed.step(REPORT)
    assert (step.received_at, step.percent, step.reported_at) == (at("2020-07-01 09:00"), None, None)
    assert step.next_action_at == at("2020-10-12 07:30")  # the ladder goes on
    assert followed.step(CARRIED).received_at == at("2020-07-01 09:00")


def test_a_question_without_words_is_refused(followed: Followed) -> None:
    with pytest.raises(Refused, match="needs its words"):
        followed.answer(REPORT, "question", "2020-07-01 09:00", text=" ")
