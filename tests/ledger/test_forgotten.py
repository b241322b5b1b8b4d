"""The watchdog: every open step of a real campaign has a next action or a reason, and passes move what is due."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from directives.ledger import forgotten
from directives.ledger.engine import begin, reading
from directives.ledger.forgotten import Why
from directives.ledger.states import campaign_row
from directives.ledger.tables import Step
from tests.ledger.campaigns import Followed, a_campaign, at

STP = "1g/report/STP"


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Lived until Thursday 02/07/2020."""
    return a_campaign(engine).live("2020-06-30", "2020-07-02")


def found(followed: Followed, when: str) -> dict[str, Why]:
    with reading(followed.engine) as session:
        (*looks,) = forgotten.forgotten(session, at(when))
    return {one.step: one.why for look in looks for one in look.steps}


def stop(followed: Followed, step: str, reason: str) -> None:
    followed.change(
        "UPDATE steps SET next_action_at = NULL, next_reason = :reason WHERE id = :id",
        reason=reason,
        id=followed.step(step).id,
    )


def put(followed: Followed, step: str, when: str) -> None:
    with begin(followed.engine) as session:
        row = session.get_one(Step, followed.step(step).id)
        row.next_action_at = at(when)
        session.add(row)


def test_a_campaign_that_runs_as_it_should_has_none(followed: Followed) -> None:
    followed.answer(STP, "done", "2020-07-02 09:00", doc_number="1/BC")
    followed.decide("1g/plan/NK", "waive", "2020-07-02 09:00", reason="sáp nhập")
    followed.decide("", "hold", "2020-07-02 10:00", unit="NK1", from_on="2020-07-02", reason="chờ hướng dẫn")
    followed.live("2020-07-03", "2020-07-10")
    assert found(followed, "2020-07-10 09:00") == {}


@pytest.mark.parametrize("reason", ["", "waiting", "reported", "on_hold"])
def test_a_step_without_next_action_is_found_unless_its_reason_holds(followed: Followed, reason: str) -> None:
    stop(followed, STP, reason)
    assert found(followed, "2020-07-02 09:00") == {STP: Why.NO_PLAN}


def test_a_continuing_duty_whose_reason_is_lost_is_found(followed: Followed) -> None:
    stop(followed, "2/monitoring/SNV", "")
    assert found(followed, "2020-07-02 09:00") == {"2/monitoring/SNV": Why.NO_PLAN}


def test_a_step_that_passes_do_not_move_is_found_after_the_pass(followed: Followed) -> None:
    put(followed, STP, "2020-07-02 07:30")
    assert found(followed, "2020-07-02 09:00") == {STP: Why.UNMOVED}


def test_what_became_due_after_the_pass_waits_for_the_next(followed: Followed) -> None:
    put(followed, STP, "2020-07-02 07:31")
    assert found(followed, "2020-07-02 17:00") == {}


def test_an_answer_withdrawn_after_the_pass_leaves_its_step_to_the_next_pass(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-10-12").live("2020-10-20")
    followed.answer(STP, "done", "2020-10-28 17:00", doc_number="1/BC")
    followed.live("2020-10-29", "2020-10-29")  # seven working days before passes by
    followed.answer(STP, "undo", "2020-10-29 10:00")
    next_action = followed.step(STP).next_action_at
    assert next_action
    assert next_action <= at("2020-10-29 07:30")
    assert found(followed, "2020-10-29 11:00") == {}
    followed.live("2020-10-30")
    assert found(followed, "2020-10-30 09:00") == {}


def test_ops_are_told_of_a_step_once_and_again_when_it_is_another_finding(followed: Followed) -> None:
    stop(followed, STP, "")
    with begin(followed.engine) as session:
        (look,) = forgotten.forgotten(session, at("2020-07-02 09:00"))
        forgotten.remember(session, look)
    assert found(followed, "2020-07-02 10:00") == {}
    stop(followed, "1g/plan/NK", "")
    assert found(followed, "2020-07-02 11:00") == {"1g/plan/NK": Why.NO_PLAN}
    assert followed.broken() == followed.unlike() == []


def test_closed_campaigns_rehearsals_and_those_yet_to_open_are_not_watched(
    engine: Engine,
) -> None:
    followed = a_campaign(engine)
    stop(followed, STP, "")
    assert found(followed, "2020-06-30 07:10") == {}  # opens at 07:30
    assert found(followed, "2020-06-30 09:00") == {STP: Why.NO_PLAN}
    with begin(engine) as session:
        campaign = campaign_row(session, followed.key)
        campaign.closed_at = at("2020-06-30 10:00")
        session.add(campaign)
    assert found(followed, "2020-07-02 09:00") == {}


def test_a_step_beyond_the_years_of_its_calendar_is_found_and_breaks_nothing(followed: Followed) -> None:
    with begin(followed.engine) as session:
        row = session.get_one(Step, followed.step(STP).id)
        row.due_before = at("2029-01-01 00:00")
        session.add(row)
    stop(followed, STP, "waiting")
    assert found(followed, "2020-07-02 09:00") == {STP: Why.NO_PLAN}
