"""One mail a decision to the unit that should know, at once, in the right wording, in the thread of its digest."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from directives.ledger.engine import reading
from directives.ledger.why import why_day
from notifications.why_view import day_view
from tests.decisions.desk import fill_in, told_by
from tests.ledger.campaigns import Followed, Letter, a_campaign, at, box_of

REPORT = {"step": "1g/report · Báo cáo kết quả", "unit": "STP · Sở Tư pháp"}


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """STP reported on 02/11/2020."""
    followed = a_campaign(engine).live("2020-06-30")
    followed.answer("1g/report/STP", "done", "2020-11-02 09:00")
    return followed


def flat(letter: Letter) -> str:
    return " ".join(letter.text.split())


def the(letters: list[Letter], unit: str) -> Letter:
    (letter,) = letters
    assert letter.to == box_of(unit)
    return letter


def test_of_an_accepted_report_that_it_is_done(followed: Followed) -> None:
    letter = the(told_by(followed, "accept", "2020-11-03 18:00", **REPORT), "STP")
    assert "[Xác nhận hoàn thành] Báo cáo kết quả - Công văn số 1/UBND" in letter["Subject"]
    assert "Sở Nội vụ đã xem xét kết quả của Sở Tư pháp và xác nhận hoàn thành việc dưới đây." in flat(letter)
    assert "Lý do" not in letter.text


def test_of_a_returned_report_what_is_missing_and_by_when(followed: Followed) -> None:
    given = {**REPORT, "until": "2020-11-20", "reason": "Thiếu số liệu phần II"}
    letter = the(told_by(followed, "return", "2020-11-03 09:00", **given), "STP")
    assert "[Đề nghị bổ sung]" in letter["Subject"]
    assert "gửi lại chậm nhất ngày 20/11/2020" in flat(letter)
    assert "Nội dung cần bổ sung: Thiếu số liệu phần II" in flat(letter)
    assert "hết ngày 20/11/2020 (thứ Sáu)" in flat(letter)


def test_it_stands_in_the_thread_of_the_digest_and_can_be_answered(followed: Followed) -> None:
    (digest,) = followed.letters("STP")
    given = {**REPORT, "until": "2020-11-20", "reason": "Thiếu số liệu"}
    letter = the(told_by(followed, "return", "2020-11-03 09:00", **given), "STP")
    assert letter["References"] == digest["Message-ID"]
    assert letter["Reply-To"] == digest["Reply-To"]


def test_of_more_time_granted_and_refused(followed: Followed) -> None:
    followed.answer("1g/report/NK", "extension", "2020-11-06 09:00", until="2020-11-25", reason="bão")
    given = {"step": "1g/report", "unit": "NK"}
    refused = the(told_by(followed, "refuse_extension", "2020-11-06 10:00", reason="cần sớm", **given), "NK")
    assert "chưa đồng ý gia hạn" in flat(refused)
    assert "Ủy ban nhân dân quận Ninh Kiều" in flat(refused)
    assert "Lý do: cần sớm" in flat(refused)
    followed.answer("1g/report/NK", "extension", "2020-11-06 11:00", until="2020-11-25", reason="bão")
    granted = the(told_by(followed, "grant_extension", "2020-11-06 14:00", until="2020-11-20", **given), "NK")
    assert "Thời hạn mới: chậm nhất ngày 20/11/2020" in flat(granted)


def test_of_a_step_passed_to_another_only_the_former_unit(followed: Followed) -> None:
    given = {"step": "2/consolidated", "unit": "SNV", "to": "STP · Sở Tư pháp"}
    letter = the(told_by(followed, "assign", "2020-11-06 10:00", **given), "SNV")
    assert "đã giao Sở Tư pháp thực hiện việc dưới đây thay Sở Nội vụ" in flat(letter)


def test_of_a_waiver_and_a_reply(followed: Followed) -> None:
    given = {"step": "1g/report", "unit": "NK", "reason": "Đã gửi trong báo cáo quý"}
    assert "không thuộc phạm vi thực hiện" in flat(
        the(told_by(followed, "waive", "2020-11-06 10:00", **given), "NK")
    )
    followed.answer("1g/plan/NK1", "question", "2020-11-06 09:00", text="Theo mẫu nào?")
    given = {"step": "1g/plan", "unit": "NK1", "reason": "Theo mẫu 1"}
    letter = the(told_by(followed, "reply", "2020-11-06 10:00", **given), "NK1")
    assert "Trả lời: Theo mẫu 1" in flat(letter)


def test_of_a_districts_date_each_commune_once(followed: Followed) -> None:
    letters = told_by(followed, "district_date", "2020-08-03 09:00", district="NK", until="2020-10-20")
    assert sorted(letter.to for letter in letters) == [box_of("NK1"), box_of("NK2")]
    assert all("Ủy ban nhân dân quận Ninh Kiều đề nghị" in flat(letter) for letter in letters)
    assert all("chậm nhất ngày 20/10/2020" in flat(letter) for letter in letters)
    assert all("Kết quả thực hiện" not in letter.text for letter in letters)  # carried by the report


def test_the_next_digest_calls_the_date_the_districts(followed: Followed) -> None:
    fill_in(followed, "district_date", "2020-08-03 09:00", district="NK", until="2020-11-03")
    followed.live("2020-11-04")
    digest = followed.letters("NK1")[-1]
    assert "hết ngày 03/11/2020" in flat(digest)
    assert "Thời hạn trên do Ủy ban nhân dân quận, huyện đề nghị" in flat(digest)
    assert "gia hạn" not in flat(digest).partition("Cách trả lời")[0]


def test_of_a_hold_nothing(followed: Followed) -> None:
    assert told_by(followed, "hold", "2020-11-06 10:00", from_on="2020-11-06", reason="bão", unit="NK") == []
    assert told_by(followed, "resume", "2020-11-06 11:00", unit="NK") == []


def test_a_unit_that_nobody_can_be_reached_of_is_named(followed: Followed) -> None:
    followed.change("UPDATE contacts SET bounced_at = :at", at="2020-07-01 00:00:00+00:00")
    done = fill_in(followed, "accept", "2020-11-03 09:00", **REPORT)
    assert (done.told, done.untold) == ((), ("Sở Tư pháp",))


def test_html_in_a_reason_is_text(followed: Followed) -> None:
    given = {**REPORT, "until": "2020-11-20", "reason": "<b>Thiếu</b> {{ 7 * 7 }}"}
    letter = the(told_by(followed, "return", "2020-11-03 09:00", **given), "STP")
    part = letter.mail.get_body(("html",))
    assert part is not None
    assert "&lt;b&gt;Thiếu&lt;/b&gt; {{ 7 * 7 }}" in part.get_content()


def test_why_names_such_mails_by_their_decision_with_the_step_and_who_decided(followed: Followed) -> None:
    told_by(followed, "accept", "2020-11-03 09:00", **REPORT)
    told_by(followed, "assign", "2020-11-03 10:00", step="2/consolidated", unit="SNV", to="STP")
    told_by(followed, "district_date", "2020-08-03 09:00", district="NK", until="2020-10-20")
    assert mails_of(followed, "STP", "2020-11-03") == [
        ("Thư xác nhận hoàn thành", "1g · Báo cáo kết quả; người quyết định: Phòng Tổng hợp")
    ]
    assert mails_of(followed, "SNV", "2020-11-03") == [
        ("Thư báo giao việc cho đơn vị khác", "2 · Báo cáo tổng hợp; người quyết định: Phòng Tổng hợp")
    ]
    assert mails_of(followed, "NK2", "2020-08-03") == [
        (
            "Thư báo thời hạn của quận, huyện",
            "1a · Kết quả thực hiện; 1g · Báo cáo gửi quận; người quyết định: Phòng Tổng hợp",
        )
    ]


def mails_of(followed: Followed, unit: str, on: str) -> list[tuple[str, str]]:
    with reading(followed.engine) as session:
        day = why_day(followed.book(session), unit, date.fromisoformat(on), at("2020-12-01 09:00"))
    return [(mail.kind, mail.about) for mail in day_view(day).mails]
