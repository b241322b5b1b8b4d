"""Deadline phrases, row by row of the conventions: what each means, what gives none, what a person must look at."""

from __future__ import annotations

from typing import Any

import pytest

from tests.draft.drafts import deadlines

MIDNIGHT = "T00:00:00+07:00"


def due(sentence: str, signed: str = "2026-03-05") -> list[tuple[str, str | None]]:
    return [(one["kind"], one["due_before"]) for one in deadlines(sentence, signed)]


@pytest.mark.parametrize(
    ("sentence", "kind", "until"),
    [
        ("Gửi báo cáo trước ngày 10 tháng 11 năm 2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước ngày 10/11/2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước ngày 10-11-2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước ngày 10.11.2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước ngày 10/ 11/ 2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước 10/11/2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước thời điểm 10/11/2026.", "strict_before", "2026-11-10"),
        ("Gửi báo cáo trước tháng 9/2026.", "strict_before", "2026-09-01"),
        ("Gửi báo cáo chậm nhất ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Gửi báo cáo chậm nhất là ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Gửi báo cáo chậm nhất đến ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Gửi báo cáo chậm nhất vào ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Gửi báo cáo muộn nhất ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Nhận hồ sơ đến hết ngày 31/12/2026.", "on_or_by", "2027-01-01"),
        ("Hạn cuối nộp: ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Hạn chót ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Hoàn thành không quá ngày 10/11/2026.", "on_or_by", "2026-11-11"),
        ("Hồ sơ gửi sau ngày 10/11/2026 sẽ không được xem xét.", "on_or_by", "2026-11-11"),
        ("Gửi báo cáo ngay trong ngày 12/5/2026.", "on_or_by", "2026-05-13"),
        ("Hoàn thành trong tháng 6/2026.", "month", "2026-07-01"),
        ("Hoàn thành trong tháng 12 năm 2026.", "month", "2027-01-01"),
        ("Thời gian hoàn thành: tháng 6/2026.", "month", "2026-07-01"),
        ("Trình trong quý III/2026.", "quarter", "2026-10-01"),
        ("Trình trong Quý 4 năm 2026.", "quarter", "2027-01-01"),
        ("Hoàn thành trong năm 2026.", "year", "2027-01-01"),
        ("Hoàn thành đến hết quý II/2026.", "quarter", "2026-07-01"),
    ],
)
def test_a_phrase_ends_at_an_instant(sentence: str, kind: str, until: str) -> None:
    (found,) = deadlines(sentence)
    assert (found["kind"], found["due_before"], found["review"]) == (kind, until + MIDNIGHT, None)
    assert found["phrase"] in sentence


@pytest.mark.parametrize(
    ("sentence", "instant"),
    [
        ("Gửi trước 17 giờ 00 ngày 15/6/2026.", "2026-06-15T17:00:00+07:00"),
        ("Gửi trước 17h00 ngày 15/6/2026.", "2026-06-15T17:00:00+07:00"),
        ("Gửi trước 8h30', ngày 15/6/2026.", "2026-06-15T08:30:00+07:00"),
        ("Gửi trước 16 giờ 30 phút ngày 15 tháng 6 năm 2026.", "2026-06-15T16:30:00+07:00"),
        ("Gửi chậm nhất 17 giờ thứ Hai, ngày 15/6/2026.", "2026-06-15T17:00:00+07:00"),
        ("Gửi trước 24 giờ ngày 15/6/2026.", "2026-06-16T00:00:00+07:00"),
        ("Gửi trước 5 giờ chiều ngày 15/6/2026.", "2026-06-15T17:00:00+07:00"),
    ],
)
def test_an_hour_is_that_minute(sentence: str, instant: str) -> None:
    (found,) = deadlines(sentence)
    assert (found["due_before"], found["review"]) == (instant, None)


@pytest.mark.parametrize(
    ("sentence", "rules"),
    [
        ("Báo cáo định kỳ ngày 20 hàng tháng.", ["FREQ=MONTHLY;BYMONTHDAY=20"]),
        ("Báo cáo trước ngày 15 hằng tháng.", ["FREQ=MONTHLY;BYMONTHDAY=14"]),
        ("Báo cáo trước ngày 01 hằng tháng.", ["FREQ=MONTHLY;BYMONTHDAY=-1"]),
        ("Báo cáo chậm nhất ngày 20 của tháng cuối quý.", ["FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=20"]),
        (
            "Báo cáo trước ngày 01/6 và 01/12 hàng năm.",
            ["FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=30"],
        ),
        ("Báo cáo vào chiều thứ Sáu hằng tuần.", ["FREQ=WEEKLY;BYDAY=FR"]),
        ("Báo cáo trước thứ Sáu hằng tuần.", ["FREQ=WEEKLY;BYDAY=TH"]),
    ],
)
def test_what_comes_again_is_a_rule_of_last_good_days(sentence: str, rules: list[str]) -> None:
    found = deadlines(sentence)
    assert [one["rrule"] for one in found] == rules
    assert all((one["kind"], one["due_before"], one["review"]) == ("recurring", None, None) for one in found)


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Báo cáo định kỳ hằng quý.", "FREQ=MONTHLY;INTERVAL=3"),
        ("Báo cáo định kỳ 6 tháng.", "FREQ=MONTHLY;INTERVAL=6"),
        ("Hằng tháng, tổng hợp, báo cáo Ủy ban nhân dân tỉnh.", "FREQ=MONTHLY"),
        ("Định kỳ hàng năm tổ chức đánh giá.", "FREQ=YEARLY"),
    ],
)
def test_a_cycle_without_a_day_is_for_a_person(sentence: str, rule: str) -> None:
    (found,) = deadlines(sentence)
    assert (found["rrule"], found["review"] is not None) == (rule, True)


@pytest.mark.parametrize(
    ("sentence", "days"),
    [
        ("Gửi trong vòng 10 ngày kể từ ngày nhận được văn bản này.", 10),
        ("Trả kết quả trong thời hạn 05 ngày làm việc.", 5),
        ("Báo cáo chậm nhất 03 (ba) ngày làm việc kể từ ngày nhận hồ sơ.", 3),
        ("Báo cáo trong vòng 24 giờ kể từ khi phát hiện.", 1),
    ],
)
def test_days_from_something_have_no_date_until_that_is_known(sentence: str, days: int) -> None:
    (found,) = deadlines(sentence)
    assert (found["kind"], found["days"], found["due_before"]) == ("relative", days, None)


def test_days_from_the_signing_do_not_count_the_first() -> None:
    (found,) = deadlines("Báo cáo trong vòng 10 ngày kể từ ngày ký văn bản này.", "2026-03-05")
    assert (found["days"], found["due_before"]) == (10, "2026-03-16" + MIDNIGHT)
    assert found["review"]


@pytest.mark.parametrize(
    "sentence",
    [
        "Khẩn trương, kịp thời triển khai thực hiện ngay các nhiệm vụ được giao.",
        "Thực hiện thường xuyên, liên tục theo quy định.",
        "Báo cáo đột xuất khi có yêu cầu.",
        "Hội nghị tổ chức vào ngày 15/9/2026.",
        "Thời gian: 7 giờ 30 ngày 25/3/2026.",
        "Căn cứ Thông tư số 14/TT-BTC ngày 09 tháng 12 năm 2025 của Bộ Tài chính.",
        "Tổng hợp số liệu (tính đến 30/11/2025).",
        "Rà soát số liệu tính đến hết ngày 31/12/2026.",
        "Kết quả thực hiện trong 3 tháng cuối năm 2026.",
        "Báo cáo tình hình hoạt động của đơn vị trong năm 2025.",
        "Báo cáo kết quả 6 tháng đầu năm 2026.",
        "Hồ sơ được cấp trước ngày 01/7/2025 tiếp tục sử dụng.",
        "Thực hiện từ ngày 01/4/2026 đến ngày 30/4/2026.",
        "Hoàn thành vào đầu quý III, cuối tháng 9.",
        "Giai đoạn 2021 - 2025 và định hướng đến năm 2030.",
        "Tiếp công dân thường xuyên, định kỳ và đột xuất theo quy định.",
        "Xây dựng kế hoạch hằng năm của cơ quan.",
    ],
)
def test_what_gives_no_date_gives_none(sentence: str) -> None:
    assert deadlines(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "signed"),
    [
        ("Gửi trước ngày 10/11/2026 (thứ Hai).", "2026-03-05"),
        ("Gửi trước ngày 10/02/2026.", "2026-03-05"),
        ("Gửi trước ngày 01/3.", "2026-03-05"),
        ("Gửi trước ngày 1O/11/2026.", "2026-03-05"),
        ("Gửi trước ngày 10/11/26.", "2026-03-05"),
        ("Phấn đấu hoàn thành trước ngày 30/9/2026.", "2026-03-05"),
        ("Tiếp nhận hồ sơ từ ngày 01/4/2026 đến hết ngày 30/4/2026.", "2026-03-05"),
        ("Gửi chậm nhất ngày 20/01/2027.", "2026-01-08"),
        ("Hoàn thành trong tháng 6 và tháng 7 năm 2026.", "2026-03-05"),
        ("Đại biểu có mặt tại hội trường trước 7 giờ 30 ngày 15/12/2026.", "2026-03-05"),
        ("Gia hạn hợp đồng với nhà thầu đến hết ngày 31/12/2026.", "2026-03-05"),
    ],
)
def test_a_doubtful_date_is_marked(sentence: str, signed: str) -> None:
    (found,) = deadlines(sentence, signed)
    assert found["due_before"]
    assert found["review"]


@pytest.mark.parametrize(
    "sentence", ["Gửi trước ngày 31/11/2026.", "Gửi trước ngày …/5/2026.", "Nộp trước ngày 30/02."]
)
def test_a_day_that_is_none_is_marked_and_has_no_instant(sentence: str) -> None:
    (found,) = deadlines(sentence)
    assert (found["due_before"], found["review"] is not None) == (None, True)


def test_the_day_by_which_the_receiver_reports_on_is_marked() -> None:
    sentence = (
        "Gửi về Sở trước ngày 10/12/2026 để Sở tổng hợp, báo cáo Ủy ban nhân dân tỉnh trước ngày 20/12/2026."
    )
    own, theirs = deadlines(sentence)
    assert (own["review"], theirs["review"] is not None) == (None, True)


def test_a_target_is_no_hard_deadline() -> None:
    assert due("Phấn đấu hoàn thành trước ngày 30/9/2026.") == [("target", "2026-09-30" + MIDNIGHT)]


def test_a_day_without_year_is_the_first_not_before_the_signing() -> None:
    assert due("Gửi trước ngày 10/11.", "2026-03-05") == [("strict_before", "2026-11-10" + MIDNIGHT)]
    assert due("Gửi trước ngày 05/01.", "2026-12-23") == [("strict_before", "2027-01-05" + MIDNIGHT)]


def test_one_word_governs_every_day_of_a_list() -> None:
    found = due("Báo cáo trước ngày 15/6, 15/9 và ngày 15/12/2026.")
    assert [when for _, when in found] == [f"2026-{month}-15{MIDNIGHT}" for month in ("06", "09", "12")]


def test_the_same_day_said_twice_is_one_deadline() -> None:
    sentence = "Gửi đến hết ngày 22/4/2026; hồ sơ gửi sau ngày 22/4/2026 sẽ không được xem xét."
    assert len(due(sentence)) == 1


def test_without_a_day_of_signing_nothing_is_sure() -> None:
    from directives.drafting import phrases
    from directives.drafting.phrase import Signing
    from tests.draft.drafts import calendar

    found: list[dict[str, Any]] = [
        one.as_data()
        for one in phrases.find("Gửi trước ngày 10/11 hoặc ngày 12/12/2026.", Signing(None, calendar()))
    ]
    assert found
    assert all(one["review"] for one in found)
