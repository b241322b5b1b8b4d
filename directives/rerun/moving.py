"""Every date of last year's file, moved by its rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from directives.deadline import last_good_day, resolve
from directives.definition import Definition
from directives.findings import Path
from directives.model import Due, Source, StepSpec
from directives.rerun.dates import Rule, moved_due, moved_when
from directives.rerun.request import EVERY, Change, Doubt, Given, Mark, Request
from directives.workdays import WorkCalendar

At = tuple[Path, StepSpec, str]  # where a step stands in the file, the step, and its "1g/report"


@dataclass
class Dates:
    """Walks the file once; collects what changes and what a person must look at."""

    old: Definition
    request: Request
    calendar: WorkCalendar
    changes: list[Change] = field(default_factory=list[Change])
    marks: list[Mark] = field(default_factory=list[Mark])

    def moved(self) -> None:
        """Errors: ValueError where a date falls outside the calendar's years."""
        self._opening()
        placed = {name: (path, spec) for path, spec, name in self.steps()}
        for path, spec, name in self.steps():
            if spec.due is None:
                continue
            due, rule = self._due(spec, name, placed)
            self.changes.append(Change((*path, "due"), written_due(spec.due), written_due(due), rule))
            self._looked_at(path, spec.due, due, given=rule is Rule.GIVEN)
        self._cut_off()

    def steps(self) -> Iterator[At]:
        for i, instruction in enumerate(self.old.campaign.instructions):
            for j, spec in enumerate(instruction.steps):
                yield ("instructions", i, "steps", j), spec, f"{instruction.key}/{spec.key}"

    def _opening(self) -> None:
        campaign = self.old.campaign
        opens = campaign.opens
        first = opens.date() if isinstance(opens, datetime) else opens
        if first == campaign.directive.issued:
            hour = opens.timetz() if isinstance(opens, datetime) else None
            given = self.request.issued
            new: date = datetime.combine(given, hour) if hour is not None else given
            self.changes.append(Change(("opens",), opens, new, Rule.WITH_ISSUE))
            return
        new, rule = moved_when(opens, self.request.years, self.calendar)
        self.changes.append(Change(("opens",), opens, new, rule))
        if (day := new.date() if isinstance(new, datetime) else new) < self.request.issued:
            self.marks.append(Mark(("opens",), Doubt.OPENING, {"day": f"{day:%d/%m/%Y}"}))

    def _due(self, spec: StepSpec, name: str, placed: dict[str, tuple[Path, StepSpec]]) -> tuple[Due, Rule]:
        assert spec.due is not None
        if spec.basis is not None and spec.basis.source is Source.DIRECTIVE:
            return self.given(name).due, Rule.GIVEN
        covering = placed.get(spec.covered_by or "")
        if covering is not None and covering[1].due == spec.due:
            return self._due(covering[1], spec.covered_by or "", placed)[0], Rule.WITH_COVERING
        return moved_due(spec.due, self.request.years, self.calendar, self.old.calendar)

    def given(self, name: str) -> Given:
        return self.request.deadlines.get(name) or self.request.deadlines[EVERY]

    def _cut_off(self) -> None:
        report = self.old.campaign.report
        if report is None:
            return
        own = self._own_deadlines()
        cut_off = report.cut_off
        if isinstance(cut_off, datetime) or cut_off not in own:
            new, rule = moved_when(cut_off, self.request.years, self.calendar)
        else:
            new, rule = own[cut_off], Rule.WITH_DEADLINE
        self.changes.append(Change(("report", "cut_off"), cut_off, new, rule))

    def _own_deadlines(self) -> dict[date, date]:
        """The directive's own last good days: last year's → this year's."""
        return {
            self._last(spec.due, self.old.calendar): self._last(self.given(name).due, self.calendar)
            for _, spec, name in self.steps()
            if spec.due is not None and spec.basis is not None and spec.basis.source is Source.DIRECTIVE
        }

    def _last(self, due: Due, calendar: WorkCalendar) -> date:
        return last_good_day(resolve(due, calendar, calendar.opening_of(self._first(calendar))), calendar)

    def _first(self, calendar: WorkCalendar) -> date:
        return self.request.issued if calendar is self.calendar else self.old.campaign.directive.issued

    def _looked_at(self, path: Path, old: Due, new: Due, *, given: bool) -> None:
        if new.before is None and new.by is None:
            return
        last = self._last(new, self.calendar)
        if last <= self.request.issued:
            self.marks.append(Mark((*path, "due"), Doubt.PAST, {"day": f"{last:%d/%m/%Y}"}))
        before = self._last(old, self.old.calendar)
        for was, own in self._own_deadlines().items():
            if (before > was) - (before < was) != (last > own) - (last < own):
                values = {"day": f"{last:%d/%m/%Y}", "own": f"{own:%d/%m/%Y}"}
                doubt = Doubt.SAME_DATE if given and last == own else Doubt.ORDER
                self.marks.append(Mark((*path, "due"), doubt, values))
                return


def written_due(due: Due) -> dict[str, object]:
    """As it stands in the file: the one field that is given."""
    return due.model_dump(exclude_none=True)


def own_steps(definition: Definition) -> list[str]:
    """ "1g/report" of every step whose date the directive itself sets."""
    return [
        f"{instruction.key}/{spec.key}"
        for instruction in definition.campaign.instructions
        for spec in instruction.steps
        if spec.basis is not None and spec.basis.source is Source.DIRECTIVE
    ]
