"""Files of Word, Excel and PDF made to be endless are refused in one line, before they cost memory or time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from config.directive_file import directive_text
from config.pdf_text import CPU as PDF_CPU
from directives.errors import DondocError
from tests.hostile.limits import bounded
from tests.hostile.office import EXCEL, PDFS, WORD, a_docx, cell, document, otherwise, paragraph, with_part

OPEN = """
import json, sys
from pathlib import Path
from config.contacts import read_contacts
from config.directive_file import directive_text
from config.list_sheet import list_rows
from directives.errors import DondocError
from tests.hostile.limits import peak_megabytes

for file in map(Path, sys.argv[1:]):
    for read in ([lambda one: read_contacts(one, {}), list_rows] if file.suffix == ".xlsx" else [directive_text]):
        try:
            said = f"read {len(read(file))}"
        except DondocError as error:
            said = str(error)
        print(json.dumps([file.stem, said]), flush=True)
print(peak_megabytes())
"""
CPU = 120  # seconds; all of a kind take less than ten
# What is read: it only looks endless, or its numbers were.
READ = {"a roman number of a billion letters", "a number that says itself a million times"} | {
    "a cell merged over thousands of rows", "cells merged over rows again and again", "forms that draw themselves",
}  # fmt: skip


@pytest.mark.system
@pytest.mark.parametrize(("kind", "made"), [(".docx", WORD), (".xlsx", EXCEL)], ids=["Word", "Excel"])
def test_no_office_file_takes_long_or_much(
    tmp_path: Path, kind: str, made: dict[str, Callable[[], bytes]]
) -> None:
    files = _written(tmp_path, kind, made)
    said = bounded(OPEN, cpu=CPU, megabytes=2_000, args=tuple(map(str, files))).splitlines()
    assert int(said.pop()) < 700  # megabytes at its most
    refused = dict[str, str](json.loads(line) for line in said)
    assert refused.keys() == made.keys()
    for name, why in refused.items():
        assert why.startswith("read ") == (name in READ), f"{name}: {why}"
        assert len(why.splitlines()) == 1


@pytest.mark.system
def test_no_pdf_takes_long_or_much(tmp_path: Path) -> None:
    files = _written(tmp_path, ".pdf", PDFS)
    said = bounded(OPEN, cpu=CPU, megabytes=2_000, args=tuple(map(str, files))).splitlines()
    assert int(said.pop()) < 300  # the file is opened in a process of its own, which has limits of its own
    for name, why in map(json.loads, said):
        assert why.startswith("read ") == (name in READ), f"{name}: {why}"
        assert len(why.splitlines()) == 1
    assert PDF_CPU < CPU


def _written(folder: Path, kind: str, made: dict[str, Callable[[], bytes]]) -> list[Path]:
    files = list[Path]()
    for name, content in made.items():
        files.append(folder / f"{name}{kind}")
        files[-1].write_bytes(content())
    return files


def test_a_pdf_that_needs_more_than_it_may_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that the kernel ends is no fault of ours to be shown."""
    file = tmp_path / "a.pdf"
    file.write_bytes(PDFS["pages that all draw one long stream"]())
    (tmp_path / "sitecustomize.py").write_text(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (0, 1))\nwhile True: pass\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(
        DondocError, match=r"^'a.pdf' takes more memory or time than a directive can; [^\n]+$"
    ):
        directive_text(file)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UCS-4", "utf-32-be"),
        ("UCS-4", "utf-32-le"),
        ("UCS-4", "utf-32"),
        ("EBCDIC-CP-US", "cp037"),
        ("x-mac-nowhere", "ascii"),
    ],
)
def test_a_part_in_letters_that_are_not_looked_through_is_refused(
    tmp_path: Path, declared: str, encoding: str
) -> None:
    """The library that opens it knows more of them, and tells none by its name."""
    file = tmp_path / "a.docx"
    file.write_bytes(otherwise(paragraph("a"), declared, encoding))
    with pytest.raises(DondocError, match=r"^'a.docx' cannot be read as .docx \(.*(letters|damaged)[^\n]*$"):
        directive_text(file)


@pytest.mark.parametrize(
    "content", [b"<a>\x00</a>", b"\x00\x00\x01", b"<div><br></div>", b"\x89PNG\r\n", b""]
)
def test_pictures_and_the_like_are_no_reason_to_refuse(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(with_part(a_docx(), "word/media/a.bin", content))
    assert "Sở Tư pháp" in directive_text(file)


def test_an_honest_file_is_read_as_before(tmp_path: Path) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(a_docx())
    assert "Sở Tư pháp" in directive_text(file)


def test_merged_cells_keep_their_columns(tmp_path: Path) -> None:
    rows = "".join(
        f"<w:tr>{cells}</w:tr>"
        for cells in (
            cell('<w:vMerge w:val="restart"/>', paragraph("đầu")) + cell("", paragraph("một")),
            cell("<w:vMerge/>", "<w:p/>") + cell("", paragraph("hai")),
            cell('<w:gridSpan w:val="2"/>', paragraph("cả hàng")),
        )
    )
    file = tmp_path / "a.docx"
    file.write_bytes(document(f"<w:tbl>{rows}</w:tbl>"))
    assert directive_text(file).splitlines()[:3] == ["đầu | một", "đầu | hai", "cả hàng | cả hàng"]
