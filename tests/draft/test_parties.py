"""Names of bodies that look like something else, words that look like an order, and to whom what is handed in goes."""

from __future__ import annotations

import pytest

from directives.drafting import details
from directives.drafting.duty import Duty
from tests.draft.drafts import a_document
from tests.draft.test_whose_duty import ASKS


def duties(*items: str) -> tuple[Duty, ...]:
    return a_document("\n\n".join([ASKS, *items]), "10 tháng 5 năm 2027").duties


@pytest.mark.parametrize("role", ["cơ quan thường trực", "đơn vị đầu mối", "cơ quan chủ trì", "đầu mối"])
def test_who_is_named_the_standing_body_is_asked(role: str) -> None:
    for text in (
        f"Giao Công an tỉnh là {role}, tổng hợp kết quả trước ngày 15/12/2027.",
        f"2. Công an tỉnh là {role}, tổng hợp kết quả trước ngày 15/12/2027.",
    ):
        duty = duties("1. Sở Y tế kiểm tra các cơ sở khám bệnh.", text)[-1]
        assert duty.parties == ("Công an tỉnh",)
        assert len(duty.phrases) == 1


def test_what_a_body_is_asks_nothing() -> None:
    found = duties(
        "1. Sở Xây dựng lập quy hoạch.", "Sở Y tế là cơ quan chuyên môn thuộc Ủy ban nhân dân tỉnh."
    )
    assert [duty.parties for duty in found] == [("Sở Xây dựng",)]


def test_order_in_the_streets_is_no_verb() -> None:
    found = duties(
        "1. Đội Quản lý trật tự đô thị kiểm tra vỉa hè.",
        "2. Sở Xây dựng phối hợp với Đội Quản lý trật tự đô thị, Công an tỉnh xử lý vi phạm.",
        "3. Lực lượng tham gia bảo vệ an ninh, trật tự ở cơ sở và Đội An ninh trật tự xã tuần tra ban đêm.",
    )
    assert found[0].parties == ("Đội Quản lý trật tự đô thị",)
    assert found[1].support == ("Đội Quản lý trật tự đô thị", "Công an tỉnh")
    (night,) = duties("1. Đội An ninh trật tự xã tuần tra ban đêm.")
    assert night.parties == ("Đội An ninh trật tự xã",)


def test_a_general_check_is_a_verb() -> None:
    (duty,) = duties("1. Công an tỉnh tổng kiểm tra các kho hàng, xong trước ngày 15/11/2027.")
    assert duty.parties == ("Công an tỉnh",)
    (duty,) = duties("1. Công an tỉnh phối hợp với Sở Xây dựng tổng kiểm tra các kho hàng.")
    assert duty.support == ("Sở Xây dựng",)


def test_whom_a_body_shall_assign_is_not_asked_itself() -> None:
    (duty,) = duties(
        "1. Ủy ban nhân dân các xã",
        "a) Phân công lãnh đạo trực bão, gửi danh sách về Sở Nội vụ trước ngày 20/8/2027.",
    )
    assert duty.parties == ("Ủy ban nhân dân các xã",)
    (named,) = duties("1. Phân công Sở Nội vụ theo dõi việc trực bão.")
    assert named.parties == ("Sở Nội vụ",)


def test_a_role_beside_a_name_is_no_part_of_the_name() -> None:
    for text in (
        "1. Sở Y tế (cơ quan thường trực)\na) Lập danh sách cơ sở khám bệnh.",
        "1. Sở Y tế (đơn vị chủ trì): Lập danh sách cơ sở khám bệnh.",
        "1. Sở Y tế (cơ quan chủ trì) lập danh sách cơ sở khám bệnh.",
        "1. Sở Y tế - cơ quan thường trực Ban Chỉ đạo lập danh sách cơ sở khám bệnh.",
        "1. Giao Sở Y tế (là đơn vị đầu mối) lập danh sách cơ sở khám bệnh.",
    ):
        (duty,) = duties(text)
        assert duty.parties == ("Sở Y tế",), text


def test_checking_is_a_topic_and_no_body() -> None:
    (duty,) = duties("1. Thanh tra, kiểm tra: thành lập 02 đoàn kiểm tra các chợ.")
    assert duty.parties == ("các đơn vị",)
    (body,) = duties("1. Thanh tra tỉnh kiểm tra các chợ.")
    assert body.parties == ("Thanh tra tỉnh",)


def test_rules_about_fires_are_nobodys_mailbox() -> None:
    (duty,) = duties("1. Công an tỉnh xử lý vi phạm quy định về phòng cháy, chữa cháy.")
    assert details.receiver(duty) is None


def test_a_comma_within_a_name_does_not_end_it() -> None:
    for words, name in (
        ("qua Phòng Tổ chức, viên chức", "Phòng Tổ chức, viên chức"),
        (
            "qua Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ",
            "Phòng Cảnh sát phòng cháy, chữa cháy và cứu nạn, cứu hộ",
        ),
        ("qua Phòng Tổ chức, điện thoại 0123", "Phòng Tổ chức"),
    ):
        (duty,) = duties(f"1. Các đơn vị lập danh sách gửi Sở Nội vụ ({words}) trước ngày 20/8/2027.")
        assert details.through(duty) == name
    (duty,) = duties("1. Các xã lập danh sách gửi Sở Văn hóa, Thể thao và Du lịch trước ngày 20/8/2027.")
    assert details.receiver(duty) == "Sở Văn hóa, Thể thao và Du lịch"


def test_a_closing_over_a_list_asks_nothing_of_its_own() -> None:
    for closing in (
        "Yêu cầu Giám đốc các sở; Chủ tịch Ủy ban nhân dân các xã nghiêm túc triển khai thực hiện Chỉ thị này./.",
        "Đề nghị Giám đốc các sở; Chủ tịch Ủy ban nhân dân các xã khẩn trương tổ chức thực hiện./.",
        "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, các đơn vị phản ánh về Sở Y tế để tổng hợp./.",
        "Quá trình triển khai thực hiện, nếu phát sinh vướng mắc, các cơ quan kịp thời phản ánh về Sở Y tế./.",
    ):
        found = duties("1. Sở Y tế kiểm tra các cơ sở khám bệnh.", closing)
        assert [duty.label for duty in found] == ["1"], closing


def test_a_list_with_work_of_its_own_is_no_closing() -> None:
    found = duties(
        "1. Sở Y tế kiểm tra các cơ sở khám bệnh.",
        "Yêu cầu Giám đốc các sở lập kế hoạch; Chủ tịch Ủy ban nhân dân các xã nghiêm túc thực hiện./.",
    )
    assert found[1].parties == ("Giám đốc các sở",)


def test_what_the_issuer_does_after_the_deadline_is_not_where_the_report_goes() -> None:
    (duty,) = duties(
        "1. Các đơn vị lập báo cáo số liệu. Báo cáo gửi về Sở Nội vụ chậm nhất ngày 05/8/2027. Sau thời hạn trên, đơn vị nào "
        "chưa gửi, Sở Tài chính sẽ báo cáo Chủ tịch Ủy ban nhân dân tỉnh."
    )
    assert details.receiver(duty) == "Sở Nội vụ"
