"""A deadline is one half-open instant; it never moves for a day off."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime

import pytest

from directives.deadline import days_late, last_good_day, last_workday, resolve
from directives.model import Due
from tests.directives.builders import GOLDEN, NOVEMBER_10, at, day, vietnam

with (GOLDEN / "deadlines.csv").open(encoding="utf-8") as file:
    DEADLINES = list(csv.DictReader(file))


@pytest.mark.parametrize("row", DEADLINES, ids=[row["phrase"] for row in DEADLINES])
def test_a_phrase_is_read_as_the_golden_table_says(row: dict[str, str]) -> None:
    calendar = vietnam()
    due = Due.model_validate({row["field"]: row["written"]})
    due_before = resolve(due, calendar, at(f"{row['opened']} 07:30"))
    assert due_before == at(row["due_before"])
    assert last_good_day(due_before, calendar) == day(row["last_good_day"])
    assert last_workday(due_before, calendar) == day(row["last_workday"])


def test_the_two_readings_of_one_deadline_are_one_instant() -> None:
    before = resolve(Due(before=date(2020, 11, 10)), vietnam(), NOVEMBER_10)
    until_the_end_of = resolve(Due(by=date(2020, 11, 9)), vietnam(), NOVEMBER_10)
    assert before == until_the_end_of == NOVEMBER_10


def test_a_deadline_is_given_in_the_calendars_zone_whatever_zone_it_was_written_in() -> None:
    written = datetime(2020, 11, 9, 17, tzinfo=UTC)
    resolved = resolve(Due(by=written), vietnam(), NOVEMBER_10)
    assert resolved.isoformat() == "2020-11-10T00:00:00+07:00"


def test_a_relative_deadline_counts_from_the_opening_in_the_calendars_zone() -> None:
    late_in_the_evening_of_utc = datetime(2020, 6, 30, 18, tzinfo=UTC)  # 01:00 on the first of July there
    due_before = resolve(Due(within_days=1), vietnam(), late_in_the_evening_of_utc)
    assert due_before == at("2020-07-03")


@pytest.mark.parametrize(
    ("due_before", "reported_at", "late"),
    [
        ("2020-11-10", "2020-11-09 23:59:59.999999", 0),
        ("2020-11-10", "2020-11-10 00:00", 1),
        ("2020-11-10", "2020-11-10 23:59", 1),
        ("2020-11-10", "2020-11-11 00:00", 2),
        ("2020-11-10", "2020-11-30 08:00", 21),
        ("2020-11-08", "2020-11-09 07:30", 2),  # L is Saturday 07/11: days late are calendar days
        ("2020-11-09 17:00", "2020-11-09 16:59", 0),
        ("2020-11-09 17:00", "2020-11-09 17:00", 1),  # the rest of that very day is late already
        ("2020-11-09 17:00", "2020-11-10 08:00", 1),
        ("2020-11-09 17:00", "2020-11-11 08:00", 2),
    ],
)
def test_days_late_are_calendar_days_since_the_last_good_day(
    due_before: str, reported_at: str, late: int
) -> None:
    assert days_late(at(due_before), at(reported_at), vietnam()) == late


def test_days_late_are_counted_in_the_calendars_zone() -> None:
    midnight_there = datetime(2020, 11, 10, 17, tzinfo=UTC)  # 00:00 on 11/11 at +07:00
    assert days_late(NOVEMBER_10, midnight_there, vietnam()) == 2
