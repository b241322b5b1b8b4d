"""Units that answer by themselves: the shares that were asked for, and always the same answers for a seed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from directives.behaviour import conversation, prompted
from directives.conversation import (
    Accept,
    Answer,
    AsksExtension,
    Decision,
    Done,
    GrantExtension,
    Received,
    RefuseExtension,
)
from directives.definition import Definition
from directives.manners import Behaviour, behaviour_findings
from directives.model import StepSpec
from tests.directives.builders import (
    OPENED,
    a_definition,
    a_spec,
    a_unit,
    an_instruction,
    at,
    day,
    vietnam,
)

MANY = 300


def units_answering(*specs: StepSpec, **changes: Any) -> Definition:
    """A campaign that asks the same of three hundred departments."""
    units = [a_unit("UBND-TP", "committee", None), *(a_unit(f"S{n}") for n in range(MANY))]
    return a_definition(an_instruction("1g", *specs), units={unit.code: unit for unit in units}, **changes)


def a_report(key: str = "report", **changes: Any) -> StepSpec:
    return a_spec(key, {"kinds": ["department"]}, **changes)


def a_behaviour(**changes: Any) -> Behaviour:
    return Behaviour(**{"seed": 1914, "received": 0.0, "reported": 0.0} | changes)


def reports(said: list[Answer | Decision]) -> list[Done]:
    return [one for one in said if isinstance(one, Done)]


def test_the_same_seed_gives_the_same_conversation() -> None:
    behaviour = a_behaviour(received=0.8, reported=0.6, late=0.2, accepted=0.5)
    first = conversation(units_answering(a_report()), behaviour)
    assert first == conversation(units_answering(a_report()), behaviour)
    assert first != conversation(units_answering(a_report()), behaviour.model_copy(update={"seed": 1915}))


def test_what_one_unit_says_does_not_depend_on_what_else_is_asked() -> None:
    behaviour = a_behaviour(reported=0.6, late=0.2)
    alone = reports(conversation(units_answering(a_report(key="plan")), behaviour))
    among = reports(conversation(units_answering(a_report(), a_report(key="plan")), behaviour))
    assert alone == [one for one in among if one.step.step == "plan"]


def test_the_conversation_is_in_the_order_of_time() -> None:
    behaviour = a_behaviour(received=0.8, reported=0.6, late=0.2, accepted=0.5)
    moments = [one.at for one in conversation(units_answering(a_report()), behaviour)]
    assert moments == sorted(moments)


def test_about_the_shares_asked_for_are_reported_in_time_and_late() -> None:
    said = reports(conversation(units_answering(a_report()), a_behaviour(reported=0.6, late=0.2)))
    in_time = [one for one in said if one.at < at("2020-11-10")]
    assert 0.5 < len(in_time) / MANY < 0.7
    assert 0.13 < (len(said) - len(in_time)) / MANY < 0.27


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, MANY)])
def test_none_is_none_and_all_is_all(share: float, expected: int) -> None:
    said = conversation(units_answering(a_report()), a_behaviour(received=share))
    assert len([one for one in said if isinstance(one, Received)]) == expected
    assert len(reports(conversation(units_answering(a_report()), a_behaviour(reported=share)))) == expected


@pytest.mark.parametrize(
    "due",
    [
        {"before": "2020-11-10"},
        {"by": "2020-07-02"},  # two working days after the opening
        {"within_days": 1},
        {"by": "2020-07-04"},  # a Saturday
        {"by": "2020-11-09T09:00"},
        {"before": "2020-07-01T10:00"},
    ],
)
def test_what_is_reported_in_time_comes_between_opening_and_deadline(due: dict[str, Any]) -> None:
    definition = units_answering(a_report(due=due))
    due_before = definition.steps[0].due_before
    assert due_before is not None
    said = reports(conversation(definition, a_behaviour(reported=1.0)))
    assert [one.step.unit for one in said if not OPENED <= one.at < due_before] == []


def test_a_deadline_on_the_afternoon_of_the_opening_can_still_be_met() -> None:
    definition = units_answering(a_report(due={"by": "2020-06-30T17:00"}), opens="2020-06-30T16:00")
    said = reports(conversation(definition, a_behaviour(reported=1.0)))
    assert {at("2020-06-30 16:00") <= one.at < at("2020-06-30 17:00") for one in said} == {True}


def test_a_short_deadline_is_met_in_office_hours() -> None:
    definition = units_answering(a_report(due={"by": "2020-07-02"}))
    said = reports(conversation(definition, a_behaviour(reported=1.0)))
    assert {one.at.date() for one in said} == {day("2020-07-02")}
    assert all(8 <= one.at.hour < 16 for one in said)


def test_late_reports_come_within_their_working_days() -> None:
    said = reports(conversation(units_answering(a_report()), a_behaviour(late=1.0, late_days=3)))
    assert {one.at.date() for one in said} == {day(f"2020-11-{n}") for n in (10, 11, 12)}


def test_reports_carry_a_document_of_their_day() -> None:
    (first, *_) = reports(conversation(units_answering(a_report()), a_behaviour(reported=1.0)))
    assert first.doc_date == vietnam().local(first.at).date()
    assert first.doc_number.endswith(f"/BC-{first.step.unit}")


def test_a_commune_whose_code_is_a_number_signs_as_its_committee() -> None:
    units = {"UBND-TP": a_unit("UBND-TP", "committee", None), "31227": a_unit("31227")}
    definition = a_definition(an_instruction("1g", a_report()), units=units)
    (report,) = reports(conversation(definition, a_behaviour(reported=1.0)))
    assert report.doc_number.endswith("/BC-UBND")


@pytest.mark.parametrize("opens", ["2020-06-30", "2020-07-04", "2020-06-30T16:00"])
def test_a_unit_acknowledges_all_its_steps_at_once_after_the_opening(opens: str) -> None:
    definition = units_answering(a_report(), a_report(key="plan"), opens=opens)
    moments: defaultdict[str, set[datetime]] = defaultdict(set)
    for one in conversation(definition, a_behaviour(received=1.0)):
        assert isinstance(one, Received)
        assert one.at >= definition.opened_at
        assert vietnam().is_workday(vietnam().local(one.at).date())
        moments[one.step.unit].add(one.at)
    assert {len(times) for times in moments.values()} == {1}


def test_nobody_answers_for_a_covered_or_a_continuing_step() -> None:
    definition = units_answering(
        a_report(),
        a_report(key="result", covered_by="1g/report"),
        a_report(key="duty", due=None, basis=None, continuing=True),
    )
    said = conversation(definition, a_behaviour(received=1.0, reported=1.0))
    assert {one.step.step for one in said if isinstance(one, (Done, Received))} == {"report"}


def test_the_monitor_accepts_what_waits_for_it_within_three_working_days_of_the_report() -> None:
    definition = units_answering(a_report(), a_report(key="plan", accepts="evidence"))
    said = conversation(definition, a_behaviour(reported=0.5, late=0.5, accepted=1.0))
    reported = {one.step: one.at.date() for one in reports(said)}
    accepted = {one.step: one.at.date() for one in said if isinstance(one, Accept)}
    assert {step.step for step in accepted} == {"report"}
    assert len(accepted) == MANY
    waited = {vietnam().between(reported[step], accepted[step]) for step in accepted}
    assert waited == {1, 2, 3}


@pytest.mark.parametrize("hundredths", range(101))
def test_shares_that_fill_the_whole_are_not_refused_for_their_rounding(hundredths: int) -> None:
    assert a_behaviour(reported=hundredths / 100, late=(100 - hundredths) / 100)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reported": 0.7, "late": 0.4}, "sum to more than 1; lower one"),
        ({"reported": 1.2}, "less than or equal to 1"),
        ({"received": -0.1}, "greater than or equal to 0"),
        ({"late_days": 0}, "greater than or equal to 1"),
        ({"acepted": 0.5}, "Extra inputs are not permitted"),
    ],
)
def test_shares_that_make_no_sense_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        a_behaviour(**changes)


def test_the_first_exception_that_fits_says_how_a_unit_behaves_and_the_rest_is_as_everywhere() -> None:
    behaviour = a_behaviour(
        reported=1.0,
        exceptions=[
            {"units": ["S1"], "never": True},
            {"units": ["S1", "S2"], "steps": ["1g/plan"], "reported": 0, "late": 1},
        ],
    )
    said = reports(conversation(units_answering(a_report(), a_report(key="plan")), behaviour))
    by_unit = defaultdict[str, dict[str, Done]](dict)
    for one in said:
        by_unit[one.step.unit][one.step.step] = one
    assert "S1" not in by_unit
    assert by_unit["S2"]["report"].at < at("2020-11-10") < by_unit["S2"]["plan"].at
    assert len(by_unit) == MANY - 1


def test_units_of_a_kind_may_differ() -> None:
    definition = units_answering(a_report())
    behaviour = a_behaviour(reported=1.0, exceptions=[{"kinds": ["department"], "reported": 0.5}])
    assert 0.4 < len(reports(conversation(definition, behaviour))) / MANY < 0.6


def test_who_asks_for_more_time_does_so_before_the_deadline_and_reports_after_the_answer() -> None:
    behaviour = a_behaviour(reported=1.0, extensions=1.0, extension_days=5, granted=0.5)
    said = conversation(units_answering(a_report()), behaviour)
    asked = {one.step: one for one in said if isinstance(one, AsksExtension)}
    granted = {one.step: one for one in said if isinstance(one, GrantExtension)}
    refused = {one.step: one for one in said if isinstance(one, RefuseExtension)}
    assert len(asked) == MANY == len(granted) + len(refused)
    assert 0.4 < len(granted) / MANY < 0.6
    assert {one.until for one in asked.values()} == {day("2020-11-16")}  # the fifth working day after L
    assert all(at("2020-11-04") <= one.at < at("2020-11-10") for one in asked.values())
    for one in reports(said):
        decided = granted.get(one.step) or refused[one.step]
        assert asked[one.step].at < decided.at < one.at
        assert one.at < at("2020-11-17") if one.step in granted else True


def test_nobody_asks_for_more_time_on_the_day_a_short_deadline_was_given() -> None:
    definition = units_answering(a_report(due={"by": "2020-06-30"}))
    said = conversation(definition, a_behaviour(extensions=1.0))
    assert [one for one in said if isinstance(one, AsksExtension)] == []


def test_a_reminder_brings_the_share_that_is_prompted_soon_after_it() -> None:
    definition = units_answering(a_report())
    behaviour = a_behaviour(prompted=0.3, prompted_days=3, accepted=1.0)
    left = at("2020-11-12 08:00")
    found = [prompted(step, definition, behaviour, "overdue-3", left) for step in definition.steps]
    brought = [one for one in found if one]
    assert 0.2 < len(brought) / MANY < 0.4
    for report, acceptance in brought:
        assert isinstance(report, Done) and isinstance(acceptance, Accept)
        assert left < report.at < at("2020-11-17") and report.at < acceptance.at
    assert found == [prompted(step, definition, behaviour, "overdue-3", left) for step in definition.steps]
    assert found != [prompted(step, definition, behaviour, "overdue-5", left) for step in definition.steps]


def test_exceptions_whose_shares_do_not_fit_the_usual_ones_are_found() -> None:
    definition = units_answering(a_report())
    behaviour = a_behaviour(reported=0.8, exceptions=[{"units": ["S1"], "late": 0.2}])
    assert list(behaviour_findings(behaviour, definition)) == []
    behaviour = a_behaviour(reported=0.8, exceptions=[{"kinds": ["ward"], "late": 0.3}])
    kinds, shares = behaviour_findings(behaviour, definition)
    assert kinds[0] == ("exceptions", 0, "kinds", 0)
    assert shares[0] == ("exceptions", 0) and "sum to more than 1" in shares[1]
