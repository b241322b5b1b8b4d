"""Next year's campaign: dates, texts, audiences and units, and that nothing is lost without being listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.crosswalk import load_crosswalk
from config.loader import CONFIG, find_campaign, load_definition
from config.organisation import load_units
from config.yaml_lines import read_yaml
from directives.definition import Definition
from directives.model import Campaign, Due, Unit
from directives.rerun.comparison import compare
from directives.rerun.dates import Rule, moved_due, moved_when, same_day
from directives.rerun.plan import Organisations, Rerun, applied, rerun, texts
from directives.rerun.request import EVERY, REMOVED, Doubt, Given, Request
from directives.rerun.texts import Issued, retold
from directives.rerun.units import Fate, Succession, fates, newcomers
from tests.directives.builders import (
    a_campaign,
    a_definition,
    a_spec,
    a_unit,
    an_instruction,
    an_organisation,
    at,
    vietnam,
)

OLD, NEW = Issued("1914/UBND-KGVX", date(2020, 6, 30)), Issued("215/UBND-NC", date(2027, 3, 1))
DIRECTIVE = Given(Due(before=date(2027, 11, 10)), "trước ngày 10/11/2027")


def a_request(**changes: Any) -> Request:
    facts: dict[str, Any] = {
        "campaign": "dan-van-kheo-2027",
        "year": 2027,
        "old_year": 2020,
        "number": NEW.number,
        "issued": NEW.issued,
        "organisation": "can-tho-2025",
        "deadlines": {EVERY: DIRECTIVE},
    }
    return Request(**facts | changes)


def rerun_of(
    old: Definition, units: Mapping[str, Unit] | None = None, *rows: Succession, **changes: Any
) -> tuple[Rerun, Definition]:
    """The rerun, and the campaign it makes."""
    data = old.campaign.model_dump(by_alias=True, exclude_defaults=True, mode="python")
    new = Organisations(units or old.units, vietnam(), rows)
    found = rerun(old, _plain(data), a_request(**changes), new)
    made = applied(_plain(data), found.changes)
    return found, Definition(Campaign.model_validate(made), old.ladder, new.units, new.calendar)


def _plain(value: Any) -> Any:
    """Tuples as lists and enumerations as words, as a file has them."""
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, str) else value


def doubts(found: Rerun) -> set[Doubt]:
    return {mark.doubt for mark in found.marks}


# Dates


@pytest.mark.parametrize(
    ("due", "moved", "rule"),
    [
        (Due(by=date(2020, 9, 30)), Due(by=date(2027, 9, 30)), Rule.SAME_DAY),
        (Due(by=date(2020, 7, 31)), Due(by=date(2027, 7, 30)), Rule.WORKDAY_BEFORE),  # a Saturday
        (Due(by=date(2020, 9, 2)), Due(by=date(2027, 9, 1)), Rule.WORKDAY_BEFORE),  # the national day
        (Due(before=date(2020, 11, 10)), Due(before=date(2027, 11, 10)), Rule.SAME_DAY),
        # The last good day is what moves: 31/10/2027 is a Sunday, so "before" ends with Friday the 29th.
        (Due(before=date(2020, 11, 1)), Due(before=date(2027, 10, 30)), Rule.WORKDAY_BEFORE),
        (Due(by=date(2020, 2, 29)), Due(by=date(2027, 2, 26)), Rule.WORKDAY_BEFORE),
        (Due(within_working_days=10), Due(within_working_days=10), Rule.RELATIVE),
    ],
)
def test_a_date_goes_to_the_same_day_or_back_to_the_working_day_before(
    due: Due, moved: Due, rule: Rule
) -> None:
    assert moved_due(due, 7, vietnam(), vietnam()) == (moved, rule)


def test_an_hour_stays_with_its_day() -> None:
    due = Due(by=at("2020-07-31 17:00"))
    assert moved_due(due, 7, vietnam(), vietnam())[0].by == at("2027-07-30 17:00")
    assert moved_when(at("2020-06-30 09:00"), 7, vietnam())[0] == at("2027-06-30 09:00")


@given(st.dates(date(2020, 1, 1), date(2020, 12, 31)), st.integers(1, 8))
def test_a_moved_date_is_a_working_day_never_after_the_same_day(written: date, years: int) -> None:
    moved, _ = moved_due(Due(by=written), years, vietnam(), vietnam())
    assert moved.by is not None
    assert vietnam().is_workday(moved.by)
    assert moved.by <= same_day(written, years)
    assert vietnam().between(moved.by, same_day(written, years)) == 0


def test_the_directives_own_date_is_as_given_even_on_a_day_off() -> None:
    saturday = Given(Due(by=date(2027, 11, 13)), "chậm nhất ngày 13/11/2027")
    found, new = rerun_of(a_definition(), deadlines={EVERY: saturday})
    [step] = new.campaign.instructions[0].steps
    assert step.due == saturday.due
    assert step.basis is not None
    assert step.basis.text == "chậm nhất ngày 13/11/2027"
    assert [change.rule for change in found.changes if change.path[-1] == "due"] == [Rule.GIVEN]


def test_a_part_of_a_report_keeps_the_reports_date() -> None:
    part = a_spec("part", covered_by="1g/report", basis={"source": "monitor", "text": "gửi cùng báo cáo"})
    given = Given(Due(before=date(2027, 11, 25)), "trước ngày 25/11/2027")
    _, new = rerun_of(a_definition(an_instruction("1g", a_spec(), part)), deadlines={EVERY: given})
    assert [spec.due for spec in new.campaign.instructions[0].steps] == [given.due, given.due]


def test_each_of_several_own_dates_is_given_by_its_step() -> None:
    old = a_definition(an_instruction("1g", a_spec("plan"), a_spec("report")))
    plan = Given(Due(by=date(2027, 4, 1)), "chậm nhất ngày 01/4/2027")
    _, new = rerun_of(old, deadlines={"1g/plan": plan, "1g/report": DIRECTIVE})
    assert [spec.due for spec in new.campaign.instructions[0].steps] == [plan.due, DIRECTIVE.due]


def test_a_monitors_date_that_would_change_sides_with_the_directives_is_put_up_for_decision() -> None:
    before = a_spec(
        "commune", due={"by": "2020-10-30"}, basis={"source": "monitor", "text": "để kịp tổng hợp"}
    )
    old = a_definition(an_instruction("1g", a_spec(), before))
    early = Given(Due(before=date(2027, 10, 1)), "trước ngày 01/10/2027")
    assert Doubt.ORDER in doubts(rerun_of(old, deadlines={EVERY: early})[0])
    assert Doubt.ORDER not in doubts(rerun_of(old)[0])


def test_a_date_that_is_past_when_the_directive_is_issued_is_put_up_for_decision() -> None:
    early = a_spec(due={"by": "2020-07-31"}, basis={"source": "monitor", "text": "để theo dõi"})
    old = a_definition(an_instruction("1g", early))
    assert Doubt.PAST in doubts(rerun_of(old, issued=date(2027, 8, 2))[0])
    assert Doubt.PAST not in doubts(rerun_of(old)[0])


def test_it_opens_on_the_day_of_issue_as_last_year_or_on_the_same_day() -> None:
    assert rerun_of(a_definition())[1].campaign.opens == date(2027, 3, 1)
    assert rerun_of(a_definition(opens="2020-07-04"))[1].campaign.opens == date(2027, 7, 2)


# Texts


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("“Năm dân vận khéo” 2020", "“Năm dân vận khéo” 2027"),
        ("Kế hoạch năm 2020 và phương hướng năm 2021", "Kế hoạch năm 2027 và phương hướng năm 2028"),
        ("Công văn số 1914/UBND-KGVX ngày 30/6/2020", "Công văn số 215/UBND-NC ngày 01/3/2027"),
        ("Công văn 1914/UBND-KGVX ngày 30 tháng 6 năm 2020 nêu", "Công văn 215/UBND-NC ngày 01 tháng 3 năm 2027 nêu"),
        # Other documents keep their numbers and dates.
        ("Kế hoạch số 1447-KH/BCSĐCP ngày 13 tháng 5 năm 2020", "Kế hoạch số 1447-KH/BCSĐCP ngày 13 tháng 5 năm 2020"),
        ("Nghị định số 30/2020/NĐ-CP ngày 05/3/2020", "Nghị định số 30/2020/NĐ-CP ngày 05/3/2020"),
        ("Luật Ban hành văn bản năm 2020", "Luật Ban hành văn bản năm 2020"),
        ("giai đoạn 2011 - 2020", "giai đoạn 2011 - 2020"),
        ("mã 12020 và 20201", "mã 12020 và 20201"),
        ("trước ngày 30/10/2020", "trước ngày 30/10/2027"),
    ],
)  # fmt: skip
def test_a_years_own_words_move_and_citations_keep_theirs(was: str, now: str) -> None:
    assert retold(was, OLD, NEW, 2020, 7).text == now


def test_a_span_of_years_and_a_moved_date_are_named_for_a_person_to_look_at() -> None:
    assert retold("giai đoạn 2016-2020", OLD, NEW, 2020, 7).periods == ("2016-2020",)
    assert retold("nộp ngày 30/10/2020", OLD, NEW, 2020, 7).dates == ("30/10/2027",)
    assert retold("giai đoạn 2011 - 2015", OLD, NEW, 2020, 7).periods == ()


WORDS = st.sampled_from(
    ["Năm dân vận", "2020", "2021", " ", ", ", "ngày 30/6/2020", "số 06-KH/BDV ngày 17/6/2020", "2016 - 2020", "/", "năm 2020"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=12).map("".join))
def test_of_the_old_year_only_citations_and_spans_are_left(text: str) -> None:
    told = retold(text, OLD, NEW, 2020, 7)
    kept = told.text
    for cited in ("số 06-KH/BDV ngày 17/6/2020", *told.periods):
        kept = kept.replace(cited, "")
    # Run together as here, a year may be part of a number; one that stands for itself is never the old one.
    assert retold(kept, OLD, NEW, 2020, 7).text == kept or "2020" not in kept.split()


def test_retelling_is_linear_on_hostile_text() -> None:
    for piece in ("2020 - ", "ngày 30 tháng ", "1/", "Luật ", "số 1-", "  "):
        assert retold(piece * 20_000, OLD, NEW, 2020, 7).text


# Units


def a_row(old: str, new: str, share: str = "whole", name: str = "") -> Succession:
    names = {"old_name": name or f"Đơn vị {old}", "new_name": f"Đơn vị {new}"}
    return Succession.model_validate({"old_code": old, "new_code": new, "share": share, **names})


def wards(*codes: str) -> dict[str, Unit]:
    return {code: a_unit(code, "ward", None) for code in codes}


def test_the_crosswalk_tells_merged_split_renamed_and_kept_apart() -> None:
    rows = [
        a_row("1", "1"),
        a_row("2", "9"),
        a_row("3", "8"),
        a_row("4", "8"),
        a_row("5", "7", "part"),
        a_row("5", "6", "part-main"),
    ]
    found = fates(wards("1", "2", "3", "4", "5"), wards("1", "6", "7", "8", "9"), rows)
    assert {code: one.fate for code, one in found.items()} == {
        "1": Fate.KEPT,
        "2": Fate.RENAMED,
        "3": Fate.MERGED,
        "4": Fate.MERGED,
        "5": Fate.SPLIT,
    }
    assert found["5"].successors == ("6", "7")  # the larger part first
    assert not found["5"].sure


def test_a_code_used_again_for_another_unit_is_not_taken_for_the_old_one() -> None:
    old = {"SNV": a_unit("SNV", name="Sở Nội vụ"), "STC": a_unit("STC", name="Sở Tài chính")}
    new = {"SNV": a_unit("SNV", name="Sở Nội vụ"), "STC": a_unit("STC", name="Sở Thể chế")}
    found = fates(old, new, ())
    assert (found["SNV"].fate, found["SNV"].successors) == (Fate.PRESUMED, ("SNV",))
    assert (found["STC"].fate, found["STC"].successors) == (Fate.UNKNOWN, ())
    assert list(newcomers(new, found, ())) == ["STC"]


def test_a_tier_that_is_gone_is_abolished_and_its_duties_are_put_up_for_decision() -> None:
    district = a_spec("course", audience={"kinds": ["urban_district"]})
    old = a_definition(an_instruction("1g", a_spec(), district))
    units = {code: unit for code, unit in an_organisation().items() if code != "916"}
    units |= {code: a_unit(code, "ward", "UBND-TP", name=units[code].name) for code in ("31120", "31135")}
    found, new = rerun_of(old, units)
    assert found.fates["916"].fate is Fate.ABOLISHED
    assert [mark.path[:4] for mark in found.marks if mark.doubt is Doubt.NOBODY] == [
        ("instructions", 0, "steps", 1)
    ]
    assert [step.unit for step in new.steps] == ["STP"]
    assert compare(old, new, found.fates).lost == (("1g", "course", "916"),)


def test_who_consolidates_is_asked_when_the_level_above_is_another() -> None:
    spec = a_spec(audience={"kinds": ["ward"]}, copy_to_parent=True)
    units = {code: unit for code, unit in an_organisation().items() if code != "916"}
    units |= {code: a_unit(code, "ward", "UBND-TP", name=units[code].name) for code in ("31120", "31135")}
    assert Doubt.SUPERIOR in doubts(rerun_of(a_definition(an_instruction("1g", spec)), units)[0])
    assert Doubt.SUPERIOR not in doubts(rerun_of(a_definition(an_instruction("1g", spec)))[0])


def test_a_named_audience_that_means_nobody_is_left_out_of_those_that_name_it() -> None:
    audiences = {
        "districts": {"kinds": ["urban_district"]},
        "all": {"audiences": ["districts"], "units": ["STP"]},
    }
    old = a_definition(an_instruction("1g", a_spec(audience="all")), audiences=audiences)
    units = {code: unit for code, unit in an_organisation().items() if unit.kind == "department"}
    found, new = rerun_of(old, units)
    assert [change.new for change in found.changes if change.path == ("audiences", "districts")] == [REMOVED]
    assert set(new.campaign.audiences) == {"all"}
    assert [step.unit for step in new.steps] == ["STP"]


@st.composite
def reforms(draw: st.DrawFn) -> tuple[list[str], list[str], list[Succession]]:
    """Old codes, new codes, and what became of some of the old ones."""
    old = [str(n) for n in range(draw(st.integers(1, 8)))]
    new = [f"n{n}" for n in range(draw(st.integers(1, 6)))]
    rows: list[Succession] = []
    for code in old:
        match draw(st.sampled_from(["whole", "split", "unknown"])):
            case "whole":
                rows.append(a_row(code, draw(st.sampled_from(new))))
            case "split":
                parts = draw(st.lists(st.sampled_from(new), min_size=1, max_size=3, unique=True))
                rows += [a_row(code, part, "part-main" if n == 0 else "part") for n, part in enumerate(parts)]
    return old, new, rows


@given(reforms(), st.booleans())
def test_every_step_of_both_years_is_carried_lost_or_added_and_nothing_twice(
    reform: tuple[list[str], list[str], list[Succession]], by_kind: bool
) -> None:
    codes, new_codes, rows = reform
    offices = {code: unit for code, unit in an_organisation().items() if unit.kind == "department"}
    audience = {"kinds": ["ward"]} if by_kind else {"units": [*codes, "STP"]}
    old = a_definition(
        an_instruction("1g", a_spec(audience=audience), a_spec("plan", audience=["STP", codes[0]])),
        units=offices | wards(*codes),
    )
    found, new = rerun_of(old, offices | wards(*new_codes), *rows)
    told = compare(old, new, found.fates)
    assert set(told.carried) | set(told.lost) == set(old.planned)
    assert not set(told.carried) & set(told.lost)
    reached = {key for keys in told.carried.values() for key in keys}
    assert reached | set(told.added) == set(new.planned)
    assert not reached & set(told.added)
    listed = {code for code, fate in found.fates.items() if fate.successors}
    assert all(unit in listed or unit in codes for _, _, unit in old.planned)


# The real campaign


@pytest.fixture(scope="module")
def real() -> tuple[Definition, Any]:
    file = find_campaign("dan-van-kheo-2020")
    return load_definition(file), read_yaml(file).data


def the_new_organisation() -> Organisations:
    units = load_units(CONFIG / "units" / "can-tho-2025.csv")
    crosswalk = load_crosswalk(CONFIG / "crosswalks" / "can-tho-2025.csv", units)
    return Organisations(units, vietnam(), crosswalk)


def test_of_2020_nothing_is_left_in_2027_but_citations(real: tuple[Definition, Any]) -> None:
    old, data = real
    found = rerun(old, data, a_request(), the_new_organisation())
    made = applied(data, found.changes)
    left = [text for _, text in texts(made) if "2020" in text]
    assert left == [text for text in left if "giai đoạn 2011 - 2020" in text]
    dated = {change.path for change in found.changes if change.rule is not None}
    assert {path for path, value in _days(made) if value.year == 2020} <= {
        path for path, _ in _days(made) if "references" in path
    }
    assert ("opens",) in dated
    assert ("report", "cut_off") in dated


def _days(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], date]]:
    if isinstance(value, date):
        return [(path, value)]
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in _days(inner, (*path, key))]
    if isinstance(value, list):
        return [one for n, inner in enumerate(value) for one in _days(inner, (*path, n))]
    return []


def test_the_reform_of_2025_is_told_unit_by_unit(real: tuple[Definition, Any]) -> None:
    old, data = real
    found = rerun(old, data, a_request(), the_new_organisation())
    told = [one.fate for one in found.fates.values()]
    assert len(told) == len(old.units) == 118
    assert told.count(Fate.ABOLISHED) == 9  # quận, huyện
    for code in ("SKHDT", "STNMT", "BAOCT", "DPTTH", "BDVTU", "BCSD"):
        assert found.fates[code].fate is Fate.UNKNOWN
    wards = [one for code, one in found.fates.items() if code.isdigit() and len(code) == 5]
    assert len(wards) == 83
    assert all(one.successors for one in wards)
    assert found.fates["31135"].successors == ("31135",)  # Tân An's code is Ninh Kiều's now
    assert {Doubt.NOBODY, Doubt.SUPERIOR, Doubt.MEMBERS, Doubt.UNIT, Doubt.GONE} <= doubts(found)


def test_the_same_rerun_twice_is_the_same(real: tuple[Definition, Any]) -> None:
    old, data = real
    once, again = (rerun(old, data, a_request(), the_new_organisation()) for _ in range(2))
    assert (once.changes, once.marks) == (again.changes, again.marks)


def test_within_one_organisation_every_unit_stays_itself(real: tuple[Definition, Any]) -> None:
    old, data = real
    found = rerun(old, data, a_request(organisation="can-tho-2020"), Organisations(old.units, vietnam()))
    assert {one.fate for one in found.fates.values()} == {Fate.KEPT}
    assert doubts(found) == {
        Doubt.SIGNATORY,
        Doubt.REFERENCES,
        Doubt.DIRECTIVE_NOTES,
        Doubt.CLAUSES,
        Doubt.PAPER,
        Doubt.PERIOD,
    }
    new = Definition(Campaign.model_validate(applied(data, found.changes)), old.ladder, old.units, vietnam())
    assert len(new.steps) == len(old.steps) == 1059


def test_last_years_file_is_left_as_it_is(real: tuple[Definition, Any]) -> None:
    old, data = real
    before = repr(data)
    applied(data, rerun(old, data, a_request(), the_new_organisation()).changes)
    assert repr(data) == before
    assert a_campaign().campaign == "dan-van-kheo-2020"
