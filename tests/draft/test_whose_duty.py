"""Whose duty it is where a sentence names several bodies, or names its body late."""

from __future__ import annotations

from directives.drafting.duty import Duty
from tests.draft.drafts import a_document

ASKS = "Yêu cầu các đơn vị thực hiện các nội dung sau:"


def duties(*items: str) -> tuple[Duty, ...]:
    body = "\n\n".join([ASKS, *items])
    return a_document(body, "10 tháng 5 năm 2027").duties


def read(*items: str) -> list[tuple[tuple[str, ...], list[str]]]:
    """Who is obliged, and the days: one pair a duty."""
    return [
        (duty.parties, [f"{one.due_before:%d/%m}" for one in duty.phrases if one.due_before])
        for duty in duties(*items)
    ]


def test_each_body_after_a_semicolon_has_its_own_duty() -> None:
    assert read(
        "1. Sở Tài chính bố trí kinh phí; Sở Y tế bảo đảm thuốc, vật tư; Sở Công Thương dự trữ hàng hóa, hoàn thành "
        "trước ngày 30/6."
    ) == [(("Sở Tài chính",), []), (("Sở Y tế",), []), (("Sở Công Thương",), ["30/06"])]


def test_the_heads_of_those_who_are_asked_already_get_no_duty_of_their_own() -> None:
    (duty,) = duties(
        "1. Thực hiện tốt quy chế dân chủ; thủ trưởng cơ quan, đơn vị phải trực tiếp tiếp công dân."
    )
    assert duty.parties == ("các đơn vị",)
    both = read("1. Sở Nội vụ tổng hợp báo cáo; các đơn vị gửi báo cáo trước ngày 10/6/2027.")
    assert both == [(("Sở Nội vụ",), []), (("các đơn vị",), ["10/06"])]


def test_each_body_after_a_date_has_its_own_duty() -> None:
    assert read(
        "1. Giao Sở Nội vụ tham mưu văn bản trước ngày 20/5, các sở, ban, ngành góp ý xong trước ngày 18/5/2027."
    ) == [(("Sở Nội vụ",), ["20/05"]), (("các sở, ban, ngành",), ["18/05"])]
    assert read(
        "1. UBND các xã, phường lập danh sách gửi Sở Nội vụ trước ngày 10/7/2027, Sở Nội vụ thẩm định trước ngày 20/7/2027."
    ) == [(("UBND các xã, phường",), ["10/07"]), (("Sở Nội vụ",), ["20/07"])]


def test_for_another_body_is_another_duty() -> None:
    found = read(
        "1. Đối với Sở Xây dựng: khẩn trương hoàn thành quy hoạch; đối với Sở Tư pháp: thẩm định trước 15/7/2027."
    )
    assert found == [(("Sở Xây dựng",), []), (("Sở Tư pháp",), ["15/07"])]


def test_who_only_supports_after_a_semicolon_gets_no_duty() -> None:
    (duty,) = duties(
        "1. Sở Nội vụ chủ trì; Sở Tài chính, Sở Tư pháp phối hợp thực hiện trước ngày 12/7/2027."
    )
    assert duty.parties == ("Sở Nội vụ",)
    assert duty.support == ("Sở Tài chính", "Sở Tư pháp")


def test_a_date_or_a_ground_may_stand_before_the_body() -> None:
    for lead in (
        "Trước ngày 15/6/2027",
        "Chậm nhất ngày 14/6/2027",
        "Theo đề nghị của Sở Tài chính",
        "Định kỳ hằng quý",
        "Để bảo đảm tiến độ",
        "Trong tháng 6/2027",
        "Trên cơ sở báo cáo của các đơn vị",
    ):
        ((parties, _),) = read(f"1. {lead}, Sở Nội vụ báo cáo kết quả về Ủy ban nhân dân thành phố.")
        assert parties == ("Sở Nội vụ",), lead


def test_with_whom_may_stand_without_its_preposition() -> None:
    for words in ("phối hợp Sở Tài chính, Sở Tư pháp", "cùng Sở Tài chính, Sở Tư pháp"):
        (duty,) = duties(f"1. Giao Sở Nội vụ {words} rà soát văn bản trước ngày 01/8/2027.")
        assert (duty.parties, duty.support) == (("Sở Nội vụ",), ("Sở Tài chính", "Sở Tư pháp")), words


def test_a_report_asked_of_all_at_the_end_is_not_the_last_bodys() -> None:
    closing = (
        "Yêu cầu các đơn vị nghiêm túc thực hiện. Báo cáo kết quả gửi về Sở Nội vụ trước ngày 30/7/2027."
    )
    assert read("1. Sở Tài chính bố trí kinh phí trước ngày 01/7/2027.", closing) == [
        (("Sở Tài chính",), ["01/07"]),
        (("các đơn vị",), ["30/07"]),
    ]


def test_a_numbered_item_that_dates_its_own_parties_dates_nothing_else_silently() -> None:
    first, *rest = duties(
        "1. Sở Nội vụ tổ chức tập huấn trước ngày 01/7/2027.",
        "2. Thời hạn báo cáo: các sở, ban, ngành trước ngày 05/8/2027; UBND các xã, phường trước ngày 10/8/2027.",
    )
    assert [one.doubt for one in first.phrases if one.due_before and one.due_before.month == 7] == [None]
    later = [
        one for duty in (first, *rest) for one in duty.phrases if one.due_before and one.due_before.month == 8
    ]
    assert later
    assert all(one.doubt for one in later)


def test_numbers_of_several_figures_stand_below_the_body_that_heads_them() -> None:
    found = read(
        "2. UBND các xã, phường",
        "2.1. Công tác tuyên truyền",
        "2.1.1. Xây dựng kế hoạch tuyên truyền trước ngày 10/6/2027.",
        "2.2. Công tác kiểm tra",
        "2.2.1. Hoàn thành kiểm tra trước ngày 30/6/2027.",
    )
    assert found == [(("UBND các xã, phường",), ["10/06"]), (("UBND các xã, phường",), ["30/06"])]


def test_a_known_body_needs_no_known_verb() -> None:
    found = read(
        "1. Bộ Chỉ huy quân sự thành phố huấn luyện lực lượng dự bị trước ngày 10/8/2027.",
        "2. UBND các xã, phường nạo vét kênh mương trước ngày 11/8/2027.",
    )
    assert found == [
        (("Bộ Chỉ huy quân sự thành phố",), ["10/08"]),
        (("UBND các xã, phường",), ["11/08"]),
    ]


def test_what_need_not_be_done_is_no_duty() -> None:
    assert read("1. Không phải gửi báo cáo giấy. Các đơn vị gửi bản điện tử trước ngày 11/7/2027.") == [
        (("Các đơn vị",), ["11/07"])
    ]


def test_nt_in_a_table_is_what_stands_above_it() -> None:
    table = [
        "TT | Nhiệm vụ | Cơ quan chủ trì | Thời gian",
        "1 | Lập kế hoạch | Sở Nội vụ | 30/6/2027",
        "2 | Tổ chức thực hiện | nt | -nt-",
    ]
    assert read("\n".join(table)) == [(("Sở Nội vụ",), ["01/07"])] * 2


def test_who_still_owes_something_is_asked() -> None:
    found = read("1. Chủ tịch UBND các xã, phường còn nợ báo cáo gửi ngay trong ngày 12/5/2027.")
    assert found == [(("Chủ tịch UBND các xã, phường còn nợ",), ["13/05"])]


def test_the_stages_of_a_work_are_each_due() -> None:
    ((_, days),) = read(
        "1. Sở Nội vụ triển khai phần mềm: giai đoạn 1 xong trước 30/10/2027, giai đoạn 2 xong trước 30/12/2027."
    )
    assert days == ["30/10", "30/12"]


def test_difficulties_reported_in_closing_are_no_duty() -> None:
    closing = "Các đơn vị nghiêm túc thực hiện; khó khăn, vướng mắc báo cáo về Ủy ban nhân dân thành phố để xem xét./."
    assert len(duties("1. Sở Nội vụ lập danh sách trước ngày 12/7/2027.", closing)) == 1


def test_only_some_of_a_group_are_not_all_of_it() -> None:
    for some in ("ven biển", "vùng sâu", "giáp ranh", "chưa có điện"):
        ((parties, _),) = read(f"1. UBND các xã, phường {some} lập phương án trước ngày 12/7/2027.")
        assert parties == (f"UBND các xã, phường {some}",)
