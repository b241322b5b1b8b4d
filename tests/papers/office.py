"""The small campaign with papers to write: its office, and a .docx read back as the decree's list looks at it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from sqlalchemy import Engine

from directives.ledger.paper_rows import Kept
from notifications.papers.drafting import Office
from notifications.replies.file_store import FileStore
from tests.ledger.campaigns import Followed, a_campaign, a_definition, at

REPORT: dict[str, Any] = {
    "subject": "triển khai, thực hiện công tác dân vận năm 2020",
    "parts": ["Công tác dân vận", "Thực hiện “Năm dân vận khéo” 2020", "Thực hiện quy chế dân chủ ở cơ sở"],
    "to": ["Ban Cán sự Đảng Ủy ban nhân dân thành phố"],
    "cut_off": "2020-11-09",
    "above": ["Ủy ban nhân dân", "thành phố Cần Thơ"],
    "symbol": "BC-SNV",
    "letter_symbol": "SNV-XDCQ",
    "place": "Cần Thơ",
    "sign": {"title": ["Giám đốc"]},
    "copies": ["Ban Dân vận Thành ủy"],
    "keep": "VT, XDCQ",
}


def with_papers(data: dict[str, Any], **changed: Any) -> None:
    """An edit of the small campaign's file: it says how its papers look."""
    data["report"] = {**deepcopy(REPORT), **changed}
    data["instructions"][0]["part"] = 1


def a_paper_campaign(engine: Engine, **changed: Any) -> Followed:
    return a_campaign(engine, definition=a_definition(lambda data: with_papers(data, **changed)))


def an_office(followed: Followed, folder: Path, **more: Any) -> Office:
    return Office(followed.engine, FileStore(folder / "papers", ".docx"), folder / "templates", **more)


def a_report(followed: Followed, folder: Path, when: str = "2020-11-10 08:15", **more: Any) -> Paper:
    office = an_office(followed, folder, **more)
    return opened(office, office.draft_report(followed.key, None, at(when)))


def a_letter(followed: Followed, folder: Path, when: str) -> Paper:
    office = an_office(followed, folder)
    kept = office.draft_letter(followed.key, at(when), asked=True)
    assert kept is not None
    return opened(office, kept)


def opened(office: Office, kept: Kept) -> Paper:
    return Paper(office.read(kept))


@dataclass(frozen=True)
class Paper:
    """One .docx, as Word would find it."""

    raw: bytes

    @cached_property
    def document(self) -> Document:
        return docx.Document(io.BytesIO(self.raw))

    @cached_property
    def blocks(self) -> list[Paragraph | Table]:
        """Paragraphs and tables in the order of reading."""
        return list(cast(Any, self.document).iter_inner_content())

    @property
    def head(self) -> Table:
        return self.document.tables[0]

    @property
    def signature(self) -> Table:
        return next(one for one in self.document.tables if "Nơi nhận:" in one.rows[0].cells[0].text)

    @cached_property
    def lines(self) -> list[Paragraph]:
        """Every paragraph with words, in tables too."""
        return [one for one in self._paragraphs(self.blocks) if one.text.strip()]

    @property
    def text(self) -> str:
        return "\n".join(one.text for one in self.lines)

    def line(self, begins: str) -> Paragraph:
        return next(one for one in self.lines if one.text.startswith(begins))

    def table(self, column: str) -> list[list[str]]:
        """The rows of the table that has this column, its head first."""
        found = next(
            one for one in self.document.tables if column in [cell.text for cell in one.rows[0].cells]
        )
        return [[cell.text for cell in row.cells] for row in found.rows]

    def parts(self) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(self.raw)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @property
    def xml(self) -> str:
        return self.parts()["word/document.xml"].decode()

    def _paragraphs(self, blocks: list[Paragraph | Table]) -> Iterator[Paragraph]:
        for block in blocks:
            if isinstance(block, Paragraph):
                yield block
            else:
                for row in block.rows:
                    for cell in row.cells:
                        yield from self._paragraphs(list(cell.iter_inner_content()))


def size(line: Paragraph) -> float:
    """Points of the line's words; all of one size."""
    (found,) = {run.font.size.pt for run in line.runs if run.text.strip() and run.font.size}
    return found


def is_bold(line: Paragraph) -> bool:
    return all(run.bold for run in line.runs if run.text.strip())


def is_italic(line: Paragraph) -> bool:
    return all(run.italic for run in line.runs if run.text.strip())


def rule_length(line: Paragraph, width: float) -> float:
    """Millimetres of a rule: the upper border of an empty paragraph, set in from both sides."""
    assert line._p.find(f"{qn('w:pPr')}/{qn('w:pBdr')}/{qn('w:top')}") is not None
    left, right = line.paragraph_format.left_indent, line.paragraph_format.right_indent
    assert left is not None and right is not None
    return width - left.mm - right.mm


def letters(text: str) -> str:
    return re.sub(r"[^\w]", "", text)
