"""What a mail or a board says, as frozen facts: the ledger fills these, templates format them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from directives.board import NO_OUTLOOK, Outlook
from directives.evaluate import Status
from directives.model import Source, Target
from directives.plan import Reason
from directives.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What every mail and board of a campaign repeats."""

    key: str
    title: str
    rehearsal: bool
    directive_kind: str
    directive_number: str
    directive_issued: date
    directive_issuer: str
    directive_subject: str
    monitor_name: str
    officer_name: str
    officer_phone: str
    officer_address: str
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class Recipient:
    unit_code: str
    unit_name: str
    unit_kind: str
    contact_name: str
    address: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause that an item stands on: its own, or one whose result it carries."""

    label: str
    clause: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One numbered item. `reason` says why it is in today's mail; WAITING: it is only listed as still open.

    `first`: no mail about it was accepted before, so this one says in full what is asked.
    `key` is stable over the step's life: campaign/instruction/step/unit.
    """

    n: int
    step_id: int
    key: str
    title: str
    deliverable: str
    send_to: str
    clauses: tuple[Clause, ...]
    due_before: datetime
    deadline_number: int
    original_due_before: datetime
    source: Source
    basis: str
    reason: Reason
    first: bool
    status: Status
    days_late: int
    by_day: bool = False  # written "chậm nhất ngày", "đến hết ngày"; false: "trước ngày"
    note: str = ""  # what of it the directive itself does not ask
    returned: bool = False  # the present deadline is that of a report to be completed
    by_district: bool = False  # the present deadline is the district's own, in place of `source`'s


@dataclass(frozen=True, slots=True)
class LeadDigest:
    """The digest of a unit that owes: what is due now, then what else is open."""

    campaign: CampaignFacts
    recipient: Recipient
    now: datetime
    items: tuple[DigestItem, ...]
    open_items: tuple[DigestItem, ...]
    deputy: bool = False  # the unit passed these items on to the one who is written to


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """One late item of a unit below the reader."""

    unit_name: str
    above: str
    title: str
    labels: tuple[str, ...]
    due_before: datetime
    source: Source
    days_late: int
    reminders: int
    reason: Reason
    by_day: bool = False  # written "chậm nhất ngày", "đến hết ngày"


@dataclass(frozen=True, slots=True)
class OverviewDigest:
    """The digest of a superior or the monitor: who under them owes what. Nobody is in Cc."""

    campaign: CampaignFacts
    recipient: Recipient
    target: Target
    now: datetime
    rows: tuple[OverviewRow, ...]
    letter: bool
    since: int = 1  # working days late from which this reader is told


@dataclass(frozen=True, slots=True)
class OwingUnit:
    """A unit on a board that is late: with the latest of its steps."""

    unit_name: str
    steps: tuple[str, ...]
    due_before: datetime
    days_late: int


@dataclass(frozen=True, slots=True)
class InstructionBoard:
    """One instruction at an instant. `counts` has every status and sums to `total`."""

    campaign: CampaignFacts
    now: datetime
    key: str
    label: str
    clause: str
    title: str
    summary: str
    note: str
    ladder: str
    counts: Mapping[Status, int]
    owing: Mapping[str, tuple[OwingUnit, ...]]  # by the name of the unit above, in the organisation's order
    next_action_at: datetime | None
    outlook: Outlook = NO_OUTLOOK

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Unreached:
    """An address of a unit that refuses mail. `instead`: who is written to now; empty when nobody is left."""

    unit: str
    address: str
    since: datetime
    instead: str


@dataclass(frozen=True, slots=True)
class CampaignBoard:
    """The campaign at an instant: one row an instruction."""

    campaign: CampaignFacts
    now: datetime
    rows: tuple[InstructionBoard, ...]
    mail: Mapping[str, int]  # messages by state
    unreached: tuple[Unreached, ...] = ()
    outlook: Outlook = NO_OUTLOOK

    def count(self, status: Status) -> int:
        return sum(row.counts[status] for row in self.rows)
