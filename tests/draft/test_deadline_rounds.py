"""Days that come again though only a word beside them says so, and targets and hours that lean on another date."""

from __future__ import annotations

from datetime import date

import pytest

from config.loader import CONFIG
from config.organisation import load_units
from directives.definition import units_on
from directives.drafting.campaign import Wanted, campaign_text
from tests.draft.drafts import a_document, deadlines

SIGNED = "2026-03-10"
JUNE, DECEMBER = "FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=14", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=9"


def rules(sentence: str) -> list[tuple[str | None, bool]]:
    """The rule of each deadline of the sentence, and whether it is marked."""
    return [(one["rrule"], bool(one["review"])) for one in deadlines(sentence, SIGNED)]


def campaign(body: str) -> str:
    document = a_document(body)
    units = units_on(load_units(CONFIG / "units" / "can-tho-2020.csv"), date(2020, 7, 6))
    return campaign_text(document, Wanted("thu", "thu", "can-tho-2020", units, frozenset(), ()))


@pytest.mark.parametrize(
    "sentence",
    [
        "Từ năm 2027, các sở báo cáo số lao động định kỳ 6 tháng (trước ngày 15/6) và năm (trước ngày 10/12).",
        "Kể từ năm 2027, báo cáo 6 tháng (trước ngày 15/6), báo cáo năm (trước ngày 10/12) về Sở Y tế.",
        "Định kỳ 6 tháng đầu năm (gửi trước ngày 15/6) và cả năm (gửi trước ngày 10/12) báo cáo Sở Y tế.",
    ],
)
def test_a_day_in_brackets_after_a_cycle_is_the_cycles(sentence: str) -> None:
    assert rules(sentence) == [(JUNE, False), (DECEMBER, False)]


def test_days_in_brackets_after_a_quarter_are_yearly_each() -> None:
    found = rules("Báo cáo định kỳ quý (trước các ngày 10/3, 10/6, 10/9 và 10/12).")
    assert found == [(f"FREQ=YEARLY;BYMONTH={month};BYMONTHDAY=9", False) for month in (3, 6, 9, 12)]


def test_one_day_in_brackets_after_a_shorter_cycle_is_marked() -> None:
    assert rules("Báo cáo định kỳ quý (trước ngày 15/6).") == [(JUNE, True)]


def test_a_cycle_that_nothing_else_calls_recurring_is_marked() -> None:
    assert rules("Gửi báo cáo năm (trước ngày 10/12) về Sở Y tế.") == [(DECEMBER, True)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Kể từ năm 2026, báo cáo định kỳ năm (trước ngày 10/12/2026).",
        "Báo cáo quý (trước ngày 10/12/2026).",
        "Hoàn thành các việc còn lại trong năm (trước ngày 10/12).",
        "Gửi báo cáo kết quả 6 tháng đầu năm (trước ngày 10/12).",
    ],
)
def test_a_day_with_its_year_or_without_a_cycle_is_a_day(sentence: str) -> None:
    (found,) = [one for one in deadlines(sentence, SIGNED) if one["due_before"]]
    assert (found["kind"], found["due_before"][:10]) == ("strict_before", "2026-12-10")


def test_days_in_brackets_that_share_a_year_are_of_that_year() -> None:
    found = deadlines("Báo cáo định kỳ quý (trước các ngày 15/6, 10/12/2026).", SIGNED)
    assert [one["due_before"] and one["due_before"][:10] for one in found if one["due_before"]] == [
        "2026-06-15",
        "2026-12-10",
    ]


def test_the_first_time_is_in_the_year_named() -> None:
    text = campaign(
        "1. Kể từ năm 2022, các sở gửi báo cáo nhân lực định kỳ 6 tháng (trước ngày 15/6) và năm (trước ngày 10/12) về Sở Nội vụ."
    )
    assert "due: {by: 2022-06-14}  # RÀ SOÁT" in text
    assert "due: {by: 2022-12-09}  # RÀ SOÁT" in text


def test_every_year_at_the_end_belongs_to_both_days() -> None:
    for sentence in (
        "Báo cáo công tác phòng cháy 6 tháng đầu năm trước ngày 15/6 và báo cáo năm trước ngày 10/12 hằng năm.",
        "Gửi báo cáo sơ kết trước ngày 15/6, báo cáo tổng kết trước ngày 10/12 hàng năm.",
        "Báo cáo trước ngày 15/6 và trước ngày 10/12 hằng năm.",
    ):
        assert rules(sentence) == [(JUNE, False), (DECEMBER, False)], sentence


def test_every_year_reaches_to_the_first_of_several() -> None:
    march = ("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=19", False)
    for sentence in (
        "Báo cáo trước ngày 20/3, trước ngày 15/6 và trước ngày 10/12 hằng năm.",
        "Báo cáo trước ngày 20/3, 15/6 và trước ngày 10/12 hằng năm.",
    ):
        assert rules(sentence) == [march, (JUNE, False), (DECEMBER, False)], sentence


def test_every_year_after_another_work_leaves_the_first_day_to_a_person() -> None:
    sentence = "Nộp danh sách đầu mối trước ngày 15/6 và tổ chức hội thao trước ngày 10/12 hằng năm."
    assert rules(sentence) == [(JUNE, True), (DECEMBER, False)]


def test_every_year_does_not_reach_over_a_semicolon_or_a_year() -> None:
    assert rules("Gửi danh sách trước ngày 15/6; báo cáo trước ngày 10/12 hằng năm.")[0] == (None, False)
    assert rules("Gửi danh sách trước ngày 15/6/2026 và báo cáo trước ngày 10/12 hằng năm.")[0] == (
        None,
        False,
    )


def test_a_cycle_of_its_own_says_nothing_of_the_day_before_it() -> None:
    for sentence in (
        "Gửi kế hoạch trước ngày 15/6 và định kỳ báo cáo trước ngày 10/12 hằng năm.",
        "Gửi kế hoạch trước ngày 15/6, định kỳ hằng năm trước ngày 10/12 báo cáo kết quả.",
    ):
        assert rules(sentence) == [(None, False), (DECEMBER, False)], sentence


def test_every_year_at_the_head_governs_the_days_after_it() -> None:
    assert rules("Hằng năm, các sở gửi kế hoạch trước ngày 15/6, báo cáo trước ngày 10/12.") == [
        (JUNE, False),
        (DECEMBER, False),
    ]
    assert rules("Các sở định kỳ hằng năm báo cáo trước ngày 10/12.") == [(DECEMBER, False)]
    for sentence in (
        "Hằng năm, các sở gửi báo cáo; năm 2026 gửi trước ngày 10/12.",
        "Hằng năm, các sở gửi báo cáo, riêng năm nay gửi trước ngày 10/12.",
        "Rà soát kế hoạch hằng năm, hoàn thành trước ngày 10/12.",
    ):
        assert [one["due_before"][:10] for one in deadlines(sentence, SIGNED) if one["due_before"]] == [
            "2026-12-10"
        ], sentence


def test_a_target_reaches_over_the_semicolon() -> None:
    found = deadlines(
        "Phấn đấu đến hết ngày 31/8/2026 trồng được trên 55% diện tích; đến hết ngày 15/01/2027 đạt 100%.",
        SIGNED,
    )
    assert [(one["kind"], one["due_before"][:10]) for one in found] == [
        ("target", "2026-09-01"),
        ("target", "2027-01-16"),
    ]
    assert all(one["review"] for one in found)


def test_a_target_does_not_reach_to_another_work() -> None:
    _, report = deadlines(
        "Phấn đấu hoàn thành trước ngày 31/8/2026; trước ngày 15/9/2026 gửi báo cáo về Sở Y tế.", SIGNED
    )
    assert (report["kind"], report["review"]) == ("strict_before", None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Tổng hợp, báo cáo Văn phòng trước 15 giờ 30 cùng ngày.",
        "Gửi danh sách chậm nhất 9 giờ ngày hôm sau.",
    ],
)
def test_an_hour_of_a_day_named_elsewhere_is_marked_and_has_no_instant(sentence: str) -> None:
    (found,) = deadlines(sentence, SIGNED)
    assert (found["due_before"], found["review"] is not None) == (None, True)


def test_a_step_whose_day_is_named_elsewhere_is_not_continuing() -> None:
    text = campaign("1. Giao Sở Nội vụ tổng hợp, báo cáo Văn phòng Chính phủ trước 15 giờ 30 cùng ngày.")
    assert "due:  # RÀ SOÁT: “trước 15 giờ 30 cùng ngày”" in text
    assert "continuing: true" not in text


@pytest.mark.parametrize(
    "sentence",
    [
        "Rà soát các cầu treo trên địa bàn; báo cáo Ủy ban nhân dân tỉnh trong tháng 8/2026.",
        "Cử một đầu mối, gửi họ tên, chức vụ, số máy về Sở Giao thông vận tải trong ngày 20/3/2026.",
        "Cử một đầu mối, gửi họ tên, chức vụ, số máy về Sở Nội vụ tỉnh trong ngày 20/3/2026.",
        "Kiểm tra, xử lý nghiêm các vi phạm về bến bãi, báo cáo trong tháng 8/2026.",
    ],
)
def test_a_stretch_right_after_to_whom_it_is_sent_is_sure(sentence: str) -> None:
    (found,) = deadlines(sentence, SIGNED)
    assert (found["due_before"] is not None, found["review"]) == (True, None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Các xã báo cáo Ủy ban nhân dân tỉnh tình hình dịch bệnh trên đàn gia súc trong tháng 8/2026.",
        "Các xã báo cáo Ủy ban nhân dân tỉnh các vụ cháy nổ trên địa bàn trong tháng 8/2026.",
        "Các xã báo cáo Ủy ban nhân dân tỉnh số vụ tai nạn giao thông trong tháng 8/2026.",
        "Các xã báo cáo Sở Y tế số ca mắc mới trên địa bàn trong tháng 8/2026.",
        "Khắc phục các sự cố do các xã báo cáo Sở Công Thương trong tháng 8/2026.",
        "Các xã báo cáo số liệu thu, chi của các quỹ trong tháng 8/2026.",
    ],
)
def test_a_stretch_after_what_is_reported_of_is_marked_or_none(sentence: str) -> None:
    assert all(one["review"] for one in deadlines(sentence, SIGNED))
