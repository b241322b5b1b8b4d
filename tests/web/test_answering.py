"""What a unit sends from its page is in the ledger at once, once, with a receipt; nothing typed is lost."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import Answer, AuditText
from directives.model import Contact, ContactRole
from tests.ledger.campaigns import a_campaign, at, box_of, content
from tests.web.visitors import PAGE_URL, PDF, Office, Visit

REPORT, PLAN = "1g/report", "1g/plan"


def answers(office: Office, step: str = "1g/report/STP") -> list[Answer]:
    with reading(office.followed.engine) as session:
        row = office.followed.step(step)
        return list(session.exec(select(Answer).where(Answer.step_id == row.id).order_by(col(Answer.id))))


@pytest.mark.parametrize(
    ("kind", "fields", "data", "said"),
    [
        ("received", {}, {}, "đã tiếp nhận"),
        ("in_progress", {"percent": "60%"}, {"percent": 60}, "đang thực hiện, khoảng 60%"),
        ("in_progress", {}, {}, "đang thực hiện"),
        (
            "done",
            {"doc_number": "215/BC-STP", "doc_date": "01/07/2020"},
            {"doc_number": "215/BC-STP", "doc_date": "2020-07-01"},
            "đã gửi văn bản số 215/BC-STP ngày 01/07/2020",
        ),
        (
            "extension",
            {"until": "15/11/2020", "until_reason": "chờ số liệu"},
            {"until": "2020-11-15", "reason": "chờ số liệu"},
            "đề nghị gia hạn đến hết ngày 15/11/2020, chờ quyết định; lý do: chờ số liệu",
        ),
        (
            "delegate",
            {"to": "Quận Ninh Kiều", "to_reason": "đúng thẩm quyền"},
            {"to": "Quận Ninh Kiều", "reason": "đúng thẩm quyền", "unit": "NK"},
            "đề nghị chuyển Quận Ninh Kiều, chờ quyết định; lý do: đúng thẩm quyền",
        ),
        ("question", {"question": "Gửi theo mẫu nào?"}, {}, "có nội dung cần hỏi"),
    ],
)
def test_each_kind_of_answer_is_taken_by_the_page(
    any_office: Office, kind: str, fields: dict[str, str], data: dict[str, Any], said: str
) -> None:
    page = any_office.visit("STP").answer(REPORT, kind, None, **fields)
    assert "Đã ghi nhận." in page.text
    assert said in page.text
    (given,) = answers(any_office)
    assert (given.kind, given.channel, given.data) == (kind, "page", data)
    assert given.at == given.recorded_at == at("2020-07-01 09:00")


def test_the_unit_gets_a_receipt_by_mail(office: Office) -> None:
    office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP", doc_date="2020-07-01")
    office.followed.deliver("2020-07-01 20:00")  # conversation waits for no window
    letter = office.followed.letters("STP")[-1]
    assert letter.kind == "receipt"
    assert "đã ghi nhận trả lời trên trang của Sở Tư pháp, lúc 09 giờ 00 ngày 01/07/2020" in letter.text
    assert "2. Báo cáo kết quả Ghi nhận: đã gửi văn bản số 215/BC-STP ngày 01/07/2020." in letter.text
    assert "1. Kế hoạch năm 2020" in letter.text
    assert "đơn vị rút lại được trên trang" in letter.text


def test_a_form_sent_twice_is_taken_once(any_office: Office) -> None:
    page = any_office.visit("STP")
    page.answer(REPORT, "in_progress", percent="30")
    before = content(any_office.followed.engine)
    again = page.answer(REPORT, "in_progress", percent="30")
    assert "Trả lời này đã được ghi nhận trước đó" in again.text
    assert content(any_office.followed.engine) == before


def test_a_form_sent_many_times_at_once_is_taken_once(any_office: Office) -> None:
    page = any_office.visit("STP")
    with ThreadPoolExecutor(6) as pool:
        responses = list(pool.map(lambda _: page.post(REPORT, "received"), range(6)))
    assert {one.status_code for one in responses} == {303}
    assert len(answers(any_office)) == 1


def test_of_two_who_answer_at_once_the_second_is_told(any_office: Office) -> None:
    tabs = [any_office.visit("STP") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        responses = list(pool.map(lambda tab: tab.post(REPORT, "received"), tabs))
    assert sorted(one.status_code for one in responses) == [303, 409, 409, 409]
    assert len(answers(any_office)) == 1


def test_a_stale_form_says_so_and_loses_no_word(office: Office) -> None:
    old = office.visit("STP")
    office.visit("STP").answer(REPORT, "received")
    response = old.post(REPORT, "extension", until="15/11/2020", until_reason="chờ “số liệu” <của> phường")
    again = old.again(response)
    assert response.status_code == 409
    assert "Từ khi trang này được mở" in again.text
    assert len(answers(office)) == 1
    form = again.form(REPORT)
    assert (form["kind"], form["until"]) == ("extension", "15/11/2020")
    assert form["until_reason"] == "chờ “số liệu” <của> phường"
    assert again.send(form).status_code == 303  # what is shown again is not stale any more
    assert [one.kind for one in answers(office)] == ["received", "extension"]


def test_a_decision_makes_a_form_stale_too(office: Office) -> None:
    old = office.visit("STP")
    office.followed.decide("1g/report/STP", "waive", "2020-07-01 08:59", reason="không thuộc phạm vi")
    response = old.post(REPORT, "question", question="Có phải gửi không?")
    assert response.status_code == 409
    assert "không còn chờ trả lời" in old.again(response).text
    assert "Có phải gửi không?" in response.text
    assert answers(office) == []


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("", {}, "Chọn một nội dung trả lời."),
        ("nonsense", {}, "Chọn một nội dung trả lời."),
        ("in_progress", {"percent": "101"}, "Tiến độ là số nguyên từ 0 đến 100."),
        ("in_progress", {"percent": "½"}, "Tiến độ là số nguyên từ 0 đến 100."),
        ("done", {}, "Ghi số văn bản, hoặc chọn tệp gửi kèm."),
        ("done", {"doc_number": "1", "doc_date": "31/02/2020"}, "Ngày chưa đúng"),
        ("done", {"doc_number": "1", "doc_date": "02/07/2020"}, "Ngày văn bản chưa đến"),
        ("done", {"doc_number": "1", "doc_date": "29/06/2020"}, "trước ngày 30/06/2020 là ngày ban hành"),
        ("done", {"doc_date": "01/07/2020"}, "Ghi số văn bản, hoặc chọn tệp gửi kèm."),
        ("extension", {"until": "15/11/2020"}, "Ghi lý do."),
        ("extension", {"until": "09/11/2020", "until_reason": "x"}, "phải sau ngày 09/11/2020"),
        ("extension", {"until": "01/01/2030", "until_reason": "x"}, "không sau ngày 31/12/2021"),
        ("extension", {"until_reason": "x"}, "Ghi ngày đề nghị gia hạn đến."),
        ("delegate", {"to_reason": "x"}, "Ghi họ tên, chức vụ người nhận"),
        ("delegate", {"to": "Sở Tư pháp", "to_reason": "x"}, "Chưa chuyển được"),
        ("question", {"question": " \u200b "}, "Ghi nội dung cần hỏi."),
    ],
)
def test_a_mistake_is_named_beside_its_field_and_nothing_is_written(
    office: Office, kind: str, fields: dict[str, str], words: str
) -> None:
    before = content(office.followed.engine)
    page = office.visit("STP")
    response = page.post(REPORT, kind, None, note="giữ lại", **fields)
    again = page.again(response)
    assert response.status_code == 422
    assert words in again.text
    assert again.form(REPORT)["note"] == "giữ lại"
    assert "Lỗi: " in response.text
    assert content(office.followed.engine) == before


def test_an_answer_is_withdrawn_within_a_day(any_office: Office) -> None:
    any_office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP")
    page = any_office.visit("STP")
    response = page.undo(REPORT)
    assert response.status_code == 303
    confirmed = page.again(any_office.client.get(response.headers["location"]))
    assert "Đã rút lại trả lời." in confirmed.text
    assert "đã gửi văn bản số 215/BC-STP - đã rút lại" in confirmed.text
    assert any_office.followed.step("1g/report/STP").reported_at is None
    any_office.followed.deliver("2020-07-01 09:10")
    assert "đã rút lại trả lời trước" in any_office.followed.letters("STP")[-1].text


def test_after_a_day_there_is_no_way_to_withdraw(office: Office) -> None:
    office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP")
    form = office.visit("STP").form(REPORT, "undo")
    office.clock.now = at("2020-07-02 09:01")
    page = office.visit("STP")
    assert not any(one.get("do") for one in page.forms)
    response = page.send(form)
    assert response.status_code == 409
    assert "không còn rút lại được" in page.again(response).text
    assert office.followed.step("1g/report/STP").reported_at is not None


def test_a_late_report_is_recorded_as_late_with_both_dates(office: Office) -> None:
    office.clock.now = at("2020-11-12 09:00")
    page = office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP")
    office.followed.deliver("2020-11-12 09:01")
    receipt = office.followed.letters("STP")[-1].text
    assert "Trả lời ngày 12/11/2020; thời hạn là hết ngày 09/11/2020 (thứ Hai): quá hạn 3 ngày." in receipt
    assert "Đã gửi báo cáo, chờ xác nhận" in page.text
    assert "gửi quá hạn 3 ngày" in page.text


def test_to_what_was_reported_evidence_is_added(office: Office) -> None:
    office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP")
    page = office.visit("STP")
    refused = page.post(REPORT, "extension", until="15/11/2020", until_reason="chờ số liệu")
    assert refused.status_code == 422
    assert "chỉ gửi thêm tài liệu hoặc đặt câu hỏi" in page.again(refused).text
    assert page.again(refused).form(REPORT)["kind"] == "extension"
    page.answer(REPORT, "done", {"file": ("bao-cao.pdf", PDF)})
    assert [one.data for one in answers(office)][-1]["file_name"] == "bao-cao.pdf"


def with_a_deputy(engine: Engine, folder: Path, unit: str) -> tuple[Office, str]:
    """The unit has passed its report on; the deputy's link."""
    contacts = [
        Contact(unit=one, role=ContactRole.LEAD, name=f"Lãnh đạo {one}", address=box_of(one))
        for one in ("UBND", "SNV", "STP", "NK", "NK1", "NK2")
    ]
    deputy = Contact(unit=unit, role=ContactRole.DEPUTY, name="Trần Thị Bình", address="binh@cantho.example")
    followed = a_campaign(engine, contacts=[*contacts, deputy], page_url=PAGE_URL).live("2020-06-30")
    office = Office(followed, folder)
    page = office.visit(unit).answer(REPORT, "delegate", to="Trần Thị Bình", to_reason="phụ trách mảng này")
    assert "đã chuyển Trần Thị Bình" in page.text
    followed.deliver("2020-07-01 09:10")
    told = next(one for one in followed.box.letters if one.to == "binh@cantho.example")
    link = next(word for word in told.text.split() if word.startswith(PAGE_URL))
    return office, link.removeprefix(PAGE_URL)


def test_a_deputy_gets_a_link_of_their_own_and_answers_by_it(sqlite_engine: Engine, tmp_path: Path) -> None:
    office, link = with_a_deputy(sqlite_engine, tmp_path, "STP")
    own = Visit(office, link, office.client.get(link))
    assert "Báo cáo kết quả" in own.text
    assert "Kế hoạch năm 2020" not in own.text
    own.answer(REPORT, "in_progress", percent="10")
    assert [one.kind for one in answers(office)] == ["delegate", "in_progress"]
    old = Visit(office, link, office.client.get(link))
    office.visit("STP").undo(REPORT)
    office.visit("STP").undo(REPORT)  # the lead takes it back: the deputy's link ends
    response = old.post(REPORT, "question", question="Còn phải gửi không?")
    assert response.status_code == 410
    assert "Liên kết này đã được thu hồi" in response.text
    assert "Còn phải gửi không?" in old.again(response).text
    assert [one.kind for one in answers(office) if one.undone_at is None] == []


def test_a_districts_deputy_sees_what_was_passed_on_and_nothing_of_its_communes(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    office, link = with_a_deputy(sqlite_engine, tmp_path, "NK")
    assert "Phường Cái Khế" in office.visit("NK").text
    own = Visit(office, link, office.client.get(link))
    assert "Báo cáo kết quả" in own.text
    assert "Phường Cái Khế" not in own.text


def test_a_field_of_one_line_makes_no_second_one_in_the_log(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    refused = office.visit("STP").post(REPORT, "delegate", to="Sở\nTư pháp", to_reason="a\nb", by="A\nB")
    assert refused.status_code == 422
    assert [one.getMessage().count("\n") for one in caplog.records] == [0]
    assert "Sở Tư pháp" in caplog.records[0].getMessage()
    office.visit("STP").answer(REPORT, "question", question="một\nhai", by="A\nB")
    with reading(office.followed.engine) as session:
        assert "A B\nmột\nhai" in session.exec(select(AuditText.text)).all()


def test_a_stale_withdrawal_withdraws_nothing(office: Office) -> None:
    office.visit("STP").answer(REPORT, "received")
    old = office.visit("STP")
    office.visit("STP").answer(REPORT, "done", doc_number="215/BC-STP")
    response = old.undo(REPORT)
    assert response.status_code == 409
    assert "chưa rút lại gì" in old.again(response).text
    assert [one.undone_at for one in answers(office)] == [None, None]


# Files


def an_archive(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


def test_a_file_is_kept_by_its_hash_under_a_name_without_path(office: Office) -> None:
    file = ("..\\..\\etc/\u202ebáo cáo.pdf", PDF, "application/x-msdownload")
    page = office.visit("STP").answer(REPORT, "done", {"file": file})
    assert "kèm tệp báo cáo.pdf" in page.text
    digest = sha256(PDF).hexdigest()
    assert (office.site.evidence / digest[:2] / digest).read_bytes() == PDF
    (given,) = answers(office)
    assert given.data == {"file_sha256": digest, "file_name": "báo cáo.pdf"}


@pytest.mark.parametrize(
    ("name", "held", "why"),
    [
        ("bao-cao.pdf", b"MZ\x90\x00 a program", "không phải loại tệp được nhận"),
        ("bao-cao.docx", an_archive("bao-cao.docx"), "tệp nén không được nhận"),
        ("bao-cao.xlsx", an_archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "macro"),
        ("bao-cao.pdf", b"", "tệp rỗng"),
    ],
)
def test_a_file_of_another_kind_is_refused_and_the_words_stay(
    office: Office, name: str, held: bytes, why: str
) -> None:
    page = office.visit("STP")
    response = page.post(REPORT, "done", {"file": (name, held)}, doc_number="215/BC-STP")
    assert response.status_code == 422
    assert why in response.text
    assert page.again(response).form(REPORT)["doc_number"] == "215/BC-STP"
    assert answers(office) == []
    assert not office.site.evidence.exists()


def test_a_file_that_came_with_a_stale_form_need_not_be_sent_again(office: Office) -> None:
    old = office.visit("STP")
    office.visit("STP").answer(REPORT, "received")
    again = old.again(old.post(REPORT, "done", {"file": ("bao-cao.pdf", PDF)}))
    assert "Đã nhận tệp bao-cao.pdf" in again.text
    assert again.send(again.form(REPORT)).status_code == 303
    assert answers(office)[-1].data["file_name"] == "bao-cao.pdf"


def test_a_file_is_not_taken_by_its_word_alone(office: Office) -> None:
    page = office.visit("STP")
    kept = "WyJhYiIsICJ4LnBkZiJd." + "0" * 64
    assert page.post(REPORT, "done", kept=kept).status_code == 422
    assert page.post(REPORT, "done", kept="é.é").status_code == 422
