"""The blocks that a paper is built of, with the measures of Nghị định 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell  # pyright: ignore[reportPrivateUsage]
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
TOP, BOTTOM, LEFT, RIGHT = 20, 20, 30, 15
TEXT = 210 - LEFT - RIGHT
HEAD = (66, TEXT - 66)  # Quốc hiệu needs 88 mm at 13 points
MOTTO = 57  # millimetres of "Độc lập - Tự do - Hạnh phúc" at 14 points, bold: its rule is as long
OFFICE_RULE, SUBJECT_RULE = 8, 55  # a third to a half of the lines above them
BODY, SMALL, TABLE = 14, 13, 11
CENTRE, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY


class Blank:
    """One template while it is written."""

    def __init__(self) -> None:
        self.document: Document = docx.Document()
        _styles(self.document)
        _page(self.document)

    # Paragraphs

    def line(self, text: str = "", at: Any = None, **look: Any) -> Paragraph:
        """A line without space around it, of one look."""
        made = (at or self.document).add_paragraph()
        return _written(made, text, **look)

    def say(self, text: str, **look: Any) -> Paragraph:
        """A paragraph of the body: justified, first line set in, six points apart."""
        made = self.line(text, size=BODY, align=JUSTIFY, before=6, **look)
        made.paragraph_format.first_line_indent = Mm(12.7)
        made.paragraph_format.line_spacing = 1.15
        return made

    def heading(self, text: str) -> None:
        self.say(text, bold=True).paragraph_format.keep_with_next = True

    def office(self, text: str) -> None:
        """What only the office can know: a visible place to write it."""
        self.say(f"[Văn phòng bổ sung {text}]", mark=True)

    def tag(self, text: str) -> None:
        """A line that only holds a tag, and goes with it."""
        self.line(f"{{%p {text} %}}", size=8)

    # Blocks

    def head(self, about: str = "") -> None:
        """Two columns without borders: the office on the left, Quốc hiệu and Tiêu ngữ on the right."""
        table = self.bare(HEAD, 2)
        left, right = table.rows[0].cells
        self.line("{%p for line in above %}", left, size=8)
        self.line("{{ line }}", left, size=SMALL, align=CENTRE)
        self.line("{%p endfor %}", left, size=8)
        self.line("{{ office }}", left, size=SMALL, align=CENTRE, bold=True)
        _rule(self.line("", left, size=2), HEAD[0], OFFICE_RULE)
        self.line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", right, size=SMALL, align=CENTRE, bold=True)
        self.line("Độc lập - Tự do - Hạnh phúc", right, size=BODY, align=CENTRE, bold=True)
        _rule(self.line("", right, size=2), HEAD[1], MOTTO)
        left, right = table.rows[1].cells
        self.line("Số:        /{{ symbol }}", left, size=SMALL, align=CENTRE, before=6)
        if about:
            self.line(about, left, size=SMALL, align=CENTRE, before=6)
        self.line("{%p if rehearsal %}", left, size=8)
        self.line("(Bản diễn tập)", left, size=SMALL, align=CENTRE, italic=True)
        self.line("{%p endif %}", left, size=8)
        self.line("{{ place_date }}", right, size=BODY, align=CENTRE, italic=True, before=6)
        for row in table.rows:
            for cell in row.cells:
                _strip(cell)

    def title(self, kind: str, subject: str) -> None:
        self.line(kind, size=BODY, align=CENTRE, bold=True, before=18)
        self.line(subject, size=BODY, align=CENTRE, bold=True)
        _rule(self.line("", size=2), TEXT, SUBJECT_RULE)

    def addressed(self) -> None:
        """Kính gửi: one place on the same line, several below it with their dashes."""
        self.tag("if to|length == 1")
        self.line("Kính gửi: {{ to[0] }}", size=BODY, align=CENTRE, before=12, after=6)
        self.tag("else")
        self.line("Kính gửi:", size=BODY, before=12).paragraph_format.left_indent = Mm(30)
        self.tag("for line in to")
        place = self.line("{{ line }}", size=BODY).paragraph_format
        place.left_indent, place.first_line_indent = Mm(51), Mm(-3)
        self.tag("endfor")
        self.tag("endif")

    def signature(self) -> None:
        """Nơi nhận on the left, who signs on the right, never parted by a page's end."""
        self.line("", size=BODY).paragraph_format.keep_with_next = True
        left, right = self.bare((85, TEXT - 85), 1).rows[0].cells
        self.line("Nơi nhận:", left, size=12, bold=True, italic=True)
        self.line("{%p for line in copies %}", left, size=8)
        self.line("{{ line }}", left, size=11)
        self.line("{%p endfor %}", left, size=8)
        self.line("{%p for line in sign_title %}", right, size=8)
        self.line("{{ line }}", right, size=BODY, align=CENTRE, bold=True)
        self.line("{%p endfor %}", right, size=8)
        for _ in range(4):
            self.line("", right, size=BODY)
        self.line(
            "{% if sign_name %}{{ sign_name }}{% else %}[Họ và tên]{% endif %}",
            right,
            size=BODY,
            align=CENTRE,
            bold=True,
        )
        for cell in (left, right):
            _strip(cell)
            for made in cell.paragraphs:
                made.paragraph_format.keep_with_next = True

    def annex(self, number: str, title: str, of: str) -> None:
        """A section of its own, its pages numbered by themselves."""
        counting = OxmlElement("w:pgNumType")
        counting.set(qn("w:start"), "1")
        self.document.add_section(WD_SECTION.NEW_PAGE)._sectPr.append(counting)
        self.line(f"Phụ lục{number}", size=BODY, align=CENTRE, bold=True)
        self.line(title, size=BODY, align=CENTRE, bold=True)
        about = f"(Kèm theo {of} số        /{{{{ symbol }}}} {{{{ drawn_on }}}} của {{{{ office_name }}}})"
        self.line(about, size=SMALL, align=CENTRE, italic=True, after=8)

    # Tables

    def bare(self, widths: Sequence[float], rows: int) -> Table:
        table = self.document.add_table(rows, len(widths))
        _fix(table, widths, padding=0)
        return table

    def grid(self, columns: Sequence[Column], loop: str, total: Sequence[str] = ()) -> None:
        """A table with lines, its head on every page and no row over two; one row for each of the loop's."""
        table = self.document.add_table(4 + bool(total), len(columns))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _fix(table, [one.width for one in columns], padding=1.2)
        _repeated(table)
        rows: list[Sequence[str]] = [[one.title for one in columns], [f"{{%tr for {loop} %}}"]]
        rows += [[one.tag for one in columns], ["{%tr endfor %}"], *([total] if total else [])]
        for n, texts in enumerate(rows):
            for column, cell, text in zip(columns, table.rows[n].cells, texts, strict=False):
                strong = n in (0, 4)
                align = None if column.left and n in (2, 4) else CENTRE
                for line in text.split("\n"):
                    self.line(line, cell, size=TABLE, align=align, bold=strong, italic="words" in line)
                _strip(cell)
                cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        self.line("", size=6)


class Column(NamedTuple):
    title: str
    tag: str
    width: float
    left: bool = False


def _styles(document: Document) -> None:
    """Times New Roman for every alphabet, black; nothing of Word's own look."""
    normal = cast(Any, document.styles["Normal"])
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(BODY), RGBColor(0, 0, 0)
    fonts = normal.element.rPr.rFonts
    for name in ("w:eastAsia", "w:cs", "w:hAnsi"):
        fonts.set(qn(name), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.rPr.append(language)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = True


def _page(document: Document) -> None:
    """A4 upright; the number in the middle of the top margin from the second page on."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True
    number = section.header.paragraphs[0]
    number.style = "Normal"
    number.alignment = CENTRE
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("shown", "2"), ("end", "")):
        run = number.add_run()
        run.font.size = Pt(BODY)
        if kind == "shown":
            run.text = text
        elif text:
            field = OxmlElement("w:instrText")
            field.text = text
            run._r.append(field)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _written(made: Paragraph, text: str, **look: Any) -> Paragraph:
    if "align" in look:
        made.alignment = look["align"]
    made.paragraph_format.space_before = Pt(look.get("before", 0))
    made.paragraph_format.space_after = Pt(look.get("after", 0))
    size = Pt(look.get("size", BODY))
    run = made.add_run(text)
    run.font.size = size
    mark = OxmlElement("w:rPr")  # of the paragraph's end, which gives an empty line its height
    height = OxmlElement("w:sz")
    height.set(qn("w:val"), str(int(size.pt * 2)))
    mark.append(height)
    made._p.get_or_add_pPr().append(mark)
    run.bold, run.italic = look.get("bold") or None, look.get("italic") or None
    if look.get("mark"):
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return made


def _rule(made: Paragraph, width: float, length: float) -> None:
    """A line of that length in the middle: the paragraph's upper border, set in from both sides."""
    made.paragraph_format.left_indent = made.paragraph_format.right_indent = Mm((width - length) / 2)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    made._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")


def _fix(table: Table, widths: Sequence[float], padding: float) -> None:
    """Widths that neither Word nor LibreOffice moves, the room inside the cells, and no row over two pages."""
    table.autofit = False
    margins = OxmlElement("w:tblCellMar")
    # Word wants them in this order. Capitals with two marks (Ủ, Ễ) would touch the line above without room.
    for side, room_for in (
        ("top", padding / 3),
        ("left", padding),
        ("bottom", padding / 3),
        ("right", padding),
    ):
        room = OxmlElement(f"w:{side}")
        room.set(qn("w:w"), str(round(room_for * 56.7)))
        room.set(qn("w:type"), "dxa")
        margins.append(room)
    table._tbl.tblPr.append(margins)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)


def _repeated(table: Table) -> None:
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _strip(cell: _Cell) -> None:
    """A new cell begins with an empty paragraph that nobody asked for."""
    first = cell.paragraphs[0]
    if len(cell.paragraphs) > 1 and not first.text:
        first._p.getparent().remove(first._p)
