"""A changed file that was confirmed: what is new is added, what is gone is waived, what was stays written down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.evaluate import Status, status
from directives.ledger import boards
from directives.ledger.engine import reading
from directives.ledger.opening import Opening
from directives.ledger.states import campaign_row, states_of
from directives.ledger.tables import Audit, Deadline
from tests.ledger.campaigns import Followed, a_campaign, a_definition, at, content, spec

Edit = Callable[[dict[str, Any]], object]


def amend(followed: Followed, when: str, *edits: Edit) -> None:
    result = followed.open(when, a_definition(*edits), confirmed=True)
    assert result.outcome is Opening.AMENDED
    assert followed.broken() == []


def report_by(day: str) -> Edit:
    return lambda data: spec(data, "1g/report").update(due={"before": day})


def without_nk2(data: dict[str, Any]) -> None:
    data["audiences"]["communes"].remove("NK2")


def with_a_new_clause(data: dict[str, Any]) -> None:
    """A second clause whose result the report carries too."""
    new = {**data["instructions"][0], "key": "1b", "label": "1b", "clause": "điểm b khoản 1"}
    data["instructions"].insert(1, new)


def _statuses(followed: Followed, when: str) -> dict[str, Status]:
    steps = followed.steps()
    with reading(followed.engine) as session:
        row = campaign_row(session, followed.key)
        states = states_of(session, row, list(steps.values()))
    now, calendar = at(when), followed.definition.calendar
    return {key: status(state, calendar, now) for key, state in zip(steps, states, strict=True)}


def test_an_amended_deadline_is_numbered_and_the_original_stays(engine: Engine) -> None:
    followed = a_campaign(engine)
    amend(followed, "2020-09-15 10:00", report_by("2020-11-20"))
    step = followed.step("1g/report/STP")
    assert (step.deadline_number, step.due_before) == (2, at("2020-11-20 00:00"))
    with reading(engine) as session:
        found = session.exec(
            select(Deadline).where(Deadline.step_id == step.id).order_by(col(Deadline.number))
        )
        rows = [(one.number, one.due_before, one.set_by, one.set_at) for one in found]
    assert rows == [
        (1, at("2020-11-10 00:00"), "campaign file", at("2020-06-30 07:00")),
        (2, at("2020-11-20 00:00"), "campaign file, amended", at("2020-09-15 10:00")),
    ]


def test_what_was_not_changed_keeps_its_deadline(engine: Engine) -> None:
    followed = a_campaign(engine)
    amend(followed, "2020-09-15 10:00", report_by("2020-11-20"))
    assert followed.step("1g/plan/STP").deadline_number == 1
    assert followed.step("1a/result/STP").deadline_number == 1


def test_a_deadline_that_was_moved_since_is_not_put_back_by_another_change(engine: Engine) -> None:
    """An extension granted to one unit is no difference between two files."""
    followed = a_campaign(engine)
    step = followed.step("1g/report/STP")
    followed.change(
        "UPDATE steps SET due_before = :due, deadline_number = 2 WHERE id = :id",
        due="2020-12-01 00:00:00",
        id=step.id,
    )
    amend(followed, "2020-09-15 10:00", without_nk2)
    assert followed.step("1g/report/STP").deadline_number == 2


def test_notices_of_the_old_deadline_do_not_leave_any_more(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/plan/STP", "done", "2020-07-03 09:00", doc_number="1/KH")
    followed.passes("2020-10-09 16:45")  # before-30 (of 9/11) waits for Monday's slot
    amend(
        followed,
        "2020-10-10 10:00",
        report_by("2021-01-10"),
        lambda data: spec(data, "1a/result").update(due={"before": "2021-01-10"}),
    )
    before = len(followed.letters("STP"))
    followed.live("2020-10-12")
    assert len(followed.letters("STP")) == before


def test_the_ladder_starts_anew_for_an_amended_deadline(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-11-16")
    old = followed.notices("1g/report/STP")
    assert old[-1] == "overdue-5"
    amend(followed, "2020-11-17 06:00", report_by("2020-12-01"))
    for day in ("2020-11-19", "2020-11-27", "2020-12-01"):
        followed.passes(f"{day} 07:05")
    assert followed.notices("1g/report/STP") == [*old, "before-7", "before-1", "overdue-1"]
    assert "before-30" in followed.notices("1g/report/STP", superseded=True)


def test_a_unit_that_is_left_out_is_waived_and_gets_no_more_mail(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, "2020-07-03 10:00", without_nk2)
    waived = {key for key, step in followed.steps().items() if step.waived_at is not None}
    assert waived == {"1g/plan/NK2", "1g/commune-report/NK2", "1a/result/NK2"}
    before = len(followed.letters("NK2"))
    followed.live("2020-07-22").live("2020-08-03")
    assert len(followed.letters("NK2")) == before
    assert len(followed.letters("NK1")) > before


def test_a_unit_that_is_taken_in_again_owes_again(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, "2020-07-03 10:00", without_nk2)
    amend(followed, "2020-07-06 10:00")
    assert _statuses(followed, "2020-07-06 10:00")["1g/plan/NK2"] is Status.NOT_RECEIVED
    assert followed.step("1g/plan/NK2").next_action_at is not None


def test_a_unit_waived_by_a_decision_stays_so_when_the_file_leaves_it_out_and_takes_it_in_again(
    engine: Engine,
) -> None:
    followed = a_campaign(engine)
    followed.decide("1g/plan/NK2", "waive", "2020-07-01 09:00", reason="sáp nhập")
    amend(followed, "2020-07-03 10:00", without_nk2)
    amend(followed, "2020-07-06 10:00")
    waived = {key for key, step in followed.steps().items() if step.waived_at is not None}
    assert waived == {"1g/plan/NK2"}


def test_a_unit_added_later_is_first_told_what_is_asked(engine: Engine) -> None:
    """Rungs from before the change are past for it: it starts with the assignment, not with a reminder."""

    def no_plan(data: dict[str, Any]) -> None:
        spec(data, "1g/plan").update(audience="reporting")

    early = a_definition(without_nk2, no_plan)
    followed = a_campaign(engine, definition=early).live("2020-06-30")
    amend(followed, "2020-10-23 10:00", no_plan)  # seven working days before are past
    followed.passes("2020-10-23 10:05")
    assert followed.notices("1g/commune-report/NK2") == ["assigned"]
    followed.deliver("2020-10-23 13:30")
    (letter,) = followed.letters("NK2")
    assert letter["Subject"].startswith("[Giao nhiệm vụ]")


def test_an_instruction_that_is_left_out_leaves_boards_and_mail_whole(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, "2020-07-03 10:00", lambda data: data["instructions"].pop(0))
    with reading(engine) as session:
        board = boards.campaign_board(followed.book(session), at("2020-07-03 10:00"))
    assert [row.key for row in board.rows] == ["1g", "2"]
    assert sum(row.total for row in board.rows) == 10
    assert followed.passes("2020-07-22 07:05").notices == 9  # of 1g and 2; none of 1a
    assert followed.deliver("2020-07-22 08:00").sent == 5


def test_a_superior_who_was_told_of_an_instruction_that_is_left_out_hears_only_of_the_rest(
    engine: Engine,
) -> None:
    followed = a_campaign(engine).live("2020-10-30").live("2020-11-06")
    told = [one for one in followed.letters("NK") if one.kind == "superior"]
    assert "1a" in told[-1].text
    amend(followed, "2020-11-06 17:00", lambda data: data["instructions"].pop(0))
    followed.live("2020-11-13")
    told = [one for one in followed.letters("NK") if one.kind == "superior"][len(told) :]
    assert told
    assert not [one for one in told if "1a" in one.text]


def test_an_instruction_that_is_new_stands_where_the_file_puts_it(engine: Engine) -> None:
    followed = a_campaign(engine)
    amend(followed, "2020-07-03 10:00", with_a_new_clause)
    with reading(engine) as session:
        board = boards.campaign_board(followed.book(session), at("2020-07-03 10:00"))
    assert [(row.key, row.total) for row in board.rows] == [("1a", 4), ("1b", 4), ("1g", 8), ("2", 2)]
    steps = followed.steps()
    assert steps["1b/result/STP"].covered_by_id == steps["1g/report/STP"].id


def test_a_step_put_below_one_that_was_reported_takes_its_report(engine: Engine) -> None:
    """What carries it is done, so nobody is asked for it again."""
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/report/STP", "done", "2020-10-01 09:00")
    followed.decide("1g/report/STP", "accept", "2020-10-02 09:00")
    followed.answer("1g/commune-report/NK1", "done", "2020-10-01 09:00", doc_number="3/BC")
    followed.decide("1g/commune-report/NK2", "waive", "2020-10-01 09:00", reason="sáp nhập")
    amend(followed, "2020-11-20 10:00", with_a_new_clause)
    found = _statuses(followed, "2020-11-20 10:00")
    assert found["1b/result/STP"] is Status.COMPLETED_ON_TIME
    assert found["1b/result/NK1"] is Status.COMPLETED_ON_TIME
    assert found["1b/result/NK2"] is Status.WAIVED
    assert found["1b/result/NK"] is Status.OVERDUE
    assert followed.step("1b/result/STP").next_action_at is None


def test_a_duty_that_becomes_continuing_is_chased_no_more(engine: Engine) -> None:
    def continuing(data: dict[str, Any]) -> None:
        plan = spec(data, "1g/plan")
        del plan["due"], plan["basis"]
        plan["continuing"] = True

    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, "2020-07-03 10:00", continuing)
    assert _statuses(followed, "2020-08-20 10:00")["1g/plan/STP"] is Status.CONTINUING
    assert followed.step("1g/plan/STP").next_action_at is None


def test_a_continuing_duty_that_gets_a_deadline_is_asked_for(engine: Engine) -> None:
    def dated(data: dict[str, Any]) -> None:
        monitoring = spec(data, "2/monitoring")
        del monitoring["continuing"]
        monitoring.update(due={"by": "2020-08-31"}, basis={"source": "monitor", "text": "để tổng hợp"})

    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, "2020-07-03 07:00", dated)
    followed.live("2020-07-03")
    assert followed.notices("2/monitoring/SNV") == ["assigned"]
    assert followed.step("2/monitoring/SNV").first_mailed_at == at("2020-07-03 08:00")


def test_who_accepts_a_step_follows_the_file(engine: Engine) -> None:
    followed = a_campaign(engine)
    amend(followed, "2020-07-03 10:00", lambda data: spec(data, "1g/report").update(accepts="evidence"))
    followed.answer("1g/report/STP", "done", "2020-07-06 09:00", doc_number="7/BC")
    assert followed.step("1g/report/STP").accepted_at == at("2020-07-06 09:00")


def test_an_amendment_says_in_the_audit_what_became_of_which_steps(engine: Engine) -> None:
    followed = a_campaign(engine)
    steps = followed.steps()
    amend(followed, "2020-07-03 10:00", without_nk2, report_by("2020-11-20"))
    with reading(engine) as session:
        event = session.exec(select(Audit).where(Audit.kind == "campaign.amended")).one()
    gone = ("1a/result/NK2", "1g/plan/NK2", "1g/commune-report/NK2")
    assert event.data["waived"] == [steps[key].id for key in gone]
    assert event.data["deadlines"] == [
        [steps[key].id, 2, "2020-11-20T00:00:00+07:00"] for key in ("1g/report/STP", "1g/report/NK")
    ]


def test_an_amendment_that_was_taken_over_is_no_difference_any_more(engine: Engine) -> None:
    followed = a_campaign(engine)
    changed = a_definition(report_by("2020-11-20"))
    followed.open("2020-07-03 10:00", changed, confirmed=True)
    before = content(engine)
    assert followed.open("2020-07-03 11:00", changed, confirmed=True).outcome is Opening.UNCHANGED
    assert content(engine) == before


@pytest.mark.parametrize("when", ["2020-07-03 10:00", "2020-12-01 10:00"])
def test_every_open_step_has_a_next_action_or_a_reason_after_an_amendment(engine: Engine, when: str) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    amend(followed, when, without_nk2, with_a_new_clause, report_by("2021-01-20"))
    for step in followed.steps().values():
        assert step.next_action_at is not None or step.next_reason in ("waived", "continuing")
