"""Units that answer by themselves: the shares that were asked for, and always the same answers for a seed."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from directives.behaviour import conversation
from directives.conversation import Accept, Answer, Decision, Done, Received
from directives.definition import Definition
from directives.manners import Behaviour
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
