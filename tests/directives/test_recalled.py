"""An earlier campaign's answers in another year: as far from the deadline, in working days, and never on its other side."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from directives.conversation import Accept, AsksExtension, Done, GrantExtension, Received
from directives.definition import Definition
from directives.recalled import Earlier, EarlierSaid, EarlierStep, Recalled, recalled
from directives.recalled_units import parts_of
from directives.rerun.units import Succession
from tests.directives.builders import a_definition, a_spec, a_unit, an_instruction, at, vietnam

THEN = at("2020-11-10")  # due before; L is Monday 09/11/2020


def this_year(due: str = "2020-10-14", **unit: Any) -> Definition:
    """L is a Tuesday, 13/10/2020."""
    units = {"UBND-TP": a_unit("UBND-TP", "committee", None), "S9": a_unit("S9", **unit)}
    spec = a_spec("report", {"kinds": ["department"]}, due={"before": due})
    return a_definition(an_instruction("1g", spec), units=units)


def said(kind: str, when: str, **data: Any) -> EarlierSaid:
    return EarlierSaid(kind, at(when), "bà Hạnh", str(data.pop("reason", "")), data)


def then(*answers: EarlierSaid, name: str = "") -> Earlier:
    name = name or this_year().units["S9"].name
    step = EarlierStep("1g", "report", "S1", name, THEN, answers)
    return Earlier("nam-truoc", at("2020-06-29 07:30"), vietnam(), (step,))


def moments(*answers: EarlierSaid) -> list[datetime]:
    return [one.at for one in recalled(this_year(), then(*answers)).said]


@pytest.mark.parametrize(
    ("when", "now"),
    [
        ("2020-11-09 16:00", "2020-10-13 16:00"),  # on L
        ("2020-11-05 10:00", "2020-10-09 10:00"),  # two working days before: Thursday → Friday
        ("2020-11-10 09:00", "2020-10-14 09:00"),  # the first day late
        ("2020-11-16 09:00", "2020-10-20 09:00"),  # the fifth
        ("2020-11-08 20:00", "2020-10-12 20:00"),  # a Sunday evening: the working day before L
    ],
)
def test_a_report_comes_as_many_working_days_from_the_deadline(when: str, now: str) -> None:
    assert moments(said("done", when, doc_number="1/BC")) == [at(now)]


def test_a_receipt_comes_as_long_after_the_opening() -> None:
    assert moments(said("received", "2020-07-01 09:00")) == [at("2020-07-02 09:00")]  # opened a day later


def test_what_was_in_time_stays_in_time_and_what_was_late_stays_late() -> None:
    definition = this_year("2020-10-14T10:00")  # L is the 14th itself, until ten
    for when, in_time in (("2020-11-09 16:00", True), ("2020-11-10 08:00", False)):
        (one,) = recalled(definition, then(said("done", when, doc_number="1/BC"))).said
        assert (one.at < at("2020-10-14 10:00")) is in_time


def test_a_request_and_its_decision_ask_for_as_many_days() -> None:
    found = recalled(
        this_year(),
        then(
            said("received", "2020-07-01 09:00"),
            said("extension", "2020-11-06 09:00", until="2020-11-16", reason="chưa đủ số liệu"),
            said("grant_extension", "2020-11-09 09:00", until="2020-11-16"),
            said("done", "2020-11-13 09:00", doc_number="9/BC-S1"),
            said("accept", "2020-11-17 09:00"),
        ),
    ).said
    kinds = [type(one) for one in found]
    assert kinds == [Received, AsksExtension, GrantExtension, Done, Accept]
    assert {str(one.until) for one in found if isinstance(one, (AsksExtension, GrantExtension))} == {
        "2020-10-20"
    }
    assert [one.at for one in found] == sorted(one.at for one in found)


def test_units_are_the_same_by_their_name_as_codes_are_given_anew() -> None:
    answers = then(said("done", "2020-11-09 16:00", doc_number="1/BC"), name="Một sở khác")
    found = recalled(this_year(), answers)
    assert (found.said, found.matched, found.new) == ((), 0, ("1g/report/S9",))


# Units that were made of others


def a_part(unit: str, *answers: EarlierSaid, name: str = "") -> EarlierStep:
    return EarlierStep("1g", "report", unit, name or unit, THEN, answers)


def of_parts(*parts: EarlierStep) -> Recalled:
    earlier = Earlier("nam-truoc", at("2020-06-29 07:30"), vietnam(), parts)
    return recalled(this_year(), earlier, {"S9": ("A", "B")})


def test_a_merged_unit_answers_as_the_part_that_reported_last() -> None:
    found = of_parts(
        a_part("A", said("received", "2020-07-01 09:00"), said("done", "2020-11-09 16:00", doc_number="1/A")),
        a_part("B", said("done", "2020-11-05 10:00", doc_number="2/B")),
    )
    assert [(one.kind, one.at) for one in found.said] == [
        ("received", at("2020-07-02 09:00")),
        ("done", at("2020-10-13 16:00")),
    ]
    assert (found.matched, found.new, found.merged) == (1, (), ("S9",))


def test_a_merged_unit_of_which_a_part_never_reported_never_does() -> None:
    found = of_parts(a_part("A", said("done", "2020-11-09 16:00", doc_number="1/A")), a_part("B"))
    assert (found.said, found.matched, found.merged) == ((), 1, ("S9",))


def test_only_the_parts_that_were_asked_count() -> None:
    """And a part is not looked for by its name: that is another unit's now."""
    own = this_year().units["S9"].name
    found = of_parts(a_part("A", said("done", "2020-11-09 16:00", doc_number="1/A")), a_part("C", name=own))
    assert [one.at for one in found.said] == [at("2020-10-13 16:00")]
    assert found.merged == ()
    assert of_parts(a_part("C", name=own)).new == ("1g/report/S9",)


def test_of_two_units_of_one_name_neither_answers() -> None:
    name = this_year().units["S9"].name
    answers = said("done", "2020-11-09 16:00", doc_number="1/BC")
    earlier = Earlier(
        "nam-truoc",
        at("2020-06-29 07:30"),
        vietnam(),
        (a_part("A", answers, name=name), a_part("B", name=name)),
    )
    assert recalled(this_year(), earlier).new == ("1g/report/S9",)


def test_parts_are_those_that_went_whole_or_for_the_most_part_and_lesser_ones_where_there_are_no_others() -> (
    None
):
    then = {code: a_unit(code, "ward") for code in ("A", "B", "C", "D")}
    now = {code: a_unit(code, "ward", name=f"Phường mới {code}") for code in ("X", "Y", "D")}

    def into(old: str, new: str, share: str) -> Succession:
        return Succession.model_validate(
            {"old_code": old, "old_name": old, "new_code": new, "new_name": new, "share": share}
        )

    crosswalk = [
        into("A", "X", "whole"),
        into("B", "Y", "part"),
        into("B", "X", "part-main"),
        into("C", "X", "part-main"),
        into("C", "Y", "part"),
    ]
    assert parts_of(then, now, crosswalk, same=False) == {"X": ("A", "B", "C"), "Y": ("B", "C")}
    assert parts_of(then, {"A": then["A"], **now}, (), same=True) == {"A": ("A",), "D": ("D",)}
