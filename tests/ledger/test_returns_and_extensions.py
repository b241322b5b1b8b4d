"""A report sent back with a new date, and more time granted or refused: a new numbered deadline, the old one stays."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.evaluate import Status, status
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.instants import states_at
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Audit, Deadline
from directives.ledger.undecided import undecided
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.ledger.test_answers import REPORT, status_of

CARRIED = "1a/result/STP"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def deadlines(followed: Followed, step: str) -> list[tuple[int, str, str, str]]:
    with reading(followed.engine) as session:
        rows = session.exec(
            select(Deadline).where(Deadline.step_id == followed.step(step).id).order_by(col(Deadline.number))
        )
        calendar = followed.definition.calendar
        return [
            (one.number, f"{calendar.local(one.due_before):%Y-%m-%d %H:%M}", one.text, one.set_by)
            for one in rows
        ]


def test_a_returned_report_is_owed_again_by_its_new_date_with_what_it_carries(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    followed.decide(REPORT, "return", "2020-11-04 09:00", until="2020-11-20", reason="thiếu số liệu")
    for step in (REPORT, CARRIED):
        assert followed.step(step).reported_at is None
        assert status_of(followed, step, "2020-11-05 09:00") is Status.RETURNED
        assert status_of(followed, step, "2020-11-21 00:00") is Status.OVERDUE
        assert deadlines(followed, step)[1:] == [(2, "2020-11-21 00:00", "thiếu số liệu", "bà Hạnh")]
    assert deadlines(followed, REPORT)[0][:2] == (1, "2020-11-10 00:00")


def test_the_second_report_is_measured_against_the_new_date(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    followed.decide(REPORT, "return", "2020-11-04 09:00", until="2020-11-20", reason="thiếu số liệu")
    followed.answer(REPORT, "done", "2020-11-20 16:00", doc_number="9/BC-STP")
    assert followed.step(REPORT).reported_at == at("2020-11-20 16:00")
    followed.decide(REPORT, "accept", "2020-11-24 09:00")
    assert status_of(followed, REPORT, "2020-11-24 09:00") is Status.COMPLETED_ON_TIME


def test_the_ladder_begins_anew_from_the_day_of_the_return(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    before = followed.notices(REPORT)
    followed.decide(REPORT, "return", "2020-11-04 09:00", until="2020-11-20", reason="thiếu số liệu")
    followed.live("2020-11-05", "2020-11-24")
    assert followed.notices(REPORT)[len(before) :] == ["before-7", "before-1", "overdue-1"]


def test_a_granted_extension_moves_the_deadline_and_ends_the_wait(followed: Followed) -> None:
    followed.answer(REPORT, "extension", "2020-11-06 09:00", until="2020-11-25", reason="thiếu người")
    followed.decide(REPORT, "grant_extension", "2020-11-09 10:00", until="2020-11-20", reason="đồng ý")
    for step in (REPORT, CARRIED):
        assert followed.step(step).extension_requested_at is None
        assert deadlines(followed, step)[-1][:2] == (2, "2020-11-21 00:00")
        assert status_of(followed, step, "2020-11-15 09:00") is Status.DUE_SOON
    with reading(followed.engine) as session:
        assert undecided(followed.book(session)) == []


def test_a_refused_extension_leaves_the_deadline_and_the_ladder_goes_on(followed: Followed) -> None:
    followed.answer(REPORT, "extension", "2020-11-06 09:00", until="2020-11-25", reason="thiếu người")
    followed.decide(REPORT, "refuse_extension", "2020-11-09 10:00", reason="thành phố cần tổng hợp")
    assert followed.step(REPORT).due_before == at("2020-11-10 00:00")
    assert (followed.step(REPORT).extension_requested_at, len(deadlines(followed, REPORT))) == (None, 1)
    followed.passes("2020-11-10 07:35")
    assert "overdue-1" in followed.notices(REPORT)


def test_a_request_made_after_a_decision_waits_again(followed: Followed) -> None:
    followed.answer(REPORT, "extension", "2020-11-02 09:00", until="2020-11-20", reason="thiếu người")
    followed.decide(REPORT, "refuse_extension", "2020-11-03 10:00", reason="không")
    followed.answer(REPORT, "extension", "2020-11-04 09:00", until="2020-11-20", reason="mất điện")
    assert followed.step(REPORT).extension_requested_at == at("2020-11-04 09:00")
    with reading(followed.engine) as session:
        assert [one.kind for one in undecided(followed.book(session))] == ["extension"]


def test_each_step_has_one_event_with_its_new_deadline(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    followed.decide(REPORT, "return", "2020-11-04 09:00", until="2020-11-20", reason="thiếu số liệu")
    with reading(followed.engine) as session:
        events = session.exec(select(Audit).where(Audit.kind == "decision.return")).all()
    assert {event.step_id for event in events} == {followed.step(REPORT).id, followed.step(CARRIED).id}
    for event in events:
        assert event.data["until"] == "2020-11-20"
        assert event.data["deadline"][0] == 2
        assert "thiếu số liệu" not in str(event.data)
    assert followed.broken() == []


def test_a_question_waits_until_it_is_replied_to(followed: Followed) -> None:
    followed.answer(REPORT, "question", "2020-11-02 09:00", text="Báo cáo theo mẫu nào?")
    with reading(followed.engine) as session:
        assert [one.kind for one in undecided(followed.book(session))] == ["question"]
    followed.decide(REPORT, "reply", "2020-11-03 09:00", reason="Theo mẫu tại Phụ lục.")
    with reading(followed.engine) as session:
        assert undecided(followed.book(session)) == []
    assert followed.step(REPORT).reported_at is None


def test_what_stood_at_an_instant_is_known_after_it_was_decided_otherwise(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    followed.decide(REPORT, "return", "2020-11-11 09:00", until="2020-11-20", reason="thiếu số liệu")
    followed.answer(REPORT, "done", "2020-11-24 09:00")
    followed.decide(REPORT, "accept", "2020-11-25 09:00")
    seen = {
        day: seen_at(followed, REPORT, f"{day} 12:00")
        for day in ("2020-11-01", "2020-11-03", "2020-11-12", "2020-11-23", "2020-11-24", "2020-11-25")
    }
    assert seen == {
        "2020-11-01": Status.DUE_SOON,
        "2020-11-03": Status.AWAITING_ACCEPTANCE,
        "2020-11-12": Status.RETURNED,
        "2020-11-23": Status.OVERDUE,
        "2020-11-24": Status.AWAITING_ACCEPTANCE,
        "2020-11-25": Status.COMPLETED_LATE,
    }


def test_a_withdrawn_answer_stood_until_it_was_withdrawn(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    followed.answer(REPORT, "undo", "2020-11-02 15:00")
    assert seen_at(followed, REPORT, "2020-11-02 12:00") is Status.AWAITING_ACCEPTANCE
    assert seen_at(followed, REPORT, "2020-11-02 15:00") is Status.DUE_SOON


def seen_at(followed: Followed, name: str, when: str) -> Status:
    step = followed.step(name)
    with reading(followed.engine) as session:
        book = Casebook(session, campaign_row(session, followed.key))
        state = states_at(book, {ident(step): step}, at(when))[ident(step)]
    return status(state, followed.definition.calendar, at(when))
