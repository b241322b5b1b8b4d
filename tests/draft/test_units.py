"""Parties as written → units: kinds, lists, exceptions, short names; what is unknown stays as it was written."""

from __future__ import annotations

from datetime import date

import pytest

from config.loader import CONFIG
from config.organisation import load_units
from directives.definition import units_on
from directives.drafting.parties import split
from directives.drafting.units import Meant, meant

UNITS = units_on(load_units(CONFIG / "units" / "can-tho-2020.csv"), date(2020, 6, 30))


def named(phrase: str) -> Meant:
    return meant(split(phrase), UNITS)


@pytest.mark.parametrize(
    ("phrase", "kinds"),
    [
        ("các Sở, ban ngành thành phố", "department agency"),
        ("Giám đốc Sở, Thủ trưởng cơ quan ban, ngành thành phố", "department agency"),
        ("Ủy ban nhân dân quận, huyện", "urban_district rural_district"),
        ("Chủ tịch UBND các quận, huyện", "urban_district rural_district"),
        ("Chủ tịch Ủy ban nhân dân xã, phường, thị trấn", "commune ward township"),
        ("các phường", "ward"),
        (
            "các sở, ban, ngành thành phố và Ủy ban nhân dân quận, huyện",
            "department agency urban_district rural_district",
        ),
    ],
)
def test_a_group_is_kinds_of_units(phrase: str, kinds: str) -> None:
    found = named(phrase)
    assert [kind.value for kind in found.kinds] == kinds.split()
    assert (found.units, found.unknown, found.proposed) == ((), (), ())


@pytest.mark.parametrize(
    ("phrase", "codes"),
    [
        ("Giám đốc Sở Y tế", "SYT"),
        ("Chánh Văn phòng Ủy ban nhân dân thành phố", "VPUB"),
        ("Báo Cần Thơ, Đài Phát thanh và Truyền hình thành phố", "BAOCT DPTTH"),
        ("các sở: Văn hóa, Thể thao và Du lịch, Nội vụ và Tài chính", "SVHTTDL SNV STC"),
        ("Sở NN&PTNT", "SNNPTNT"),
        ("Sở LĐ-TBXH", "SLDTBXH"),
        ("Ủy ban nhân dân quận Ninh Kiều", "916"),
        ("các huyện: Cờ Đỏ, Thới Lai", "925 927"),
        ("quận Ninh Kiều, huyện Thới Lai", "916 927"),
        ("Chủ tịch UBND các huyện: Cờ Đỏ, Thới Lai", "925 927"),
        ("Ủy ban nhân dân các huyện Cờ Đỏ và Thới Lai", "925 927"),
        ("UBND huyện Cờ Đỏ, Thới Lai", "925 927"),
    ],
)
def test_names_are_codes(phrase: str, codes: str) -> None:
    found = named(phrase)
    assert found.units == tuple(codes.split())
    assert (found.kinds, found.unknown, found.proposed) == ((), (), ())


def test_an_exception_is_kept() -> None:
    assert named("Chủ tịch Ủy ban nhân dân quận, huyện (trừ quận Ninh Kiều)").except_ == ("916",)


def test_what_is_guessed_says_so() -> None:
    assert named("Sở Giáo dục").proposed == (("Sở Giáo dục", "SGDDT"),)


def test_what_is_unknown_stays_as_written() -> None:
    assert named("Công an thành phố").unknown == ("Công an thành phố",)
    assert named("các sở, ban, ngành, đoàn thể thành phố").unknown == ("đoàn thể",)


def test_anybody_is_nobody_in_particular() -> None:
    assert named("Các cơ quan, đơn vị").anybody == ("Các cơ quan, đơn vị",)
