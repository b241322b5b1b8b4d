"""What the monitor's papers say, as frozen facts that go to JSON and back unchanged; templates format them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from directives.evaluate import Status
from directives.model import Model, ReportSpec

Counts = dict[Status, int]


class Head(Model):
    """What every paper of a campaign begins and ends with. `drawn_on`: the day it was drafted."""

    spec: ReportSpec
    office: str
    drawn_on: date
    rehearsal: bool
    directive_kind: str
    directive_number: str
    directive_issued: date
    directive_issuer: str
    directive_subject: str


class ClauseTally(Model):
    """One instruction: how many of its steps have each status."""

    clause: str
    title: str
    counts: Counts


class PartTally(Model):
    """One part of the report; its counts are the sums of its clauses'."""

    title: str
    clauses: tuple[ClauseTally, ...]

    @property
    def counts(self) -> Counts:
        return summed(one.counts for one in self.clauses)


class UnitTally(Model):
    """One unit that owes something. `remark`: what is fair to say of its lateness."""

    name: str
    kind: str
    above: str
    counts: Counts
    remark: str = ""


class Owing(Model):
    """One unit with one item: missing, or reported late. `reported_at`: None while missing."""

    step_id: int
    name: str
    kind: str
    above: str
    due_before: AwareDatetime
    days_late: int
    reported_at: AwareDatetime | None = None
    reminders: int = 0
    remark: str = ""


class ItemFacts(Model):
    """One deliverable over all its units: who is late with it and who has sent nothing."""

    title: str
    clause: str
    units: int
    reported: int
    late: tuple[Owing, ...] = ()
    missing: tuple[Owing, ...] = ()


class Attached(Model):
    name: str
    sha256: str


class Submitted(Model):
    """One report as a unit submitted it: its document, its own words, its files."""

    answer_id: int
    name: str
    kind: str
    above: str
    title: str
    clause: str
    at: AwareDatetime
    recorded_at: AwareDatetime
    late: bool
    doc_number: str = ""
    doc_date: date | None = None
    words: str = ""
    files: tuple[Attached, ...] = ()


class Mark(Model):
    """What a later addendum compares a step with: not what time alone changes."""

    status: Status
    reported_at: AwareDatetime | None = None
    accepted_at: AwareDatetime | None = None
    waived_at: AwareDatetime | None = None

    def same(self, other: Mark) -> bool:
        mine = (self.reported_at, self.accepted_at, self.waived_at)
        return mine == (other.reported_at, other.accepted_at, other.waived_at)


class Standing(Model):
    """How every step stood at the cut-off and which reports were known: what the next paper goes on from.

    `roots`: the steps that stood by themselves and in no other's report; None in papers of before this was said.
    """

    steps: dict[int, Mark]
    answers: tuple[int, ...]
    roots: tuple[int, ...] | None = None


class ReportFacts(Model):
    kind: Literal["report"] = "report"
    head: Head
    cut_off: AwareDatetime
    counts: Counts
    parts: tuple[PartTally, ...]
    beside: PartTally
    units: tuple[UnitTally, ...]
    items: tuple[ItemFacts, ...]
    submitted: tuple[Submitted, ...]
    extensions: int
    standing: Standing


class Change(Model):
    """One step whose report or acceptance became known after the paper before."""

    name: str
    kind: str
    above: str
    title: str
    clause: str
    before: Status
    now: Status
    reported_at: AwareDatetime | None
    days_late: int
    recorded_later: bool


class AddendumFacts(Model):
    """What came after a report, up to a cut-off of its own. `since`: the cut-off of the paper it goes on from."""

    kind: Literal["addendum"] = "addendum"
    head: Head
    since: AwareDatetime
    cut_off: AwareDatetime
    before: Counts
    counts: Counts
    changes: tuple[Change, ...]
    submitted: tuple[Submitted, ...]
    standing: Standing


class LetterItem(Model):
    """One item that a unit still owes although the ladder's letter rung was reached. `step_ids`: with what it carries."""

    unit: str
    unit_kind: str
    above: str
    title: str
    clause: str
    due_before: AwareDatetime
    by_directive: bool
    days_late: int
    reminders: int
    step_ids: tuple[int, ...]


class LetterFacts(Model):
    """An urging letter. `answer_by`: the ladder's next repeat, None where it has none.

    `late_from`: items so many working days late are named, and no others; 0 in letters drafted before this was said.
    """

    kind: Literal["letter"] = "letter"
    head: Head
    at: AwareDatetime
    items: tuple[LetterItem, ...]
    answer_by: date | None
    late_from: int = 0


def summed(some: Iterable[Counts]) -> Counts:
    """The sum of several counts; every status stands."""
    total = dict.fromkeys(Status, 0)
    for one in some:
        for status, count in one.items():
            total[status] += count
    return total
