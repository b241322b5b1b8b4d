"""The campaign of 2020 as shipped: what the directive says is kept, what the monitor set says so."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date
from typing import NamedTuple

import pytest

from cli.check import items_per_mail
from config.loader import CONFIG, find_campaign, load_definition, load_series
from config.organisation import load_units
from directives.definition import Definition
from directives.model import AcceptedBy, Source, UnitKind

ALL, REPORTING, COMMUNES = 112, 29, 83


@pytest.fixture(scope="module")
def campaign() -> Definition:
    return load_definition(find_campaign("dan-van-kheo-2020"))


class Duty(NamedTuple):
    """A row of the matrix: how many units, until the end of which day, by whose word, covered by what."""

    units: int
    last_day: str
    basis: str | None
    covered_by: str | None = None
    accepts: str = "monitor"


def duties(campaign: Definition) -> dict[tuple[str, str], set[Duty]]:
    rows: dict[tuple[str, str], Counter[Duty]] = {}
    for step in campaign.steps:
        due = step.spec.due
        said = f"before {due.before}" if due and due.before else f"by {due.by}" if due else "continuing"
        duty = Duty(
            0,
            said,
            step.source and step.source.value,
            "/".join(step.covered_by[:2]) if step.covered_by else None,
            step.spec.accepts.value,
        )
        rows.setdefault((step.instruction, step.step), Counter())[duty] += 1
    return {
        key: {duty._replace(units=count) for duty, count in counts.items()} for key, counts in rows.items()
    }


NOVEMBER, OCTOBER, JULY = "before 2020-11-10", "by 2020-10-30", "by 2020-07-31"
RESULT = {
    Duty(REPORTING, NOVEMBER, "monitor", "1g/report"),
    Duty(COMMUNES, OCTOBER, "monitor", "1g/commune-report"),
}
MATRIX = {
    **{(key, "result"): RESULT for key in ("1a", "1b", "1c", "1d", "1dd", "1e")},
    ("1e", "officer"): {Duty(ALL, JULY, "monitor", accepts="evidence")},
    ("1g", "plan"): {Duty(ALL, JULY, "monitor", accepts="evidence")},
    ("1g", "report"): {Duty(REPORTING, NOVEMBER, "directive")},
    ("1g", "commune-report"): {Duty(COMMUNES, OCTOBER, "monitor", accepts="evidence")},
    ("training", "course"): {Duty(9, "by 2020-09-30", "monitor", accepts="evidence")},
    ("training", "result"): {Duty(9, NOVEMBER, "monitor", "1g/report")},
    ("2", "consolidated"): {Duty(1, "by 2020-11-20", "monitor", accepts="evidence")},
    ("2", "monitoring"): {Duty(1, "continuing", None)},
    ("3", "result"): {Duty(REPORTING, NOVEMBER, "monitor")},
    ("4", "result"): {Duty(2, NOVEMBER, "monitor")},
}


@pytest.mark.parametrize("row", MATRIX, ids="/".join)
def test_the_matrix_has_units_due_basis_and_covering_of_each_row(
    campaign: Definition, row: tuple[str, str]
) -> None:
    assert duties(campaign)[row] == MATRIX[row]


def test_the_matrix_has_no_other_row(campaign: Definition) -> None:
    assert duties(campaign).keys() == MATRIX.keys()


def test_there_are_1059_steps(campaign: Definition) -> None:
    assert len(campaign.steps) == 1059


def test_the_organisation_has_118_units_by_kind() -> None:
    units = load_units(CONFIG / "units" / "can-tho-2020.csv")
    assert Counter(unit.kind.value for unit in units.values()) == {
        "party": 3,
        "committee": 1,
        "department": 19,
        "agency": 1,
        "urban_district": 5,
        "rural_district": 4,
        "commune": 36,
        "ward": 42,
        "township": 5,
        "press": 2,
    }
    assert len(units) == 118


def test_114_units_have_a_duty_and_the_other_four_are_above_them(campaign: Definition) -> None:
    owing = {step.unit for step in campaign.steps}
    assert len(owing) == 114
    assert campaign.units.keys() - owing == {"TU", "BCSD", "BDVTU", "UBND-TP"}


def test_only_the_report_of_1g_is_dated_by_the_directive(campaign: Definition) -> None:
    dated = {step.key[:2] for step in campaign.steps if step.source is Source.DIRECTIVE}
    assert dated == {("1g", "report")}
    report = next(step for step in campaign.steps if step.key[:2] == ("1g", "report"))
    assert report.basis == "trước ngày 10 tháng 11 năm 2020"
    assert report.spec.send_to == "Ủy ban nhân dân thành phố (qua Sở Nội vụ)"


def test_no_commune_is_asked_for_the_report_to_the_city(campaign: Definition) -> None:
    asked = {campaign.units[step.unit].kind for step in campaign.steps if step.key[:2] == ("1g", "report")}
    assert not asked & {UnitKind.COMMUNE, UnitKind.WARD, UnitKind.TOWNSHIP}


def test_a_commune_reports_to_its_district_by_evidence_and_the_district_gets_a_copy(
    campaign: Definition,
) -> None:
    report = next(step.spec for step in campaign.steps if step.step == "commune-report")
    assert report.send_to == "Ủy ban nhân dân quận, huyện"
    assert report.accepts is AcceptedBy.EVIDENCE
    assert report.copy_to_parent


def test_every_step_of_a_unit_is_covered_by_one_of_its_own(campaign: Definition) -> None:
    covered = [step for step in campaign.steps if step.covered_by]
    assert len(covered) == 6 * ALL + 9
    for step in covered:
        assert step.covered_by is not None
        assert step.covered_by[2] == step.unit
        assert campaign.planned[step.covered_by].due_before == step.due_before


def test_the_monitor_leads_instruction_2_and_the_party_committee_supports(campaign: Definition) -> None:
    second = campaign.instructions["2"]
    assert {step.unit for step in campaign.steps if step.instruction == "2"} == {"SNV"}
    assert second.support == ("BDVTU",)
    assert campaign.campaign.monitor.unit == "SNV"
    assert campaign.campaign.monitor.with_ == ("BDVTU",)


def test_clause_4_is_asked_of_the_newspaper_and_the_broadcaster(campaign: Definition) -> None:
    assert {step.unit for step in campaign.steps if step.instruction == "4"} == {"BAOCT", "DPTTH"}


def test_a_department_has_four_numbered_items_and_only_the_monitor_itself_a_fifth(
    campaign: Definition,
) -> None:
    """The fifth is the consolidated report of clause 2, asked of nobody else: no covering could hide it honestly."""
    items = items_per_mail(campaign)
    assert items["department"] == {"items": 4, "more": {"SNV": 5}}
    own = {step.key[:2] for step in campaign.steps if step.unit == "SNV" and step.covered_by is None}
    other = {step.key[:2] for step in campaign.steps if step.unit == "STP" and step.covered_by is None}
    assert own - other == {("2", "consolidated"), ("2", "monitoring")}


def test_the_directive_is_named_as_it_stands(campaign: Definition) -> None:
    directive = campaign.campaign.directive
    assert (directive.kind, directive.number) == ("Công văn", "1914/UBND-KGVX")
    assert directive.issued == date(2020, 6, 30)
    assert directive.issuer == "Ủy ban nhân dân thành phố Cần Thơ"
    assert (directive.signatory.title, directive.signatory.name) == ("Chủ tịch", "Lê Quang Mạnh")
    assert directive.subject == (
        "triển khai thực hiện công tác dân vận của cơ quan hành chính nhà nước, chính quyền các cấp"
        " và thực hiện “Năm dân vận khéo” 2020"
    )
    assert directive.addressees == (
        "Giám đốc Sở, Thủ trưởng cơ quan ban, ngành thành phố",
        "Chủ tịch Ủy ban nhân dân quận, huyện",
        "Chủ tịch Ủy ban nhân dân xã, phường, thị trấn",
    )


REFERENCES = {
    "1447-KH/BCSĐCP": (date(2020, 5, 13), "Ban Cán sự Đảng Chính phủ"),
    "201-KH/TU": (date(2020, 4, 13), "Thành ủy Cần Thơ"),
    "06-KH/BDV-BCSĐUBND": (
        date(2020, 6, 17),
        "Ban Dân vận Thành ủy - Ban Cán sự Đảng Ủy ban nhân dân thành phố",
    ),
    "114-KL/TW": (date(2015, 7, 14), "Ban Bí thư Trung ương Đảng"),
    "16/CT-TT": (date(2016, 5, 16), "Thủ tướng Chính phủ"),
    "217-QĐ/TW": (date(2013, 12, 12), "Bộ Chính trị"),
    "218-QĐ/TW": (date(2013, 12, 12), "Bộ Chính trị"),
    "Chương trình cải cách hành chính thành phố Cần Thơ giai đoạn 2011 - 2020": (None, "Thành phố Cần Thơ"),
    "1565-QĐ/TU": (date(2010, 6, 28), "Thành ủy Cần Thơ"),
    "18-NQ/TW": (date(2017, 10, 25), "Hội nghị lần thứ sáu Ban Chấp hành Trung ương khóa XII"),
    "19-NQ/TW": (date(2017, 10, 25), "Hội nghị lần thứ sáu Ban Chấp hành Trung ương khóa XII"),
    "39-NQ/TW": (date(2015, 4, 17), "Bộ Chính trị"),
    "17-KL/TW": (date(2017, 9, 11), "Bộ Chính trị"),
}


def test_the_references_have_number_date_and_issuer(campaign: Definition) -> None:
    said = {one.number: (one.issued, one.issuer) for one in campaign.campaign.directive.references}
    assert said == REFERENCES


def test_the_instructions_stand_in_the_directives_order_as_in_the_series(campaign: Definition) -> None:
    keys = ["1a", "1b", "1c", "1d", "1dd", "1e", "1g", "training", "2", "3", "4"]
    assert list(campaign.instructions) == keys
    (series,) = load_series()
    assert [flow.key for flow in series.flows] == keys
    assert [flow.ordinal for flow in series.flows] == list(range(1, 12))
    assert {flow.key: flow.label for flow in series.flows} == {
        key: one.label for key, one in campaign.instructions.items()
    }


def test_no_shipped_address_can_be_real(campaign: Definition) -> None:
    """RFC 2606 reserves .example."""
    assert campaign.campaign.monitor.officer.address.endswith(".example")


def test_vietnamese_text_is_composed_so_that_it_searches_and_counts_as_it_looks() -> None:
    files = [file for file in CONFIG.rglob("*") if file.suffix in (".yaml", ".csv")]
    assert len(files) >= 6
    for file in files:
        assert unicodedata.is_normalized("NFC", file.read_text(encoding="utf-8")), file.name
