"""What a board says beyond its counts, as frozen facts: what waits, what changed, who owes longest, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from directives.evaluate import Status

BUCKETS: tuple[tuple[int, int | None], ...] = ((1, 3), (4, 10), (11, 30), (31, None))  # days late
RISK_DAYS = 30  # a deadline within so many days, and no news for as long

# Which of a unit's statuses a coordinator must see: the worst first.
WORST_FIRST = (
    Status.OVERDUE,
    Status.RETURNED,
    Status.DUE_SOON,
    Status.NOT_RECEIVED,
    Status.AWAITING_ACCEPTANCE,
    Status.ON_HOLD,
    Status.IN_PROGRESS,
    Status.CONTINUING,
    Status.COMPLETED_LATE,
    Status.COMPLETED_ON_TIME,
    Status.WAIVED,
)


class AskKind(StrEnum):
    """What waits for a coordinator, in the order in which it is shown."""

    EXTENSION = "extension"
    DELEGATE = "delegate"
    QUESTION = "question"
    MAIL = "mail"
    REPORT = "report"
    UNREACHED = "unreached"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that waits. `step` and `unit` are choices as the forms offer them, empty where there is none."""

    kind: AskKind
    at: datetime | None
    unit_name: str
    step: str = ""
    unit: str = ""
    said: str = ""
    until: date | None = None
    to: str = ""
    mail: str = ""  # the beginning of the SHA-256 of a mail that came in
    address: str = ""  # who wrote that mail, when the address is no contact of the unit


@dataclass(frozen=True, slots=True)
class Coming:
    """A deadline ahead, and how many steps are still owed by then."""

    due_before: datetime
    steps: int
    main: bool = False  # the one that the directive itself sets


@dataclass(frozen=True, slots=True)
class Change:
    """What happened since yesterday: reported, accepted, returned, asked, granted, overdue or unreached."""

    kind: str
    count: int
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """A unit that owes: how many of its steps are late, and the latest by how many days."""

    unit_name: str
    steps: int
    days: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A step before its deadline whose unit is silent: `news_at` is when it was last heard of, None for never."""

    unit_name: str
    step: str
    unit: str
    due_before: datetime
    news_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything of a board but its counts. `main` is the directive's own deadline, past or to come."""

    main: datetime | None = None
    coming: tuple[Coming, ...] = ()
    since: datetime | None = None
    changes: tuple[Change, ...] = ()
    late: tuple[Late, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    asks: tuple[Ask, ...] = ()

    def bucket(self, n: int) -> list[Late]:
        """Units whose latest step is late by the days of the nth bucket."""
        first, last = BUCKETS[n]
        return [one for one in self.late if first <= one.days and (last is None or one.days <= last)]


NO_OUTLOOK = Outlook()


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A unit and its worst status in every column; None: nothing is asked of it there.

    `above` is the chain of territorial units it lies under, the nearest first; a district begins with itself.
    """

    name: str
    above: tuple[str, ...]
    cells: tuple[Status | None, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """The campaign as a picture: columns are instructions, rows units in the organisation's order."""

    title: str
    at: datetime
    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in an instruction's table. `reminders`: by mail; `letters`: urging letters signed and sent, counted apart."""

    unit_name: str
    title: str
    due_before: datetime | None
    status: Status
    days_late: int
    reported_at: datetime | None
    reminders: int
    letters: int = 0


def worst(statuses: Sequence[Status]) -> Status | None:
    """The one status of several that a coordinator must see."""
    return min(statuses, key=WORST_FIRST.index, default=None)
