"""What is known of a step, and the status it has at an instant: derived, never stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from directives.deadline import days_late, last_good_day
from directives.workdays import WorkCalendar

SOON_WORKING_DAYS = 7


class Status(StrEnum):
    """In the order in which they are tried: the first that holds is the step's status."""

    WAIVED = "waived"
    COMPLETED_ON_TIME = "completed_on_time"
    COMPLETED_LATE = "completed_late"
    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    ON_HOLD = "on_hold"
    RETURNED = "returned"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    IN_PROGRESS = "in_progress"
    CONTINUING = "continuing"
    NOT_RECEIVED = "not_received"


OWED = frozenset(
    {
        Status.RETURNED,
        Status.OVERDUE,
        Status.DUE_SOON,
        Status.IN_PROGRESS,
        Status.NOT_RECEIVED,
        Status.ON_HOLD,
    }
)


@dataclass(frozen=True, slots=True)
class HoldSpan:
    """Nothing leaves from `start` until `end` (half-open; None: until resumed). Deadlines stay."""

    start: datetime
    end: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class StepState:
    """The facts about one step that rules read. Instants are aware; None means it has not happened.

    `noticed` holds (rung, repeat) of every notice of the present deadline, superseded ones too.
    """

    step_id: int
    opened_at: datetime
    deadline_number: int = 1
    due_before: datetime | None = None
    deadline_set_at: datetime | None = None
    first_mailed_at: datetime | None = None
    received_at: datetime | None = None
    reported_at: datetime | None = None
    accepted_at: datetime | None = None
    returned_at: datetime | None = None
    waived_at: datetime | None = None
    extension_requested_at: datetime | None = None
    closed_at: datetime | None = None
    holds: tuple[HoldSpan, ...] = ()
    noticed: frozenset[tuple[str, int]] = frozenset()

    def hold_at(self, at: datetime) -> HoldSpan | None:
        return next((hold for hold in self.holds if hold.covers(at)), None)


def status(state: StepState, calendar: WorkCalendar, at: datetime) -> Status:
    """The status at an instant; what happened later is not known then."""
    if _by(state.waived_at, at):
        return Status.WAIVED
    if _by(state.accepted_at, at):
        return Status.COMPLETED_LATE if reported_late(state) else Status.COMPLETED_ON_TIME
    if _by(state.reported_at, at):
        return Status.AWAITING_ACCEPTANCE
    if state.hold_at(at):
        return Status.ON_HOLD
    return _open_status(state, calendar, at)


def _open_status(state: StepState, calendar: WorkCalendar, at: datetime) -> Status:
    if state.due_before is None:
        return Status.CONTINUING
    if _by(state.returned_at, at) and at < state.due_before:
        return Status.RETURNED
    if at >= state.due_before:
        return Status.OVERDUE
    today = calendar.local(at).date()
    if calendar.between(today, last_good_day(state.due_before, calendar)) <= SOON_WORKING_DAYS:
        return Status.DUE_SOON
    return Status.IN_PROGRESS if _by(state.received_at, at) else Status.NOT_RECEIVED


def reported_late(state: StepState) -> bool:
    """Lateness compares the report with the deadline then in force."""
    return (
        state.reported_at is not None
        and state.due_before is not None
        and state.reported_at >= state.due_before
    )


def late_days(state: StepState, calendar: WorkCalendar, at: datetime) -> int:
    """Calendar days late at that instant, counted to the report when there is one; 0 when on time."""
    if state.due_before is None:
        return 0
    until = state.reported_at if _by(state.reported_at, at) and state.reported_at else at
    return days_late(state.due_before, until, calendar)


def counts(states: Iterable[StepState], calendar: WorkCalendar, at: datetime) -> dict[Status, int]:
    """How many steps have each status; every status stands, and they sum to the total."""
    found = Counter(status(state, calendar, at) for state in states)
    return {one: found[one] for one in Status}


def _by(event: datetime | None, at: datetime) -> bool:
    return event is not None and event <= at
