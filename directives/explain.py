"""Why a rung fell on its day, counted out, and why a step got no mail on a day: pure, for the instant that is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from directives.deadline import last_good_day
from directives.evaluate import StepState
from directives.model import Rung
from directives.plan import Plan, Policy, Reason, RungTime
from directives.workdays import WorkCalendar


class Since(StrEnum):
    """What the days of a rung are counted from."""

    OPENING = "opening"
    NEW_DEADLINE = "new_deadline"
    FIRST_MAIL = "first_mail"
    LAST_GOOD_DAY = "last_good_day"
    FIRST_MAIL_LATE = "first_mail_late"  # first mailed when it was overdue already: that mail's day is day 1


@dataclass(frozen=True, slots=True)
class Counted:
    """The days between two dates, as a rung counts them. `days_off`: what working days skip, the first date left out.

    `wanted`: the day that calendar days alone would give, where the rung moved on to a working day.
    """

    since: Since
    start: date
    end: date
    days_off: tuple[date, ...]
    working_days: int
    wanted: date | None = None

    @property
    def calendar_days(self) -> int:
        """Negative before the start: a rung before the last good day."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the rule read of the step at that instant."""

    deadline_number: int
    due_before: datetime | None
    last_good_day: date | None
    source: str
    basis: str
    first_mailed_at: datetime | None
    received_at: datetime | None
    ladder: str


class Silent(StrEnum):
    """Why nothing left for a step on a day."""

    TO_COME = "to_come"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    WAIVED = "waived"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    CONTINUING = "continuing"
    DAY_OFF = "day_off"
    ON_HOLD = "on_hold"
    AWAITING_DECISION = "awaiting_decision"
    OUTSIDE_WINDOW = "outside_window"
    ALREADY_WRITTEN = "already_written"
    MAILBOX_UNREAD = "mailbox_unread"
    NO_ADDRESS = "no_address"
    FAILED = "failed"
    BOUNCED = "bounced"
    UNCERTAIN = "uncertain"
    DEFERRED = "deferred"
    HELD_BACK = "held_back"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    NO_PASS = "no_pass"
    NO_RUNG = "no_rung"


OF_REASON = {
    Reason.CLOSED: Silent.CLOSED,
    Reason.WAIVED: Silent.WAIVED,
    Reason.ACCEPTED: Silent.ACCEPTED,
    Reason.REPORTED: Silent.REPORTED,
    Reason.CONTINUING: Silent.CONTINUING,
    Reason.NOT_OPEN: Silent.NOT_OPEN,
    Reason.ON_HOLD: Silent.ON_HOLD,
    Reason.AWAITING_DECISION: Silent.AWAITING_DECISION,
}


# What ends a step for good: true of every day to come.
ENDED = frozenset({Silent.CLOSED, Silent.WAIVED, Silent.ACCEPTED, Silent.REPORTED})


@dataclass(frozen=True, slots=True)
class Tried:
    """A notice that was planned by the end of the day and had not left then, with what is known of its mail now.

    `state` and `reason` are its addressee's; `mail`: the state of its message, empty without one; `detail`: the
    server's words, or why it was held back; `sent_at`: when it left in the end; `attempts`: how often it was tried.
    """

    rung: str
    repeat: int
    planned_at: datetime
    state: str
    reason: str = ""
    mail: str = ""
    detail: str = ""
    sent_at: datetime | None = None
    handed_over_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """Why nothing left. `at`: since when, `until`: until when that held; `rung`: the notice concerned, or `time` where it
    fell on the day; `detail`: a server's words, or why it was cancelled; `last` and `coming`: the rungs around the day."""

    why: Silent
    at: datetime | None = None
    until: datetime | None = None
    rung: tuple[str, int] | None = None
    detail: str = ""
    time: RungTime | None = None
    last: RungTime | None = None
    coming: RungTime | None = None


def counted(policy: Policy, state: StepState, rung: Rung, at: datetime) -> Counted:
    """How a rung of the step came to lie on the day of `at`, counted out in days."""
    calendar, end = policy.calendar, policy.calendar.local(at).date()
    since, start = _start(policy, state, rung)
    offset = rung.after_first_mail or rung.before or rung.after
    wanted = None
    if offset is not None and offset.days is not None:
        nominal = start + timedelta(-offset.days if rung.before else offset.days)
        wanted = nominal if nominal != end else None
    first, last = min(start, end), max(start, end)
    # Counting backwards the last good day itself is not counted, forwards the first.
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    off = tuple(day for day in days if day != start and not calendar.is_workday(day))
    return Counted(since, start, end, off, sum(day != start for day in days) - len(off), wanted)


def _start(policy: Policy, state: StepState, rung: Rung) -> tuple[Since, date]:
    local = policy.calendar.local
    if rung.at_assignment or state.due_before is None:
        if state.deadline_number > 1 and state.deadline_set_at is not None:
            return Since.NEW_DEADLINE, local(state.deadline_set_at).date()
        return Since.OPENING, local(state.opened_at).date()
    if rung.after_first_mail and state.first_mailed_at is not None:
        return Since.FIRST_MAIL, local(state.first_mailed_at).date()
    anchor = policy.anchor(state) if rung.after else None
    if anchor is not None:
        return Since.FIRST_MAIL_LATE, anchor
    return Since.LAST_GOOD_DAY, last_good_day(state.due_before, policy.calendar)


def silence(
    policy: Policy,
    state: StepState,
    on: date,
    now: datetime,
    tried: tuple[Tried, ...] = (),
    written_at: datetime | None = None,
) -> Silence:
    """Why nothing left for the step on that day. `state`: the facts as known at `asked_at`, noticed rungs included.

    `now`: the campaign's clock; `tried`: the newest last; `written_at`: when the unit's own digest of the day left.
    """
    calendar, at = policy.calendar, asked_at(policy.calendar, on, now)
    last, coming = around(policy, state, on)
    found, to_come = _of_the_step(policy, state, at), on > calendar.local(now).date()
    if found is not None and (not to_come or found.why in ENDED):
        return found
    if to_come:
        return Silence(Silent.TO_COME, last=last, coming=coming)
    if not calendar.is_workday(on):
        return Silence(Silent.DAY_OFF, until=calendar.next_slot(at), last=last, coming=coming)
    if tried and (found := _of_the_mail(calendar, state, on, now, tried[-1], written_at)) is not None:
        rung = next((one for one in policy.ladder.rungs if one.key == tried[-1].rung), None)
        time = RungTime(tried[-1].planned_at, 0, rung, tried[-1].repeat) if rung else None
        return replace(found, time=time, last=last, coming=coming)
    fallen = [time for time in _times_on(policy, state, on) if time.at <= now]
    missed = [time for time in fallen if time.key not in state.noticed]
    if missed and _may_be_noticed(policy, state, missed[-1]):
        return Silence(Silent.NO_PASS, rung=missed[-1].key, time=missed[-1], last=last, coming=coming)
    if fallen and not missed:
        return Silence(Silent.SUPERSEDED, rung=fallen[-1].key, time=fallen[-1], last=last, coming=coming)
    return Silence(Silent.NO_RUNG, last=last, coming=coming)


def asked_at(calendar: WorkCalendar, on: date, now: datetime) -> datetime:
    """The instant of a day that decides whether a digest leaves: its slot, or now where that is before it."""
    return (
        min(calendar.at(on, calendar.window.slot), now)
        if on == calendar.local(now).date()
        else (calendar.at(on, calendar.window.slot))
    )


def around(policy: Policy, state: StepState, on: date) -> tuple[RungTime | None, RungTime | None]:
    """The last rung before a day and the first after it; none for a step that has no deadline."""
    if state.due_before is None:
        return None, None
    calendar = policy.calendar
    times = policy.times(state, calendar.at(on, calendar.window.slot))
    before = [time for time in times if calendar.local(time.at).date() < on]
    after = [time for time in times if calendar.local(time.at).date() > on]
    return (before[-1] if before else None), (after[0] if after else None)


def _times_on(policy: Policy, state: StepState, on: date) -> list[RungTime]:
    if state.due_before is None:
        return []
    calendar = policy.calendar
    times = policy.times(state, calendar.at(on, calendar.window.slot))
    return [time for time in times if calendar.local(time.at).date() == on]


def _may_be_noticed(policy: Policy, state: StepState, time: RungTime) -> bool:
    """Whether a pass would have written that rung: one above the first overdue is not, of a step never mailed."""
    plan: Plan = policy.plan(state, time.at)
    return plan.notice is not None and (plan.notice.rung, plan.notice.repeat) == time.key


def _of_the_step(policy: Policy, state: StepState, at: datetime) -> Silence | None:
    """What silences the step itself, the strongest first, as in a plan."""
    reason = policy.silent(state, at)
    if reason is None:
        return None
    since = {
        Reason.CLOSED: state.closed_at,
        Reason.WAIVED: state.waived_at,
        Reason.ACCEPTED: state.accepted_at,
        Reason.REPORTED: state.reported_at,
        Reason.AWAITING_DECISION: state.extension_requested_at,
    }
    until = {Reason.NOT_OPEN: state.opened_at, Reason.AWAITING_DECISION: policy.silence_ends(state)}
    hold = state.hold_at(at)
    if reason is Reason.ON_HOLD and hold is not None:
        return Silence(Silent.ON_HOLD, hold.start, hold.end)
    return Silence(OF_REASON[reason], since.get(reason), until.get(reason))


def _of_the_mail(
    calendar: WorkCalendar,
    state: StepState,
    on: date,
    now: datetime,
    tried: Tried,
    written_at: datetime | None,
) -> Silence | None:
    """What kept a notice that was planned in time from leaving on the day."""
    key = (tried.rung, tried.repeat)
    today = calendar.local(now).date() == on
    if tried.state == "cancelled":
        return Silence(Silent.CANCELLED, tried.planned_at, rung=key, detail=tried.reason)
    if tried.mail in ("failed", "bounced", "uncertain"):
        return Silence(Silent(tried.mail), tried.handed_over_at, rung=key, detail=tried.detail)
    if tried.state == "superseded":
        return Silence(Silent.SUPERSEDED, tried.planned_at, rung=key)
    if _too_late(calendar, on, tried.planned_at) or (today and not calendar.digest_may_leave(now)):
        return Silence(
            Silent.OUTSIDE_WINDOW, tried.planned_at, tried.sent_at or _next_slot(calendar, now), key
        )
    if written_at is not None and written_at <= tried.planned_at:
        return Silence(Silent.ALREADY_WRITTEN, written_at, tried.sent_at, key)
    if written_at is not None and _is_late(state, on, calendar):
        # The day's digest left without it: of what may be said, only the unread mailbox holds an item back.
        return Silence(Silent.MAILBOX_UNREAD, tried.planned_at, tried.sent_at, key)
    if tried.sent_at is None and tried.detail in ("mailbox_unread", "no_address"):
        return Silence(Silent(tried.detail), tried.planned_at, rung=key)
    if tried.sent_at is None and tried.detail:
        return Silence(Silent.DEFERRED, tried.planned_at, rung=key, detail=tried.detail)
    if tried.sent_at is not None and tried.attempts > 1:
        return Silence(Silent.DEFERRED, tried.planned_at, tried.sent_at, key)
    return Silence(
        Silent.HELD_BACK,
        tried.planned_at,
        tried.sent_at,
        key,
        "late" if _is_late(state, on, calendar) else "",
    )


def _too_late(calendar: WorkCalendar, on: date, planned_at: datetime) -> bool:
    """Whether a notice came only after that day's window had closed."""
    return planned_at >= calendar.at(on, calendar.window.spans[-1][1])


def _is_late(state: StepState, on: date, calendar: WorkCalendar) -> bool:
    """Whether an answer in time could still lie unread in the mailbox."""
    return state.due_before is not None and state.due_before <= calendar.at(on, calendar.window.slot)


def _next_slot(calendar: WorkCalendar, now: datetime) -> datetime:
    return now if calendar.digest_may_leave(now) else calendar.next_slot(now + timedelta(minutes=1))
