"""What a unit answers is checked, written with its audit event, and moves the next look; covered steps follow."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.errors import Refused
from directives.evaluate import Status, status
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row, states_of
from directives.ledger.tables import Answer, Audit, Evidence
from tests.ledger.campaigns import Followed, a_campaign, at, content, directive_1914

REPORT, PLAN, COMMUNE = "1g/report/STP", "1g/plan/STP", "1g/commune-report/NK1"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020."""
    return a_campaign(engine).live("2020-06-30")


def status_of(followed: Followed, step: str, when: str) -> Status:
    with reading(followed.engine) as session:
        (state,) = states_of(session, campaign_row(session, followed.key), [followed.step(step)])
    return status(state, followed.definition.calendar, at(when))


def test_a_receipt_ends_the_rung_no_receipt_and_nothing_else(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-07-01 09:00")
    assert followed.step(REPORT).received_at == at("2020-07-01 09:00")
    assert followed.step(REPORT).next_action_at == at(
        "2020-10-12 07:30"
    )  # 30 days before, and on to a Monday
    followed.passes("2020-07-02 07:05")
    assert "no-receipt" not in followed.notices(REPORT)
    assert "no-receipt" in followed.notices("1g/report/NK")


def test_the_first_receipt_counts_whatever_order_they_are_recorded_in(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-07-03 09:00")
    followed.answer(REPORT, "received", "2020-07-01 09:00", recorded="2020-07-06 09:00")
    assert followed.step(REPORT).received_at == at("2020-07-01 09:00")


def test_progress_is_a_receipt_with_a_share(followed: Followed) -> None:
    followed.answer(REPORT, "in_progress", "2020-07-01 09:00", percent=40)
    step = followed.step(REPORT)
    assert (step.received_at, step.percent) == (at("2020-07-01 09:00"), 40)
    assert status_of(followed, REPORT, "2020-07-01 09:00") is Status.IN_PROGRESS


@pytest.mark.parametrize(
    ("when", "after_acceptance"),
    [
        ("2020-11-09 23:59", Status.COMPLETED_ON_TIME),
        ("2020-11-10 00:00", Status.COMPLETED_LATE),
    ],
)
def test_a_report_is_on_time_to_midnight(followed: Followed, when: str, after_acceptance: Status) -> None:
    followed.answer(REPORT, "done", when)
    assert status_of(followed, REPORT, when) is Status.AWAITING_ACCEPTANCE
    followed.decide(REPORT, "accept", "2020-11-20 09:00")
    assert status_of(followed, REPORT, "2020-11-20 09:00") is after_acceptance


def test_evidence_completes_at_once_where_evidence_is_enough(followed: Followed) -> None:
    followed.answer(PLAN, "done", "2020-07-02 09:00", doc_number="5/KH-STP", doc_date="2020-07-01")
    assert status_of(followed, PLAN, "2020-07-02 09:00") is Status.COMPLETED_ON_TIME
    with reading(followed.engine) as session:
        evidence = session.exec(select(Evidence)).one()
    assert (evidence.doc_number, str(evidence.doc_date)) == ("5/KH-STP", "2020-07-01")


def test_a_report_without_evidence_waits_and_the_evidence_that_follows_completes_it(
    followed: Followed,
) -> None:
    followed.answer(PLAN, "done", "2020-07-31 17:00")
    assert status_of(followed, PLAN, "2020-07-31 17:00") is Status.AWAITING_ACCEPTANCE
    followed.answer(PLAN, "done", "2020-08-03 09:00", file_sha256="ab" * 32, file_name="kh.pdf")
    assert followed.step(PLAN).accepted_at == at("2020-08-03 09:00")
    assert (
        status_of(followed, PLAN, "2020-08-03 09:00") is Status.COMPLETED_ON_TIME
    )  # lateness stays with the first


def test_evidence_alone_does_not_complete_what_the_monitor_accepts(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-02 09:00", doc_number="5/BC-STP")
    assert followed.step(REPORT).accepted_at is None


def test_nothing_is_planned_for_what_was_reported(followed: Followed) -> None:
    followed.answer(REPORT, "done", "2020-07-01 09:00")
    step = followed.step(REPORT)
    assert (step.next_action_at, step.next_reason) == (None, "reported")
    known = followed.notices(REPORT)
    followed.passes("2020-12-01 07:05")
    assert followed.notices(REPORT) == known


def test_what_a_report_carries_follows_it_with_an_audit_event_of_its_own(followed: Followed) -> None:
    followed.answer(REPORT, "received", "2020-07-01 09:00")
    followed.answer(REPORT, "done", "2020-10-01 09:00", doc_number="9/BC")
    carried = followed.step("1a/result/STP")
    assert carried.received_at == at("2020-07-01 09:00")
    assert carried.reported_at == at("2020-10-01 09:00")
    assert carried.next_action_at is None
    with reading(followed.engine) as session:
        events = session.exec(select(Audit).where(Audit.step_id == carried.id).order_by(col(Audit.seq))).all()
        assert [event.kind for event in events] == ["answer.received", "answer.done"]
        answers = session.exec(
            select(Answer).where(Answer.step_id == carried.id).order_by(col(Answer.id))
        ).all()
        assert [(one.kind, one.channel, one.at) for one in answers] == [
            ("received", "phone", at("2020-07-01 09:00")),
            ("done", "phone", at("2020-10-01 09:00")),
        ]


def test_what_a_report_carries_is_completed_by_its_evidence_too(followed: Followed) -> None:
    """The communes' report is accepted by evidence; nobody accepts its parts one by one."""
    followed.answer(COMMUNE, "done", "2020-10-29 09:00", doc_number="12/BC-NK1")
    assert status_of(followed, COMMUNE, "2020-10-30 09:00") is Status.COMPLETED_ON_TIME
    assert status_of(followed, "1a/result/NK1", "2020-10-30 09:00") is Status.COMPLETED_ON_TIME


def test_a_part_that_is_answered_by_itself_waits_for_its_own_acceptance(followed: Followed) -> None:
    followed.answer("1a/result/NK1", "done", "2020-10-29 09:00", doc_number="12/BC-NK1")
    assert status_of(followed, "1a/result/NK1", "2020-10-30 09:00") is Status.AWAITING_ACCEPTANCE
    assert followed.step(COMMUNE).reported_at is None


def test_a_part_that_was_waived_is_not_touched_by_the_report(followed: Followed) -> None:
    followed.decide("1a/result/STP", "waive", "2020-07-01 09:00", reason="không có nội dung")
    followed.answer(REPORT, "done", "2020-10-01 09:00")
    assert followed.step("1a/result/STP").reported_at is None


def test_one_commune_of_the_directive_of_2020_is_completed_with_its_six_results(
    sqlite_engine: Engine,
) -> None:
    followed = a_campaign(sqlite_engine, definition=directive_1914())
    followed.answer("1g/commune-report/31120", "done", "2020-10-29 09:00", doc_number="12/BC")
    accepted = [key for key, step in followed.steps().items() if step.accepted_at]
    assert sorted(key.split("/")[0] for key in accepted) == ["1a", "1b", "1c", "1d", "1dd", "1e", "1g"]


REFUSED = [
    ("1g/report/ABC", "2020-07-01 09:00", "has no unit 'ABC'"),
    ("9z/report/STP", "2020-07-01 09:00", "has no instruction '9z'"),
    ("1g/commune-report/STP", "2020-07-01 09:00", "is not asked of 'STP'"),
    (REPORT, "2020-06-29 09:00", "29/06/2020 is before the directive itself"),
    (REPORT, "2020-07-06 09:01", "is still to come on the campaign's clock"),
    ("1g/plan/NK", "2020-07-03 09:00", "was waived"),
    ("1g/plan/NK1", "2020-07-03 09:00", "was completed on 02/07/2020"),
]


def test_an_answer_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.decide("1g/plan/NK", "waive", "2020-07-02 09:00", reason="thừa")
    followed.answer("1g/plan/NK1", "done", "2020-07-02 09:00", doc_number="1/KH")
    before = content(followed.engine)
    for step, when, why in REFUSED:
        with pytest.raises(Refused, match=why):
            followed.answer(step, "done", when, recorded="2020-07-06 09:00")
    assert content(followed.engine) == before


def test_an_answer_after_the_closing_is_refused(followed: Followed) -> None:
    with begin(followed.engine) as session:
        campaign_row(session, followed.key).closed_at = at("2020-12-31 17:00")
    with pytest.raises(Refused, match="was closed"):
        followed.answer(REPORT, "done", "2021-01-04 09:00")


def test_a_rehearsals_clock_decides_what_is_still_to_come(engine: Engine) -> None:
    followed = a_campaign(engine, rehearsal=True)
    with pytest.raises(Refused, match="still to come"):
        followed.answer(REPORT, "done", "2020-07-01 09:00", recorded="2026-01-01 09:00")
