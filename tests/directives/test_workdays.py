"""Working days: golden tables for 2020, 2026 and 2027, and what the arithmetic refuses."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from typing import Any

import pytest
import yaml

from tests.directives.builders import GOLDEN, a_calendar, at, day, vietnam

YEARS: dict[int, dict[str, Any]] = yaml.safe_load((GOLDEN / "days.yaml").read_text(encoding="utf-8"))
with (GOLDEN / "counted.csv").open(encoding="utf-8") as file:
    COUNTED = list(csv.DictReader(file))


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_the_calendar_that_ships_has_exactly_the_decreed_days_off_and_days_worked(year: int) -> None:
    calendar = vietnam()
    off = {one for one in days_of(year) if one.weekday() < 5 and not calendar.is_workday(one)}
    worked = {one for one in days_of(year) if one.weekday() >= 5 and calendar.is_workday(one)}
    assert off == set(YEARS[year]["days_off"])
    assert worked == set(YEARS[year]["days_worked"])


@pytest.mark.parametrize("year", YEARS)
def test_the_working_days_of_a_year_add_up(year: int) -> None:
    last_of_year = date(year, 12, 31)
    assert vietnam().between(date(year - 1, 12, 31), last_of_year) == YEARS[year]["working_days"]


@pytest.mark.parametrize("row", COUNTED, ids=[f"{row['day']} {row['n']}" for row in COUNTED])
def test_counting_working_days_reaches_the_golden_day(row: dict[str, str]) -> None:
    assert vietnam().add(day(row["day"]), int(row["n"])) == day(row["reached"])


def test_a_day_worked_wins_over_the_same_day_off() -> None:
    calendar = a_calendar(off=["2020-11-07"], worked=["2020-11-07"])
    assert calendar.is_workday(day("2020-11-07"))


def test_on_or_after_and_on_or_before_stay_on_a_working_day() -> None:
    calendar = a_calendar()
    assert (
        calendar.on_or_after(day("2020-11-06"))
        == calendar.on_or_before(day("2020-11-06"))
        == day("2020-11-06")
    )


def test_on_or_after_and_on_or_before_leave_a_day_off() -> None:
    calendar = a_calendar()
    assert calendar.on_or_after(day("2020-11-07")) == day("2020-11-09")
    assert calendar.on_or_before(day("2020-11-08")) == day("2020-11-06")


def test_between_counts_the_end_and_not_the_start() -> None:
    calendar = a_calendar()
    assert calendar.between(day("2020-11-06"), day("2020-11-09")) == 1
    assert calendar.between(day("2020-11-06"), day("2020-11-08")) == 0
    assert calendar.between(day("2020-11-09"), day("2020-11-06")) == -1


def test_zero_working_days_from_a_day_is_no_question() -> None:
    with pytest.raises(ValueError, match="no working day 0 from 2020-11-09"):
        a_calendar().add(day("2020-11-09"), 0)


@pytest.mark.parametrize(("start", "n"), [("2021-12-31", 1), ("2020-01-01", -1), ("2021-12-20", 30)])
def test_counting_beyond_the_calendar_is_an_error_that_says_what_to_add(start: str, n: int) -> None:
    with pytest.raises(
        ValueError, match="between 2020-01-01 and 2021-12-31; add the year to config/calendars"
    ):
        a_calendar().add(day(start), n)


@pytest.mark.parametrize(("start", "n"), [("2019-06-03", 1), ("2022-06-01", -1)])
def test_counting_from_a_day_outside_the_calendar_is_an_error_and_no_guess(start: str, n: int) -> None:
    with pytest.raises(ValueError, match=f"{start} is outside the calendar"):
        a_calendar().add(day(start), n)


def test_asking_about_a_day_outside_the_calendar_says_which_years_it_has() -> None:
    with pytest.raises(ValueError, match=r"2022-01-01 is outside the calendar \(2020-01-01 to 2021-12-31\)"):
        a_calendar().is_workday(day("2022-01-01"))


def test_an_instant_is_read_in_the_calendars_zone() -> None:
    assert a_calendar().local(at("2020-11-09 23:30")).date() == day("2020-11-09")
    assert a_calendar().at(day("2020-11-09"), at("2020-11-09 08:00").time()) == at("2020-11-09 08:00")
