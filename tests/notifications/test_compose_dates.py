"""What a mail says of a deadline: the date, where it comes from, what is left, and the subject."""

from __future__ import annotations

import re
from typing import Any

import pytest

from directives.evaluate import Status
from directives.model import Source
from directives.plan import Reason
from notifications.compose import RefusedMail, TooManyMails, compose, compose_ops
from tests.notifications.builders import (
    FRIDAY,
    MONDAY,
    NOVEMBER_10,
    TUESDAY,
    a_campaign,
    a_digest,
    a_reminder,
    a_report,
    a_row,
    an_officer,
    an_overview,
    at,
    both,
    flat,
    overdue,
)


def test_the_deadline_is_told_in_both_readings() -> None:
    for words in both(compose(a_digest(a_report(), now=FRIDAY))):
        assert "trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)" in words


def test_the_directives_own_date_cites_the_directive() -> None:
    for words in both(compose(a_digest(a_report(), now=FRIDAY))):
        assert "Theo Công văn số 1914/UBND-KGVX, thời hạn là “trước ngày 10 tháng 11 năm 2020”." in words


@pytest.mark.parametrize("text", ["để kịp tổng hợp", "mười ngày sau hạn gửi báo cáo", ""])
def test_a_date_set_by_the_monitor_never_cites_the_directive(text: str) -> None:
    for words in both(compose(a_digest(an_officer(basis=text), now=at(2020, 7, 20, 8)))):
        assert "Thời hạn do Sở Nội vụ đề nghị" in words
        assert text in words
        assert not re.search(r"[Tt]heo Công văn số \S+, thời hạn", words)


def test_a_date_set_by_the_district_is_said_to_be_the_districts() -> None:
    mail = compose(a_digest(an_officer(source=Source.DISTRICT, basis=""), now=at(2020, 7, 20, 8)))
    assert "Thời hạn do Ủy ban nhân dân quận, huyện đề nghị." in flat(mail)


def test_the_monitor_is_named_by_the_campaign() -> None:
    campaign = a_campaign(monitor_name="Văn phòng Ủy ban nhân dân thành phố")
    mail = compose(a_digest(an_officer(basis=""), now=at(2020, 7, 20, 8), campaign=campaign))
    assert "Thời hạn do Văn phòng Ủy ban nhân dân thành phố đề nghị." in flat(mail)


def test_a_directive_that_says_at_the_latest_is_not_made_to_say_before() -> None:
    mail = compose(a_digest(a_report(basis="chậm nhất ngày 09 tháng 11 năm 2020"), now=FRIDAY))
    assert "hết ngày 09/11/2020 (thứ Hai), tức trước ngày 10/11/2020" in flat(mail)


def test_an_extended_deadline_says_so_and_names_the_first_one() -> None:
    for words in both(
        a_reminder(due_before=at(2020, 11, 21), original_due_before=NOVEMBER_10, deadline_number=2)
    ):
        assert "trước ngày 21/11/2020, tức hết ngày 20/11/2020 (thứ Sáu)" in words
        assert (
            "đã được gia hạn; thời hạn ban đầu theo Công văn số 1914/UBND-KGVX là trước ngày 10/11/2020"
            in words
        )
        assert "Theo Công văn số 1914/UBND-KGVX, thời hạn" not in words


def test_a_returned_report_has_a_date_for_its_completion() -> None:
    new: dict[str, Any] = {
        "due_before": at(2020, 11, 21),
        "original_due_before": NOVEMBER_10,
        "status": Status.RETURNED,
        "returned": True,
    }
    mail = flat(a_reminder(**new))
    assert "thời hạn gửi bổ sung" in mail
    assert "gia hạn" not in mail
    assert "Tình trạng: Yêu cầu bổ sung" in mail


def test_a_deadline_with_an_hour_names_the_hour() -> None:
    assert "trước 17 giờ 00 ngày 09/11/2020 (thứ Hai); đến hạn hôm nay" in flat(
        a_reminder(due_before=at(2020, 11, 9, 17))
    )


# --- what is left


def test_tomorrow_is_said_only_when_it_is_tomorrow() -> None:
    ends_on_friday = a_report(due_before=at(2020, 11, 7))
    assert compose(a_digest(ends_on_friday, now=at(2020, 11, 5, 8))).subject.startswith("[Đến hạn ngày mai] ")
    one_working_day = compose(a_digest(a_report(), now=FRIDAY))
    assert one_working_day.subject.startswith(
        "[Nhắc việc] Còn 1 ngày làm việc, đến hết ngày 09/11/2020 (thứ Hai): "
    )
    assert "mai" not in " ".join((one_working_day.subject, flat(one_working_day))).lower()


def test_on_the_last_good_day_it_is_due_today() -> None:
    mail = a_reminder()
    assert mail.subject.startswith("[Đến hạn hôm nay] ")
    assert "đến hạn hôm nay" in flat(mail)


def test_days_left_are_working_days() -> None:
    mail = compose(a_digest(a_report(), now=at(2020, 10, 29, 8)))
    assert mail.subject.startswith("[Nhắc việc] Còn 7 ngày làm việc: Báo cáo kết quả")


def test_before_a_weekend_that_ends_the_deadline_the_last_working_day_is_named() -> None:
    mail = compose(a_digest(a_report(due_before=NOVEMBER_10.replace(day=9)), now=FRIDAY))
    assert mail.subject.startswith(
        "[Nhắc việc] Hôm nay là ngày làm việc cuối cùng trước hạn (hết ngày 08/11/2020"
    )
    assert "0 ngày" not in flat(mail)


def test_a_day_off_keeps_the_deadline_and_names_the_working_day_before_it() -> None:
    for words in both(compose(a_digest(a_report(due_before=at(2020, 11, 1)), now=at(2020, 10, 21, 8)))):
        assert "tức hết ngày 31/10/2020 (thứ Bảy)" in words
        assert "Ngày 31/10/2020 (thứ Bảy) là ngày nghỉ; đề nghị gửi" in words
        assert "30/10/2020 (thứ Sáu)" in words


def test_closing_time_is_asked_for_and_never_the_deadline() -> None:
    words = flat(compose(a_digest(a_report(), now=FRIDAY)))
    assert "đề nghị gửi trước khi hết giờ làm việc ngày 09/11/2020 (thứ Hai)" in words
    assert not re.search(r"Thời hạn[^.;]*giờ làm việc", words)


def test_closing_time_is_not_mentioned_once_the_deadline_has_passed() -> None:
    assert "giờ làm việc" not in compose(a_digest(a_report(**overdue(1)), now=TUESDAY)).text


def test_an_overdue_mail_counts_calendar_days() -> None:
    mail = compose(a_digest(a_report(**overdue(1)), now=TUESDAY))
    assert mail.subject.startswith(
        "[Quá hạn 1 ngày] Báo cáo kết quả công tác dân vận và “Năm dân vận khéo” 2020"
    )
    assert mail.subject.endswith(" - Công văn số 1914/UBND-KGVX")
    for words in both(mail):
        assert "Đến 08 giờ 00 ngày 10/11/2020, Sở Nội vụ chưa ghi nhận kết quả" in words
        assert "đã quá hạn 1 ngày" in words


def test_a_reminder_sent_late_accuses_nobody() -> None:
    mail = compose(a_digest(a_report(reason=Reason.FIRST_OVERDUE, days_late=0), now=MONDAY))
    assert "[Quá hạn" not in mail.subject
    assert "chưa ghi nhận" not in mail.text


def test_only_an_overdue_notice_accuses() -> None:
    late = a_report(reason=Reason.BEFORE_DEADLINE, status=Status.OVERDUE, days_late=1)
    still_open = an_officer(n=2, reason=Reason.WAITING, status=Status.OVERDUE, days_late=102)
    mail = compose(a_digest(late, now=TUESDAY, open_items=(still_open,)))
    assert mail.subject.startswith("[Nhắc việc] Báo cáo kết quả")
    for words in both(mail):
        assert "quá hạn" not in words.lower()
        assert words.count("thời hạn đã qua") == 3


# --- the subject


def test_the_subject_speaks_of_the_strongest_reason() -> None:
    items = (
        a_report(n=1, reason=Reason.ASSIGNED, due_before=at(2020, 12, 1)),
        an_officer(n=2, **overdue(5, Reason.ESCALATED)),
        a_report(n=3, reason=Reason.BEFORE_DEADLINE),
    )
    mail = compose(a_digest(*items, now=MONDAY))
    assert mail.subject.startswith(
        "[Quá hạn 5 ngày] Phân công cán bộ, công chức phụ trách dân vận và 2 việc khác - "
    )
    assert "1 việc đã quá hạn trong 3 việc sau" in flat(mail)


def test_a_first_mail_assigns() -> None:
    items = (
        an_officer(n=1, reason=Reason.ASSIGNED, first=True),
        a_report(n=2, reason=Reason.ASSIGNED, first=True),
    )
    mail = compose(a_digest(*items, now=at(2020, 7, 1, 8)))
    assert (
        mail.subject
        == "[Giao nhiệm vụ] 2 việc, hạn gần nhất hết ngày 31/07/2020 - Công văn số 1914/UBND-KGVX"
    )


def test_without_receipt_it_asks_for_one() -> None:
    mail = compose(a_digest(a_report(reason=Reason.NO_RECEIPT), now=at(2020, 7, 3, 8)))
    assert mail.subject.startswith("[Nhắc việc] Đề nghị xác nhận đã tiếp nhận: Báo cáo kết quả")


def test_a_rehearsal_says_so_first() -> None:
    campaign = a_campaign(rehearsal=True)
    mails = [
        compose(a_digest(a_report(), now=FRIDAY, campaign=campaign)),
        compose(an_overview(a_row(), campaign=campaign)),
        compose_ops(TooManyMails(1200, 500, campaign, FRIDAY)),
        compose_ops(RefusedMail("Sở Tư pháp", "a@b.example", "550", campaign, FRIDAY)),
    ]
    assert all(mail.subject.startswith("[DIỄN TẬP] [") for mail in mails)
    assert all("không phải yêu cầu chính thức" in words for mail in mails for words in both(mail))
