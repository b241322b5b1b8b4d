"""The same directive as text, Markdown, Word and PDF is read alike; what cannot be read is one line that says what to do."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from pypdf import PdfReader, PdfWriter

from config import directive_file
from config.directive_file import directive_text
from directives.drafting.document import read
from directives.errors import DondocError
from tests.draft.drafts import EXAMPLES, a_document, a_text, calendar

BODY = """1. Giao Sở Nội vụ rà soát, báo cáo Ủy ban nhân dân thành phố trước ngày 10/11/2020.

2. Giao Sở Tư pháp kiểm tra việc thực hiện."""


def instructions(file: Path) -> list[tuple[str, tuple[str, ...], list[str]]]:
    """(label, obliged, deadlines) of each."""
    document = read(directive_text(file), calendar())
    return [(one.label, one.parties, [due.phrase for due in one.phrases]) for one in document.duties]


EXPECTED = [("1", ("Sở Nội vụ",), ["trước ngày 10/11/2020"]), ("2", ("Sở Tư pháp",), [])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_any_unicode(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text(a_text(BODY), encoding=encoding)
    assert instructions(tmp_path / "a.txt") == EXPECTED


def test_decomposed_letters_are_the_same_letters(tmp_path: Path) -> None:
    import unicodedata

    (tmp_path / "a.txt").write_text(unicodedata.normalize("NFD", a_text(BODY)), encoding="utf-8")
    assert instructions(tmp_path / "a.txt") == EXPECTED


def test_markdown_with_emphasis(tmp_path: Path) -> None:
    lines = [f"**{line}**" if line else "" for line in a_text(BODY).splitlines()]
    (tmp_path / "a.md").write_text("\n".join(lines), encoding="utf-8")
    assert instructions(tmp_path / "a.md") == EXPECTED


def a_word_file(file: Path, body: str) -> Any:
    """With its head in a table of two columns, as offices set it."""
    document = docx.Document()
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ CẦN THƠ\nSố: 2100/UBND-NC\nV/v đọc văn bản Word"
    table.cell(
        0, 1
    ).text = (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nCần Thơ, ngày 06 tháng 7 năm 2020"
    )
    document.add_paragraph("Kính gửi: Các sở, ban, ngành thành phố.")
    document.add_paragraph("Ủy ban nhân dân thành phố yêu cầu:")
    for line in body.splitlines():
        if line:
            document.add_paragraph(line)
    document.save(str(file))
    return document


def test_a_word_file_with_its_head_in_a_table(tmp_path: Path) -> None:
    a_word_file(tmp_path / "a.docx", BODY)
    document = read(directive_text(tmp_path / "a.docx"), calendar())
    head = document.head
    assert (head.number, str(head.issued)) == ("2100/UBND-NC", "2020-07-06")
    assert (head.issuer, head.subject) == ("Ủy ban nhân dân thành phố Cần Thơ", "đọc văn bản Word")
    assert instructions(tmp_path / "a.docx") == EXPECTED


def test_a_word_table_of_tasks_is_read_row_by_row(tmp_path: Path) -> None:
    document = a_word_file(tmp_path / "a.docx", "Thực hiện các nhiệm vụ tại Phụ lục.")
    document.add_paragraph("PHỤ LỤC")
    table = document.add_table(2, 4)
    rows = (
        ("TT", "Nhiệm vụ", "Cơ quan chủ trì", "Thời hạn"),
        ("1", "Lập danh mục hồ sơ", "Sở Nội vụ", "Quý IV/2020"),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    assert ("1", ("Sở Nội vụ",), ["Quý IV/2020"]) in instructions(tmp_path / "a.docx")


def test_the_numbers_that_word_sets_are_read(tmp_path: Path) -> None:
    document = a_word_file(tmp_path / "a.docx", "")
    for text in ("Giao Sở Nội vụ lập danh sách.", "Giao Sở Tư pháp kiểm tra."):
        _numbered(document, document.add_paragraph(text))
    document.save(str(tmp_path / "a.docx"))
    assert [label for label, _, _ in instructions(tmp_path / "a.docx")] == ["1", "2"]


def _numbered(document: Any, paragraph: Any) -> None:
    """In the list that python-docx's own template numbers "1.", "2."."""
    style = next(one for one in document.styles if one.name == "List Number")
    numbering = style.element.pPr.numPr
    properties = paragraph._p.get_or_add_pPr()
    own = OxmlElement("w:numPr")
    for name in ("w:ilvl", "w:numId"):
        value = OxmlElement(name)
        found = numbering.find(qn(name))
        value.set(qn("w:val"), "0" if found is None else found.get(qn("w:val")))
        own.append(value)
    properties.append(own)


def a_pdf(file: Path, text: str) -> None:
    """A page of text, drawn with a font that has Vietnamese letters."""
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import FigureCanvasPdf
    from matplotlib.figure import Figure

    with mpl.rc_context({"pdf.fonttype": 42}):
        figure = Figure(figsize=(8.3, 11.7))
        FigureCanvasPdf(figure)
        for n, line in enumerate(text.splitlines()):
            figure.text(0.08, 0.97 - 0.018 * n, line, size=8)
        figure.savefig(str(file), format="pdf")


def test_a_pdf_with_text(tmp_path: Path) -> None:
    a_pdf(tmp_path / "a.pdf", a_text(BODY))
    document = read(directive_text(tmp_path / "a.pdf"), calendar())
    assert document.head.number == "2100/UBND-NC"
    assert instructions(tmp_path / "a.pdf") == EXPECTED


def refused(file: Path) -> str:
    with pytest.raises(DondocError) as error:
        directive_text(file)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_an_encrypted_pdf(tmp_path: Path) -> None:
    a_pdf(tmp_path / "a.pdf", a_text(BODY))
    writer = PdfWriter(clone_from=PdfReader(tmp_path / "a.pdf"))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(tmp_path / "b.pdf")
    assert "encrypted; save a copy without a password" in refused(tmp_path / "b.pdf")


def test_a_scan(tmp_path: Path) -> None:
    a_pdf(tmp_path / "a.pdf", "")
    assert "a scan without text; run text recognition" in refused(tmp_path / "a.pdf")


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.docx", "a.pdf"])
def test_binary_junk(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(range(256)) * 40)
    assert name in refused(tmp_path / name)


def test_a_zip_that_is_no_word_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as packed:
        packed.writestr("a.txt", "nothing")
    assert "cannot be read as .docx" in refused(tmp_path / "a.docx")


def test_a_word_file_that_could_do_harm_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directive_file, "UNPACKED", 1000)
    a_word_file(tmp_path / "a.docx", BODY)
    assert "unpacks to more" in refused(tmp_path / "a.docx")


def test_a_huge_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directive_file, "LARGEST", 100)
    (tmp_path / "a.txt").write_text(a_text(BODY), encoding="utf-8")
    assert "larger than" in refused(tmp_path / "a.txt")


def test_no_file_an_empty_one_and_another_kind(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(" \n", encoding="utf-8")
    (tmp_path / "a.xlsx").write_bytes(b"x")
    assert "check the path" in refused(tmp_path / "none.txt")
    assert "holds no text" in refused(tmp_path / "a.txt")
    assert "is not .txt, .md, .docx, .pdf" in refused(tmp_path / "a.xlsx")


@pytest.mark.parametrize(
    "text", ["Một lá thư thường, gửi bạn.", "word " * 500, "Số 5 đường Trần Phú\n\nXin chào."]
)
def test_what_is_no_directive(text: str) -> None:
    with pytest.raises(DondocError, match="is no directive"):
        read(text, calendar())


def test_the_examples_are_files_like_any(tmp_path: Path) -> None:
    for file in EXAMPLES.glob("*.txt"):
        assert directive_text(file) == file.read_text(encoding="utf-8")


def test_a_letter_without_duties_has_none() -> None:
    assert a_document("Trân trọng cảm ơn./.").duties == ()
