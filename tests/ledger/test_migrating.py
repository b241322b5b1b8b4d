"""A running campaign keeps its ladder and calendar; another one is taken over when it is asked for, and said in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger.engine import reading
from directives.ledger.opening import Opening, OpenResult
from directives.ledger.tables import Audit
from directives.model import Ladder
from directives.projection import Shift
from directives.workdays import SendWindow
from tests.ledger.campaigns import (
    CALENDAR,
    Followed,
    a_campaign,
    a_definition,
    at,
    content,
    spec,
)

SHORT = [
    {"key": "assigned", "at_assignment": True},
    {"key": "before-14", "before": {"working_days": 14}},
    {"key": "before-7", "before": {"working_days": 5}},
    {"key": "overdue-1", "after": {"working_days": 1}},
]


def with_ladder(rungs: list[dict[str, Any]], definition: Definition | None = None) -> Definition:
    ladder = Ladder.model_validate({"ladder": "standard", "title": "Thang khác", "rungs": rungs})
    return replace(definition or a_definition(), ladder=ladder)


def with_days(
    off: Iterable[str] = (), worked: Iterable[str] = (), *edits: Any, window: SendWindow | None = None
) -> Definition:
    calendar = replace(
        CALENDAR,
        days_off=CALENDAR.days_off | set(map(date.fromisoformat, off)),
        days_worked=frozenset(map(date.fromisoformat, worked)),
        window=window or CALENDAR.window,
    )
    return replace(a_definition(*edits), calendar=calendar)


def migrate(followed: Followed, when: str, definition: Definition) -> OpenResult:
    result = followed.open(when, definition, confirmed=True, migrate=True)
    assert followed.broken() == followed.unlike() == []
    return result


def shifts_of(result: OpenResult, step: str) -> tuple[Shift, ...]:
    return next((one.shifts for one in result.moves if "/".join(one.step) == step), ())


def event(engine: Engine) -> dict[str, Any]:
    with reading(engine) as session:
        return session.exec(select(Audit).where(Audit.kind == "campaign.amended")).one().data


def test_a_changed_ladder_changes_nothing_of_a_campaign_that_is_open(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    before = content(engine)
    result = followed.open("2020-07-15 10:00", with_ladder(SHORT), confirmed=True)
    assert (result.outcome, result.differences, result.moves) == (Opening.UNCHANGED, (), ())
    assert any("ladder.rungs[before-14]" in line for line in result.pinned)
    assert content(engine) == before


def test_other_changes_of_the_file_are_taken_over_without_the_ladder(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    edited = a_definition(lambda data: spec(data, "1g/report").update(due={"before": "2020-11-20"}))
    result = followed.open("2020-07-15 10:00", with_ladder(SHORT, edited), confirmed=True)
    assert result.outcome is Opening.AMENDED
    assert result.differences == (
        "campaign.instructions[1g].steps[report].due.before: 2020-11-10 → 2020-11-20",
    )
    assert result.pinned
    assert followed.step("1g/report/STP").next_action_at == at("2020-10-20 07:30")  # thirty days before
    assert followed.open("2020-07-15 10:00", edited).outcome is Opening.UNCHANGED
    assert followed.broken() == followed.unlike() == []


def test_another_ladder_that_the_file_names_waits_too(engine: Engine) -> None:
    followed = a_campaign(engine)
    named = a_definition(lambda data: data.update(ladder="gentle"))
    result = followed.open("2020-07-15 10:00", named, confirmed=True)
    assert (result.outcome, result.pinned) == (Opening.UNCHANGED, ("campaign.ladder: standard → gentle",))


def test_a_migration_moves_the_plans_and_says_which(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/report/STP", "received", "2020-07-01 09:00")
    followed.live("2020-10-12")
    result = migrate(followed, "2020-10-15 10:00", with_ladder(SHORT))
    assert (result.outcome, result.pinned) == (Opening.AMENDED, ())
    assert shifts_of(result, "1g/report/STP")[:3] == (
        Shift("before-14", 0, None, at("2020-10-20 07:30")),
        Shift("before-7", 0, at("2020-10-29 07:30"), at("2020-11-02 07:30")),
        Shift("before-1", 0, at("2020-11-06 07:30"), None),
    )
    assert followed.step("1g/report/STP").next_action_at == at("2020-10-20 07:30")
    assert followed.step("2/monitoring/SNV").next_reason == "continuing"


def test_what_is_done_is_no_step_that_moves(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/plan/STP", "done", "2020-07-03 09:00", doc_number="1/KH")
    result = migrate(followed, "2020-07-06 10:00", with_ladder(SHORT))
    assert shifts_of(result, "1g/plan/NK")
    assert not shifts_of(result, "1g/plan/STP")


def test_a_migration_is_one_event_that_tells_every_move(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    result = migrate(followed, "2020-10-15 10:00", with_ladder(SHORT))
    plans = event(engine)["plans"]
    assert sorted(step for plan in plans for step in plan["steps"]) == sorted(
        one.step_id for one in result.moves
    )
    told = next(plan for plan in plans if followed.step("1g/report/STP").id in plan["steps"])
    moved = [rung for rung in told["rungs"] if rung[0] == "before-7"]
    assert moved == [["before-7", 0, "2020-10-29T07:30:00+07:00", "2020-11-02T07:30:00+07:00"]]


def test_nobody_is_written_to_for_a_new_rung_whose_day_is_past(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-10-12").live("2020-10-29")
    sent = len(followed.letters())
    migrate(followed, "2020-10-29 17:00", with_ladder(SHORT))
    assert "before-14" in followed.notices("1g/report/STP", superseded=True)
    followed.live("2020-10-30")
    # NK1 and NK2 owe their report by this day; the district and the department are not due before Monday.
    assert {one.to for one in followed.letters()[sent:]} == set()
    followed.live("2020-11-10")
    assert followed.notices("1g/report/STP")[-1] == "overdue-1"
    assert followed.broken() == followed.unlike() == []


def test_a_notice_that_waits_for_the_slot_leaves_only_if_the_new_ladder_has_its_rung(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-10-12")
    followed.passes("2020-10-29 07:05")  # seven working days before: at the slot
    sent = len(followed.letters("STP"))
    rungs = [one | ({"key": "before-5"} if one["key"] == "before-7" else {}) for one in SHORT]
    migrate(followed, "2020-10-29 07:40", with_ladder(rungs))
    followed.deliver("2020-10-29 08:00")
    assert len(followed.letters("STP")) == sent
    followed.live("2020-11-02")
    assert followed.notices("1g/report/STP")[-1] == "before-5"
    assert len(followed.letters("STP")) == sent + 1


def test_a_step_that_was_never_mailed_gets_its_first_mail_by_the_new_ladder(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.passes("2020-06-30 07:05")  # written down, and not delivered
    migrate(followed, "2020-06-30 07:40", with_ladder([{"key": "told", "at_assignment": True}, *SHORT[1:]]))
    followed.live("2020-07-01")
    assert len(followed.letters("STP")) == 1
    assert followed.step("1g/report/STP").first_mailed_at == at("2020-07-01 08:00")


def test_a_decreed_day_off_moves_the_plans_around_it(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    result = migrate(followed, "2020-10-15 10:00", with_days(off=["2020-11-05"]))
    assert shifts_of(result, "1g/report/STP") == (
        Shift("before-7", 0, at("2020-10-29 07:30"), at("2020-10-28 07:30")),
    )
    followed.live("2020-11-05")
    assert [one.slot_on for one in followed.messages("STP")] == [date(2020, 6, 30)]


def test_a_day_worked_instead_takes_mail(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-10-12").live("2020-11-06")
    migrate(followed, "2020-11-09 17:00", with_days(off=["2020-11-10", "2020-11-11"], worked=["2020-11-14"]))
    followed.live("2020-11-10", "2020-11-11")
    assert followed.messages("STP")[-1].slot_on == date(2020, 11, 6)
    followed.live("2020-11-12")
    assert followed.notices("1g/report/STP")[-1] == "overdue-1"
    followed.live("2020-11-13", "2020-11-14")  # Saturday the 14th is the third working day
    assert followed.notices("1g/report/STP")[-1] == "overdue-3"
    assert followed.messages("STP")[-1].slot_on == date(2020, 11, 14)


def test_the_slot_follows_the_migrated_window(engine: Engine) -> None:
    followed = a_campaign(engine)
    window = replace(CALENDAR.window, slot=time(9, 0))
    assert followed.open("2020-06-30 07:00", with_days(window=window), confirmed=True).pinned
    migrate(followed, "2020-06-30 07:00", with_days(window=window))
    followed.passes("2020-06-30 07:05")
    assert followed.deliver("2020-06-30 08:30").sent == 0
    assert followed.deliver("2020-06-30 09:00").sent == 5


def test_no_deadline_moves_for_a_day_off(engine: Engine) -> None:
    """One of so many working days was resolved when the campaign opened."""

    def relative(data: dict[str, Any]) -> None:
        spec(data, "1g/plan").update(due={"within_working_days": 20})

    followed = a_campaign(engine, definition=a_definition(relative))
    before = {key: step.due_before for key, step in followed.steps().items()}
    migrate(followed, "2020-07-01 10:00", with_days(["2020-07-10"], (), relative))
    assert {key: step.due_before for key, step in followed.steps().items()} == before
    assert {step.deadline_number for step in followed.steps().values()} == {0, 1}


def test_a_deadline_beyond_the_calendar_that_is_kept_is_refused_with_the_way_out(engine: Engine) -> None:
    followed = a_campaign(engine)
    later = a_definition(lambda data: spec(data, "1g/report").update(due={"before": "2022-03-01"}))
    longer = replace(later, calendar=replace(CALENDAR, last=date(2023, 12, 31)))
    before = content(engine)
    with pytest.raises(DondocError, match="1g/report: its deadline lies outside the calendar .* --migrate"):
        followed.open("2020-07-15 10:00", longer, confirmed=True)
    assert content(engine) == before
    migrate(followed, "2020-07-15 10:00", longer)
    assert followed.step("1g/report/STP").due_before == at("2022-03-01 00:00")


def test_a_migration_of_what_is_the_same_writes_nothing(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    before = content(engine)
    result = followed.open("2020-07-15 10:00", confirmed=True, migrate=True)
    assert result.outcome is Opening.UNCHANGED
    assert content(engine) == before


def test_every_open_step_has_a_next_action_or_a_reason_after_a_migration(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30").live("2020-11-10")
    migrate(followed, "2020-11-11 10:00", with_ladder(SHORT))
    for step in followed.steps().values():
        assert step.next_action_at is not None or step.next_reason in ("continuing", "ladder_ended")
