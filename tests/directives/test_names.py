"""People are known by their names as others write them, and nobody is taken for somebody else."""

from __future__ import annotations

import unicodedata

import pytest

from directives.names import means_the_deputy, names

HA = "Trần Thị Hà"


@pytest.mark.parametrize(
    "said",
    [
        "Trần Thị Hà",
        "tran thi ha",
        "TRẦN THỊ HÀ",
        unicodedata.normalize("NFD", "Trần Thị Hà"),
        " bà Trần  Thị Hà.",
        "đ/c Trần Thị Hà",
        "Phó Giám đốc Trần Thị Hà",
    ],
)
def test_a_name_is_known_in_every_spelling_and_behind_a_title(said: str) -> None:
    assert names(said, HA)


@pytest.mark.parametrize("said", ["Thị Hà", "Nguyễn Trần Thị Hà", "Trần Thị Hà, Sở Nội vụ", "Hà", ""])
def test_another_name_is_nobody(said: str) -> None:
    assert not names(said, HA)


def test_a_contact_without_a_name_is_never_named() -> None:
    assert not names("", "")
    assert not names("ông", "")


@pytest.mark.parametrize(
    "said", ["phó", "Phó Giám đốc", "PHO CHU TICH", "đồng chí Phó Chánh Văn phòng", "cấp phó"]
)
def test_a_deputys_post_means_the_deputy(said: str) -> None:
    assert means_the_deputy(said)


@pytest.mark.parametrize("said", ["Giám đốc", "Phó Giám đốc Nguyễn Văn Tám", "Phó Giám đốc Sở Nội vụ", ""])
def test_another_post_or_a_person_does_not(said: str) -> None:
    assert not means_the_deputy(said)
