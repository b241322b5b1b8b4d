"""What a coordinator has still to decide: everything a unit asked for and nobody has answered, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Decision, Inbound
from directives.ledger.undecided import Undecided, strangers, undecided
from tests.ledger.campaigns import Followed, a_campaign, at

REPORT, PLAN = "1g/report/STP", "1g/plan/STP"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """First mails were sent on 30/06/2020."""
    return a_campaign(engine).live("2020-06-30")


def waiting(followed: Followed) -> list[Undecided]:
    with reading(followed.engine) as session:
        return undecided(followed.book(session))


def asks_for_time(followed: Followed, when: str, until: str = "2020-11-20") -> int:
    return followed.answer(REPORT, "extension", when, until=until, reason="thiếu người", by="chị Lan")


def test_each_request_says_who_asked_when_and_for_what(followed: Followed) -> None:
    asked = asks_for_time(followed, "2020-07-01 09:00")
    passed = followed.answer(PLAN, "delegate", "2020-07-01 10:00", to="sở nội vụ", reason="không đúng việc")
    question = followed.answer(PLAN, "question", "2020-07-01 08:00", by="chị Lan", text="Gửi ở đâu?")
    assert waiting(followed) == [
        Undecided(
            "question",
            at("2020-07-01 08:00"),
            "STP",
            f"{followed.key}/{PLAN}",
            "chị Lan\nGửi ở đâu?",
            answer_id=question,
        ),
        Undecided(
            "extension",
            at("2020-07-01 09:00"),
            "STP",
            f"{followed.key}/{REPORT}",
            "chị Lan\nthiếu người",
            until=date(2020, 11, 20),
            answer_id=asked,
        ),
        Undecided(
            "delegate",
            at("2020-07-01 10:00"),
            "STP",
            f"{followed.key}/{PLAN}",
            "sở nội vụ\nkhông đúng việc",
            to="SNV",
            answer_id=passed,
        ),
    ]


def test_only_the_newest_request_for_more_time_waits_and_every_question(followed: Followed) -> None:
    asks_for_time(followed, "2020-07-01 09:00")
    asks_for_time(followed, "2020-07-02 09:00", "2020-11-25")
    followed.answer(REPORT, "question", "2020-07-02 10:00", text="Một")
    followed.answer(REPORT, "question", "2020-07-02 11:00", text="Hai")
    assert [(one.kind, one.until, one.said) for one in waiting(followed)] == [
        ("extension", date(2020, 11, 25), "chị Lan\nthiếu người"),
        ("question", None, "Một"),
        ("question", None, "Hai"),
    ]


def test_what_was_withdrawn_reported_completed_or_waived_waits_no_more(followed: Followed) -> None:
    asks_for_time(followed, "2020-07-01 09:00")
    followed.answer(REPORT, "undo", "2020-07-01 09:10")
    assert waiting(followed) == []
    asks_for_time(followed, "2020-07-01 10:00")
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    followed.answer(PLAN, "question", "2020-07-02 09:00", text="Một")
    assert [one.kind for one in waiting(followed)] == ["question"]
    followed.decide(PLAN, "waive", "2020-07-02 10:00", reason="thừa")
    assert waiting(followed) == []


def test_a_question_waits_although_the_step_was_reported_since(followed: Followed) -> None:
    followed.answer(REPORT, "question", "2020-07-01 09:00", text="Một")
    followed.answer(REPORT, "done", "2020-07-02 09:00")
    assert [one.said for one in waiting(followed)] == ["Một"]


def test_a_request_that_was_decided_waits_no_more_and_a_newer_one_does(followed: Followed) -> None:
    asks_for_time(followed, "2020-07-01 09:00")
    with begin(followed.engine) as session:
        session.add(
            Decision(
                campaign_id=ident(campaign_row(session, followed.key)),
                step_id=followed.step(REPORT).id,
                kind="refuse_extension",
                data={},
                by="bà Hạnh",
                at=at("2020-07-01 10:00"),
                recorded_at=at("2020-07-01 10:00"),
            )
        )
    assert waiting(followed) == []
    followed.answer(REPORT, "question", "2020-07-01 11:00", text="Vì sao?")
    assert followed.step(REPORT).extension_requested_at is None  # the next answer finds it decided
    asks_for_time(followed, "2020-07-02 09:00")
    assert [one.kind for one in waiting(followed)] == ["question", "extension"]


def test_queued_mails_wait_with_the_campaign_they_answer_or_beside_all(followed: Followed) -> None:
    message = followed.message("STP")
    with begin(followed.engine) as session:
        for sha256, state, answers in (
            ("a", "queued", message.id),
            ("b", "queued", None),
            ("c", "applied", message.id),
            ("d", "auto", None),
        ):
            session.add(
                Inbound(
                    sha256=sha256,
                    arrived_at=at("2020-07-01 09:00"),
                    stored_at=at("2020-07-01 09:00"),
                    state=state,
                    message_id=answers,
                    sender="lan@stp.example",
                    reason="chưa rõ",
                )
            )
    (mine,) = waiting(followed)
    assert (mine.kind, mine.unit, mine.said, mine.inbound_sha256) == (
        "mail",
        "STP",
        "lan@stp.example\nchưa rõ",
        "a",
    )
    with reading(followed.engine) as session:
        assert [(one.unit, one.inbound_sha256) for one in strangers(session)] == [("", "b")]


def test_a_closed_campaign_waits_for_nothing(followed: Followed) -> None:
    asks_for_time(followed, "2020-07-01 09:00")
    with begin(followed.engine) as session:
        campaign_row(session, followed.key).closed_at = at("2020-12-31 17:00")
    assert waiting(followed) == []
