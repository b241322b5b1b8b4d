"""The list of Nghị định 30/2020/NĐ-CP, Phụ lục I and III, point by point, of the report and of the letter.

The list stands in the order of the decree; each paper is read back with python-docx as Word would find it.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table

from notifications.papers.blank import HEAD, TEXT
from notifications.papers.wording import decree_date
from tests.papers.office import (
    Paper,
    a_letter,
    a_paper_campaign,
    a_report,
    is_bold,
    is_italic,
    rule_length,
    size,
)

CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY
# Measured in a font of the same widths as Times New Roman.
MOTTO_14, OFFICE_13, SUBJECT_14 = 57.2, 18.2, 142.0


@pytest.fixture(scope="module")
def papers(sqlite_files: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Paper]:
    """A report and a letter of the small campaign: NK and NK2 never sent their plans."""
    followed = a_paper_campaign(sqlite_files.ledger())
    folder = tmp_path_factory.mktemp("papers")
    followed.live("2020-06-30")
    followed.answer("1g/plan/STP", "done", "2020-07-30 09:00", doc_number="12/KH-STP", doc_date="2020-07-30")
    followed.answer("1g/plan/NK1", "done", "2020-08-03 09:00", doc_number="05/KH-UBND", doc_date="2020-08-02")
    followed.live("2020-08-14")
    return {
        "letter": a_letter(followed, folder, "2020-08-14 07:10"),
        "report": a_report(followed, folder),
    }


@pytest.fixture(params=["report", "letter"])
def paper(request: pytest.FixtureRequest, papers: dict[str, Paper]) -> Paper:
    return papers[request.param]


@pytest.fixture
def report(papers: dict[str, Paper]) -> Paper:
    return papers["report"]


@pytest.fixture
def letter(papers: dict[str, Paper]) -> Paper:
    return papers["letter"]


# The sheet


def test_the_sheet_is_a4_upright_with_the_decrees_margins(paper: Paper) -> None:
    for section in paper.document.sections:
        assert section.page_width and section.page_height
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert section.orientation == WD_ORIENTATION.PORTRAIT
        assert section.top_margin and section.bottom_margin and section.left_margin and section.right_margin
        assert 20 <= round(section.top_margin.mm) <= 25
        assert 20 <= round(section.bottom_margin.mm) <= 25
        assert 30 <= round(section.left_margin.mm) <= 35
        assert 15 <= round(section.right_margin.mm) <= 20


def test_every_letter_is_times_new_roman_and_black(paper: Paper) -> None:
    normal: Any = paper.document.styles["Normal"]
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "eastAsia", "cs")} == {
        "Times New Roman"
    }
    assert str(normal.font.color.rgb) == "000000"
    for line in paper.lines:
        for run in line.runs:
            assert run.font.name in (None, "Times New Roman")
            assert run.font.color.rgb is None


def test_the_page_number_stands_in_the_middle_of_the_top_margin_and_not_on_a_first_page(paper: Paper) -> None:
    for section in paper.document.sections:
        (number,) = section.header.paragraphs
        assert "PAGE" in number._p.xml
        assert number.alignment == CENTRE
        assert {run.font.size.pt for run in number.runs if run.font.size} <= {13, 14}
        assert section.different_first_page_header_footer
        assert not any(line.text or "PAGE" in line._p.xml for line in section.first_page_header.paragraphs)


def test_the_pages_of_an_annex_are_counted_by_themselves(paper: Paper) -> None:
    _, *annexes = paper.document.sections
    assert annexes
    for section in annexes:
        counting = section._sectPr.find(qn("w:pgNumType"))
        assert counting is not None
        assert counting.get(qn("w:start")) == "1"


# The head


def marked(row: Any, name: str) -> bool:
    """Whether a table's row carries that mark, such as `cantSplit`."""
    return row._tr.find(f"{qn('w:trPr')}/{qn(f'w:{name}')}") is not None


def borders(table: Table) -> bool:
    return table.style is not None and table.style.name == "Table Grid"


def test_the_head_is_a_table_of_two_columns_without_borders(paper: Paper) -> None:
    assert paper.blocks[0]._element is paper.head._tbl
    assert len(paper.head.columns) == 2
    assert not borders(paper.head)
    assert "tblBorders" not in paper.head._tbl.xml


def test_quoc_hieu_and_tieu_ngu_stand_on_the_right_with_a_rule_as_long_as_the_words(paper: Paper) -> None:
    name, motto, rule = paper.head.rows[0].cells[1].paragraphs
    assert name.text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert is_bold(name) and 12 <= size(name) <= 13
    assert motto.text == "Độc lập - Tự do - Hạnh phúc"
    assert is_bold(motto) and 13 <= size(motto) <= 14
    assert (name.alignment, motto.alignment) == (CENTRE, CENTRE)
    assert rule_length(rule, HEAD[1]) == pytest.approx(MOTTO_14, rel=0.03)


def test_the_authority_above_stands_on_the_left_and_the_office_bold_below_it_with_its_rule(
    paper: Paper,
) -> None:
    *above, office, rule = paper.head.rows[0].cells[0].paragraphs
    assert [line.text for line in above] == ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ CẦN THƠ"]
    assert not any(is_bold(line) for line in above)
    assert (office.text, is_bold(office)) == ("SỞ NỘI VỤ", True)
    assert {size(line) for line in (*above, office)} <= {12, 13}
    assert OFFICE_13 / 3 <= rule_length(rule, HEAD[0]) <= OFFICE_13 / 2


@pytest.mark.parametrize(("which", "symbol"), [("report", "BC-SNV"), ("letter", "SNV-XDCQ")])
def test_number_and_symbol_are_upright_with_room_for_the_registry_and_no_space_in_the_symbol(
    papers: dict[str, Paper], which: str, symbol: str
) -> None:
    line = papers[which].head.rows[1].cells[0].paragraphs[0]
    assert re.fullmatch(rf"Số: {{4,}}/{symbol}", line.text)
    assert symbol == symbol.upper()
    assert size(line) == 13
    assert not is_bold(line) and not is_italic(line)
    assert line.alignment == CENTRE


def test_place_and_date_are_in_italics_beside_the_number(paper: Paper, report: Paper) -> None:
    (line,) = paper.head.rows[1].cells[1].paragraphs
    assert is_italic(line) and not is_bold(line)
    assert 13 <= size(line) <= 14
    assert line.alignment == CENTRE
    day = "10 tháng 11" if paper is report else "14 tháng 8"
    assert line.text == f"Cần Thơ, ngày {day} năm 2020"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2020, 1, 5), "ngày 05 tháng 01 năm 2020"),
        (date(2020, 2, 29), "ngày 29 tháng 02 năm 2020"),
        (date(2020, 3, 9), "ngày 09 tháng 3 năm 2020"),
        (date(2020, 9, 10), "ngày 10 tháng 9 năm 2020"),
        (date(2020, 12, 31), "ngày 31 tháng 12 năm 2020"),
    ],
)
def test_a_date_has_a_nought_before_days_below_ten_and_the_first_two_months(day: date, written: str) -> None:
    assert decree_date(day) == written


def test_every_day_of_a_year_keeps_the_rule_of_noughts() -> None:
    for n in range(366):
        day = date(2020, 1, 1) + timedelta(n)
        said = re.fullmatch(r"ngày (\d\d) tháng (\d+) năm 2020", decree_date(day))
        assert said is not None
        assert int(said[1]), int(said[2]) == (day.day, day.month)
        assert said[2].startswith("0") == (day.month in (1, 2))


def test_a_letter_says_what_it_is_about_below_its_number(letter: Paper) -> None:
    number, about = letter.head.rows[1].cells[0].paragraphs
    assert number.text.startswith("Số:")
    assert about.text == "V/v đôn đốc gửi kết quả thực hiện Công văn số 1/UBND"
    assert 12 <= size(about) <= 13
    assert not is_bold(about) and not is_italic(about)
    assert about.alignment == CENTRE
    assert about.paragraph_format.space_before is not None
    assert about.paragraph_format.space_before.pt == 6


def test_a_report_says_its_kind_and_subject_in_the_middle_with_a_rule_below(report: Paper) -> None:
    blocks = report.blocks
    kind = next(n for n, one in enumerate(blocks) if not isinstance(one, Table) and one.text == "BÁO CÁO")
    title, subject, rule = blocks[kind : kind + 3]
    assert not isinstance(title, Table) and not isinstance(subject, Table) and not isinstance(rule, Table)
    assert subject.text == "Kết quả triển khai, thực hiện công tác dân vận năm 2020"
    for line in (title, subject):
        assert is_bold(line) and 13 <= size(line) <= 14 and line.alignment == CENTRE
    assert 46 <= rule_length(rule, TEXT) <= 83  # of a line of 118 to 165 mm


# To whom


def test_one_place_stands_beside_kinh_gui(report: Paper) -> None:
    line = report.line("Kính gửi:")
    assert line.text == "Kính gửi: Ban Cán sự Đảng Ủy ban nhân dân thành phố."
    assert 13 <= size(line) <= 14
    assert not is_bold(line) and not is_italic(line)


def test_several_stand_below_it_each_with_its_dash_and_the_right_mark_at_the_end(letter: Paper) -> None:
    lines = letter.lines
    first = lines.index(next(one for one in lines if one.text == "Kính gửi:"))
    assert [one.text for one in lines[first + 1 : first + 3]] == [
        "- Ủy ban nhân dân quận Ninh Kiều;",
        "- Ủy ban nhân dân phường Cái Khế, quận Ninh Kiều.",
    ]
    assert not any(is_bold(one) for one in lines[first : first + 3])


# The body


def body(paper: Paper) -> list[Any]:
    """The paragraphs between Kính gửi and the signature, tables left out."""
    signature = next(n for n, one in enumerate(paper.blocks) if one._element is paper.signature._tbl)
    blocks = [one for one in paper.blocks[1:signature] if not isinstance(one, Table) and one.text.strip()]
    return [one for one in blocks if one.alignment == JUSTIFY]


def test_the_body_is_justified_set_in_and_spaced(paper: Paper) -> None:
    assert len(body(paper)) >= 4
    for line in body(paper):
        look = line.paragraph_format
        assert 13 <= size(line) <= 14
        assert look.first_line_indent.mm == pytest.approx(12.7, abs=0.1)
        assert look.space_before.pt >= 6
        assert 1 <= look.line_spacing <= 1.5


def test_the_report_has_its_five_parts_and_the_three_of_the_directive(report: Paper) -> None:
    headings = [one.text for one in body(report) if is_bold(one)]
    assert headings == [
        "I. TÌNH HÌNH CHUNG, CÔNG TÁC CHỈ ĐẠO",
        "II. KẾT QUẢ THỰC HIỆN",
        "1. Công tác dân vận",
        "2. Thực hiện “Năm dân vận khéo” 2020",
        "3. Thực hiện quy chế dân chủ ở cơ sở",
        "4. Nội dung chung và các nội dung khác được giao tại Công văn số 1/UBND",
        "III. TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN",
        "IV. PHƯƠNG HƯỚNG, NHIỆM VỤ",
        "V. KIẾN NGHỊ, ĐỀ XUẤT",
    ]


def test_no_heading_is_left_alone_at_the_end_of_a_page(report: Paper) -> None:
    assert all(one.paragraph_format.keep_with_next for one in body(report) if is_bold(one))


def test_a_text_is_cited_in_full_the_first_time_and_then_by_kind_and_number(paper: Paper) -> None:
    full = "Công văn số 1/UBND ngày 30 tháng 6 năm 2020 của Ủy ban nhân dân thành phố về việc triển khai công tác dân vận"
    said = "\n".join(one.text for one in body(paper))
    assert said.count(full) == 1
    assert said.index("Công văn số 1/UBND") == said.index(full)


def test_the_last_sentence_ends_the_paper(paper: Paper, report: Paper) -> None:
    last = body(paper)[-1].text
    assert last.endswith("./.")
    assert paper.text.count("./.") == 1
    if paper is report:
        assert last == (
            "Trên đây là báo cáo kết quả triển khai, thực hiện công tác dân vận năm 2020, Sở Nội vụ kính báo cáo Ban Cán "
            "sự Đảng Ủy ban nhân dân thành phố./."
        )


def test_what_only_the_office_can_know_is_a_marked_place_and_no_invention(report: Paper) -> None:
    places = [one for one in body(report) if one.text.startswith("[Văn phòng bổ sung ")]
    assert len(places) == 7
    for line in places:
        assert line.text.endswith("]")
        assert all(run.font.highlight_color is not None for run in line.runs)


# The end


def test_who_signs_stands_on_the_right_in_bold_capitals_with_room_and_a_name(paper: Paper) -> None:
    title, *room, name = paper.signature.rows[0].cells[1].paragraphs
    assert title.text == "GIÁM ĐỐC"
    assert is_bold(title) and 13 <= size(title) <= 14 and title.alignment == CENTRE
    assert len(room) >= 3 and not any(line.text for line in room)
    assert is_bold(name) and 13 <= size(name) <= 14
    assert not borders(paper.signature)


def test_noi_nhan_stands_on_the_left_with_who_keeps_a_copy_last(paper: Paper) -> None:
    title, *lines = paper.signature.rows[0].cells[0].paragraphs
    assert title.text == "Nơi nhận:"
    assert is_bold(title) and is_italic(title) and size(title) == 12
    assert [one.text for one in lines] == ["- Như trên;", "- Ban Dân vận Thành ủy;", "- Lưu: VT, XDCQ."]
    assert {size(one) for one in lines} == {11}
    assert not any(is_bold(one) or is_italic(one) for one in lines)


def test_the_signature_never_stands_on_a_page_without_the_end_of_the_text(paper: Paper) -> None:
    assert body(paper)[-1].paragraph_format.keep_with_next
    assert marked(paper.signature.rows[0], "cantSplit")


# The annexes


@pytest.mark.parametrize(
    ("which", "titles"), [("report", ["Phụ lục I", "Phụ lục II"]), ("letter", ["Phụ lục"])]
)
def test_an_annex_has_its_number_its_name_and_what_it_belongs_to(
    papers: dict[str, Paper], which: str, titles: list[str]
) -> None:
    lines = papers[which].lines
    found = [n for n, one in enumerate(lines) if re.fullmatch(r"Phụ lục( [IV]+)?", one.text)]
    assert [lines[n].text for n in found] == titles
    for n in found:
        number, name, belongs = lines[n : n + 3]
        assert is_bold(number) and size(number) == 14 and number.alignment == CENTRE
        assert is_bold(name) and 13 <= size(name) <= 14 and name.text == name.text.upper()
        assert is_italic(belongs) and 13 <= size(belongs) <= 14
        kind = "Báo cáo" if which == "report" else "Công văn"
        assert re.fullmatch(rf"\(Kèm theo {kind} số +/[A-Z-]+ ngày .* của Sở Nội vụ\)", belongs.text)


def test_a_table_over_several_pages_repeats_its_head_and_splits_no_row(paper: Paper) -> None:
    grids = [one for one in paper.document.tables if borders(one)]
    assert grids
    for table in grids:
        assert marked(table.rows[0], "tblHeader")
        assert all(marked(row, "cantSplit") for row in table.rows)


def test_no_table_is_wider_than_the_text(paper: Paper) -> None:
    for table in paper.document.tables:
        for row in table.rows:
            assert sum(cell.width.mm for cell in row.cells if cell.width) <= TEXT + 0.5
