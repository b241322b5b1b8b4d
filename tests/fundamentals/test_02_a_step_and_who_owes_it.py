"""Lesson 2. A step is the smallest thing with a deadline, and one unit owes it.

A campaign file names a deliverable and an audience ("the two departments and the district"). Expanding it gives one
step for each unit: instruction × deliverable × unit. The unit itself leads; who stands above it is found in the
organisation, and is told when the unit stays silent.
"""

from directives.model import Source
from tests.directives.builders import a_definition, a_spec, an_instruction, at

REPORT = a_spec("report", audience={"kinds": ["department", "urban_district"]})
CAMPAIGN = a_definition(an_instruction("1g", REPORT))


def test_an_audience_of_three_units_makes_three_steps() -> None:
    assert [step.key for step in CAMPAIGN.steps] == [
        ("1g", "report", "SNV"),
        ("1g", "report", "STP"),
        ("1g", "report", "916"),
    ]


def test_every_step_knows_its_deadline_and_whose_date_that_is() -> None:
    for step in CAMPAIGN.steps:
        assert step.due_before == at("2020-11-10")
        assert step.source is Source.DIRECTIVE  # the directive's own words, not the monitor's wish
        assert step.basis == "trước ngày 10 tháng 11 năm 2020"


def test_the_organisation_says_who_stands_above() -> None:
    assert CAMPAIGN.superior("31120") == "916"  # a ward's district
    assert CAMPAIGN.superior("916") == "UBND-TP"  # the district's city
    assert CAMPAIGN.superior("UBND-TP") is None
