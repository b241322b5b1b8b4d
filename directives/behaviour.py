"""Units that answer by themselves: a seeded, reproducible stand-in for people in rehearsals and simulations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from directives.conversation import Accept, Answer, Channel, Decision, Done, Received, StepRef
from directives.deadline import last_good_day, last_workday
from directives.definition import Definition, PlannedStep
from directives.model import AcceptedBy, Key, Model

Share = Annotated[float, Field(ge=0, le=1)]
# How long before the deadline reports tend to come, in working days: most in the last week.
EARLY_WORKING_DAYS = 15
DOCUMENT_KINDS = {"plan": "KH", "officer": "QĐ", "report": "BC", "commune-report": "BC", "consolidated": "BC"}


class Behaviour(Model):
    """Shares of steps (0 to 1) and how late the late ones are, in working days."""

    seed: int
    received: Share
    reported: Share
    late: Share = 0.0
    late_days: Annotated[int, Field(ge=1)] = 10
    accepted: Share = 0.0

    @model_validator(mode="after")
    def _shares_fit(self) -> Behaviour:
        if self.reported + self.late > 1:
            raise ValueError(
                "'reported' and 'late' are shares of the same steps and sum to more than 1; lower one"
            )
        return self


class Rehearsal(Model):
    rehearsal: Key
    campaign: Key
    stands_at: AwareDatetime
    behaviour: Behaviour


def conversation(definition: Definition, behaviour: Behaviour) -> list[Answer | Decision]:
    """Every answer and decision of the campaign in the order of time. The same seed gives the same list."""
    found: list[Answer | Decision] = []
    for step in definition.steps:
        # Covered steps are answered by the one that covers them.
        if step.covered_by is None and step.due_before is not None:
            found += _of(step, definition, behaviour)
    return sorted(found, key=lambda one: (one.at, one.kind, one.model_dump_json()))


def _of(step: PlannedStep, definition: Definition, behaviour: Behaviour) -> Iterator[Answer | Decision]:
    campaign, draw = definition.campaign.campaign, _Draw(behaviour.seed, *step.key)
    ref = StepRef(campaign=campaign, instruction=step.instruction, step=step.step, unit=step.unit)
    # A unit acknowledges its whole digest at once.
    unit = _Draw(behaviour.seed, step.unit)
    if unit.share("received") < behaviour.received:
        at = _soon_after_opening(unit, definition)
        yield Received(step=ref, at=at, channel=Channel.REHEARSAL, by=step.unit)
    at = _reported_at(step, draw, definition, behaviour)
    if at is None:
        return
    number = f"{10 + draw.below(480, 'number')}/{DOCUMENT_KINDS.get(step.step, 'BC')}-{step.unit}"
    on = definition.calendar.local(at).date()
    yield Done(step=ref, at=at, channel=Channel.REHEARSAL, by=step.unit, doc_number=number, doc_date=on)
    if step.spec.accepts is AcceptedBy.MONITOR and draw.share("accepted") < behaviour.accepted:
        day = definition.calendar.add(on, 1 + draw.below(3, "accepted on"))
        yield Accept(
            campaign=campaign, step=ref, at=draw.moment(definition, day), by="điều phối viên diễn tập"
        )


def _soon_after_opening(unit: _Draw, definition: Definition) -> datetime:
    calendar = definition.calendar
    day = calendar.on_or_after(calendar.local(definition.opened_at).date())
    if later := unit.below(4, "received on"):
        day = calendar.add(day, later)
    return max(unit.moment(definition, day), definition.opened_at)


def _reported_at(
    step: PlannedStep, draw: _Draw, definition: Definition, behaviour: Behaviour
) -> datetime | None:
    """When the step is reported: in time, late, or never."""
    assert step.due_before is not None
    calendar = definition.calendar
    fate, last = draw.share("reported"), last_good_day(step.due_before, calendar)
    if fate < behaviour.reported:
        return _in_time(step.due_before, draw, definition)
    if fate < behaviour.reported + behaviour.late:
        return draw.moment(definition, calendar.add(last, 1 + draw.below(behaviour.late_days, "late")))
    return None


def _in_time(due_before: datetime, draw: _Draw, definition: Definition) -> datetime:
    """Mostly in the last week; where there is time, not in the first days after the opening."""
    calendar, opened_at = definition.calendar, definition.opened_at
    last = last_workday(due_before, calendar)
    early = min(draw.below(EARLY_WORKING_DAYS, "early"), draw.below(EARLY_WORKING_DAYS, "earlier"))
    started = min(calendar.add(calendar.local(opened_at).date(), 5), last)
    at = draw.moment(definition, max(calendar.add(last, -early) if early else last, started))
    if at >= due_before:  # an hour in the morning
        at = due_before - timedelta(minutes=1 + draw.below(30, "to spare"))
    return max(at, opened_at)


class _Draw:
    """Numbers that depend on the seed, the step and the question only, not on the order of asking."""

    def __init__(self, seed: int, *key: str) -> None:
        self.key = f"{seed}/{'/'.join(key)}"

    def share(self, question: str) -> float:
        digest = hashlib.sha256(f"{self.key}/{question}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def below(self, limit: int, question: str) -> int:
        return int(self.share(question) * limit)

    def moment(self, definition: Definition, day: date) -> datetime:
        """Some minute of that day's office hours."""
        start = definition.calendar.at(day, time(8, 30))
        return start + timedelta(minutes=self.below(7 * 60, f"minute of {day}"))
