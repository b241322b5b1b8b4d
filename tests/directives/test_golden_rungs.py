"""On which days a deadline's rungs stand: golden tables over Tết, swapped days and days off."""

from __future__ import annotations

import csv

import pytest

from directives.plan import Reason
from tests.directives.builders import GOLDEN, a_mailed_step, a_policy, after, at, day
from tests.directives.walking import told, walk

with (GOLDEN / "rungs.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))
DATED = ("before-30", "before-7", "before-1", "overdue-1", "overdue-3", "overdue-5", "overdue-10")
by_last_good_day = pytest.mark.parametrize("row", ROWS, ids=[row["last_good_day"] for row in ROWS])


def golden(row: dict[str, str]) -> list[tuple[str, str]]:
    dated = [(row[key.replace("-", "_")], key) for key in DATED]
    return [*dated, (row["again_1"], "overdue-10+1"), (row["again_2"], "overdue-10+2")]


@by_last_good_day
def test_a_deadline_places_its_rungs_on_the_golden_days(row: dict[str, str]) -> None:
    policy = a_policy()
    due_before = after(row["last_good_day"])
    placed = policy.dated_rungs(due_before)
    assert [(f"{time.at:%Y-%m-%d}", time.rung.key) for time in placed] == golden(row)[:-2]
    assert {f"{time.at:%H:%M}" for time in placed} == {"07:30"}


@by_last_good_day
def test_daily_passes_tell_a_silent_unit_on_the_golden_days_and_on_no_other(row: dict[str, str]) -> None:
    policy = a_policy()
    due_before = after(row["last_good_day"])
    first, last = day(row["before_30"]), day(row["again_2"])
    opened = policy.calendar.opening_of(policy.calendar.add(first, -1))
    step = a_mailed_step(due_before=due_before, opened_at=opened, first_mailed_at=opened, received_at=opened)
    assert told(policy, walk(policy, step, first, last)) == golden(row)


def test_every_further_repeat_comes_five_working_days_later() -> None:
    policy = a_policy()
    notices = walk(policy, a_mailed_step(), day("2020-11-24"), day("2021-02-28"))
    assert told(policy, notices)[1:] == [
        ("2020-11-30", "overdue-10+1"),
        ("2020-12-07", "overdue-10+2"),
        ("2020-12-14", "overdue-10+3"),
        ("2020-12-21", "overdue-10+4"),
        ("2020-12-28", "overdue-10+5"),
        ("2021-01-05", "overdue-10+6"),  # Friday 01/01/2021 is off
        ("2021-01-12", "overdue-10+7"),
        ("2021-01-19", "overdue-10+8"),
        ("2021-01-26", "overdue-10+9"),
        ("2021-02-02", "overdue-10+10"),
        ("2021-02-09", "overdue-10+11"),
        ("2021-02-23", "overdue-10+12"),  # over Tết, 10/02 to 16/02/2021
    ]
    assert {notice.reason for notice in notices[1:]} == {Reason.REPEATED}


def test_an_hour_on_the_deadline_does_not_move_the_rungs_of_its_day() -> None:
    policy = a_policy()
    whole_day, morning = (policy.dated_rungs(at(due)) for due in ("2020-11-10", "2020-11-09 08:00"))
    assert [time.at for time in whole_day] == [time.at for time in morning]
