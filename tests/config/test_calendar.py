"""Working days of Việt Nam, 2020-2027: the holidays package, and the yearly decrees laid over it."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from config.loader import CONFIG, load_model, work_calendar
from directives.model import CalendarSpec
from directives.workdays import SATURDAY, SendWindow, WorkCalendar

SPEC = load_model(CalendarSpec, CONFIG / "calendars" / "vn.yaml")
YEARS = range(2020, 2028)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return work_calendar(SPEC, SendWindow())


def days(year: int, *written: str) -> list[date]:
    """Days written `dd/mm`, or `dd/mm-dd/mm` for all from one to the other."""
    found: list[date] = []
    for text in written:
        first, _, last = text.partition("-")
        start, end = _day(year, first), _day(year, last or first)
        found += [start + timedelta(n) for n in range((end - start).days + 1)]
    return found


def _day(year: int, text: str) -> date:
    day, month = map(int, text.split("/"))
    return date(year, month, day)


def weekdays_off(calendar: WorkCalendar, year: int) -> list[date]:
    """Mondays to Fridays on which nobody works."""
    every = days(year, "01/01-31/12")
    return [day for day in every if day.weekday() < SATURDAY and not calendar.is_workday(day)]


OFF = {
    2020: ["01/01", "23/01-24/01", "27/01-29/01", "02/04", "30/04-01/05", "02/09"],
    2021: ["01/01", "10/02-12/02", "15/02-16/02", "21/04", "30/04", "03/05", "02/09-03/09"],
    2022: ["03/01", "31/01-04/02", "11/04", "02/05-03/05", "01/09-02/09"],
    2023: ["02/01", "20/01", "23/01-26/01", "01/05-03/05", "01/09", "04/09"],
    2024: ["01/01", "08/02-09/02", "12/02-14/02", "18/04", "29/04-01/05", "02/09-03/09"],
    2025: ["01/01", "27/01-31/01", "07/04", "30/04-02/05", "01/09-02/09"],
    2026: ["01/01-02/01", "16/02-20/02", "27/04", "30/04-01/05", "31/08-02/09", "24/11"],
    2027: ["01/01", "04/02-05/02", "08/02-10/02", "16/04", "30/04", "03/05", "02/09-03/09", "24/11"],
}


@pytest.mark.parametrize("year", OFF)
def test_the_weekdays_off_of_each_year_are_these(calendar: WorkCalendar, year: int) -> None:
    assert weekdays_off(calendar, year) == days(year, *OFF[year])


NEW_YEARS = [
    "2020-01-25",
    "2021-02-12",
    "2022-02-01",
    "2023-01-22",
    "2024-02-10",
    "2025-01-29",
    "2026-02-17",
    "2027-02-06",
]


@pytest.mark.parametrize("written", NEW_YEARS)
def test_around_the_lunar_new_year_nobody_works_for_a_week(calendar: WorkCalendar, written: str) -> None:
    new_year = date.fromisoformat(written)
    near = [new_year + timedelta(n) for n in range(-4, 8)]
    runs = "".join("-" if calendar.is_workday(day) else "o" for day in near)
    assert runs[4] == "o"
    assert max(map(len, runs.split("-"))) >= 7


SWAPS = {
    date(2024, 4, 29): date(2024, 5, 4),
    date(2025, 5, 2): date(2025, 4, 26),
    date(2026, 1, 2): date(2026, 1, 10),
    date(2026, 8, 31): date(2026, 8, 22),
}


@pytest.mark.parametrize("off", SWAPS, ids=str)
def test_a_swapped_day_is_off_and_its_saturday_is_worked(calendar: WorkCalendar, off: date) -> None:
    worked = SWAPS[off]
    assert worked.weekday() == SATURDAY
    assert not calendar.is_workday(off)
    assert calendar.is_workday(worked)


def test_no_other_saturday_or_sunday_is_worked_from_2020_to_2027(calendar: WorkCalendar) -> None:
    every = [day for year in YEARS for day in days(year, "01/01-31/12")]
    assert [day for day in every if day.weekday() >= SATURDAY and calendar.is_workday(day)] == sorted(
        SWAPS.values()
    )


def test_the_table_has_every_swap_that_the_package_knows() -> None:
    """The package puts only the day off into its calendar: an upgrade that learns a swap must reach the table too."""
    package = holidays.country_holidays("VN", years=YEARS, language="vi")
    swapped = {day for day, name in package.items() if "thay cho ngày" in name}
    assert swapped == SWAPS.keys() - {date(2026, 1, 2)}
    assert {day for day in package.weekend_workdays if day.year in YEARS} <= set(SWAPS.values())


def test_the_swap_that_the_package_misses_stands_in_the_table_with_its_decree() -> None:
    year = SPEC.years[2026]
    assert date(2026, 1, 2) not in holidays.country_holidays("VN", years=2026)
    assert date(2026, 1, 2) in year.days_off
    assert "12729/VPCP-KGVX" in year.source


def test_the_table_knows_every_year_from_2020_to_2027_and_which_are_only_computed() -> None:
    assert set(YEARS) <= SPEC.years.keys()
    assert {year for year in YEARS if not SPEC.years[year].decreed} == {2027}
    assert all(year.source for year in SPEC.years.values() if year.decreed)


def test_working_days_are_counted_over_swaps(calendar: WorkCalendar) -> None:
    """Friday 09/01/2026, then the Saturday worked for 02/01, then Monday."""
    assert calendar.add(date(2026, 1, 9), 1) == date(2026, 1, 10)
    assert calendar.add(date(2026, 1, 9), 2) == date(2026, 1, 12)
    assert calendar.add(date(2025, 12, 31), 1) == date(2026, 1, 5)


def test_a_make_up_day_beats_a_day_off_of_the_package() -> None:
    """24/11 is off by the package alone; should a decree say otherwise, the table is believed."""
    said = SPEC.model_dump()
    said["years"][2026]["days_worked"] = (date(2026, 11, 24),)
    mended = work_calendar(CalendarSpec.model_validate(said), SendWindow())
    assert mended.is_workday(date(2026, 11, 24))
    assert date(2026, 11, 24) not in mended.days_off
