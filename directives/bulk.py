"""Pasted lines or rows of a sheet → which unit reported by which document on which day, and what was not recognised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from directives.bulk_units import Directory, Found, find_unit
from directives.model import Unit
from directives.names import folded

STRONG, WEAK = re.compile(r"[\t;|]"), re.compile(r",|\s{2,}")
DOCUMENT = re.compile(
    r"(?:\bsố(?:\s{1,3}văn bản)?\s{0,3}:?\s{0,3})?(?<![\w/])(\d{1,6}[a-z]?(?:/\d{4})?/[^\W\d_][\w&./-]*[\w&])",
    re.IGNORECASE,
)
DAY = re.compile(
    r"(?<![\w/.-])(?:(?P<iso>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"|(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?)(?![\w/-]|\.\d)"
)
FILLERS = re.compile(r"\b(?:báo cáo|công văn|văn bản|số|ngày|nhận|đến|ký)\b[\s:.]*", re.IGNORECASE)
HEADS = {
    "unit": ("don vi", "co quan", "ten don vi", "noi gui"),
    "document": ("so van ban", "so vb", "so ky hieu", "so hieu", "so den"),
    "received": ("ngay nhan", "ngay den"),
    "dated": ("ngay van ban", "ngay vb", "ngay ban hanh", "ngay ky"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line, counted from 1, as its cells."""

    line: int
    cells: tuple[str, ...]

    @property
    def text(self) -> str:
        return " · ".join(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Entry:
    """One report. `proposed`: the unit's name was not written out in full; whoever confirms must look."""

    line: int
    text: str
    unit: str
    doc_number: str
    received: date
    doc_date: date | None = None
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not recorded. `why` is a reason's name, `named` what it speaks of."""

    line: int
    text: str
    why: str
    named: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    entries: tuple[Entry, ...]
    unread: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose reports may come, and when: from the directive's day to today; `year` for dates without one.

    `asked`: the codes of the units that owe the report; a short name means one of them rather than another.
    """

    units: Mapping[str, Unit]
    first: date
    today: date
    asked: frozenset[str] = frozenset()

    @property
    def year(self) -> int:
        return self.first.year


class Unreadable(Exception):
    """Why a line is not recognised."""

    def __init__(self, why: str, named: str = "") -> None:
        super().__init__(why)
        self.why, self.named = why, named


def rows_of(text: str) -> list[Row]:
    """Lines as pasted. Commas and wide gaps separate only where no tab, semicolon or bar does: names hold commas."""
    rows: list[Row] = []
    for n, line in enumerate(text.splitlines(), start=1):
        cells = (STRONG if STRONG.search(line) else WEAK).split(line.strip("\n"))
        rows.append(Row(n, tuple(cell.strip() for cell in cells)))
    return rows


def read(rows: Iterable[Row], frame: Frame) -> Reading:
    entries: list[Entry] = []
    unread: list[Unread] = []
    columns: dict[str, int] = {}
    for row in rows:
        if not row.text:
            continue
        if heads := _heads(row):
            columns = heads
            continue
        try:
            entries.append(_entry(row, frame, columns))
        except Unreadable as error:
            unread.append(Unread(row.line, row.text, error.why, error.named))
    return Reading(tuple(entries), tuple(unread))


def _heads(row: Row) -> dict[str, int]:
    """The columns that a header line names; a line with a date or a document's number is none."""
    if DAY.search(row.text) or DOCUMENT.search(row.text):
        return {}
    found: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        said = " ".join(folded(cell))
        for column, heads in HEADS.items():
            if any(said.startswith(head) for head in heads):
                found.setdefault(column, place)
    return found if len(found) >= 2 or ("unit" in found and len(row.cells) == 1) else {}


def _entry(row: Row, frame: Frame, columns: Mapping[str, int]) -> Entry:
    named = {name: row.cells[place] for name, place in columns.items() if place < len(row.cells)}
    unit = _unit([[named["unit"]]] if named.get("unit") else _groups(row), frame)
    numbers = _numbers([named["document"]] if named.get("document") else row.cells)
    if len(numbers) != 1:
        raise Unreadable("many_documents" if numbers else "no_document", ", ".join(numbers))
    received, dated = _days(row, frame, named)
    if received < frame.first:
        raise Unreadable("before_directive", f"{received:%d/%m/%Y}")
    if dated is not None and dated > received:
        raise Unreadable("dated_after", f"{dated:%d/%m/%Y}")
    return Entry(row.line, row.text, unit.code, numbers[0], received, dated, unit.proposed)


def _groups(row: Row) -> list[list[str]]:
    """What cells say, before the document's number and after it, where notes stand.

    A bare number is the line's own, unless no name stands beside it: communes' codes are numbers.
    """
    groups: list[list[str]] = [[]]
    for cell in row.cells:
        if folded(said := _name(cell)):
            groups[-1].append(said)
        if DOCUMENT.search(cell):
            groups.append([])
    worded = [[text for text in group if not text.rstrip(".").isdigit()] for group in groups]
    return worded if any(worded) else [[text for text in group if len(text) > 2] for group in groups]


def _name(cell: str) -> str:
    """What a cell says beside dates and a document's number."""
    bare = DAY.sub(" ", DOCUMENT.sub(" ", cell))
    return (FILLERS.sub(" ", bare) if bare != cell else bare).strip(" :.,()-")


def _unit(groups: Sequence[Sequence[str]], frame: Frame) -> Found:
    found = find_unit(groups, Directory(frame.units, frame.asked))
    if len(found) == 1:
        return found[0]
    if not found:
        raise Unreadable("no_unit")
    raise Unreadable("many_units", "; ".join(frame.units[one.code].name for one in found[:5]))


def _numbers(cells: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(number for cell in cells for number in DOCUMENT.findall(cell)))


def _days(row: Row, frame: Frame, named: Mapping[str, str]) -> tuple[date, date | None]:
    """(received, the document's own). Without columns: of two days a document bears the earlier."""
    if named.get("received"):
        received = list(_in(named["received"], frame))
        own = list(_in(named.get("dated", ""), frame))
    else:
        own, received = [], sorted(day for cell in row.cells for day in _in(DOCUMENT.sub(" ", cell), frame))
        if len(received) == 2:
            own, received = received[:1], received[1:]
    if len(received) != 1 or len(own) > 1:
        raise Unreadable("many_days" if received else "no_day")
    return received[0], own[0] if own else None


def _in(text: str, frame: Frame) -> Iterator[date]:
    for found in DAY.finditer(text):
        year = found["iso"] or found["year"] or str(frame.year)
        try:
            day = date(
                int(year) + (2000 if len(year) == 2 else 0),
                int(found["m"] or found["month"]),
                int(found["d"] or found["day"]),
            )
        except ValueError as error:
            raise Unreadable("no_such_day", found[0]) from error
        if day > frame.today:
            raise Unreadable("day_to_come", f"{day:%d/%m/%Y}")
        yield day
