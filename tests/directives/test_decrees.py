"""Next year's days off are asked for from 1 October, this year's always."""

from __future__ import annotations

import pytest

from directives.decrees import undecreed
from directives.model import CalendarSpec
from tests.directives.builders import day


def calendar(**years: bool) -> CalendarSpec:
    said = {int(year.removeprefix("y")): {"decreed": decreed} for year, decreed in years.items()}
    return CalendarSpec.model_validate({"calendar": "vn", "timezone": "Asia/Ho_Chi_Minh", "years": said})


@pytest.mark.parametrize(
    ("years", "today", "missing"),
    [
        ({"y2026": True, "y2027": False}, "2026-09-30", ()),
        ({"y2026": True, "y2027": False}, "2026-10-01", (2027,)),
        ({"y2026": True}, "2026-12-31", (2027,)),
        ({"y2026": True, "y2027": True}, "2026-12-31", ()),
        ({"y2026": True, "y2027": False}, "2027-01-01", (2027,)),
        ({"y2026": False}, "2026-10-01", (2026, 2027)),
    ],
)
def test_a_year_without_its_decree(years: dict[str, bool], today: str, missing: tuple[int, ...]) -> None:
    assert undecreed(calendar(**years), day(today)) == missing
