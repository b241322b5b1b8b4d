"""What is wrong with a campaign beyond the shape of its file: names, audiences, dates, cycles.

Each finding is a path into the campaign's file and one sentence with the nearest right value; the loader turns
the path into file and line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

import pendulum

from directives.check_audiences import audience_findings, unknown_unit
from directives.deadline import last_good_day, resolve
from directives.definition import Definition
from directives.findings import Finding, Path, cycles, nearest, under
from directives.model import CalendarSpec, Campaign, Due, Ladder, Series, Unit
from directives.plan import Policy
from directives.workdays import SATURDAY


def organisation_findings(units: Mapping[str, Unit]) -> Iterator[tuple[str, str]]:
    """(code, sentence) for unknown parents and cycles."""
    for code, unit in units.items():
        if unit.parent is not None and unit.parent not in units:
            yield code, f"parent '{unit.parent}' is no unit of this file{nearest(unit.parent, units)}"
    for cycle in cycles({code: [unit.parent] if unit.parent else [] for code, unit in units.items()}):
        yield cycle[0], f"the parents form a cycle: {' → '.join(cycle)}; give one of them another parent"


def ladder_findings(ladder: Ladder) -> Iterator[Finding]:
    """Rungs that stand twice, out of the order of time, or after one that repeats for ever."""
    seen: set[str] = set()
    for n, rung in enumerate(ladder.rungs):
        if rung.key in seen:
            yield ("rungs", n, "key"), f"'{rung.key}' stands twice; give each rung its own key"
        seen.add(rung.key)
        if n == 0:
            continue
        before = ladder.rungs[n - 1]
        if not before.place < rung.place:
            yield (
                ("rungs", n),
                f"'{rung.key}' stands after '{before.key}' but its time does not come after; swap them or mend one",
            )
        if before.repeat:
            yield (
                ("rungs", n - 1, "repeat"),
                f"'{before.key}' repeats but is not the last; move 'repeat' to the last rung",
            )


def calendar_findings(calendar: CalendarSpec) -> Iterator[Finding]:
    """A zone that is none, years left out between others, and days that belong to another year or to both lists."""
    zones = pendulum.timezones()
    if calendar.timezone not in zones:
        yield ("timezone",), f"'{calendar.timezone}' is no time zone{nearest(calendar.timezone, zones)}"
    for year in range(min(calendar.years), max(calendar.years)):
        if year not in calendar.years:
            yield ("years",), f"{year} is missing between two other years; add '{year}: {{decreed: false}}'"
    for year, said in calendar.years.items():
        for field, days in (("days_off", said.days_off), ("days_worked", said.days_worked)):
            for n, day in enumerate(days):
                path: Path = ("years", year, field, n)
                if day.year != year:
                    yield path, f"{day} is no day of {year}{_in_year(day, year)}"
                elif field == "days_worked" and day in said.days_off:
                    yield path, f"{day} is both off and worked; keep one of the two"
                elif field == "days_off" and day.weekday() >= SATURDAY:
                    yield path, f"{day} is a {day:%A} and off anyway; check the day, or take it out"


def series_findings(series: Series) -> Iterator[Finding]:
    """Two flows of one key would be one flow in Prefect; two of one ordinal would sort anyhow."""
    for field in ("key", "ordinal"):
        first: dict[object, int] = {}
        for n, flow in enumerate(series.flows):
            value = getattr(flow, field)
            if value in first:
                yield (
                    ("flows", n, field),
                    f"'{value}' stands twice (flows[{first[value]}] too); give each flow its own {field}",
                )
            first.setdefault(value, n)


def campaign_findings(
    definition: Definition, series: Series | None, broken: Collection[Path] = frozenset()
) -> list[Finding]:
    """Everything that makes no sense in a campaign.

    `broken` are the places whose shape was wrong and which hold a stand-in: what is found there is not reported,
    nor what may only follow from it. Without units, only what needs none is checked.
    """
    campaign = definition.campaign
    findings = [*_instruction_keys(campaign, series), *_parts(campaign), *_dates(definition, broken)]
    if definition.units:
        findings += [*_names(definition), *audience_findings(definition, broken)]
    return [finding for finding in findings if not under(finding[0], broken)]


def _parts(campaign: Campaign) -> Iterator[Finding]:
    parts = campaign.report.parts if campaign.report else ()
    for i, instruction in enumerate(campaign.instructions):
        if instruction.part is not None and instruction.part > len(parts):
            yield (
                ("instructions", i, "part"),
                f"the consolidated report has {len(parts)} parts; list part {instruction.part} under 'report: parts'",
            )


def _names(definition: Definition) -> Iterator[Finding]:
    campaign = definition.campaign
    places: list[tuple[Path, str]] = [(("monitor", "unit"), campaign.monitor.unit)]
    places += [(("monitor", "with", n), code) for n, code in enumerate(campaign.monitor.with_)]
    for i, instruction in enumerate(campaign.instructions):
        places += [(("instructions", i, "support", n), code) for n, code in enumerate(instruction.support)]
    for path, code in places:
        if code not in definition.units:
            yield path, unknown_unit(code, definition)
    if all(issuer.name != campaign.directive.issuer for issuer in definition.units.values()):
        names = [unit.name for unit in definition.units.values()]
        yield (
            ("directive", "issuer"),
            (
                f"'{campaign.directive.issuer}' is no unit of {campaign.organisation}{nearest(campaign.directive.issuer, names)}"
            ),
        )


def _instruction_keys(campaign: Campaign, series: Series | None) -> Iterator[Finding]:
    flows = [flow.key for flow in series.flows] if series else []
    first: dict[str, int] = {}
    for i, instruction in enumerate(campaign.instructions):
        path: Path = ("instructions", i, "key")
        if instruction.key in first:
            yield (
                path,
                f"'{instruction.key}' stands twice (instructions[{first[instruction.key]}] too); give each its own key",
            )
        elif series and instruction.key not in flows:
            yield (
                path,
                f"'{instruction.key}' has no flow in config/series/{campaign.series}.yaml{nearest(instruction.key, flows)}",
            )
        first.setdefault(instruction.key, i)


def _dates(definition: Definition, broken: Collection[Path]) -> Iterator[Finding]:
    campaign, calendar = definition.campaign, definition.calendar
    issued = None if under(("directive", "issued"), broken) else campaign.directive.issued
    opens = calendar.local(definition.opened_at).date()
    if issued and opens < issued:
        yield (
            ("opens",),
            f"{campaign.opens} is before the directive's own date {issued}; open on that day or later",
        )
    elif not calendar.first <= opens <= calendar.last:
        yield ("opens",), f"{campaign.opens} {_outside(definition)}"
    policy = Policy(definition.ladder, calendar)
    for i, instruction in enumerate(campaign.instructions):
        for j, step in enumerate(instruction.steps):
            relative = step.due and not (step.due.before or step.due.by)
            if step.due and not (relative and under(("opens",), broken)):
                for message in _due(step.due, definition, policy, issued):
                    yield ("instructions", i, "steps", j, "due"), message


def _due(due: Due, definition: Definition, policy: Policy, issued: date | None) -> Iterator[str]:
    calendar = definition.calendar
    written = due.before or due.by
    try:
        due_before = resolve(due, calendar, definition.opened_at)
        # A relative one counts from the opening, which is found itself when it is before the directive.
        if written and issued and due_before <= calendar.begins(issued):
            yield _too_early(written, issued)
            return
        if not calendar.first <= last_good_day(due_before, calendar) <= calendar.last:
            raise ValueError
        policy.dated_rungs(due_before)
    except ValueError:
        yield f"{written or 'the day it falls on'}, with the rungs around it, {_outside(definition)}"


def _outside(definition: Definition) -> str:
    campaign, calendar = definition.campaign, definition.calendar
    return (
        f"is outside calendar '{campaign.calendar}' ({calendar.first} to {calendar.last}); "
        f"check the year, or add years to config/calendars/{campaign.calendar}.yaml"
    )


def _too_early(written: date, issued: date) -> str:
    """With the same day and month in the first year that is not before the directive."""
    if (written.year, written.month, written.day) == (issued.year, issued.month, issued.day):
        return f"'before {written}' ends before the directive's own date {issued} begins; write 'by' or a later day"
    said = f"{written} is before the directive's own date {issued}"
    if (written.month, written.day) == (2, 29):
        return f"{said}; check the year"
    late = (written.month, written.day) > (issued.month, issued.day)
    return (
        f"{said}; did you mean {date(issued.year if late else issued.year + 1, written.month, written.day)}?"
    )


def _in_year(day: date, year: int) -> str:
    return "; check it" if (day.month, day.day) == (2, 29) else f"; did you mean {day.replace(year=year)}?"
