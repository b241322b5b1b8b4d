"""Pasted lists are read as their writers meant them, and never guessed silently."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from directives.bulk import Entry, Frame, read, rows_of
from tests.ledger.campaigns import UNITS, directive_1914

SMALL = Frame(UNITS, date(2020, 6, 30), date(2020, 11, 9))
CITY = Frame(directive_1914().units, date(2020, 6, 30), date(2020, 11, 9))


def one(line: str, frame: Frame = SMALL) -> Entry:
    reading = read(rows_of(line), frame)
    assert not reading.unread, reading.unread
    (entry,) = reading.entries
    return entry


def why(line: str, frame: Frame = SMALL) -> tuple[str, str]:
    reading = read(rows_of(line), frame)
    assert not reading.entries, reading.entries
    (unread,) = reading.unread
    return unread.why, unread.named


@pytest.mark.parametrize(
    "line",
    [
        "STP\t215/BC-STP\t06/11/2020",
        "06-11-2020; Sở Tư pháp; Số 215/BC-STP",
        "so tu phap | 215/BC-STP | 6.11.2020",
        "1\tSỞ TƯ PHÁP\tsố 215/BC-STP\t06/11\tđã chuyển Phòng Tổng hợp",
        "Sở Tư pháp, 215/BC-STP, 06/11/2020",
        "stp  215/BC-STP  6/11/20",
        "3. | S. Tư pháp | 215/BC-STP | 2020-11-06",
    ],
)
def test_a_line_is_read_in_any_order_and_with_any_separator(line: str) -> None:
    entry = one(line)
    assert (entry.unit, entry.doc_number, entry.received) == ("STP", "215/BC-STP", date(2020, 11, 6))
    assert not entry.proposed


@pytest.mark.parametrize("name", ["UBND phường An Hòa", "Ủy ban nhân dân Phường An Hòa", "P. An Hoà", "nk1"])
def test_a_territorial_unit_is_known_with_and_without_its_authority(name: str) -> None:
    assert one(f"{name}\t34/BC-UBND\t06/11/2020").unit == "NK1"


def test_a_name_with_a_comma_is_one_name() -> None:
    commas = [unit for unit in CITY.units.values() if "," in unit.name]
    assert commas
    for unit in commas:
        assert one(f"{unit.name}, 5/BC-X, 06/11/2020", CITY).unit == unit.code


def test_every_unit_of_the_city_is_known_by_its_code_and_by_its_name_or_said_to_be_ambiguous() -> None:
    for code, unit in CITY.units.items():
        assert one(f"{code}\t5/BC-X\t06/11/2020", CITY).unit == code
        reading = read(rows_of(f"{unit.name}\t5/BC-X\t06/11/2020"), CITY)
        assert [one.unit for one in reading.entries] == [code] or reading.unread[0].why == "many_units"


def test_part_of_a_name_is_only_proposed() -> None:
    assert one("Tư pháp\t5/BC-STP\t06/11/2020").proposed
    assert one("Sở Giáo dục\t5/BC-SGD\t06/11/2020", CITY).proposed


def test_two_units_that_fit_are_named() -> None:
    said, named = why("Thới Lai\t5/BC-UBND\t06/11/2020", CITY)
    assert said == "many_units"
    assert "Huyện Thới Lai" in named


def test_of_two_days_the_document_bears_the_earlier() -> None:
    entry = one("STP\t215/BC-STP ngày 05/11/2020\t06/11/2020")
    assert (entry.doc_date, entry.received) == (date(2020, 11, 5), date(2020, 11, 6))


def test_a_head_says_which_column_is_which() -> None:
    text = (
        "STT\tNgày đến\tSố ký hiệu\tNgày văn bản\tĐơn vị\n1\t06/11/2020\t215/BC-STP\t05/11/2020\tSở Tư pháp"
    )
    entry = one(text)
    assert (entry.line, entry.received, entry.doc_date) == (2, date(2020, 11, 6), date(2020, 11, 5))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Sở Y\t5/BC-SYT\t06/11/2020", ("no_unit", "")),
        ("STP\t06/11/2020", ("no_document", "")),
        ("STP\t215/BC-STP\t216/BC-STP\t06/11/2020", ("many_documents", "215/BC-STP, 216/BC-STP")),
        ("STP\t215/BC-STP", ("no_day", "")),
        ("STP\t215/BC-STP\t31/02/2020", ("no_such_day", "31/02/2020")),
        ("STP\t215/BC-STP\t10/11", ("day_to_come", "10/11/2020")),
        ("STP\t215/BC-STP\t29/06/2020", ("before_directive", "29/06/2020")),
        ("STP\tSở Nội vụ\t5/BC-X\t06/11/2020", ("many_units", "Sở Tư pháp; Sở Nội vụ")),
    ],
)
def test_what_is_not_recognised_says_why(line: str, said: tuple[str, str]) -> None:
    assert why(line) == said


def test_a_list_pasted_from_a_sheet_keeps_the_documents_own_day_and_abbreviated_heads() -> None:
    pasted = (
        "STT\tĐơn vị\tSố VB\tNgày VB\tNgày đến\tGhi chú\n"
        "1\tSở Tư pháp\t215/BC-STP\t03/11/2020\t05/11/2020\tgửi qua trục\n"
        "2\tVăn phòng UBND thành phố\t101/BC-VP\t04/11/2020\t06/11/2020\t"
    )
    first, second = read(rows_of(pasted), CITY).entries
    assert (first.unit, first.doc_date, first.received) == ("STP", date(2020, 11, 3), date(2020, 11, 5))
    assert CITY.units[second.unit].name == "Văn phòng Ủy ban nhân dân thành phố"
    assert not second.proposed


@pytest.mark.parametrize(
    "line",
    [
        "Trường Tiểu học Cái Khế, phường Cái Khế, 46/BC-TH, 06/11/2020",
        "Trường Tiểu học Cái Khế\tphường Cái Khế\t46/BC-TH\t06/11/2020",
        "Trường Tiểu học Cái Khế, phường Cái Khế, quận Ninh Kiều; 46/BC-TH; 06/11/2020",
    ],
)
def test_a_body_in_a_ward_is_not_taken_for_the_ward(line: str) -> None:
    entry = one(line, CITY)
    assert (CITY.units[entry.unit].name, entry.proposed) == ("Phường Cái Khế", True)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Phường An Hòa, quận Ninh Kiều", "Phường An Hòa"),
        ("P. An Hòa, Q. Ninh Kiều, TP. Cần Thơ", "Phường An Hòa"),
        ("UBND phường An Hòa - Ninh Kiều", "Phường An Hòa"),
        ("Xã Thạnh Mỹ (huyện Vĩnh Thạnh)", "Xã Thạnh Mỹ"),
    ],
)
def test_a_district_beside_a_commune_only_says_where_it_lies(name: str, unit: str) -> None:
    for line in (
        f"{name}\t46/BC-UBND\t06/11/2020",
        f"Đơn vị\tSố VB\tNgày đến\n{name}\t46/BC-UBND\t06/11/2020",
    ):
        entry = one(line, CITY)
        assert (CITY.units[entry.unit].name, entry.proposed) == (unit, False)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Sở NN&PTNT", "SNNPTNT"),
        ("Sở LĐTBXH", "SLDTBXH"),
        ("Sở LĐ-TB&XH", "SLDTBXH"),
        ("Sở GD&ĐT", "SGDDT"),
        ("Sở TTTT", "STTTT"),
        ("Sở VH,TT&DL", "SVHTTDL"),
    ],
)
def test_initials_are_proposed(name: str, code: str) -> None:
    entry = one(f"{name}\t5/BC-X\t06/11/2020", CITY)
    assert (entry.unit, entry.proposed) == (code, True)


def test_a_short_name_means_a_unit_that_was_asked() -> None:
    line = "Cờ Đỏ\t5/BC-UBND\t06/11/2020"
    assert why(line, CITY)[0] == "many_units"
    district = next(code for code, unit in CITY.units.items() if unit.name == "Huyện Cờ Đỏ")
    entry = one(line, replace(CITY, asked=frozenset({district, "STP"})))
    assert (entry.unit, entry.proposed) == (district, True)
    town = one("Thị trấn Cờ Đỏ\t5/BC-UBND\t06/11/2020", replace(CITY, asked=frozenset({district})))
    assert town.unit != district
