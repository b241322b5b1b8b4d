"""Which notice a step needs now, and when to look again: the ladder, level-triggered.

A pass asks "which rung holds now?", the latest whose time has come; it does not ask "did a day match?". So a missed
day, an outage or a late opening changes when a notice is planned, never how many.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from directives.deadline import last_good_day
from directives.evaluate import StepState
from directives.model import Ladder, Offset, Rung, Target
from directives.workdays import WorkCalendar

EXTENSION_SILENCE_WORKING_DAYS = 3


class Reason(StrEnum):
    """Why a notice is due, or why none is."""

    ASSIGNED = "assigned"
    NO_RECEIPT = "no_receipt"
    BEFORE_DEADLINE = "before_deadline"
    FIRST_OVERDUE = "first_overdue"
    STILL_OVERDUE = "still_overdue"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    NUDGED = "nudged"  # by a coordinator, outside the ladder
    # why none
    WAITING = "waiting"
    REPORTED = "reported"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    CONTINUING = "continuing"
    ON_HOLD = "on_hold"
    AWAITING_DECISION = "awaiting_decision"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    LADDER_ENDED = "ladder_ended"
    NEW_DEADLINE = "new_deadline"
    RECEIVED = "received"
    LADDER_CHANGED = "ladder_changed"


@dataclass(frozen=True, slots=True)
class RungTime:
    """One rung of one step at its time; `repeat` counts from 0."""

    at: datetime
    order: int
    rung: Rung
    repeat: int = 0

    @property
    def key(self) -> tuple[str, int]:
        return (self.rung.key, self.repeat)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to write, with its reason. Unique by (step, deadline number, rung, repeat)."""

    step_id: int
    deadline_number: int
    rung: str
    repeat: int
    reason: Reason
    targets: tuple[Target, ...]
    rung_at: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pass does for one step: at most one notice, the rungs passed over, and when to look again."""

    notice: Notice | None
    superseded: tuple[RungTime, ...]
    next_action_at: datetime | None
    reason: Reason


class Policy:
    """A ladder on a calendar. Pure: it remembers only what it has computed from its arguments."""

    def __init__(self, ladder: Ladder, calendar: WorkCalendar) -> None:
        self.ladder = ladder
        self.calendar = calendar
        self._dated: dict[tuple[datetime, date | None], tuple[RungTime, ...]] = {}

    def plan(self, state: StepState, now: datetime) -> Plan:
        """The plan for one step at `now` (aware). Writes nothing, reads no clock."""
        if (silent := self._silent(state, now)) is not None:
            return silent
        times = self.times(state, now)
        come = self._capped([time for time in times if time.at <= now], state)
        fresh = [time for time in come if time.key not in state.noticed]
        holds = come[-1] if come else None
        notice = None
        if holds is not None and holds in fresh and holds.at >= _floor(state):
            notice = self._notice(state, holds)
        superseded = tuple(time for time in fresh if notice is None or time is not holds)
        # A repeat passed over leaves no row: years of silence would leave hundreds a step.
        superseded = tuple(time for time in superseded if time.repeat == 0)
        coming = next((time.at for time in times if time.at > now), None)
        return Plan(notice, superseded, coming, Reason.WAITING if coming else Reason.LADDER_ENDED)

    def times(self, state: StepState, now: datetime) -> list[RungTime]:
        """Every rung of a step that has a deadline, in the order of time; of repeats, those around `now`."""
        return sorted(self._times(state, now), key=lambda time: (time.at, time.order))

    def dated_rungs(self, due_before: datetime, anchor: date | None = None) -> tuple[RungTime, ...]:
        """The rungs that a deadline places, in order. `anchor` replaces L for those after it."""
        key = (due_before, anchor)
        if key not in self._dated:
            self._dated[key] = tuple(self._place_dated(due_before, anchor))
        return self._dated[key]

    def rung(self, key: str) -> tuple[int, Rung]:
        """A rung and its place on the ladder."""
        return self._rungs[key]

    @cached_property
    def _rungs(self) -> dict[str, tuple[int, Rung]]:
        return {rung.key: (order, rung) for order, rung in enumerate(self.ladder.rungs)}

    def told_since(self, target: Target) -> int:
        """Working days after L from which a superior or the monitor is told of a step; 1 when no rung says so."""
        days = [
            rung.after.working_days or 1 for rung in self.ladder.rungs if rung.after and target in rung.to
        ]
        return min(days, default=1)

    def obsolete(
        self,
        state: StepState,
        rung: str,
        deadline_number: int,
        now: datetime,
        target: Target = Target.LEAD,
    ) -> Reason | None:
        """Why a notice planned earlier must not leave to `target` any more, or not yet; None while it still holds."""
        silent = self._silent(state, now)
        if silent is not None:
            return silent.reason
        if deadline_number != state.deadline_number:
            return Reason.NEW_DEADLINE
        if rung not in self._rungs:
            return Reason.LADDER_CHANGED
        _, known = self._rungs[rung]
        if known.after_first_mail and state.received_at is not None:
            return Reason.RECEIVED
        upward_from = self._upward_from(state, now)
        if target is not Target.LEAD and upward_from is not None and now < upward_from:
            return Reason.ON_HOLD
        return None

    def _silent(self, state: StepState, now: datetime) -> Plan | None:
        """The reasons for which a step gets no notice, the strongest first."""
        if state.closed_at is not None and state.closed_at <= now:
            return Plan(None, (), None, Reason.CLOSED)
        for event, reason in (
            (state.waived_at, Reason.WAIVED),
            (state.accepted_at, Reason.ACCEPTED),
            (state.reported_at, Reason.REPORTED),
        ):
            if event is not None:
                return Plan(None, (), None, reason)
        if state.due_before is None:
            return Plan(None, (), None, Reason.CONTINUING)
        if now < state.opened_at:
            return Plan(None, (), state.opened_at, Reason.NOT_OPEN)
        if (hold := state.hold_at(now)) is not None:
            return Plan(None, (), hold.end, Reason.ON_HOLD)
        silence_ends = self.silence_ends(state)
        if silence_ends is not None and now < silence_ends:
            return Plan(None, (), silence_ends, Reason.AWAITING_DECISION)
        return None

    def silent(self, state: StepState, now: datetime) -> Reason | None:
        """Why the step gets no notice at `now`, whatever its rungs; None when nothing silences it."""
        plan = self._silent(state, now)
        return plan.reason if plan else None

    def silence_ends(self, state: StepState) -> datetime | None:
        """A pending request for extension silences the ladder, three working days at most."""
        if state.extension_requested_at is None:
            return None
        asked = self.calendar.local(state.extension_requested_at).date()
        return self.calendar.opening_of(self.calendar.add(asked, EXTENSION_SILENCE_WORKING_DAYS))

    def _times(self, state: StepState, now: datetime) -> Iterator[RungTime]:
        """Every rung of the step that has a time, and the repeat that holds now with the one after it."""
        assert state.due_before is not None
        upward_from = self._upward_from(state, now)
        for order, rung in enumerate(self.ladder.rungs):
            if rung.at_assignment and (state.deadline_number == 1 or state.first_mailed_at is None):
                yield RungTime(_floor(state), order, rung)
            elif rung.after_first_mail and state.first_mailed_at and not state.received_at:
                mailed = self.calendar.local(state.first_mailed_at).date()
                time = RungTime(self._after(mailed, rung.after_first_mail), order, rung)
                yield _resumed(time, state, upward_from)
        anchor = self.anchor(state)
        for time in self.dated_rungs(state.due_before, anchor):
            yield _resumed(self._first_contact(time, state), state, upward_from)
            if time.rung.repeat:
                last = anchor or last_good_day(state.due_before, self.calendar)
                for repeated in self._repeats(time, last, now):
                    yield _resumed(repeated, state, upward_from)

    def anchor(self, state: StepState) -> date | None:
        """Escalation of a step first mailed when overdue counts from that mail: that day is +1."""
        if (
            state.due_before is None
            or state.first_mailed_at is None
            or state.first_mailed_at < state.due_before
        ):
            return None
        return self.calendar.add(
            self.calendar.on_or_after(self.calendar.local(state.first_mailed_at).date()), -1
        )

    def _place_dated(self, due_before: datetime, anchor: date | None) -> Iterator[RungTime]:
        last = last_good_day(due_before, self.calendar)
        for order, rung in enumerate(self.ladder.rungs):
            if rung.before and rung.before.days:
                day = self.calendar.on_or_after(last - timedelta(rung.before.days))
            elif rung.before and rung.before.working_days:
                day = self.calendar.add(last, -rung.before.working_days)
            elif rung.after and rung.after.working_days:
                day = self.calendar.add(anchor or last, rung.after.working_days)
            else:
                continue
            yield RungTime(self.calendar.opening_of(day), order, rung)

    def _repeats(self, first: RungTime, last: date, now: datetime) -> Iterator[RungTime]:
        assert first.rung.repeat and first.rung.repeat.working_days and first.rung.after
        start, step = first.rung.after.working_days or 0, first.rung.repeat.working_days
        # One day ahead: before the window opens, today's own repeat has not come yet.
        passed = self.calendar.between(last, self.calendar.local(now).date()) - start
        for repeat in range(max(1, passed // step), max(1, passed // step) + 2):
            at = self.calendar.opening_of(self.calendar.add(last, start + repeat * step))
            yield RungTime(at, first.order, first.rung, repeat)

    def _upward_from(self, state: StepState, now: datetime) -> datetime | None:
        """When escalation upward may go on after the last hold that has ended; None without one."""
        if not state.holds:
            return None
        ended = [hold.end for hold in state.holds if hold.end is not None and hold.end <= now]
        if not ended:
            return None
        resumed = self.calendar.on_or_after(self.calendar.local(max(ended)).date())
        return self.calendar.opening_of(self.calendar.add(resumed, 1))

    def _capped(self, come: list[RungTime], state: StepState) -> list[RungTime]:
        """Superior and monitor are never a step's first contact: unmailed, it climbs to the first overdue rung only.

        That rung does not repeat either, as its repeats count from the first mail.
        """
        if state.first_mailed_at is not None:
            return come
        first = self._first_overdue
        return [time for time in come if not time.rung.after or (time.rung is first and not time.repeat)]

    def _first_contact(self, time: RungTime, state: StepState) -> RungTime:
        """A step never mailed starts at the first overdue rung, however long ago that was when it was opened."""
        late = state.first_mailed_at is None and time.rung is self._first_overdue
        return replace(time, at=max(time.at, _floor(state))) if late else time

    @cached_property
    def _first_overdue(self) -> Rung | None:
        return next((rung for rung in self.ladder.rungs if rung.after), None)

    def _notice(self, state: StepState, time: RungTime) -> Notice:
        targets = time.rung.to if state.first_mailed_at else (Target.LEAD,)
        return Notice(
            step_id=state.step_id,
            deadline_number=state.deadline_number,
            rung=time.rung.key,
            repeat=time.repeat,
            reason=self._reason(time, targets),
            targets=targets,
            rung_at=time.at,
        )

    def _reason(self, time: RungTime, targets: tuple[Target, ...]) -> Reason:
        rung = time.rung
        if rung.at_assignment:
            return Reason.ASSIGNED
        if rung.after_first_mail:
            return Reason.NO_RECEIPT
        if rung.before:
            return Reason.BEFORE_DEADLINE
        if time.repeat:
            return Reason.REPEATED
        if len(targets) > 1:
            return Reason.ESCALATED
        return Reason.FIRST_OVERDUE if rung is self._first_overdue else Reason.STILL_OVERDUE

    def _after(self, day: date, offset: Offset) -> datetime:
        if offset.days is not None:
            return self.calendar.opening_of(self.calendar.on_or_after(day + timedelta(offset.days)))
        return self.calendar.opening_of(self.calendar.add(day, offset.working_days or 1))


def _resumed(time: RungTime, state: StepState, upward_from: datetime | None) -> RungTime:
    """After a hold, escalation upward that is still to be planned waits one working day more."""
    if upward_from is None or len(time.rung.to) == 1 or time.key in state.noticed:
        return time
    return replace(time, at=upward_from) if _floor(state) <= time.at < upward_from else time


def _floor(state: StepState) -> datetime:
    """Rungs before the opening, or before the decision that made the present deadline, are past."""
    return max(state.opened_at, state.deadline_set_at or state.opened_at)
