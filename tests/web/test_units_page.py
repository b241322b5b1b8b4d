"""Behind their campaign's link coordinators read of every unit: what it was sent and why, what it said, what was decided."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from directives.ledger.engine import begin
from directives.ledger.states import campaign_row
from notifications.keys import Keys
from notifications.unit_links import coordinators_token, unit_link, units_link
from notifications.web.app import make_app
from tests.ledger.campaigns import at, content
from tests.web.visitors import PAGE_URL, Client, Office


def path(office: Office, code: str = "", query: str = "") -> str:
    secret, key = office.site.keys["coordinators"].current, office.followed.key
    link = unit_link(PAGE_URL, secret, key, code) if code else units_link(PAGE_URL, secret, key)
    return link.removeprefix(PAGE_URL) + query


def read(office: Office, code: str = "", query: str = "") -> str:
    response = office.client.get(path(office, code, query))
    assert response.status_code == 200, response.text
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def test_units_stand_under_their_district_with_what_they_owe(any_office: Office) -> None:
    any_office.clock.now = at("2020-08-05 09:00")
    page = read(any_office)
    assert page.index("Trực thuộc thành phố (3)") < page.index("Quận Ninh Kiều (2)")
    assert "Sở Tư pháp STP 3 việc chưa xong trong 3 việc; quá hạn 1 việc, lâu nhất 5 ngày" in page
    assert "Phường An Hòa NK1" in page
    assert "quá hạn 5 ngày" in read(any_office, "STP")
    assert read(any_office, "STP").count("quá hạn 5 ngày") == read(any_office, "STP").count(
        "(quá hạn 5 ngày)"
    )


def test_a_unit_is_found_without_diacritics_or_by_its_code(office: Office) -> None:
    assert "1 trong 5 đơn vị" in read(office, query="?q=an+hoa")
    assert "1 trong 5 đơn vị" in read(office, query="?q=stp")
    assert "Không có đơn vị nào khớp" in read(office, query="?q=xyz")


def test_a_unit_shows_its_mails_with_their_rule_its_answers_and_decisions(any_office: Office) -> None:
    followed = any_office.followed
    followed.answer("1g/report/STP", "done", "2020-07-01 10:00", doc_number="215/BC-STP", by="chị Lan")
    followed.decide("1g/report/STP", "accept", "2020-07-01 11:00")
    followed.live("2020-07-22")
    any_office.clock.now = at("2020-07-22 09:00")
    page = read(any_office, "STP")
    assert "08 giờ 00 ngày 22/07/2020: Thư nhắc việc (máy chủ đã nhận)" in page
    assert "Quy tắc: Trước hạn 7 ngày làm việc - ngày cuối của hạn là 31/07/2020" in page
    assert "đã gửi văn bản số 215/BC-STP" in page
    assert "Minh chứng: Văn bản số 215/BC-STP" in page
    assert "Sở Nội vụ đã chấp nhận kết quả (người quyết định: bà Hạnh)" in page
    assert "van-thu.stp@cantho.example" in page
    assert "1a · Kết quả thực hiện: Hoàn thành đúng hạn" in page


def test_a_day_is_explained_and_another_text_is_no_day(office: Office) -> None:
    office.clock.now = at("2020-07-06 09:00")
    assert "Ngoài giờ gửi: thứ Bảy 04/07/2020 là ngày nghỉ" in read(office, "STP", "?on=2020-07-04")
    assert "Không có nấc nhắc việc nào đến trong ngày." in read(office, "STP", "?on=03/07/2020")
    for wrong in ("mai", "31/02/2020", "2035-01-01"):
        response = office.client.get(path(office, "STP", f"?on={wrong}"))
        assert response.status_code == 422
        assert "Ngày chưa đúng hoặc ngoài lịch" in response.text


def test_a_mail_is_read_in_full_without_the_units_own_key(office: Office) -> None:
    page = office.client.get(path(office, "STP")).text
    (mail,) = re.findall(r'href="(/c/[^"]+/mails/\d+)"', page)
    response = office.client.get(mail)
    assert response.status_code == 200
    assert "Kế hoạch năm 2020" in response.text
    key = office.link("STP").removeprefix("/t/")
    assert key not in response.text + page
    assert "{page-token}" not in response.text
    other = mail.replace("/STP/", "/NK/")
    assert office.client.get(other).status_code == 404  # another unit's mail is not read there


def test_a_mail_upward_is_shown_at_the_unit_it_is_about(office: Office) -> None:
    office.followed.live("2020-08-03", "2020-08-07")
    office.clock.now = at("2020-08-07 09:00")
    page = read(office, "NK1")
    assert "Tổng hợp gửi cơ quan cấp trên, gửi Quận Ninh Kiều" in page
    assert "Tổng hợp gửi cơ quan theo dõi, gửi Sở Nội vụ" in page
    assert "việc quá hạn của các đơn vị bên dưới" in read(office, "UBND")


def test_reading_changes_nothing_and_nothing_but_reading_is_taken(office: Office) -> None:
    before = content(office.followed.engine)
    for one in (path(office), path(office, "STP"), path(office, "STP", "?on=2020-07-01")):
        assert office.client.request("HEAD", one).status_code == 200
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert office.client.request(method, one).status_code == 405
    assert content(office.followed.engine) == before


def test_pages_are_not_kept_and_tell_no_other_site(office: Office) -> None:
    headers = office.client.get(path(office, "STP")).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("token", ["a" * 26, "A" * 26, "short", "a" * 5000])
def test_another_link_opens_nothing(office: Office, token: str) -> None:
    for rest in ("/", "/units/STP", "/units/STP/mails/1"):
        response = office.client.get(f"/c/{token}{rest}")
        assert response.status_code == 404
        assert "Sở Tư pháp" not in response.text


def test_a_units_own_key_does_not_open_the_coordinators_page(office: Office) -> None:
    assert office.client.get(office.link("STP").replace("/t/", "/c/") + "/").status_code == 404


def test_the_link_ends_with_the_secret_and_with_the_campaign(office: Office) -> None:
    link = path(office)
    rotated = Client(make_app(replace(office.site, keys=Keys.of("another"))))
    assert rotated.get(link).status_code == 404
    assert coordinators_token(b"another", "thu-2020") != coordinators_token(
        office.site.keys["coordinators"].current, "thu-2020"
    )
    with begin(office.followed.engine) as session:
        campaign = campaign_row(session, office.followed.key)
        campaign.closed_at = at("2020-07-01 10:00")
        session.add(campaign)
    response = office.client.get(link)
    assert response.status_code == 410
    assert "Đợt theo dõi đã kết thúc" in response.text


def test_unknown_units_and_mails_are_not_found(office: Office) -> None:
    assert office.client.get(path(office, "XYZ")).status_code == 404
    for mail in ("0", "999999", "x", "-1"):
        assert office.client.get(path(office, "STP", f"/mails/{mail}")).status_code == 404


def test_words_of_units_are_escaped(office: Office) -> None:
    office.followed.answer("1g/report/STP", "question", "2020-07-01 08:30", text="<script>alert(1)</script>")
    assert "<script>alert" not in office.client.get(path(office, "STP")).text
    assert "<script>" not in office.client.get(path(office, query="?q=%3Cscript%3E")).text


def test_links_are_in_no_log_and_are_limited(office: Office) -> None:
    from logging import INFO, LogRecord

    from notifications.web.guards import WithoutLinks

    record = LogRecord("uvicorn.access", INFO, "", 0, "%s", (path(office, "STP"),), None)
    WithoutLinks().filter(record)
    assert record.getMessage() == "/c/.../units/STP"
    few = Client(make_app(replace(office.site, link_rate=2)))
    assert [few.get(path(office)).status_code for _ in range(3)] == [200, 200, 429]
