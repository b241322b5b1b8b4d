"""Files of Word, Excel and PDF that are small on disk and were made to be endless when opened."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import docx
from openpyxl import Workbook

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
LAUGHING = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
BLOW_UP = f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'
HEAD = "<row>" + "".join(
    f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in ("unit", "role", "name", "address")
) + "</row>"  # fmt: skip


def a_docx() -> bytes:
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("Giao Sở Tư pháp báo cáo trước ngày 10/11/2020.")
    made.save(out)
    return out.getvalue()


def an_xlsx() -> bytes:
    made, out = Workbook(), io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_part(packed: bytes, name: str, content: str | bytes) -> bytes:
    """The same file with another part of that name."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, content)
    return out.getvalue()


def document(body: str, before: str = "", name: str = "word/document.xml") -> bytes:
    text = f'{DECLARED}{before}<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return with_part(a_docx(), name, text)


def otherwise(body: str, declared: str, encoding: str) -> bytes:
    """A document in a part that is not called XML, in letters that not every reader of XML knows."""
    text = f'<?xml version="1.0" encoding="{declared}"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    made = with_part(a_docx(), "word/document.bin", text.encode(encoding))
    with ZipFile(io.BytesIO(made)) as packed:
        types, links = packed.read("[Content_Types].xml"), packed.read("_rels/.rels")
    made = with_part(made, "[Content_Types].xml", types.replace(b"/word/document.xml", b"/word/document.bin"))
    return with_part(made, "_rels/.rels", links.replace(b"word/document.xml", b"word/document.bin"))


def sheet(rows: str, after: str = "", before: str = "") -> bytes:
    text = f'{DECLARED}{before}<worksheet xmlns="{S}"><sheetData>{HEAD}{rows}</sheetData>{after}</worksheet>'
    return with_part(an_xlsx(), "xl/worksheets/sheet1.xml", text)


def strings(content: str, before: str = "") -> bytes:
    made = with_part(
        an_xlsx(), "xl/sharedStrings.xml", f'{DECLARED}{before}<sst xmlns="{S}"><si>{content}</si></sst>'
    )
    return with_part(
        made, "xl/worksheets/sheet1.xml", f'{DECLARED}<worksheet xmlns="{S}"><sheetData/></worksheet>'
    )


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def table(cells: str, rows: int = 1) -> str:
    return f"<w:tbl>{f'<w:tr>{cells}</w:tr>' * rows}</w:tbl>"


def cell(properties: str, inside: str) -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def numbered(level: str) -> bytes:
    """A list whose numbers are written as `level` says, with a thousand paragraphs."""
    numbering = (
        f'{DECLARED}<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0">{level}'
        '</w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    one = '<w:p><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'
    return with_part(document(one * 1_000), "word/numbering.xml", numbering)


def many_entries(count: int) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as new:
        for n in range(count):
            new.writestr(f"{n}", b"")
    return out.getvalue()


def zeros(packed: bytes, name: str, size: int) -> bytes:
    """A part of that many spaces, a thousandth of it on disk."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(packed)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        with new.open(name, "w", force_zip64=True) as part:
            for _ in range(size // 1_000_000):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def pdf(pages: int, stream: bytes, *objects: bytes, resources: bytes = b"") -> bytes:
    """That many pages that all draw the one stream; further objects are numbered from 10."""
    kids = b" ".join(b"%d 0 R" % (1_000 + n) for n in range(pages))
    packed = zlib.compress(stream, 9)
    made = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, pages),
        3: b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(packed), packed),
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    made |= {10 + n: one for n, one in enumerate(objects)}
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 3 0 R/Resources<</Font<</F 4 0 R>>%b>>>>"
        % resources
    )
    made |= {1_000 + n: page for n in range(pages)}
    out, places = b"%PDF-1.4\n", dict[int, int]()
    for number, body in made.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%d 1\n%010d 00000 n \n" % (n, at) for n, at in places.items())
    return out + b"xref\n%btrailer<</Size 2000/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (table, len(out))


def drawing_itself() -> bytes:
    """Forms (ISO 32000 8.10) of which each draws the next ten times, twelve deep."""
    forms = [
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 4 0 R>>/XObject<</X %d 0 R>>>>/Length %d>>"
        b"stream\n%b\nendstream" % (11 + min(n, 11), 60, b"/X Do " * 10)
        for n in range(12)
    ]
    last = b"BT /F 9 Tf (ha) Tj ET"
    forms.append(
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 4 0 R>>>>/Length %d>>stream\n%b\nendstream"
        % (len(last), last)
    )
    return pdf(1, b"/X Do " * 10, *forms, resources=b"/XObject<</X 10 0 R>>")


WORD: dict[str, Callable[[], bytes]] = {
    "entities of entities": lambda: document(paragraph("&l11;"), LAUGHING),
    "one entity again and again": lambda: document(paragraph("&a;" * 20_000), BLOW_UP),
    "an entity of a file outside": lambda: document(paragraph("&a;"), OUTSIDE),
    "entities in the styles": lambda: with_part(
        a_docx(), "word/styles.xml", f'{DECLARED}{LAUGHING}<w:styles xmlns:w="{W}">&l11;</w:styles>'
    ),
    "a gigabyte of blanks": lambda: zeros(a_docx(), "word/media/a.png", 1_000_000_000),
    "ninety megabytes of blanks in the text": lambda: document(paragraph(" " * 90_000_000)),
    "ten million paragraphs": lambda: document("<w:p/>" * 10_000_000),
    "boxes in boxes": lambda: document("<w:tbl><w:tr><w:tc>" * 30_000 + "</w:tc></w:tr></w:tbl>" * 30_000),
    "tables in tables": lambda: document("<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60),
    "a cell of a billion columns": lambda: document(
        table(cell('<w:gridSpan w:val="1000000000"/>', paragraph("a")))
    ),
    "the same in letters of four bytes": lambda: otherwise(
        table(cell('<w:gridSpan w:val="1000000000"/>', paragraph("a"))), "UCS-4", "utf-32-be"
    ),
    "a row that begins a billion columns to the right": lambda: document(
        table('<w:trPr><w:gridBefore w:val="1000000000"/></w:trPr>' + cell("", paragraph("a")))
    ),
    "much text in wide cells": lambda: document(
        table(cell('<w:gridSpan w:val="63"/>', paragraph("a" * 20_000)), 200)
    ),
    "a cell merged over thousands of rows": lambda: document(
        table(cell('<w:vMerge w:val="restart"/>', paragraph("a")))[:-8]
        + f"<w:tr>{cell('<w:vMerge/>', '<w:p/>')}</w:tr>" * 5_000
        + "</w:tbl>"
    ),
    "cells merged over rows again and again": lambda: document(
        table(cell('<w:vMerge w:val="restart"/>', paragraph("a"))
              + "</w:tr>" + f"<w:tr>{cell('<w:vMerge/>', '<w:p/>')}</w:tr>" * 200 + "<w:tr>", 200)
    ),
    "a roman number of a billion letters": lambda: numbered(
        '<w:start w:val="1000000000"/><w:numFmt w:val="lowerRoman"/><w:lvlText w:val="%1."/>'
    ),
    "a number that says itself a million times": lambda: numbered(
        f'<w:numFmt w:val="decimal"/><w:lvlText w:val="{"%1" * 1_000_000}"/>'
    ),
    "many entries": lambda: many_entries(60_000),
    "half a file": lambda: a_docx()[:4_000],
    "a part that is no XML": lambda: with_part(a_docx(), "word/document.xml", b"\x00\xff" * 1_000),
}  # fmt: skip

EXCEL: dict[str, Callable[[], bytes]] = {
    "entities of entities": lambda: strings("<t>&l11;</t>", LAUGHING),
    "entities in the sheet": lambda: sheet("<row><c t='inlineStr'><is><t>&l11;</t></is></c></row>", "", LAUGHING),
    "one entity again and again": lambda: sheet(
        "<row><c t='inlineStr'><is><t>" + "&a;" * 20_000 + "</t></is></c></row>", "", BLOW_UP
    ),
    "an entity of a file outside": lambda: strings("<t>&a;</t>", OUTSIDE),
    "a gigabyte of blanks": lambda: zeros(an_xlsx(), "xl/worksheets/sheet1.xml", 1_000_000_000),
    "forty megabytes of empty cells": lambda: sheet("<row>" + "<c/>" * 10_000_000 + "</row>"),
    "a million rows": lambda: sheet("<row/>" * 1_048_576),
    "a cell in the last row": lambda: sheet("<row r='1048576'><c r='A1048576'><v>1</v></c></row>"),
    "every cell merged": lambda: sheet("", "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>"),
    "a column merged again and again": lambda: sheet(
        "", "<mergeCells>" + "<mergeCell ref='A1:A200000'/>" * 1_000 + "</mergeCells>"
    ),
    "a merge without end": lambda: sheet("", "<mergeCells><mergeCell ref='A:XFD'/></mergeCells>"),
    "a merge of nonsense": lambda: sheet("", "<mergeCells><mergeCell ref='x'/></mergeCells>"),
    "elements in elements": lambda: sheet("<a>" * 100_000 + "</a>" * 100_000),
    "many entries": lambda: many_entries(40_000),
    "half a file": lambda: an_xlsx()[:2_000],
    "a part that is no XML": lambda: with_part(an_xlsx(), "xl/workbook.xml", b"\x00\xff" * 1_000),
    "no sheet at all": lambda: with_part(an_xlsx(), "xl/workbook.xml", f'<workbook xmlns="{S}"><sheets/></workbook>'),
}  # fmt: skip

PDFS: dict[str, Callable[[], bytes]] = {
    "forms that draw themselves": drawing_itself,
    "pages that all draw one long stream": lambda: pdf(400, b"BT /F 9 Tf (ha ha) Tj ET\n" * 300_000),
    "a stream of a hundred megabytes": lambda: pdf(1, b"BT /F 9 Tf (ha ha) Tj ET\n" * 4_000_000),
    "more pages than anybody reads": lambda: pdf(900, b"BT ET"),
    "arrays in arrays": lambda: pdf(1, b"[" * 1_000_000),
    "half a file": lambda: pdf(3, b"BT ET")[:200],
}
