"""From a campaign's file to its steps: who owes what by when, and who stands above whom."""

from __future__ import annotations

from typing import Any

import pytest

from directives.definition import units_on
from directives.model import AudienceSpec, Source
from tests.directives.builders import (
    a_definition,
    a_spec,
    a_unit,
    an_instruction,
    an_organisation,
    at,
    day,
    vietnam,
)

AUDIENCES = {
    "departments": {"kinds": ["department"]},
    "wards": {"kinds": ["ward"]},
    "all": {"audiences": ["departments", "wards"], "units": ["916"]},
}


def asked(audience: Any, **named: Any) -> list[str]:
    definition = a_definition(audiences=AUDIENCES | named)
    return definition.audience(AudienceSpec.model_validate(audience))


@pytest.mark.parametrize(
    ("audience", "codes"),
    [
        ("STP", ["STP"]),
        (["31135", "STP"], ["STP", "31135"]),  # in the organisation's order
        ("departments", ["SNV", "STP"]),
        ({"audiences": ["all"]}, ["SNV", "STP", "916", "31120", "31135"]),
        ({"audiences": ["all"], "except": ["SNV", "wards"]}, ["STP", "916"]),
        ({"kinds": ["ward"], "units": ["31120"]}, ["31120", "31135"]),  # each once
        ({"kinds": ["township"]}, []),
        (["SYT", "nobody"], []),
    ],
)
def test_an_audience_means_these_units(audience: Any, codes: list[str]) -> None:
    assert asked(audience) == codes


def test_audiences_that_name_each_other_end_somewhere() -> None:
    circle = {"first": {"audiences": ["second"], "units": ["STP"]}, "second": {"audiences": ["first"]}}
    assert asked("second", **circle) == ["STP"]


def test_a_step_is_an_instruction_a_deliverable_and_a_unit() -> None:
    definition = a_definition(an_instruction("1g", a_spec("plan", ["STP", "SNV"]), a_spec("report", "916")))
    assert [step.key for step in definition.steps] == [
        ("1g", "plan", "SNV"),
        ("1g", "plan", "STP"),
        ("1g", "report", "916"),
    ]
    assert set(definition.planned) == {step.key for step in definition.steps}


def test_a_step_carries_its_deadline_and_where_that_comes_from() -> None:
    (step,) = a_definition().steps
    assert (step.due_before, step.source, step.basis) == (
        at("2020-11-10"),
        Source.DIRECTIVE,
        "trước ngày 10 tháng 11 năm 2020",
    )


def test_a_continuing_duty_has_neither_deadline_nor_basis() -> None:
    duty = a_spec("duty", due=None, basis=None, continuing=True)
    (step,) = a_definition(an_instruction("2", duty)).steps
    assert (step.due_before, step.source, step.basis) == (None, None, "")


def test_a_covered_step_is_covered_by_another_of_the_same_unit() -> None:
    covered = a_spec("result", ["STP", "916"], covered_by="1g/report")
    definition = a_definition(
        an_instruction("1a", covered), an_instruction("1g", a_spec("report", ["STP", "916"]))
    )
    assert [step.covered_by for step in definition.steps if step.instruction == "1a"] == [
        ("1g", "report", "STP"),
        ("1g", "report", "916"),
    ]


@pytest.mark.parametrize(
    ("opens", "opened_at"),
    [
        ("2020-06-30", "2020-06-30 07:30"),  # the send window's opening
        ("2020-06-30T09:15", "2020-06-30 09:15"),
        ("2020-06-30T02:15+00:00", "2020-06-30 09:15"),
    ],
)
def test_a_campaign_opens_at_its_hour_or_with_the_send_window(opens: str, opened_at: str) -> None:
    assert a_definition(opens=opens).opened_at == at(opened_at)


def test_a_relative_deadline_counts_from_the_opening() -> None:
    definition = a_definition(
        an_instruction("1g", a_spec(due={"within_working_days": 2})), opens="2020-07-03"
    )
    assert definition.steps[0].due_before == at("2020-07-08")


def test_the_superior_is_the_unit_above() -> None:
    definition = a_definition()
    assert [definition.superior(code) for code in ("31120", "916", "UBND-TP")] == ["916", "UBND-TP", None]


def test_a_unit_above_that_did_not_exist_then_is_no_superior() -> None:
    units = an_organisation() | {"916": a_unit("916", "urban_district", valid_from=day("2021-01-01"))}
    then = units_on(units, day("2020-06-30"))
    assert "916" not in then
    assert a_definition(units=then).superior("31120") is None


@pytest.mark.parametrize(("on", "there"), [("2020-06-30", True), ("2025-06-30", True), ("2025-07-01", False)])
def test_units_exist_on_the_days_of_their_validity_inclusive(on: str, there: bool) -> None:
    units = {"916": a_unit("916", valid_from=day("2020-06-30"), valid_to=day("2025-06-30"))}
    assert bool(units_on(units, day(on))) is there


def test_the_organisation_of_the_directives_own_day_holds() -> None:
    assert a_definition(opens="2020-07-15").day == day("2020-06-30")
    assert a_definition().calendar is vietnam()
