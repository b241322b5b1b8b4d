"""Units that answer by themselves: a seeded, reproducible stand-in for people in rehearsals and simulations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from directives.conversation import Accept, Answer, Channel, Decision, Done, Received, StepRef
from directives.deadline import last_good_day
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
    calendar, campaign = definition.calendar, definition.campaign.campaign
    assert step.due_before is not None
    ref = StepRef(campaign=campaign, instruction=step.instruction, step=step.step, unit=step.unit)
    draw = _Draw(behaviour.seed, *step.key)
    opened = calendar.local(definition.opened_at).date()
    last = last_good_day(step.due_before, calendar)
    # A unit acknowledges its whole digest at once.
    unit = _Draw(behaviour.seed, step.unit)
    if unit.share("received") < behaviour.received:
        day = calendar.add(opened, unit.below(4, "received on")) if unit.below(4, "received on") else opened
        yield Received(step=ref, at=unit.moment(definition, day), channel=Channel.REHEARSAL, by=step.unit)
    fate = draw.share("reported")
    if fate < behaviour.reported:
        early = min(draw.below(EARLY_WORKING_DAYS, "early"), draw.below(EARLY_WORKING_DAYS, "earlier"))
        day = max(
            calendar.add(calendar.on_or_before(last), -early) if early else calendar.on_or_before(last),
            calendar.add(opened, 5),
        )
    elif fate < behaviour.reported + behaviour.late:
        day = calendar.add(last, 1 + draw.below(behaviour.late_days, "late"))
    else:
        return
    at = draw.moment(definition, day)
    number = f"{10 + draw.below(480, 'number')}/{DOCUMENT_KINDS.get(step.step, 'BC')}-{step.unit}"
    yield Done(
        step=ref,
        at=at,
        channel=Channel.REHEARSAL,
        by=step.unit,
        doc_number=number,
        doc_date=calendar.local(at).date(),
    )
    if step.spec.accepts is AcceptedBy.MONITOR and draw.share("accepted") < behaviour.accepted:
        day = calendar.add(calendar.local(at).date(), 1 + draw.below(3, "accepted on"))
        yield Accept(
            campaign=campaign, step=ref, at=draw.moment(definition, day), by="điều phối viên diễn tập"
        )


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
