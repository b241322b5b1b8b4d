"""Titles, names of flows, heads and what is handed in: nothing is cut or taken from a neighbour silently."""

from __future__ import annotations

import unicodedata

import pytest
import yaml

from directives.drafting import details
from directives.drafting.document import Document, read
from directives.drafting.instructions import groups
from directives.drafting.series import flow_lines, series_head
from tests.draft.drafts import a_document, a_text, calendar
from tests.draft.settling import drafted

LONG = (
    "1. Giao Sở Nội vụ tổng hợp, đánh giá toàn diện kết quả thực hiện chế độ tự chủ, tự chịu trách nhiệm về biên chế và "
    "kinh phí quản lý hành chính năm 2020 của các cơ quan hành chính."
)


def a_letter(head: str, body: str) -> Document:
    """A document whose lines from the number to the body are given."""
    return read(f"{head}\n\n{body}\n\nNơi nhận:\n- Như trên;\n\nCHỦ TỊCH\n\nNguyễn Văn Mẫu\n", calendar())


def test_a_title_that_is_cut_is_marked() -> None:
    lines = [line for line in drafted(a_document(LONG)).splitlines() if " title:" in line]
    assert len(lines) == 2
    assert all("…" in line and "RÀ SOÁT: tiêu đề cắt ngắn" in line for line in lines)


def test_a_title_ends_before_where_it_goes_and_when() -> None:
    text = drafted(
        a_document(
            "1. Giao Sở Nội vụ xây dựng kế hoạch kiểm tra công vụ của cơ quan, đơn vị, địa phương, gửi về Ủy ban nhân dân "
            "thành phố trước ngày 10/8/2020."
        )
    )
    assert 'title: "Xây dựng kế hoạch kiểm tra công vụ của cơ quan, đơn vị, địa phương"\n' in text


def test_the_name_of_a_flow_bears_no_year_and_shows_where_it_was_cut() -> None:
    document = a_document(
        "1. Giao Sở Nội vụ lập kế hoạch công tác năm 2020.\n\n" + LONG.replace("1.", "2.", 1)
    )
    first, second = yaml.safe_load(flow_lines(groups(document.duties), 1))
    assert first["title"] == "Lập kế hoạch công tác"
    assert second["title"].endswith("…")
    assert "title: Kỷ cương hành chính\n" in series_head("ky-cuong", "kỷ cương hành chính năm 2020")


def test_flows_with_names_that_were_cut_are_for_a_person() -> None:
    text = drafted(a_document(LONG), cut=("1",))
    assert (
        "series: thu-nghiem  # RÀ SOÁT: tên luồng của 1 cắt ngắn; viết lại trong config/series/thu-nghiem.yaml"
        in text
    )


@pytest.mark.parametrize(
    "kind", ["CHỈ THỊ\nVề cải cách hành chính", "Số: 2100/CT-UBND\nV/v cải cách hành chính"]
)
def test_the_subject_ends_before_the_order(kind: str) -> None:
    head = "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ CẦN THƠ\nSố: 2100/CT-UBND\nCần Thơ, ngày 06 tháng 7 năm 2020\n" + kind
    document = a_letter(head + "\nChủ tịch Ủy ban nhân dân thành phố yêu cầu:", "1. Sở Nội vụ lập danh sách.")
    assert document.head.subject is not None
    assert document.head.subject.lower().endswith("cải cách hành chính")


def test_the_office_of_the_committee_is_named_whole() -> None:
    head = "UỶ BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ\nVĂN PHÒNG\nSố: 88/TB-VPUB\nCần Thơ, ngày 06 tháng 7 năm 2020\nTHÔNG BÁO\nKết luận"
    document = a_letter(head, "1. Sở Nội vụ lập danh sách.")
    assert document.head.issuer == "Văn phòng Ủy ban nhân dân thành phố Cần Thơ"


def test_a_cited_documents_issuer_ends_where_the_next_is_cited() -> None:
    cited = (
        "Thực hiện Công điện số 12/CĐ-TTg ngày 02/3/2020 của Thủ tướng Chính phủ và Kế hoạch số 45/KH-UBND"
    )
    document = a_document(
        f"{cited} ngày 15/4/2020 của Ủy ban nhân dân thành phố, giao Sở Nội vụ lập danh sách."
    )
    assert [one.issuer for one in document.references] == ["Thủ tướng Chính phủ", "Ủy ban nhân dân thành phố"]


def what(sentence: str) -> tuple[str | None, str | None]:
    (duty,) = a_document(f"1. {sentence}").duties
    return details.product(duty), details.receiver(duty)


def test_what_is_handed_in_is_not_cut_within_a_list_of_bodies() -> None:
    assert what(
        "Sở Nội vụ xây dựng kế hoạch kiểm tra của cơ quan, đơn vị, địa phương, gửi về Sở Tài chính trước 10/8."
    ) == (
        "kế hoạch kiểm tra của cơ quan, đơn vị, địa phương",
        "Sở Tài chính",
    )


def test_the_ground_of_an_order_is_not_what_is_handed_in() -> None:
    assert (
        what("Trên cơ sở báo cáo của Thanh tra thành phố, giao Sở Tư pháp kiểm tra, xử lý trước ngày 12/8.")[
            0
        ]
        is None
    )


def test_a_date_is_no_part_of_the_receiver() -> None:
    assert what("Sở Nội vụ báo cáo Chủ tịch Ủy ban nhân dân thành phố ngày 15 hằng tháng.")[1] == (
        "Chủ tịch Ủy ban nhân dân thành phố"
    )


def test_party_bodies_are_read_as_such() -> None:
    (duty,) = a_document(
        "1- Các ban đảng, Đảng ủy Ủy ban nhân dân thành phố tổ chức thăm, tặng quà trước ngày 05/8."
    ).duties
    assert duty.parties == ("Các ban đảng", "Đảng ủy Ủy ban nhân dân thành phố")


def test_a_text_in_another_form_of_unicode_reads_the_same() -> None:
    text = a_text(LONG)
    assert read(unicodedata.normalize("NFD", text), calendar()).as_data() == read(text, calendar()).as_data()
