"""Lesson 9. A decision is an event: typed like an answer, one row, one audit event a step, a new numbered deadline.

The old deadline stays, so that one can always say what was asked first, who moved it and why. What makes no sense is
refused in one line, and nothing is changed.
"""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.errors import Refused
from directives.evaluate import Status
from directives.ledger.engine import reading
from directives.ledger.tables import Audit, Deadline
from tests.ledger.campaigns import Followed, a_campaign, at, content
from tests.ledger.test_answers import status_of

REPORT = "1g/report/STP"


@pytest.fixture
def followed(sqlite_engine: Engine) -> Followed:
    """STP has sent its report, a week before 10/11/2020."""
    followed = a_campaign(sqlite_engine).live("2020-06-30")
    followed.answer(REPORT, "done", "2020-11-02 09:00")
    return followed


def test_a_returned_report_is_owed_again_and_the_first_deadline_is_still_known(followed: Followed) -> None:
    followed.decide(REPORT, "return", "2020-11-04 09:00", until="2020-11-20", reason="thiếu số liệu")
    assert status_of(followed, REPORT, "2020-11-05 09:00") is Status.RETURNED
    with reading(followed.engine) as session:
        rows = session.exec(
            select(Deadline)
            .where(Deadline.step_id == followed.step(REPORT).id)
            .order_by(col(Deadline.number))
        ).all()
    assert [(one.number, one.due_before, one.set_by) for one in rows] == [
        (1, at("2020-11-10 00:00"), "campaign file"),
        (2, at("2020-11-21 00:00"), "bà Hạnh"),
    ]


def test_it_is_one_event_in_the_chain_for_each_step_that_it_concerns(followed: Followed) -> None:
    followed.decide(REPORT, "accept", "2020-11-04 09:00")
    with reading(followed.engine) as session:
        events = session.exec(select(Audit).where(Audit.kind == "decision.accept")).all()
    assert {one.step_id for one in events} == {
        followed.step(REPORT).id,
        followed.step("1a/result/STP").id,  # carried by the report
    }
    assert followed.broken() == []


def test_what_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.decide(REPORT, "accept", "2020-11-04 09:00")
    before = content(followed.engine)
    with pytest.raises(Refused, match="was accepted before; nothing is left to decide"):
        followed.decide(REPORT, "return", "2020-11-05 09:00", until="2020-11-20", reason="thiếu số liệu")
    assert content(followed.engine) == before
