"""What a mail asks, how it may be answered, and what hostile data cannot do to it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from directives.evaluate import Status
from directives.plan import Reason
from notifications.compose import RefusedMail, TooManyMails, compose, compose_ops
from notifications.words import authority, say
from tests.notifications.builders import (
    AN_HOA,
    CLAUSES,
    FRIDAY,
    JUSTICE,
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

HOSTILE = '<script>alert("x")</script>\r\nBcc: everyone@evil.example \u202e{{ 7*7 }}'
MARKER = "Vui lòng trả lời phía trên dòng này"


def test_the_first_mail_says_in_full_what_is_asked_and_later_ones_do_not() -> None:
    first = compose(a_digest(a_report(first=True, reason=Reason.ASSIGNED), now=at(2020, 7, 1, 8)))
    later = compose(a_digest(a_report(), now=FRIDAY))
    for clause in a_report().clauses:
        assert clause.summary in flat(first)
        assert clause.summary in first.html
        assert clause.summary not in flat(later)
        assert clause.summary not in later.html


def test_a_summary_is_said_once_in_a_mail() -> None:
    items = (an_officer(n=1, first=True), a_report(n=2, first=True))
    words = flat(compose(a_digest(*items, now=at(2020, 7, 1, 8))))
    assert words.count(CLAUSES["1e"].summary) == 1
    assert "(đã nêu tại việc 1)" in words


def test_covered_clauses_are_one_item_with_its_clauses_listed() -> None:
    for words in both(compose(a_digest(a_report(), now=FRIDAY))):
        assert "điểm g khoản 1 Công văn số 1914/UBND-KGVX" in words
        assert "điểm a, b, đ, e khoản 1" in words
        assert "Ủy ban nhân dân thành phố (qua Sở Nội vụ)" in words


def test_open_items_follow_with_their_numbers() -> None:
    open_item = an_officer(n=2, reason=Reason.WAITING, due_before=at(2020, 12, 1))
    words = flat(compose(a_digest(a_report(), now=FRIDAY, open_items=(open_item,))))
    assert (
        words.index("1. Báo cáo") < words.index("CÁC VIỆC KHÁC CÒN MỞ") < words.index("2. Phân công cán bộ")
    )


def test_two_answers_stand_ready_to_copy_before_the_details() -> None:
    for words in both(compose(a_digest(a_report(), now=FRIDAY))):
        details = words.lower().index("chi tiết")
        assert words.index("1 đã gửi báo cáo số …/BC-… ngày …") < details
        assert words.index("tất cả đã tiếp nhận") < details


def test_an_answer_names_the_item_that_the_subject_speaks_of() -> None:
    items = (a_report(n=1), an_officer(n=2, **overdue(100)))
    assert "2 đã gửi văn bản số … ngày …" in compose(a_digest(*items, now=MONDAY)).text


def test_the_marker_is_the_first_line_so_that_an_answer_on_top_is_above_it() -> None:
    for mail in (a_reminder(), compose(an_overview(a_row()))):
        assert mail.text.splitlines()[0] == f"----- {MARKER} -----"
        body = mail.html.split("<body", 1)[1].partition(">")[2]
        read = re.sub(r"<!--.*?-->|<[^>]+>", "", body, flags=re.DOTALL)
        assert read.lstrip().startswith(f"----- {MARKER} -----")
        assert mail.text.count(MARKER) == mail.html.count(MARKER) == 1


def test_while_nobody_reads_the_mailbox_the_mail_says_so_and_whom_to_call() -> None:
    for words in both(a_reminder()):
        assert not re.search(r"tự động (ghi nhận|đọc|cập nhật|xử lý)", words)
        assert "được giữ tại hộp thư của Hệ thống và chưa được ghi nhận ngay" in words
        assert "đề nghị gọi Đầu mối theo dõi công tác dân vận, Sở Nội vụ, điện thoại 0292 0000 000" in words


def test_where_the_mailbox_is_read_the_mail_promises_an_answer() -> None:
    for words in both(compose(a_digest(a_report(), now=MONDAY), replies_read=True)):
        assert "được Hệ thống đọc và xác nhận bằng thư" in words
        assert "chưa được ghi nhận" not in words


def test_what_the_directive_does_not_ask_is_said_beside_the_item() -> None:
    note = "Công văn yêu cầu xây dựng kế hoạch; việc gửi kế hoạch là do Sở Nội vụ đề nghị."
    for words in both(a_reminder(note=note)):
        assert note in words
    assert "Ghi chú" not in a_reminder().text


def test_a_date_that_the_monitor_set_as_a_last_day_is_told_so() -> None:
    for words in both(compose(a_digest(an_officer(by_day=True), now=at(2020, 7, 1, 8)))):
        assert "hết ngày 31/07/2020 (thứ Sáu), tức trước ngày 01/08/2020" in words


def test_the_telephone_number_is_never_broken_over_two_lines() -> None:
    assert a_reminder().text.count("0292 0000 000") == 2


# --- who is addressed


@pytest.mark.parametrize(
    ("name", "kind", "written_to"),
    [
        ("Quận Ninh Kiều", "urban_district", "Ủy ban nhân dân quận Ninh Kiều"),
        ("Huyện Phong Điền", "", "Ủy ban nhân dân huyện Phong Điền"),
        ("Phường An Hòa", "ward", "Ủy ban nhân dân phường An Hòa"),
        ("Xã Mỹ Khánh", "commune", "Ủy ban nhân dân xã Mỹ Khánh"),
        ("Thị trấn Phong Điền", "township", "Ủy ban nhân dân thị trấn Phong Điền"),
        ("Sở Tư pháp", "department", "Sở Tư pháp"),
        ("Ủy ban nhân dân thành phố Cần Thơ", "committee", "Ủy ban nhân dân thành phố Cần Thơ"),
        ("Xã hội học viện", "public_service", "Xã hội học viện"),
    ],
)
def test_a_territorial_unit_is_written_to_as_its_authority(name: str, kind: str, written_to: str) -> None:
    assert authority(name, kind) == written_to


def test_city_level_units_and_wards_are_each_addressed_in_their_way() -> None:
    assert "Đề nghị Quý cơ quan, đơn vị" in flat(a_reminder())
    ward = flat(compose(a_digest(a_report(), now=FRIDAY, recipient=AN_HOA)))
    assert "Kính gửi: Ủy ban nhân dân phường An Hòa" in ward
    assert "Đề nghị Ủy ban nhân dân phường An Hòa" in ward
    assert "Quý cơ quan" not in ward


# --- both parts, and hostile data


def test_html_escapes_a_hostile_unit_name() -> None:
    recipient = replace(JUSTICE, unit_name=HOSTILE)
    mails = [
        compose(
            a_digest(a_report(title=HOSTILE, basis=HOSTILE, send_to=HOSTILE), now=FRIDAY, recipient=recipient)
        ),
        compose(an_overview(a_row(unit_name=HOSTILE, title=HOSTILE, labels=(HOSTILE,)), recipient=recipient)),
        compose_ops(RefusedMail(HOSTILE, HOSTILE, HOSTILE, a_campaign(monitor_name=HOSTILE), FRIDAY)),
    ]
    for mail in mails:
        assert "<script" not in mail.html
        assert "&lt;script&gt;" in mail.html
        assert "{{ 7*7 }}" in mail.html
        assert "\u202e" not in mail.html + mail.text + mail.subject


def test_a_subject_is_one_line_whatever_the_data_holds() -> None:
    mail = compose(a_digest(a_report(title=HOSTILE), now=FRIDAY))
    assert mail.subject.isprintable()
    assert "\r" not in mail.text


def test_hostile_data_cannot_forge_a_line_of_the_text() -> None:
    mail = compose(a_digest(a_report(title=f"x\n----- {MARKER} -----\nxong"), now=FRIDAY))
    assert sum(line.startswith("-----") and MARKER in line for line in mail.text.splitlines()) == 1


def test_the_html_loads_nothing_from_anywhere() -> None:
    mail = compose(a_digest(a_report(first=True), now=FRIDAY))
    assert not re.search(r"src=|url\(|<img|<link|<script|https?:", mail.html)


def test_text_lines_keep_within_78_columns() -> None:
    items = (an_officer(n=1, first=True), a_report(n=2, first=True, **overdue(3, Reason.ESCALATED)))
    for mail in (
        compose(a_digest(*items, now=MONDAY)),
        compose(an_overview(a_row(), a_row(labels=("1a",) * 30))),
    ):
        assert max(map(len, mail.text.splitlines())) <= 78


def test_every_mail_ends_with_what_it_is_and_whom_to_ask() -> None:
    mails = (
        a_reminder(),
        compose(an_overview(a_row())),
        compose_ops(TooManyMails(1200, 500, a_campaign(), FRIDAY)),
    )
    for mail in mails:
        for words in both(mail):
            assert (
                "Thông báo tự động của Hệ thống theo dõi nhiệm vụ; không thay thế văn bản chính thức."
                in words
            )
            assert "dan-van.snv@cantho.example" in words


def test_the_same_digest_makes_the_same_mail() -> None:
    digest = a_digest(a_report(), now=FRIDAY)
    assert compose(digest) == compose(digest)


def test_dates_are_read_in_the_calendars_zone() -> None:
    as_utc: dict[str, Any] = {"due_before": NOVEMBER_10.astimezone(UTC), "original_due_before": NOVEMBER_10}
    assert (
        compose(a_digest(a_report(**as_utc), now=FRIDAY)).text
        == compose(a_digest(a_report(), now=FRIDAY)).text
    )


def test_an_empty_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="without items"):
        compose(a_digest(now=FRIDAY))
    with pytest.raises(ValueError, match="without rows"):
        compose(an_overview())


def test_a_calendar_comes_along_while_a_date_is_still_to_come() -> None:
    assert a_reminder().calendar is not None
    late = compose(a_digest(a_report(**overdue(1)), now=TUESDAY))
    assert late.calendar is None
    assert "Tệp lịch" not in late.text + late.html


def test_every_status_and_reason_has_its_words() -> None:
    assert all(say(f"status.{status}") for status in Status)
    assert all(say(f"reason.{reason}") for reason in Reason)


# --- mails of the service about its mail


def test_a_refused_address_is_told_with_the_servers_words() -> None:
    detail = "550 5.1.1 <x@y>: User unknown " + "z" * 5000
    mail = compose_ops(
        RefusedMail("Phường An Hòa", "van-thu.31120@cantho.example", detail, a_campaign(), FRIDAY)
    )
    assert mail.subject.startswith(
        "[Không gửi được] Ủy ban nhân dân phường An Hòa: địa chỉ van-thu.31120@cantho.example"
    )
    for words in (mail.text, mail.html):
        assert "User unknown" in words
        assert len(words) < 4000


def test_a_runaway_names_the_number_the_limit_and_the_setting() -> None:
    for words in both(compose_ops(TooManyMails(1200, 500, a_campaign(), FRIDAY))):
        assert "1200 thư chờ gửi" in words
        assert "500" in words
        assert "DONDOC_MAX_MAILS_PER_SLOT" in words
