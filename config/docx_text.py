"""The text of a Word file, line by line: tables of the head and the signature cell by cell, any other row by row,
and the numbers that Word itself puts before paragraphs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import docx
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

LAYOUT = re.compile(r"cộng h[oò][àa] xã hội|độc lập ?-|nơi nhận ?:|số ?: ?\S{0,9} ?/", re.I)
LARGEST_ROMAN = 4_000  # written out, a number has as many letters as it is large
LONGEST_NUMBER = 100  # characters of a pattern such as "%1.%2."; it stands before every paragraph of a list
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def docx_text(file: Path, longest: int) -> str:
    """The text, or as much of it as is longer than `longest` characters.

    Errors: whatever python-docx raises for a damaged file.
    """
    document = docx.Document(str(file))
    numbers = _Numbers(document)
    lines, length = list[str](), 0
    for line in (line for block in document.iter_inner_content() for line in _block(block, numbers)):
        lines.append(line)
        length += len(line) + 1
        if length > longest + 1:
            break
    return "\n".join(lines)


def _block(block: Paragraph | Table, numbers: _Numbers) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield numbers.before(block) + block.text
        yield ""
        return
    rows = list(_rows(block))
    if LAYOUT.search(" ".join(text for row in rows for _, text in row)):
        for row in rows:
            for cell, _ in row:
                yield from (line for inner in cell.iter_inner_content() for line in _inside(inner, numbers))
    else:
        for row in rows:
            yield " | ".join(" ".join(text.split()) for _, text in row)
        yield ""


def _inside(block: Paragraph | Table, numbers: _Numbers) -> Iterator[str]:
    """What stands in a cell of the head: its paragraphs are lines of one thing, with nothing between."""
    if isinstance(block, Paragraph):
        yield numbers.before(block) + block.text
    else:
        yield from _block(block, numbers)


def _rows(table: Table) -> Iterator[list[tuple[_Cell, str]]]:
    """The cells of each row with their text, merged ones once a column so that columns keep their places.

    Not `row.cells`, which goes up the table anew for each cell that is merged downwards.
    """
    above = dict[int, tuple[_Cell, str]]()
    for row in cast(Any, table)._tbl.tr_lst:
        column, here = int(row.grid_before), dict[int, tuple[_Cell, str]]()
        for one in row.tc_lst:
            found = above.get(column) if one.vMerge == "continue" else None
            if found is None:
                cell = _Cell(one, table)
                found = cell, cell.text
            for _ in range(one.grid_span):
                here[column] = found
                column += 1
        above = here
        yield list(here.values())


class _Numbers:
    """Counters of Word's own lists, by list and level (ECMA-376, 17.9)."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        self.styles = document.styles.element
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        for number in root.findall(qn("w:num")):
            found = abstract.get(number.find(qn("w:abstractNumId")).get(qn("w:val")))
            for level in found.findall(qn("w:lvl")) if found is not None else ():
                self.levels[number.get(qn("w:numId")), int(level.get(qn("w:ilvl")))] = _level(level)

    def before(self, paragraph: Paragraph) -> str:
        """The number or dash that Word shows before a paragraph, and a space."""
        place = self._place(paragraph)
        if place is None or place not in self.levels or not paragraph.text.strip():
            return ""
        (identity, level), (form, text, start) = place, self.levels[place]
        counts = self.counts[identity]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if form == "bullet":
            return "- "
        shown = re.sub(r"%(\d)", lambda found: self._shown(identity, int(found[1]) - 1), text)
        return f"{shown} " if shown.strip() else ""

    def _shown(self, identity: str, level: int) -> str:
        form = self.levels.get((identity, level), ("decimal", "", 1))[0]
        return _number(self.counts[identity].get(level, 1), form)

    def _place(self, paragraph: Paragraph) -> tuple[str, int] | None:
        properties = paragraph._p.pPr
        numbering = properties.numPr if properties is not None else None
        if numbering is None or numbering.numId is None:
            return None
        level = numbering.ilvl.val if numbering.ilvl is not None else 0
        return str(numbering.numId.val), level


def _level(level: Any) -> tuple[str, str, int]:
    def value(name: str, default: str) -> str:
        found = level.find(qn(name))
        return default if found is None else found.get(qn("w:val"), default)

    return value("w:numFmt", "decimal"), value("w:lvlText", "")[:LONGEST_NUMBER], int(value("w:start", "1"))


def _number(count: int, form: str) -> str:
    if form == "lowerLetter":
        return chr(ord("a") + (count - 1) % 26)
    if form == "upperLetter":
        return chr(ord("A") + (count - 1) % 26)
    if form in ("upperRoman", "lowerRoman") and count < LARGEST_ROMAN:
        text, left = "", count
        for size, letters in ROMAN:
            text, left = text + letters * (left // size), left % size
        return text.lower() if form == "lowerRoman" else text
    return str(count)
