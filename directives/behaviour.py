"""Units that answer by themselves: a seeded, reproducible stand-in for people in rehearsals and simulations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from directives.conversation import (
    Accept,
    Answer,
    AsksExtension,
    Channel,
    Decision,
    Done,
    GrantExtension,
    Received,
    RefuseExtension,
    StepRef,
)
from directives.deadline import last_good_day, last_workday
from directives.definition import Definition, PlannedStep
from directives.draws import Draw
from directives.manners import Behaviour, Manner
from directives.model import AcceptedBy
from directives.workdays import WorkCalendar

DOCUMENT_KINDS = {"plan": "KH", "officer": "QĐ", "report": "BC", "commune-report": "BC", "consolidated": "BC"}
COORDINATOR = "điều phối viên diễn tập"
WHY_MORE_TIME = "chưa đủ số liệu để báo cáo"
WHY_NO_MORE_TIME = "không còn thời gian để tổng hợp"
COMMITTEE = "UBND"
A_WHILE = timedelta(minutes=30)


def conversation(definition: Definition, behaviour: Behaviour) -> list[Answer | Decision]:
    """Every answer and decision of the campaign in the order of time. The same seed gives the same list."""
    found: list[Answer | Decision] = []
    for step in definition.steps:
        # Covered steps are answered by the one that covers them.
        if step.covered_by is None and step.due_before is not None:
            found += _Story(step, definition, behaviour).told()
    return in_order(found)


def in_order(said: list[Answer | Decision]) -> list[Answer | Decision]:
    return sorted(said, key=lambda one: (one.at, one.kind, one.model_dump_json()))


def prompted(
    step: PlannedStep, definition: Definition, behaviour: Behaviour, rung: str, at: datetime
) -> list[Answer | Decision]:
    """What a reminder that left at `at` for that rung brings of its own: a report and its acceptance, or nothing."""
    story = _Story(step, definition, behaviour)
    day = definition.calendar.local(at).date()
    question = f"prompted by {rung} on {day}"
    if story.draw.share(question) >= story.manner.prompted:
        return []
    days = story.draw.below(story.manner.prompted_days, f"{question}: days")
    moment = story.draw.moment(story.calendar, story.calendar.add(day, days) if days else day)
    return list(story.reported(max(moment, at + A_WHILE)))


class _Story:
    """What happens to one step."""

    def __init__(self, step: PlannedStep, definition: Definition, behaviour: Behaviour) -> None:
        self.step, self.definition, self.seed = step, definition, behaviour.seed
        self.manner: Manner = behaviour.manner(step, definition)
        self.draw = Draw(behaviour.seed, *step.key)
        campaign = definition.campaign.campaign
        self.ref = StepRef(campaign=campaign, instruction=step.instruction, step=step.step, unit=step.unit)

    @property
    def calendar(self) -> WorkCalendar:
        return self.definition.calendar

    def told(self) -> Iterator[Answer | Decision]:
        assert self.step.due_before is not None
        # A unit acknowledges its whole digest at once.
        unit = Draw(self.seed, self.step.unit)
        if unit.share("received") < self.manner.received:
            at = self._soon_after_opening(unit)
            yield Received(step=self.ref, at=at, channel=Channel.REHEARSAL, by=self.step.unit)
        due_before, free_from = self.step.due_before, self.definition.opened_at
        for one in self._extension(due_before):
            yield one
            free_from = one.at + A_WHILE
            if isinstance(one, GrantExtension):
                due_before = self.calendar.ends(one.until)
        at = self._reported_at(due_before)
        if at is not None:
            yield from self.reported(max(at, free_from))

    def reported(self, at: datetime) -> Iterator[Answer | Decision]:
        """The report with its document, and the monitor's acceptance where it waits for one."""
        step, draw = self.step, self.draw
        # A commune's code is a number, which no paper bears: its committee signs.
        symbol = COMMITTEE if step.unit.isdigit() else step.unit
        number = f"{10 + draw.below(480, 'number')}/{DOCUMENT_KINDS.get(step.step, 'BC')}-{symbol}"
        on = self.calendar.local(at).date()
        yield Done(
            step=self.ref, at=at, channel=Channel.REHEARSAL, by=step.unit, doc_number=number, doc_date=on
        )
        if step.spec.accepts is AcceptedBy.MONITOR and draw.share("accepted") < self.manner.accepted:
            day = self.calendar.add(on, 1 + draw.below(3, "accepted on"))
            moment = draw.moment(self.calendar, day)
            yield Accept(campaign=self.ref.campaign, step=self.ref, at=moment, by=COORDINATOR)

    def _soon_after_opening(self, unit: Draw) -> datetime:
        calendar = self.calendar
        day = calendar.on_or_after(calendar.local(self.definition.opened_at).date())
        if later := unit.below(self.manner.received_days, "received on"):
            day = calendar.add(day, later)
        return max(unit.moment(calendar, day), self.definition.opened_at)

    def _extension(self, due_before: datetime) -> Iterator[Answer | Decision]:
        """A request in the last days before the deadline, and what the monitor says to it a working day later."""
        draw, calendar, manner = self.draw, self.calendar, self.manner
        if draw.share("extension") >= manner.extensions:
            return
        last = last_good_day(due_before, calendar)
        at = draw.moment(calendar, calendar.add(last, -1 - draw.below(3, "asked on")))
        until = self._day_after(last, manner.extension_days)
        if at <= self.definition.opened_at or at >= due_before or until is None:
            return  # no time to ask, or no calendar to ask for
        yield AsksExtension(
            step=self.ref,
            at=at,
            channel=Channel.REHEARSAL,
            by=self.step.unit,
            until=until,
            reason=WHY_MORE_TIME,
        )
        decided = draw.moment(calendar, calendar.add(calendar.local(at).date(), 1))
        campaign = self.ref.campaign
        if draw.share("granted") < manner.granted:
            yield GrantExtension(campaign=campaign, step=self.ref, at=decided, by=COORDINATOR, until=until)
        else:
            yield RefuseExtension(
                campaign=campaign, step=self.ref, at=decided, by=COORDINATOR, reason=WHY_NO_MORE_TIME
            )

    def _day_after(self, day: date, working_days: int) -> date | None:
        """None beyond the calendar."""
        try:
            return self.calendar.add(day, working_days)
        except ValueError:
            return None

    def _reported_at(self, due_before: datetime) -> datetime | None:
        """When the step is reported: in time, late, or never."""
        fate, manner = self.draw.share("reported"), self.manner
        if fate < manner.reported:
            return self._in_time(due_before)
        if fate < manner.reported + manner.late:
            late = 1 + self.draw.below(manner.late_days, "late")
            last = last_good_day(due_before, self.calendar)
            return self.draw.moment(self.calendar, self.calendar.add(last, late))
        return None

    def _in_time(self, due_before: datetime) -> datetime:
        """Mostly in the last week; where there is time, not in the first days after the opening."""
        calendar, opened_at, draw = self.calendar, self.definition.opened_at, self.draw
        last, span = last_workday(due_before, calendar), self.manner.early_days
        early = min(draw.below(span, "early"), draw.below(span, "earlier"))
        started = min(calendar.add(calendar.local(opened_at).date(), 5), last)
        at = draw.moment(calendar, max(calendar.add(last, -early) if early else last, started))
        if at >= due_before:  # an hour in the morning
            at = due_before - timedelta(minutes=1 + draw.below(30, "to spare"))
        return max(at, opened_at)
