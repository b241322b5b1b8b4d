"""What makes no sense in a campaign although its shape is right: one sentence each with the way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from directives.check import campaign_findings, ladder_findings, organisation_findings
from directives.definition import Definition
from directives.findings import Finding
from directives.model import Ladder, Series
from tests.directives.builders import (
    a_campaign,
    a_definition,
    a_ladder,
    a_spec,
    a_unit,
    an_instruction,
    an_organisation,
    the_standard_ladder,
)

DUE = ("instructions", 0, "steps", 0, "due")


def found(definition: Definition, series: Series | None = None) -> list[Finding]:
    return campaign_findings(definition, series)


def of_step(**changes: Any) -> list[Finding]:
    return found(a_definition(an_instruction("1g", a_spec(**changes))))


def one(findings: list[Finding] | Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_a_campaign_that_makes_sense_has_no_findings() -> None:
    assert found(a_definition()) == []


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({"before": "2019-11-10"}, "2019-11-10 is before the directive's own date 2020-06-30; did you mean 2020-11-10?"),
        ({"by": "2020-03-31"}, "2020-03-31 is before the directive's own date 2020-06-30; did you mean 2021-03-31?"),
        ({"by": "2020-02-29"}, "2020-02-29 is before the directive's own date 2020-06-30; check the year"),
        ({"by": "2202-11-10"}, "2202-11-10, with the rungs around it, is outside calendar 'vn'"),
        ({"by": "2028-12-29"}, "2028-12-29, with the rungs around it, is outside calendar 'vn'"),
        ({"within_working_days": 3000}, "the day it falls on, with the rungs around it, is outside calendar 'vn'"),
    ],
)  # fmt: skip
def test_a_date_that_cannot_be_meant_is_found_with_the_way_out(due: dict[str, Any], said: str) -> None:
    path, message = one(of_step(due=due))
    assert path == DUE
    assert message.startswith(said)


def test_a_deadline_on_the_directives_own_day_is_allowed() -> None:
    assert of_step(due={"by": "2020-06-30"}) == []


def test_an_opening_before_the_directive_is_found_once_though_relative_deadlines_follow_from_it() -> None:
    step = a_spec(due={"within_days": 5})
    path, message = one(found(a_definition(an_instruction("1g", step), opens="2020-06-01")))
    assert path == ("opens",)
    assert message == "2020-06-01 is before the directive's own date 2020-06-30; open on that day or later"


def test_an_opening_outside_the_calendar_is_found() -> None:
    paths = [path for path, _ in found(a_definition(opens="2031-06-30"))]
    assert ("opens",) in paths


@pytest.mark.parametrize(
    ("audience", "message"),
    [
        ({"units": ["STPP"]}, "'STPP' is no unit of can-tho-2020 on 30/06/2020; did you mean 'STP'?"),
        ({"kinds": ["township"]}, "means no unit at all; name a kind, an audience or a unit that exists"),
        ({}, "names no kind, audience or unit; an empty audience obliges nobody"),
        ({"kinds": ["ward"], "except": ["31120", "31135"]}, "means no unit at all"),
    ],
)
def test_an_audience_that_means_nobody_is_found(audience: dict[str, Any], message: str) -> None:
    assert one(of_step(audience=audience))[1].startswith(message)


def test_audiences_in_a_circle_are_found() -> None:
    audiences = {"first": {"audiences": ["second"]}, "second": {"audiences": ["first"]}}
    path, message = found(a_definition(audiences=audiences))[0]
    assert path[0] == "audiences"
    assert message.startswith("the audiences form a cycle: ")


def test_one_unit_is_not_asked_for_the_same_step_twice() -> None:
    instruction = an_instruction("1g", a_spec("report", "STP"), a_spec("report", {"kinds": ["department"]}))
    path, message = one(found(a_definition(instruction)))
    assert path == ("instructions", 0, "steps", 1, "key")
    assert message.startswith("'report' is asked of STP twice (steps[0] too)")


def covering(**changes: Any) -> list[Finding]:
    return found(a_definition(an_instruction("1a", a_spec("result", **changes)), an_instruction("1g")))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"covered_by": "1g/reprot"}, "'1g/reprot' is no step of this campaign; did you mean '1g/report'?"),
        ({"covered_by": "1g/report", "audience": ["STP", "SNV"]}, "'1g/report' is not asked of SNV"),
        ({"covered_by": "1a/result"}, "covering forms a cycle: 1a/result → 1a/result"),
    ],
)
def test_covering_that_leads_nowhere_is_found(changes: dict[str, Any], message: str) -> None:
    path, said = one(covering(**changes))
    assert path == ("instructions", 0, "steps", 0, "covered_by")
    assert said.startswith(message)


def test_a_step_without_a_date_covers_nothing() -> None:
    duty = a_spec("duty", due=None, basis=None, continuing=True)
    covered = an_instruction("1a", a_spec("result", covered_by="2/duty"))
    _, message = one(found(a_definition(covered, an_instruction("2", duty))))
    assert message == "'2/duty' has no deadline, so nothing would ever be asked; cover by a dated step"


def test_an_instruction_that_stands_twice_or_has_no_flow_is_found() -> None:
    series = Series.model_validate(
        {"series": "s", "title": "S", "flows": [{"key": "1g", "ordinal": 1, "label": "1g", "title": "1g"}]}
    )
    definition = a_definition(an_instruction("1g"), an_instruction("1g"), an_instruction("1h"))
    assert [path for path, _ in found(definition, series)] == [
        ("instructions", 1, "key"),
        ("instructions", 2, "key"),
    ]


def test_a_monitor_a_supporter_or_an_issuer_nobody_knows_is_found() -> None:
    monitor = a_campaign().monitor.model_dump(by_alias=True) | {"unit": "SNVV", "with": ["BDVTU"]}
    instruction = an_instruction("1g").model_copy(update={"support": ("SYT",)})
    directive = a_campaign().directive.model_dump() | {"issuer": "Ủy ban nhân dân thành phố Cần Tho"}
    paths = [path for path, _ in found(a_definition(instruction, monitor=monitor, directive=directive))]
    assert paths == [
        ("monitor", "unit"),
        ("monitor", "with", 0),
        ("instructions", 0, "support", 0),
        ("directive", "issuer"),
    ]


def test_what_follows_from_a_broken_place_is_not_said_again() -> None:
    definition = a_definition(an_instruction("1g", a_spec(due={"by": "2019-01-01"})))
    assert campaign_findings(definition, None, {DUE}) == []


def test_parents_that_are_unknown_or_in_a_circle_are_found() -> None:
    units = an_organisation() | {
        "a": a_unit("a", parent="b"),
        "b": a_unit("b", parent="a"),
        "c": a_unit("c", parent="SVN"),
    }
    assert list(organisation_findings(units)) == [
        ("c", "parent 'SVN' is no unit of this file; did you mean 'SNV'?"),
        ("a", "the parents form a cycle: a → b → a; give one of them another parent"),
    ]


def test_the_standard_ladder_is_in_order() -> None:
    assert list(ladder_findings(the_standard_ladder())) == []


@pytest.mark.parametrize(
    ("rungs", "path", "message"),
    [
        (
            [{"key": "soon", "before": {"working_days": 7}}, {"key": "sooner", "before": {"days": 30}}],
            ("rungs", 2),
            "'sooner' stands after 'soon' but its time does not come after",
        ),
        (
            [{"key": "soon", "before": {"days": 7}}, {"key": "same", "before": {"working_days": 5}}],
            ("rungs", 2),
            "'same' stands after 'soon' but its time does not come after",
        ),
        (
            [{"key": "late", "after": {"working_days": 1}}, {"key": "soon", "before": {"days": 1}}],
            ("rungs", 2),
            "'soon' stands after 'late'",
        ),
        (
            [{"key": "late", "after": {"working_days": 1}}, {"key": "late", "after": {"working_days": 3}}],
            ("rungs", 2, "key"),
            "'late' stands twice; give each rung its own key",
        ),
        (
            [
                {"key": "late", "after": {"working_days": 1}, "repeat": {"working_days": 5}},
                {"key": "later", "after": {"working_days": 3}},
            ],
            ("rungs", 1, "repeat"),
            "'late' repeats but is not the last; move 'repeat' to the last rung",
        ),
    ],
)  # fmt: skip
def test_a_ladder_out_of_order_is_found(
    rungs: list[dict[str, Any]], path: tuple[str | int, ...], message: str
) -> None:
    ladder: Ladder = a_ladder(*rungs)
    where, said = one(ladder_findings(ladder))
    assert where == path
    assert said.startswith(message)
