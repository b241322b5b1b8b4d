"""What a simulated year's facts say: load, and what ops are warned of."""

from __future__ import annotations

from typing import Any

from directives.simulated import SimulatedMail, SimulatedYear, named, warnings
from tests.directives.builders import a_definition, a_spec, a_unit, an_instruction, at

DEPARTMENTS = {"UBND-TP": a_unit("UBND-TP", "committee", None), "STP": a_unit("STP")}


def a_mail(n: int, day: str, target: str = "lead", unit: str = "STP") -> SimulatedMail:
    return SimulatedMail(n, at(f"{day} 08:00"), unit, f"{unit}@x.example", target, "", f"{n}", ())


def a_year(*mails: SimulatedMail, **changes: Any) -> SimulatedYear:
    start, until = at("2020-06-30 07:30"), at("2020-12-31 23:59")
    return SimulatedYear("c", "standard", start, until, {}, {}, mails, {}, **changes)


def texts(year: SimulatedYear, kind: str, busy: int = 8, **changes: Any) -> list[str]:
    spec = a_spec("report", {"kinds": ["department"]}, due={"before": "2020-11-10"})
    definition = a_definition(an_instruction("1g", spec), **{"units": DEPARTMENTS} | changes)
    return [one.text for one in warnings(year, definition, busy) if one.kind == kind]


def test_a_week_is_from_monday_to_sunday() -> None:
    mails = [a_mail(n, f"2020-11-{day:02}") for n, day in enumerate((6, 9, 10, 11, 13), start=1)]
    assert texts(a_year(*mails), "busy_week", busy=4) == ["STP gets 4 mails in the week of 09/11/2020"]
    assert texts(a_year(*mails), "busy_week", busy=5) == []


def test_briefs_are_the_coordinators_and_not_the_load_of_their_unit() -> None:
    mails = [a_mail(n, "2020-11-10", f"brief:{n}@x.example") for n in range(1, 9)]
    year = a_year(*mails)
    assert texts(year, "busy_week") == []
    assert (year.targets["brief"], sum(year.days.values())) == (8, 8)


def test_a_day_on_which_too_many_mails_stop_all_digests_is_named() -> None:
    (text,) = texts(a_year(a_mail(1, "2020-11-10", "runaway"), a_mail(2, "2020-11-11")), "runaway")
    assert text.startswith("more mails than DONDOC_MAX_MAILS_PER_SLOT, so no digest leaves: Tue 10/11/2020")


def test_a_mail_says_for_which_rung_it_asks_for_what() -> None:
    asked = (("overdue-1", "1g/report/STP"), ("assigned", "1g/plan/STP"), ("overdue-1", "3/result/STP"))
    mail = SimulatedMail(1, at("2020-11-10 08:00"), "STP", "a@x.example", "lead", "", "1", asked)
    assert mail.why == {"overdue-1": ["1g/report/STP", "3/result/STP"], "assigned": ["1g/plan/STP"]}


def test_the_rung_thirty_days_before_is_named_when_it_falls_on_a_day_off() -> None:
    (text,) = texts(a_year(), "day_off")
    assert "before-30 of 1 steps due Mon 09/11/2020 falls on Sat 10/10/2020, a weekend" in text
    assert text.endswith("it leaves on Mon 12/10/2020")


def test_a_unit_with_nobody_above_it_cannot_be_escalated() -> None:
    alone = {"STP": a_unit("STP", "department", None)}
    assert texts(a_year(), "no_superior", units=alone) == [
        "nobody stands above STP: overdue-3 goes to the unit alone"
    ]
    assert texts(a_year(), "no_superior") == []


def test_long_lists_are_cut_and_counted() -> None:
    assert named(["a", "b"]) == "a, b"
    assert named([f"{n}" for n in range(9)]) == "0, 1, 2, 3, 4, 5 and 3 more"
