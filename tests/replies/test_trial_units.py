"""What a synthetic unit writes is understood, whatever it says of which item."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from directives.conversation import (
    Answer,
    AsksExtension,
    Channel,
    Done,
    InProgress,
    Question,
    Received,
    StepRef,
)
from notifications.trial_units import line
from tests.ledger.campaigns import at
from tests.replies.desks import Answered, answering

REF = StepRef(campaign="thu-2020", instruction="1g", step="report", unit="STP")
SAID = {"step": REF, "at": at("2020-07-01 09:00"), "channel": Channel.REHEARSAL}
ANSWERS: list[Answer] = [
    Received(**SAID),
    InProgress(**SAID, percent=40),
    Done(**SAID),
    Done(**SAID, doc_number="215/BC-STP", doc_date=date(2020, 7, 1)),
    AsksExtension(**SAID, until=date(2020, 11, 20), reason="chưa đủ số liệu để báo cáo"),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: one.kind)
def test_each_answer_of_a_synthetic_unit_is_applied_as_it_is_meant(
    sqlite_engine: Engine, tmp_path: Path, answer: Answer
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    n = 2  # the report, after the plan
    assert dict(unit.hears(answering(unit.digest("STP"), line(n, answer)), "2020-07-01 09:00")) == {
        "applied": 1
    }
    step = unit.step("1g/report/STP")
    match answer:
        case Received():
            assert step.received_at and not step.reported_at
        case InProgress():
            assert step.percent == 40
        case Done():
            assert step.reported_at
            assert [one.doc_number for one in unit.evidence() if one.doc_number][:1] == (
                [answer.doc_number] if answer.doc_number else []
            )
        case _:
            assert step.extension_requested_at


def test_what_no_synthetic_unit_says_is_refused() -> None:
    with pytest.raises(ValueError, match="'question'"):
        line(1, Question(**SAID, text="Gửi về đâu?"))
