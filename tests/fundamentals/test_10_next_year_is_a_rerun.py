"""Lesson 10. Next year is a rerun, and a rerun decides nothing a person must decide.

A new directive is laid over last year's campaign. Its own date is as given. The monitor's dates go to the same day,
back to the working day before when that is a day off; what is part of a report follows the report. Units go where the
crosswalk says; where it says nothing, or a whole tier is gone, the place is marked for a person. Pure again: files
are read and written elsewhere.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from directives.definition import Definition
from directives.model import Due
from directives.rerun.plan import Organisations, Rerun, rerun
from directives.rerun.request import EVERY, Doubt, Given, Request
from directives.rerun.units import Fate, Succession
from tests.directives.builders import a_definition, a_spec, an_instruction, an_organisation, vietnam

MONITORED = {"source": "monitor", "text": "để kịp tổng hợp"}
REPORT = a_spec("report", title="Báo cáo kết quả năm 2020")
PLAN = a_spec("plan", due={"by": "2020-07-31"}, basis=MONITORED)
WARDS = a_spec("wards", audience={"kinds": ["ward"]}, due={"by": "2020-10-30"}, basis=MONITORED)
LAST_YEAR = a_definition(an_instruction("1g", REPORT, PLAN, WARDS))


def next_year(*crosswalk: Succession, without: str = "") -> Rerun:
    """The directive of 2027, whose report is due "trước ngày 15/11/2027"."""
    own = Given(Due(before=date(2027, 11, 15)), "trước ngày 15/11/2027")
    request = Request(
        "dan-van-kheo-2027", 2027, 2020, "215/UBND-NC", date(2027, 3, 1), "can-tho-2025", {EVERY: own}
    )
    units = {code: unit for code, unit in an_organisation().items() if code != without}
    return rerun(LAST_YEAR, _file(LAST_YEAR), request, Organisations(units, vietnam(), crosswalk))


def _file(definition: Definition) -> Mapping[str, Any]:
    return definition.campaign.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def due_of(found: Rerun, step: int) -> object:
    (change,) = [one for one in found.changes if one.path == ("instructions", 0, "steps", step, "due")]
    return change.new


def test_the_directives_own_date_is_as_given() -> None:
    assert due_of(next_year(), 0) == {"before": date(2027, 11, 15)}


def test_the_monitors_date_goes_back_to_a_working_day() -> None:
    assert date(2027, 7, 31).strftime("%A") == "Saturday"
    assert due_of(next_year(), 1) == {"by": date(2027, 7, 30)}


def test_the_years_own_words_move_with_it() -> None:
    (title,) = [
        one.new for one in next_year().changes if one.path == ("instructions", 0, "steps", 0, "title")
    ]
    assert title == "Báo cáo kết quả năm 2027"


def test_the_crosswalk_says_who_took_over() -> None:
    merged = [
        Succession(old_code=code, old_name=code, new_code="31135", new_name="Phường Ninh Kiều", share="whole")
        for code in ("31120", "31135")
    ]
    fates = next_year(*merged).fates
    assert [fates[code].fate for code in ("31120", "31135")] == [Fate.MERGED, Fate.MERGED]


def test_what_nobody_can_know_is_marked_for_a_person() -> None:
    gone = next_year(without="STP")
    assert gone.fates["STP"].fate is Fate.UNKNOWN
    assert {mark.path[3] for mark in gone.marks if mark.doubt is Doubt.NOBODY} == {0, 1}
    assert Doubt.SIGNATORY in {mark.doubt for mark in next_year().marks}
