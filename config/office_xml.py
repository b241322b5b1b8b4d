"""Whether a file of Word or Excel is one that can be opened: checked in one pass over its XML, before it is built up in memory.

The libraries that open it keep an object for each element, widen merged cells to every cell, and repeat a cell for each
column it spans. Of document types (entities, ECMA-376 part 2 forbids them) there is none in an honest file.
"""

from __future__ import annotations

import zlib
from lzma import LZMAError
from pathlib import Path
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl.utils import range_boundaries

MOST_ENTRIES, MOST_ELEMENTS, MOST_TEXT, DEEPEST = 5_000, 1_000_000, 5_000_000, 200
MOST_MERGED = 250_000  # cells
WIDEST = 63  # columns of a table in Word
PIECE = 65_536
XML = (".xml", ".rels")
# How XML begins in letters of four bytes and in EBCDIC (XML 1.0, appendix F): other readers know them, expat does not.
UNKNOWN = frozenset(
    bytes.fromhex(one)
    for one in ("0000003c", "3c000000", "00003c00", "003c0000", "0000feff", "fffe0000", "4c6fa794")
)
# What zipfile raises on an archive that is damaged, locked or packed in a way it does not know, beside BadZipFile; and expat
# on letters of which Python knows nothing.
DAMAGED = (
    zlib.error,
    LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    ValueError,
    LookupError,
)


class _Counted:
    """What stands in all XML of a file so far."""

    def __init__(self) -> None:
        self.elements = self.text = self.merged = self.depth = 0

    def parser(self) -> expat.XMLParserType:
        made = expat.ParserCreate()
        self.depth = 0
        made.StartDoctypeDeclHandler = self.doctype
        made.StartElementHandler = self.start
        made.EndElementHandler = self.end
        made.CharacterDataHandler = self.data
        return made

    def doctype(self, *_: object) -> None:
        raise BadZipFile("holds a document type (DOCTYPE), which no office program writes")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > MOST_ELEMENTS or self.depth > DEEPEST:
            raise BadZipFile("holds more elements than can be read, or too deep in one another")
        match name.rpartition(":")[2]:
            case "mergeCell":
                self.merged += _area(attributes.get("ref", ""))
            case "gridSpan" | "gridBefore" | "gridAfter":
                if any(_number(value) > WIDEST for value in attributes.values()):
                    raise BadZipFile(f"holds a table cell wider than {WIDEST} columns")
            case _:
                pass
        if self.merged > MOST_MERGED:
            raise BadZipFile(f"merges more than {MOST_MERGED:,} cells; unmerge them")

    def end(self, _: str) -> None:
        self.depth -= 1

    def data(self, text: str) -> None:
        self.text += len(text)
        if self.text > MOST_TEXT:
            raise BadZipFile(f"holds more than {MOST_TEXT:,} characters")


def check_office(file: Path, unpacked: int) -> None:
    """Errors: BadZipFile, saying what is too much or that it is damaged; OSError."""
    try:
        with ZipFile(file) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > unpacked:
                raise BadZipFile(f"unpacks to more than {unpacked:,} bytes or {MOST_ENTRIES:,} entries")
            counted = _Counted()
            for entry in entries:
                _check_entry(packed, entry, counted)
    except DAMAGED as error:
        raise BadZipFile(f"is damaged ({error})") from error


def _check_entry(packed: ZipFile, entry: ZipInfo, counted: _Counted) -> None:
    """What is no XML by name may still be opened as such: all that begins as XML does is read."""
    parser = counted.parser()
    with packed.open(entry) as content:
        piece = content.read(PIECE)
        if piece[:4] in UNKNOWN:
            raise BadZipFile(f"is written in letters of four bytes or of mainframes ({entry.filename})")
        try:
            while piece:
                parser.Parse(piece, False)
                piece = content.read(PIECE)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            if entry.filename.lower().endswith(XML):
                raise BadZipFile(f"is damaged ({entry.filename}: {error})") from error


def _area(reference: str) -> int:
    left, top, right, bottom = range_boundaries(reference)
    if left is None or top is None or right is None or bottom is None:
        return MOST_MERGED + 1
    return max(0, right - left + 1) * max(0, bottom - top + 1)


def _number(value: str) -> int:
    return int(value) if value.strip().isdigit() and len(value) < 10 else WIDEST + 1
