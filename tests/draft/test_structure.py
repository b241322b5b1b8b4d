"""Where paragraphs end and items begin: a blank line, a paragraph of Word, "Một là", "Thứ nhất"."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from config.directive_file import directive_text
from directives.drafting.document import Document, read
from tests.draft.drafts import a_document, calendar

TITLE = "Về việc nâng cao chất lượng công tác văn thư, lưu trữ hồ sơ tại các cơ quan trên địa bàn tỉnh"
GROUND = "Thực hiện Nghị định số 30/2020/NĐ-CP ngày 05/3/2020 của Chính phủ về công tác văn thư, Ủy ban nhân dân tỉnh yêu cầu:"
LINES = (
    "ỦY BAN NHÂN DÂN\nTỈNH TÂY HÀ",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
    "Số: 12/CT-UBND",
    "Tây Hà, ngày 10 tháng 5 năm 2027",
    f"CHỈ THỊ\n{TITLE}",
    GROUND,
    "1. Sở Nội vụ kiểm tra công tác lưu trữ, xong trước ngày 30/6/2027.",
    "Nơi nhận:\n- Như trên;",
)


def the_directive() -> Document:
    return read("\n\n".join(LINES), calendar())


def test_a_long_title_ends_at_a_blank_line() -> None:
    document = the_directive()
    assert document.head.subject == TITLE
    assert [one.number for one in document.references] == ["30/2020/NĐ-CP"]
    assert [duty.parties for duty in document.duties] == [("Sở Nội vụ",)]


def test_a_preamble_that_ends_in_a_comma_goes_on_over_a_blank_line() -> None:
    (duty,) = a_document(
        "Để có căn cứ báo cáo Ủy ban nhân dân tỉnh, Sở Nội vụ phê duyệt kế hoạch tuyển dụng năm 2027 của ngành,\n\n"
        "Giao Sở Y tế lập danh sách vị trí còn thiếu trước ngày 30/6/2027."
    ).duties
    assert duty.parties == ("Sở Y tế",)


@pytest.mark.parametrize("title", [(TITLE,), (TITLE[:59], TITLE[60:])])
def test_paragraphs_of_word_stay_paragraphs(tmp_path: Path, title: tuple[str, ...]) -> None:
    file = docx.Document()
    for line in (part for lines in LINES for part in lines.replace(TITLE, "\n".join(title)).split("\n")):
        file.add_paragraph(line)
    file.save(str(tmp_path / "a.docx"))
    document = read(directive_text(tmp_path / "a.docx"), calendar())
    assert document.head.subject == TITLE
    assert [one.number for one in document.references] == ["30/2020/NĐ-CP"]
    assert [duty.parties for duty in document.duties] == [("Sở Nội vụ",)]


@pytest.mark.parametrize("words", [("Một là", "Hai là", "Ba là"), ("Thứ nhất", "Thứ hai", "Thứ ba")])
def test_ordinal_words_are_labels_like_numbers(words: tuple[str, ...]) -> None:
    first, second, third = words
    document = a_document(
        "Yêu cầu các sở, ban, ngành thực hiện một số nội dung sau:\n\n"
        f"{first}, kiểm kê tài sản, xong trước ngày 15/7/2027.\n"
        f"{second}, lập danh mục hồ sơ, gửi Sở Nội vụ trước ngày 20/7/2027.\n"
        f"{third}, Sở Tài chính thẩm định kinh phí.",
        "10 tháng 5 năm 2027",
    )
    assert [(duty.label, duty.parties) for duty in document.duties] == [
        ("1", ("các sở, ban, ngành",)),
        ("2", ("các sở, ban, ngành",)),
        ("3", ("Sở Tài chính",)),
    ]
    assert [duty.text[:8] for duty in document.duties[:2]] == ["kiểm kê ", "lập danh"]


def test_a_day_of_the_week_is_no_label() -> None:
    (duty,) = a_document(
        "1. Giao Sở Nội vụ họp giao ban, báo cáo kết quả về Ủy ban nhân dân thành phố chậm nhất vào chiều\n"
        "Thứ hai, ngày 14/6/2027."
    ).duties
    assert duty.label == "1"
    assert duty.text.endswith("ngày 14/6/2027.")


def test_a_line_of_the_issuer_that_ends_in_about_goes_on() -> None:
    lines = ("UBND TỈNH TÂY HÀ\nBAN CHỈ ĐẠO VỀ\nCHUYỂN ĐỔI SỐ", *LINES[1:])
    head = read("\n\n".join(lines), calendar()).head
    assert head.issuer == "Ban Chỉ đạo về chuyển đổi số tỉnh Tây Hà"


def test_a_section_on_time_and_scope_asks_nothing() -> None:
    document = a_document(
        "II. THỜI GIAN, PHẠM VI\n1. Thời gian: từ ngày 15/4/2027 đến ngày 15/5/2027.\n2. Phạm vi: toàn thành phố.\n\n"
        "III. TỔ CHỨC THỰC HIỆN\n1. Sở Y tế kiểm tra các chợ, xong trước ngày 20/6/2027.",
        "10 tháng 3 năm 2027",
    )
    assert [duty.label for duty in document.duties] == ["III.1"]
