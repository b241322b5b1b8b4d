"""Behind its link a unit reads what it owes, by when, and what it has said; reading changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifications.smtp import Fate
from tests.ledger.campaigns import a_campaign, at, content
from tests.web.visitors import PAGE_URL, Office

REPORT, PLAN = "1g/report", "1g/plan"


def test_a_unit_reads_its_items_with_both_readings_of_the_date_and_where_it_comes_from(
    any_office: Office,
) -> None:
    page = any_office.visit("STP")
    assert page.response.status_code == 200
    assert "Sở Tư pháp" in page.text
    assert "1. Kế hoạch năm 2020" in page.text
    assert "2. Báo cáo kết quả" in page.text
    assert "trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)" in page.text
    assert "Theo Công văn số 1/UBND, thời hạn là “trước ngày 10 tháng 11 năm 2020”." in page.text
    assert "Thời hạn do Sở Nội vụ đề nghị để kịp tổng hợp." in page.text
    assert "điểm a khoản 1 - Triển khai kế hoạch" in page.text  # what the report carries
    assert "Chưa có trả lời nào về việc này." in page.text


def test_an_item_is_numbered_as_in_the_mail_that_brought_the_link(office: Office) -> None:
    first = office.link("STP")
    office.followed.answer("1g/plan/STP", "done", "2020-07-02 09:00", doc_number="5/KH")
    office.followed.live("2020-10-12")
    later = office.link("STP")
    assert later != first
    office.clock.now = at("2020-10-12 09:00")
    assert "2. Báo cáo kết quả" in office.visit("STP").again(office.client.get(first)).text
    assert "1. Báo cáo kết quả" in office.visit("STP").text


def test_what_was_answered_is_shown_with_its_date_and_channel(office: Office) -> None:
    office.followed.answer("1g/report/STP", "in_progress", "2020-07-01 08:30", percent=40)
    assert "08 giờ 30 ngày 01/07/2020 (điện thoại): đang thực hiện, khoảng 40%." in office.visit("STP").text


def test_a_unit_reads_again_who_said_what_in_its_own_words(office: Office) -> None:
    page = office.visit("STP").answer(REPORT, "question", question="Gửi theo mẫu nào?", by="Nguyễn Văn An")
    assert "Nguyễn Văn An: Gửi theo mẫu nào?" in page.text
    page = office.visit("STP").answer(REPORT, "extension", until="15/11/2020", until_reason="chờ\nsố liệu")
    assert page.text.count("chờ số liệu") == 2  # confirmed, and in the history once
    assert "van-thu.stp@cantho.example" in page.text


def test_what_is_done_is_listed_apart(office: Office) -> None:
    office.followed.answer("1g/plan/STP", "done", "2020-07-01 08:30", doc_number="5/KH")
    page = office.visit("STP").text
    assert "Việc còn phải gửi kết quả (1)" in page
    assert "Việc đã gửi kết quả (1)" in page
    assert "Hoàn thành đúng hạn" in page


def test_a_district_reads_how_its_communes_stand_and_a_department_reads_of_nobody(office: Office) -> None:
    office.followed.answer("1g/plan/NK1", "done", "2020-07-01 08:30", doc_number="5/KH")
    page = office.visit("NK").text
    assert "Phường An Hòa : còn 1 trong 2 việc chưa gửi kết quả" in page
    assert "Phường Cái Khế : còn 2 trong 2 việc chưa gửi kết quả" in page
    assert "trực thuộc" not in office.visit("STP").text
    office.clock.now = at("2020-11-02 09:00")
    assert "Phường Cái Khế : quá hạn 2 trong 2 việc" in office.visit("NK").text


def test_the_calendar_file_holds_the_dates_of_the_open_items(office: Office) -> None:
    office.followed.answer("1g/plan/STP", "done", "2020-07-01 08:30", doc_number="5/KH")
    response = office.client.get(f"{office.link('STP')}/thoi-han.ics")
    assert response.headers["content-type"].startswith("text/calendar")
    assert response.text.count("BEGIN:VEVENT") == 1
    assert "UID:thu-2020/1g/report/STP@dondoc" in response.text


def test_a_rehearsal_says_that_it_is_one_and_stands_at_its_own_clock(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    followed = a_campaign(sqlite_engine, rehearsal=True, page_url=PAGE_URL)
    followed.change("UPDATE campaigns SET clock_at = '2020-06-30 01:00:00'")
    followed.passes("2020-06-30 07:05")
    followed.deliver("2026-11-20 09:00")
    followed.change("UPDATE campaigns SET clock_at = '2020-11-11 00:30:00'")
    office = Office(followed, tmp_path)
    office.clock.now = at("2026-11-25 09:00")
    page = office.visit("STP")
    assert "[DIỄN TẬP]" in page.text
    assert "Tình hình đến 07 giờ 30 ngày 11/11/2020" in page.text
    assert "đã quá hạn 2 ngày" in page.text
    page.answer(REPORT, "received")
    assert followed.step("1g/report/STP").received_at == at("2020-11-11 07:30")


def test_a_link_that_is_nobodys_says_whom_to_call(office: Office) -> None:
    for link in ("/t/" + "a" * 26, "/t/x", "/t/%00", "/t/" + "é" * 26, office.link("STP").upper()):
        response = office.client.get(link)
        assert response.status_code == 404
        assert "Liên kết" in response.text or "Không có trang này" in response.text
    assert "điện thoại <b" in office.client.get("/t/" + "a" * 26).text


def test_an_expired_link_and_a_revoked_one_say_what_to_do(office: Office) -> None:
    link = office.link("STP")
    form = office.visit("STP").form(REPORT)
    office.clock.now = at("2020-12-28 09:00")
    for response in (office.client.get(link), office.client.post(link, data={**form, "kind": "received"})):
        assert response.status_code == 410
        assert "Liên kết đã hết hạn" in response.text
        assert "0292 000" in response.text
    office.clock.now = at("2020-07-01 09:00")
    office.followed.change("UPDATE tokens SET revoked_at = '2020-07-01 00:00:00'")
    response = office.client.get(link)
    assert response.status_code == 410
    assert "Liên kết không còn hiệu lực" in response.text


def test_a_reply_token_opens_no_page(office: Office) -> None:
    reply = re.search(r"dondoc\+([a-z2-7]{26})@", office.followed.letters("STP")[-1]["Reply-To"])
    assert reply
    assert office.client.get(f"/t/{reply[1]}").status_code == 404


def test_a_mail_carries_its_link_in_both_parts_and_a_resend_the_same(sqlite_engine: Engine) -> None:
    followed = a_campaign(sqlite_engine, page_url=f"{PAGE_URL}/")
    followed.box.says = lambda _: Fate.UNCERTAIN
    followed.passes("2020-06-30 07:05")
    followed.deliver("2020-06-30 08:00")
    followed.box.says = lambda _: Fate.ACCEPTED
    followed.deliver("2020-06-30 09:00")
    first, second = followed.letters("STP")
    html = first.mail.get_body(("html",))
    assert html is not None
    links = re.findall(rf"{PAGE_URL}/t/[a-z2-7]{{26}}", first.text + html.get_content())
    assert len(links) == 2
    assert len(set(links)) == 1
    assert "đề nghị trả lời trên trang hoặc gọi" in first.text
    assert first.raw == second.raw


def test_overviews_carry_no_link(office: Office) -> None:
    office.followed.live("2020-08-03", "2020-08-10")
    overviews = [one for one in office.followed.box.letters if one.kind in ("superior", "monitor")]
    assert overviews
    assert [one for one in overviews if PAGE_URL in one.text] == []


def test_a_mail_carries_no_link_where_no_page_is_configured(sqlite_engine: Engine) -> None:
    followed = a_campaign(sqlite_engine).live("2020-06-30")
    letter = followed.letters("STP")[-1]
    assert "Trả lời trên trang" not in letter.text


def test_the_ledger_holds_no_link(office: Office) -> None:
    token = office.link("STP").removeprefix("/t/")
    assert token not in str(content(office.followed.engine))


def test_a_closed_campaign_is_only_read(office: Office) -> None:
    office.followed.change("UPDATE campaigns SET closed_at = '2020-07-01 00:00:00'")
    page = office.visit("STP")
    assert "Đợt theo dõi đã kết thúc" in page.text
    assert page.forms == []


@pytest.mark.parametrize("unit", ["STP", "NK"])
def test_a_scanner_that_follows_every_link_changes_nothing(any_office: Office, unit: str) -> None:
    any_office.visit(unit).answer(REPORT, "received")
    before = content(any_office.followed.engine)
    waiting, seen = [any_office.link(unit), "/", "/robots.txt"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        for method in ("HEAD", "GET", "OPTIONS"):
            assert any_office.client.request(method, path).status_code < 500
        found = any_office.client.get(path).text
        waiting += re.findall(r'(?:href|src|action)="([^"#]+)', found)
    assert {"/static/page.css", "/static/page.js", f"{any_office.link(unit)}/thoi-han.ics"} <= seen
    assert content(any_office.followed.engine) == before


def test_pages_load_nothing_from_elsewhere(office: Office) -> None:
    html = office.visit("NK").response.text
    assert re.findall(r'(?:src|href|action)="(?!/|#|mailto:)', html) == []
    assert "<style" not in html
    assert "style=" not in html
    assert re.findall(r"<script(?! src=\"/static/page.js\" defer>)", html) == []


def test_what_a_coordinator_wants_completed_or_replied_stands_on_the_page(office: Office) -> None:
    followed = office.followed
    followed.answer("1g/report/STP", "done", "2020-06-30 10:00")
    followed.decide("1g/report/STP", "return", "2020-06-30 11:00", until="2020-11-20", reason="Thiếu số liệu")
    followed.answer("1g/plan/STP", "question", "2020-06-30 11:30", text="Theo mẫu nào?")
    followed.decide("1g/plan/STP", "reply", "2020-06-30 12:00", reason="Theo Phụ lục 1")
    office.clock.now = at("2020-07-01 09:00")
    text = office.visit("STP").text
    assert "Sở Nội vụ đề nghị bổ sung đến hết ngày 20/11/2020" in text
    assert "Thiếu số liệu" in text
    assert "Sở Nội vụ đã trả lời câu hỏi" in text
    assert "Theo Phụ lục 1" in text
    assert "bà Hạnh" not in text  # who decided is the office's own affair
