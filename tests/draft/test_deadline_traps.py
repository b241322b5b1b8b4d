"""Dates that are easily read wrong: a person must look at them, or they are none."""

from __future__ import annotations

import pytest

from tests.draft.drafts import deadlines

SIGNED = "2026-03-10"


def only(sentence: str, signed: str = SIGNED) -> tuple[str | None, bool]:
    """The one deadline of the sentence: its day and hour, and whether it is marked."""
    (found,) = deadlines(sentence, signed)
    return found["due_before"] and found["due_before"][:16], bool(found["review"])


def test_days_before_a_day_are_counted_back_and_marked() -> None:
    assert only("Gửi tài liệu chậm nhất 03 ngày trước ngày 30/4/2026.") == ("2026-04-28T00:00", True)
    assert only("Chậm nhất 02 ngày làm việc trước ngày 04/5/2026, gửi tài liệu.") == (
        "2026-04-29T00:00",
        True,
    )


@pytest.mark.parametrize(
    "sentence",
    [
        "Hoàn thành trước ngày 30/4/2026 ít nhất 03 ngày.",
        "Hoàn thành trước ngày 30/4/2026 tối thiểu 03 (ba) ngày làm việc.",
        "Gửi tài liệu ít nhất 03 ngày trước ngày 30/4/2026.",
        "Gửi báo cáo trong tháng 4/2026, không quá ngày 28.",
        "Hoàn thành trước ngày 10/5 âm lịch.",
        "Hoàn thành trước ngày 15/6/2062.",
        "Báo cáo trước ngày 15/5/2026 (tức thứ Hai).",
    ],
)
def test_a_date_with_a_condition_beside_it_is_marked(sentence: str) -> None:
    assert only(sentence)[1]


def test_the_year_may_follow_in_words() -> None:
    assert only("Báo cáo trước ngày 15/12 năm sau.") == ("2027-12-15T00:00", False)
    assert only("Báo cáo trước ngày 05 tháng 4 của năm kế tiếp.") == ("2027-04-05T00:00", False)
    assert only("Hoàn thành trong quý II năm sau.") == ("2027-07-01T00:00", False)
    assert only("Hoàn thành trong tháng 9 năm nay.") == ("2026-10-01T00:00", False)
    assert only("Báo cáo trước ngày 05/02 năm nay.") == ("2026-02-05T00:00", True)


def test_a_month_in_words_gives_no_date() -> None:
    assert only("Báo cáo trước ngày 20 tháng này.") == (None, True)
    assert only("Báo cáo trước ngày 15 tháng Ba năm 2026.") == (None, True)
    assert only("Báo cáo trước ngày 15 tháng mười hai.") == (None, True)


def test_several_months_end_with_the_last() -> None:
    assert only("Thời gian hoàn thành: Tháng 4-6/2026.") == ("2026-07-01T00:00", True)
    assert only("Hoàn thành trong tháng 4, 5/2026.") == ("2026-06-01T00:00", True)
    assert only("Hoàn thành trong quý II, III/2026.") == ("2026-10-01T00:00", True)
    assert only("Hoàn thành trong quý II và III năm 2026.") == ("2026-10-01T00:00", True)
    assert only("Hoàn thành trong tháng 4, 5 đơn vị báo cáo.") == ("2026-05-01T00:00", False)


def test_a_day_left_blank_is_not_the_month() -> None:
    assert only("Hoàn thành trước ngày tháng 5 năm 2026.") == (None, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Rà soát các trường hợp nghỉ hưu trước ngày 01/7/2026.",
        "Rà soát những người có đơn xin nghỉ trước ngày 15/6/2026.",
        "Rà soát cơ sở nhà đất hình thành trước ngày 01/8/2026.",
        "Hồ sơ nộp trước ngày 01/7/2026 tiếp tục giải quyết theo quy định cũ.",
        "Xử lý hồ sơ tiếp nhận trước ngày 01/7/2026.",
        "Thanh toán các hợp đồng ký trước ngày 01/7/2026.",
        "Rà soát quy hoạch lập trước ngày 01/7/2026.",
        "Văn bản ban hành trước ngày 01/7/2026 được rà soát.",
        "Báo cáo người lao động vào làm trước ngày 01/7/2026.",
        "Chuẩn bị nội dung cho hội nghị dự kiến tổ chức trước ngày 20/4/2026.",
        "Phục vụ lễ kỷ niệm trước ngày 30/4/2026.",
        "Áp dụng mức cũ đến hết ngày 30/4/2026.",
        "Miễn thuế đến hết ngày 31/12/2026.",
        "Tiếp tục thực hiện đến hết ngày 31/12/2026.",
        "Duy trì chế độ trực đến hết ngày 05/5/2026.",
        "Thời hạn giấy phép đến hết ngày 31/12/2026.",
    ],
)
def test_what_was_so_by_then_or_holds_until_then_is_marked(sentence: str) -> None:
    assert only(sentence)[1]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nộp hồ sơ về Sở Nội vụ trước ngày 01/7/2026.",
        "Hoàn thành việc lập hồ sơ trước ngày 01/7/2026.",
        "Xây dựng kế hoạch, trình ban hành trước ngày 01/7/2026.",
        "Gửi văn bản trước ngày 01/7/2026.",
        "Tiếp nhận hồ sơ đến hết ngày 30/4/2026.",
        "Tổ chức hội nghị xong trước ngày 20/4/2026.",
    ],
)
def test_what_is_to_be_done_by_then_is_sure(sentence: str) -> None:
    assert not only(sentence)[1]


def test_the_date_of_an_exception_is_marked() -> None:
    for sentence in (
        "Hoàn thành trước ngày 31/12/2026, trừ Bộ Công an hoàn thành trước ngày 31/3/2027.",
        "Hoàn thành trong quý II/2026, riêng các xã ven sông hoàn thành trong tháng 5/2026.",
        "Bàn giao xong trước 31/10/2026, trường hợp chậm thì kiểm điểm trước ngày 15/11/2026.",
    ):
        _, other = deadlines(sentence, SIGNED)
        assert other["review"], sentence


def test_two_dates_of_two_groups_are_both_marked() -> None:
    found = deadlines(
        "Gửi trước ngày 31/3/2026 đối với các xã, trước ngày 15/4/2026 đối với các phường.", SIGNED
    )
    assert [bool(one["review"]) for one in found] == [True, True]


def test_the_day_by_which_the_receiver_consolidates_is_marked() -> None:
    found = deadlines(
        "Báo cáo trước ngày 15/8/2026 về Sở Nội vụ để tổng hợp, trình thành phố trước ngày 25/8/2026.", SIGNED
    )
    assert [bool(one["review"]) for one in found] == [False, True]


def test_the_year_before_is_no_before() -> None:
    (found,) = deadlines(
        "Báo cáo năm trước ngày 10/12 (số liệu từ 15/12 năm trước đến 14/12 năm báo cáo).", SIGNED
    )
    assert found["due_before"][:10] == "2026-12-10"


def test_days_listed_for_every_month_are_each_a_cycle() -> None:
    def rules(sentence: str) -> list[str]:
        return [one["rrule"] for one in deadlines(sentence, SIGNED)]

    assert rules("Gửi trước ngày 15 và 30 hằng tháng.") == [
        "FREQ=MONTHLY;BYMONTHDAY=14",
        "FREQ=MONTHLY;BYMONTHDAY=29",
    ]
    assert rules("Gửi vào các ngày 5, 15 và ngày 25 hằng tháng.") == [
        f"FREQ=MONTHLY;BYMONTHDAY={day}" for day in (5, 15, 25)
    ]


def test_the_last_day_of_a_month_is_the_last_of_every_month() -> None:
    def rule(sentence: str) -> str:
        return deadlines(sentence, SIGNED)[0]["rrule"]

    assert rule("Báo cáo chậm nhất ngày 31 hằng tháng.") == "FREQ=MONTHLY;BYMONTHDAY=-1"
    assert rule("Báo cáo trước ngày 01/3 hằng năm.") == "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"
    assert rule("Báo cáo chậm nhất ngày 29/02 hằng năm.") == "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"


def test_a_slip_of_the_keys_hides_no_date() -> None:
    assert only("Hoàn thành truớc ngày 15/4/2026.") == ("2026-04-15T00:00", False)
    assert only("Hoàn thành trước ngày15/4/2026.") == ("2026-04-15T00:00", False)


def test_to_guide_and_to_spread_are_work() -> None:
    assert only("Hướng dẫn tuyên truyền trong tháng 11/2026.")[0] == "2026-12-01T00:00"
    assert only("Phổ biến, quán triệt trong quý II/2026.")[0] == "2026-07-01T00:00"


def test_by_a_day_something_must_be_done() -> None:
    assert only("Đến ngày 30/6/2026 phải hoàn thành 50% kế hoạch.") == ("2026-07-01T00:00", False)
    assert only("Đến 30/6/2026, hoàn thành giải ngân.") == ("2026-07-01T00:00", False)
    assert only("Báo cáo gửi đến ngày 20/4/2026 là hạn chót.") == ("2026-04-21T00:00", False)
    assert deadlines("Đến ngày 30/6/2026, thành phố có 5 hộ nghèo.", SIGNED) == []
    assert deadlines("Thực hiện từ ngày 15/3/2026 đến ngày 30/4/2026.", SIGNED) == []


def test_the_day_may_stand_in_brackets_after_its_weekday() -> None:
    assert only("Muộn nhất 17h30, thứ Sáu (20/3/2026).") == ("2026-03-20T17:30", False)
