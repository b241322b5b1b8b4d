"""The picture of a simulated year's mails: legible, the same bytes, and nothing left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from directives.simulated import SimulatedMail, SimulatedYear
from notifications.board.load import ALARM, NOTHING, OFF, SCALE, draw_load, shade, unit_rows
from tests.directives.builders import a_unit
from tests.ledger.campaigns import UNITS, a_definition, at
from tests.notifications.test_heatmap import SEEN_BY, lab


def a_year(*mails: tuple[str, str]) -> SimulatedYear:
    """(unit, day) of each mail."""
    made = [
        SimulatedMail(n, at(f"{day} 08:00"), unit, f"{unit}@x.example", "lead", "", str(n), ())
        for n, (unit, day) in enumerate(mails, start=1)
    ]
    names = {code: unit.name for code, unit in UNITS.items()}
    start, until = at("2020-06-30 07:30"), at("2020-12-31 23:59")
    return SimulatedYear("thu-2020", "standard", start, until, {}, {}, tuple(made), {}, units=names)


def test_units_stand_under_what_they_belong_to_with_their_mails_by_week() -> None:
    year = a_year(("NK1", "2020-07-01"), ("NK1", "2020-07-03"), ("NK1", "2020-07-06"), ("STP", "2020-07-01"))
    rows = [
        (row.name, row.weeks and [count for _, count in row.weeks]) for row in unit_rows(year, a_definition())
    ]
    assert rows == [
        ("Trực thuộc thành phố", None),
        ("Sở Tư pháp", [1]),
        ("Quận Ninh Kiều", None),
        ("Phường An Hòa", [2, 1]),
    ]


def test_many_units_are_drawn_by_group_each_as_its_busiest_unit() -> None:
    districts = {f"Q{n}": a_unit(f"Q{n}", "urban_district") for n in range(2)}
    wards = {f"W{n}": a_unit(f"W{n}", "ward", f"Q{n % 2}") for n in range(200)}
    units = {"UBND-TP": a_unit("UBND-TP", "committee", None)} | districts | wards
    definition = replace(a_definition(), units=units)
    mails = [(code, "2020-07-01") for code in wards] + [("W0", "2020-07-02"), ("W1", "2020-07-06")]
    year = replace(a_year(*mails), units={code: unit.name for code, unit in units.items()})
    rows = [
        (row.name, row.weeks and [count for _, count in row.weeks]) for row in unit_rows(year, definition)
    ]
    assert rows == [
        (f"{districts['Q0'].name} (100 đơn vị)", [2]),
        (f"{districts['Q1'].name} (100 đơn vị)", [1, 1]),
    ]
    assert draw_load(year, definition).startswith(b"\x89PNG")


def test_it_is_as_wide_as_the_board_and_drawn_alike_twice() -> None:
    days = [f"{at('2020-07-01') + timedelta(n):%Y-%m-%d}" for n in range(150)]
    year = a_year(*((unit, day) for day in days for unit in UNITS))
    png = draw_load(year, a_definition())
    assert png == draw_load(year, a_definition())
    with Image.open(BytesIO(png)) as picture:
        assert picture.size[0] == 2 * 690
    assert len(png) < 300_000


def test_a_year_without_mail_is_a_picture_too() -> None:
    assert draw_load(a_year(), a_definition()).startswith(b"\x89PNG")


def test_more_mail_is_darker_and_the_most_is_darkest() -> None:
    found = [SCALE.index(shade(count, 10)) for count in range(1, 11)]
    assert found == sorted(found)
    assert (found[0], found[-1]) == (0, len(SCALE) - 1)


@pytest.mark.parametrize("eyes", SEEN_BY)
def test_every_shade_is_told_from_the_next_and_the_alarm_from_all_by_every_eye(eyes: str) -> None:
    pairs = [*pairwise(SCALE), *((ALARM, one) for one in (*SCALE, OFF, NOTHING))]
    for one, other in pairs:
        assert np.linalg.norm(lab(one, SEEN_BY[eyes]) - lab(other, SEEN_BY[eyes])) > 8, (one, other)
