"""An earlier campaign's answers as they would come this year: as long after the opening, as far from the deadline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from directives.conversation import Answer, Channel, Decision, StepRef
from directives.deadline import last_good_day
from directives.definition import Definition, PlannedStep
from directives.model import Unit
from directives.workdays import WorkCalendar

ANSWERS = ("received", "in_progress", "done", "extension")
DECISIONS = ("accept", "return", "grant_extension", "refuse_extension")
FROM_OPENING = "received"
ANSWER, DECISION = TypeAdapter[Answer](Answer), TypeAdapter[Decision](Decision)


@dataclass(frozen=True, slots=True)
class EarlierSaid:
    """One answer or decision of then. `data`: its further fields, as the ledger keeps them."""

    kind: str
    at: datetime
    by: str
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A step of an earlier campaign with its first deadline, and all that was said of it, in order."""

    instruction: str
    step: str
    unit: str
    unit_name: str
    due_before: datetime
    said: tuple[EarlierSaid, ...]

    @property
    def reported_after(self) -> timedelta:
        """How long after its deadline (negative: before) it was first reported; the longest time for never."""
        done = [one.at for one in self.said if one.kind == "done"]
        return min(done) - self.due_before if done else timedelta.max


@dataclass(frozen=True, slots=True)
class Earlier:
    """`units`: the whole organisation of then, by code."""

    campaign: str
    opened_at: datetime
    calendar: WorkCalendar
    steps: tuple[EarlierStep, ...]
    organisation: str = ""
    units: Mapping[str, Unit] = field(default_factory=dict[str, Unit])


@dataclass(frozen=True, slots=True)
class Recalled:
    """`said`: in this campaign's time. `matched`: its steps that had one then; `new`: those that had none (silent).

    `merged`: the units that answer with the last of several of then.
    """

    said: tuple[Answer | Decision, ...]
    matched: int
    new: tuple[str, ...]
    merged: tuple[str, ...] = ()


def recalled(
    definition: Definition, earlier: Earlier, parts: Mapping[str, Sequence[str]] | None = None
) -> Recalled:
    """Steps are the same by instruction, step and unit.

    `parts`: the codes of then by the unit that was made of them; any other unit is the one of then that alone bears its
    name, as codes are given anew. Made of several, a unit answers as the one of them that reported last: a report of the
    whole waits for it, and where one never reported, the whole never does.
    """
    known = _Known(earlier, parts or {})
    said: list[Answer | Decision] = []
    new: list[str] = []
    matched, merged = 0, dict[str, None]()
    for step in definition.steps:
        if step.covered_by is not None or step.due_before is None:
            continue
        found = known.steps(step, definition.units[step.unit])
        if not found:
            new.append(f"{step.instruction}/{step.step}/{step.unit}")
            continue
        matched += 1
        merged |= {step.unit: None} if len(found) > 1 else {}
        then = max(found, key=lambda one: one.reported_after)
        said += _Moved(definition, step, step.due_before, earlier, then).said()
    return Recalled(tuple(sorted(said, key=lambda one: one.at)), matched, tuple(new), tuple(merged))


class _Known:
    """The steps of then, to be found by the unit of now."""

    def __init__(self, earlier: Earlier, parts: Mapping[str, Sequence[str]]) -> None:
        self.parts = parts
        self.by_unit = {(one.instruction, one.step, one.unit): one for one in earlier.steps}
        self.by_name: defaultdict[tuple[str, str, str], list[EarlierStep]] = defaultdict(list)
        for one in earlier.steps:
            self.by_name[one.instruction, one.step, one.unit_name.casefold()].append(one)

    def steps(self, step: PlannedStep, unit: Unit) -> Sequence[EarlierStep]:
        key = step.instruction, step.step
        if unit.code in self.parts:
            codes = self.parts[unit.code]
            return [self.by_unit[*key, code] for code in codes if (*key, code) in self.by_unit]
        found = self.by_name[*key, unit.name.casefold()]
        return found if len(found) == 1 else ()  # of two of one name nobody knows which is meant


@dataclass(frozen=True)
class _Moved:
    """One step's conversation, moved from then to now."""

    definition: Definition
    step: PlannedStep
    due_before: datetime
    earlier: Earlier
    then: EarlierStep

    def said(self) -> Iterator[Answer | Decision]:
        last = self.definition.opened_at
        for one in self.then.said:
            at = self._moment(one)
            if at is None:
                return  # the calendar ends before it
            at = last = max(at, last + timedelta(minutes=1))
            if (found := self._one(one, at)) is not None:
                yield found

    def _one(self, one: EarlierSaid, at: datetime) -> Answer | Decision | None:
        campaign = self.definition.campaign.campaign
        ref = StepRef(
            campaign=campaign, instruction=self.step.instruction, step=self.step.step, unit=self.step.unit
        )
        given: dict[str, Any] = {"kind": one.kind, "step": ref, "at": at, "by": one.by or self.step.unit}
        if one.kind in ("extension", "return", "grant_extension"):
            until = self._day(date.fromisoformat(str(one.data["until"])))
            if until is None or until < self.definition.calendar.local(at).date():
                return None
            given["until"] = until
        if one.kind in DECISIONS:
            return DECISION.validate_python(given | {"campaign": campaign, "reason": one.reason or one.kind})
        given["channel"] = Channel.REHEARSAL
        if one.kind == "extension":
            given["reason"] = one.reason or "…"
        if one.kind == "done":
            given["doc_number"] = str(one.data.get("doc_number", "")) or f"{self.step.step}/{self.step.unit}"
        if one.kind == "in_progress" and one.data.get("percent") is not None:
            given["percent"] = one.data["percent"]
        return ANSWER.validate_python(given)

    def _moment(self, one: EarlierSaid) -> datetime | None:
        """As many working days from the opening or from L, at the same hour, and on the same side of the deadline."""
        calendar = self.definition.calendar
        local = self.earlier.calendar.local(one.at)
        day = self._after_opening(local.date()) if one.kind == FROM_OPENING else self._day(local.date())
        if day is None:
            return None
        at = calendar.at(day, local.time())
        if one.at < self.then.due_before:
            return min(at, self.due_before - timedelta(minutes=1))
        return max(at, self.due_before)

    def _after_opening(self, day: date) -> date | None:
        opened = self.earlier.calendar.local(self.earlier.opened_at).date()
        now = self.definition.calendar.local(self.definition.opened_at).date()
        return self._shifted(now, self.earlier.calendar.between(opened, day))

    def _day(self, day: date) -> date | None:
        last = last_good_day(self.then.due_before, self.earlier.calendar)
        now = last_good_day(self.due_before, self.definition.calendar)
        return self._shifted(now, self.earlier.calendar.between(last, day))

    def _shifted(self, day: date, working_days: int) -> date | None:
        try:
            return self.definition.calendar.add(day, working_days) if working_days else day
        except ValueError:
            return None
