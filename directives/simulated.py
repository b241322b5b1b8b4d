"""A year that was lived on a virtual clock, as plain facts: its mails, its late units, and what ops should look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from directives.deadline import last_good_day
from directives.definition import Definition
from directives.model import Target
from directives.workdays import SATURDAY

BUSY = 8  # mails a unit gets in a week, Monday to Sunday
BRIEF, RUNAWAY = "brief", "runaway"
SHOWN = 6  # names that stand in one warning


@dataclass(frozen=True, slots=True)
class SimulatedMail:
    """One mail that would leave, numbered from 1. `asked`: (rung, instruction/step/unit) of what it is about."""

    n: int
    at: datetime
    unit: str
    address: str
    target: str
    subject: str
    uid: str
    asked: tuple[tuple[str, str], ...]

    @property
    def week(self) -> date:
        """Its Monday."""
        return self.at.date() - timedelta(self.at.weekday())

    @property
    def kind(self) -> str:
        """The target without whose it is: lead, superior, monitor, decided, brief."""
        return self.target.partition(":")[0]

    @property
    def why(self) -> dict[str, list[str]]:
        """The steps by the rung for which it was written."""
        found: dict[str, list[str]] = {}
        for rung, step in self.asked:
            found.setdefault(rung, []).append(step)
        return found


@dataclass(frozen=True, slots=True)
class Unreminded:
    """A step with a deadline that no mail asked for, and why: no_address, or the reason of its last plan."""

    step: str
    reason: str


@dataclass(frozen=True)
class SimulatedYear:
    """`counts`: steps by status at the end. `late`: steps that were late, by their unit's code."""

    campaign: str
    ladder: str
    start: datetime
    until: datetime
    counts: Mapping[str, int]
    notices: Mapping[str, int]
    mails: tuple[SimulatedMail, ...]
    late: Mapping[str, tuple[str, ...]]
    unreminded: tuple[Unreminded, ...] = ()
    unaddressed: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def targets(self) -> Counter[str]:
        """Mails by whom they go to: lead, superior, monitor, or the kind of another mail."""
        return Counter(mail.kind for mail in self.mails)

    @property
    def days(self) -> Counter[date]:
        return Counter(mail.at.date() for mail in self.mails)

    @property
    def weeks(self) -> Counter[tuple[str, date]]:
        """Mails of each unit and week; a brief is a coordinator's, not the unit's."""
        return Counter((mail.unit, mail.week) for mail in self.mails if mail.kind != BRIEF)

    def busy(self, limit: int) -> dict[str, list[tuple[date, int]]]:
        """The weeks in which a unit gets that many mails or more."""
        found: dict[str, list[tuple[date, int]]] = {}
        for (unit, week), count in sorted(self.weeks.items(), key=lambda one: one[0][1]):
            if count >= limit:
                found.setdefault(unit, []).append((week, count))
        return found


@dataclass(frozen=True, slots=True)
class Warned:
    """`kind`: runaway, busy_week, day_off, unreminded, no_superior, no_address, placeholder."""

    kind: str
    text: str


def warnings(year: SimulatedYear, definition: Definition, busy: int = BUSY) -> list[Warned]:
    """What ops should look at before anybody gets a mail."""
    return [
        *_addresses(year),
        *_stopped(year),
        *_busy(year, busy),
        *_days_off(definition, year),
        *_unreminded(year, definition),
        *_unescalated(definition),
    ]


def _addresses(year: SimulatedYear) -> Iterator[Warned]:
    if year.unaddressed:
        text = f"no address, so no mail reaches: {named(year.unaddressed)}; add them to the file DONDOC_CONTACTS names"
        yield Warned("no_address", text)
    if year.placeholders:
        text = f"only an address that stands in for a real one: {named(year.placeholders)}; name them in DONDOC_CONTACTS"
        yield Warned("placeholder", text)


def _stopped(year: SimulatedYear) -> Iterator[Warned]:
    days = [_day(mail.at.date()) for mail in year.mails if mail.kind == RUNAWAY]
    if days:
        text = f"more mails than DONDOC_MAX_MAILS_PER_SLOT, so no digest leaves: {named(days)}; raise it"
        yield Warned("runaway", text)


def _busy(year: SimulatedYear, limit: int) -> Iterator[Warned]:
    for unit, weeks in year.busy(limit).items():
        week, most = max(weeks, key=lambda one: one[1])
        more = f", and {limit} or more in {len(weeks) - 1} other weeks" if len(weeks) > 1 else ""
        yield Warned("busy_week", f"{unit} gets {most} mails in the week of {week:%d/%m/%Y}{more}")


def _days_off(definition: Definition, year: SimulatedYear) -> Iterator[Warned]:
    """The opening, a last good day, and rungs counted in calendar days that fall on a day without post."""
    calendar = definition.calendar
    opens, ends = year.start.date(), year.until.date()
    if not calendar.is_workday(opens):
        first = calendar.on_or_after(opens)
        yield Warned(
            "day_off", f"opens on {_day_off(opens, definition)}; the first mails leave on {_day(first)}"
        )
    due = Counter(step.due_before for step in definition.steps if step.due_before)
    for due_before, steps in sorted(due.items()):
        last = last_good_day(due_before, calendar)
        if opens <= last <= ends and not calendar.is_workday(last):
            before = calendar.on_or_before(last)
            text = f"the last good day of {steps} steps is {_day_off(last, definition)}; mails name {_day(before)} too"
            yield Warned("day_off", text)
        for rung in definition.ladder.rungs:
            day = last - timedelta(rung.before.days) if rung.before and rung.before.days else None
            if day and opens <= day <= ends and not calendar.is_workday(day):
                moved = calendar.on_or_after(day)
                text = (
                    f"rung {rung.key} of {steps} steps due {_day(last)} falls on {_day_off(day, definition)}"
                )
                yield Warned("day_off", f"{text}; it leaves on {_day(moved)}")


def _unreminded(year: SimulatedYear, definition: Definition) -> Iterator[Warned]:
    reasons: dict[str, list[str]] = {}
    for one in year.unreminded:
        reasons.setdefault(one.reason, []).append(one.step)
    for reason, steps in reasons.items():
        text = f"nobody is reminded of {named(steps)} ({reason}; {len(steps)} in all)"
        yield Warned("unreminded", text)
    timeless = [f"{one.instruction}/{one.step}/{one.unit}" for one in definition.steps if not one.due_before]
    if timeless:
        text = f"nobody is ever reminded of what has no deadline: {named(timeless)}"
        yield Warned("unreminded", text)


def _unescalated(definition: Definition) -> Iterator[Warned]:
    """Units that owe and have nobody above them, where the ladder would write to a superior."""
    upward = [rung.key for rung in definition.ladder.rungs if Target.SUPERIOR in rung.to]
    owing = dict.fromkeys(step.unit for step in definition.steps if step.due_before)
    alone = [code for code in owing if definition.superior(code) is None]
    if upward and alone:
        yield Warned("no_superior", f"nobody stands above {named(alone)}: {upward[0]} goes to the unit alone")


def named(names: Sequence[str]) -> str:
    """The first few, and how many more."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _day(day: date) -> str:
    return f"{day:%a %d/%m/%Y}"


def _day_off(day: date, definition: Definition) -> str:
    weekend = day.weekday() >= SATURDAY
    return f"{_day(day)}, a {'weekend' if weekend else 'holiday'}"
