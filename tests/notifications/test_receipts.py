"""A unit that answers reads at once what was understood, and what it still owes."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifications.receipts import Owed, Receipt, Said, Unclear, compose_receipt, compose_unclear
from tests.notifications.builders import NOVEMBER_10, a_campaign, at, both


def a_receipt(*items: Said, **changes: Any) -> Receipt:
    facts: dict[str, Any] = {
        "campaign": a_campaign(),
        "unit_name": "Sở Tư pháp",
        "unit_kind": "department",
        "address": "van-thu.stp@cantho.example",
        "at": at(2020, 11, 6, 9, 5),
        "owed": (),
    }
    return Receipt(items=items, **(facts | changes))


def a_report(**changes: Any) -> Said:
    facts: dict[str, Any] = {"n": 1, "title": "Báo cáo kết quả", "kind": "done", "due_before": NOVEMBER_10}
    return Said(**(facts | changes))


def test_a_document_is_repeated_with_its_number_and_day() -> None:
    mail = compose_receipt(a_receipt(a_report(doc_number="215/BC-STP", doc_date=date(2020, 11, 6))))
    assert mail.subject == "[Đã ghi nhận] 1 việc của Sở Tư pháp - Công văn số 1914/UBND-KGVX"
    for part in both(mail):
        assert "đã gửi văn bản số 215/BC-STP ngày 06/11/2020" in part
        assert "đến lúc 09 giờ 05 ngày 06/11/2020" in part
        assert "quá hạn" not in part


def test_a_late_report_is_told_both_dates() -> None:
    for part in both(compose_receipt(a_receipt(a_report(), at=at(2020, 11, 12, 8)))):
        assert "Thư đến ngày 12/11/2020; thời hạn là hết ngày 09/11/2020 (thứ Hai): quá hạn 3 ngày." in part


def test_a_receipt_or_progress_is_never_called_late() -> None:
    items = (a_report(kind="received"), a_report(n=2, kind="in_progress", percent=60))
    for part in both(compose_receipt(a_receipt(*items, at=at(2020, 11, 12, 8)))):
        assert "Ghi nhận: đã tiếp nhận." in part
        assert "Ghi nhận: đang thực hiện, khoảng 60%." in part
        assert "quá hạn" not in part


def test_what_is_still_owed_follows() -> None:
    owed = (Owed(2, "Kết quả sắp xếp", NOVEMBER_10),)
    for part in both(compose_receipt(a_receipt(a_report(), owed=owed))):
        assert "Các việc còn phải gửi kết quả:" in part
        assert "2. Kết quả sắp xếp: trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)" in part
    for part in both(compose_receipt(a_receipt(a_report()))):
        assert "Không còn việc nào phải gửi kết quả" in part


def test_what_may_be_copied_to_take_an_answer_back_names_an_item_of_this_receipt() -> None:
    for part in both(compose_receipt(a_receipt(a_report(), a_report(n=4)))):
        assert "SAI (rút lại tất cả nội dung ghi nhận trên) hoặc SAI và số thứ tự, chẳng hạn SAI 4" in part
    for part in both(compose_receipt(a_receipt(a_report(n=3)))):
        assert "với chữ SAI (rút lại tất cả nội dung ghi nhận trên); sau đó trả lời lại" in part


def test_an_unclear_answer_is_told_why_and_how_to_say_it() -> None:
    unclear = Unclear(
        campaign=a_campaign(),
        unit_name="Phường An Hòa",
        unit_kind="ward",
        address="van-thu.31120@cantho.example",
        at=at(2020, 11, 6, 9, 5),
        why="Không rõ việc nào đã xong <b>",
    )
    mail = compose_unclear(unclear)
    assert "<b>" not in mail.html.partition("Lý do:")[2].partition("</p>")[0]
    for part in both(mail):
        assert "Kính gửi: Ủy ban nhân dân phường An Hòa" in part
        assert "chưa thay đổi tình trạng việc nào" in part
        assert "2 đang thực hiện 60%" in part
