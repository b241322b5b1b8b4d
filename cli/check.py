"""`dondoc check`: what a campaign file means, before anything is opened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer

from cli.check_print import lines
from config.contacts import contacts_of
from config.loader import campaign_files, find_campaign, known_units, load_calendar, load_definition
from config.settings import Settings, load_settings
from directives.deadline import last_good_day, last_workday
from directives.definition import Definition, PlannedStep
from directives.errors import BadInput, Problem
from directives.model import CalendarSpec, Due, Offset, Rung, StepSpec, UnitKind
from directives.plan import Policy


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(
    campaigns: Annotated[
        list[str] | None, typer.Argument(help="Campaign keys or files; all when none is given.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object (a list for several campaigns).")
    ] = False,
) -> None:
    """Check campaign files and print what they mean: who owes what, every date with its basis, the rungs, items a mail.

    Writes nothing. Exit status 2 and one line a problem (file, line, field, what is wrong, the nearest right value).
    """
    settings = load_settings()
    problems: list[Problem] = []
    reports: list[dict[str, Any]] = []
    for name in campaigns or map(str, campaign_files()):
        try:
            reports.append(_checked(name, settings))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput(problems)
    if as_json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(lines(one)) for one in reports))


def _checked(name: str, settings: Settings) -> dict[str, Any]:
    """One campaign and the contacts that would be laid over it. Errors: BadInput with what is wrong in either."""
    file = find_campaign(name)
    try:
        definition = load_definition(file, settings.window)
    except BadInput as bad:
        if units := known_units(file):
            try:
                contacts_of(settings.contacts, units)
            except BadInput as contacts:
                bad.problems += contacts.problems
        raise
    contacts_of(settings.contacts, definition.units)
    return report(definition, load_calendar(definition.campaign, file))


def report(definition: Definition, calendar: CalendarSpec) -> dict[str, Any]:
    """What the files mean, as plain data (dates ISO 8601).

    Shape: campaign, directive, opens, counts {instructions, steps, units, units_with_a_duty, kinds}, matrix [one row
    per instruction × step × kind of unit], dates [one per step as
    written, with its basis], ladder [one per rung], rungs
    [one per distinct deadline], items_per_mail {kind: {items, more}}, notes, warnings.
    """
    campaign, directive = definition.campaign, definition.campaign.directive
    owing = {step.unit for step in definition.steps}
    kinds = Counter(definition.units[code].kind for code in owing)
    return {
        "campaign": campaign.campaign,
        "directive": {
            "kind": directive.kind,
            "number": directive.number,
            "issued": directive.issued.isoformat(),
            "issuer": directive.issuer,
            "signatory": f"{directive.signatory.title} {directive.signatory.name}",
        },
        "opens": definition.calendar.local(definition.opened_at).isoformat(),
        "counts": {
            "instructions": len(campaign.instructions),
            "steps": len(definition.steps),
            "units": len(definition.units),
            "units_with_a_duty": len(owing),
            "kinds": {kind.value: kinds[kind] for kind in UnitKind if kinds[kind]},
        },
        "matrix": _matrix(definition),
        "dates": _dates(definition),
        "ladder": [_rung(rung) for rung in definition.ladder.rungs],
        "rungs": _rungs(definition),
        "items_per_mail": items_per_mail(definition),
        "notes": _notes(definition),
        "warnings": list(_warnings(definition, calendar)),
    }


def _matrix(definition: Definition) -> list[dict[str, Any]]:
    cells: Counter[tuple[str, str, str]] = Counter()
    for step in definition.steps:
        cells[step.instruction, step.step, definition.units[step.unit].kind.value] += 1
    return [
        {"instruction": instruction, "step": step, "kind": kind, "count": count}
        for (instruction, step, kind), count in cells.items()
    ]


def _dates(definition: Definition) -> list[dict[str, Any]]:
    groups: dict[tuple[str, StepSpec], list[PlannedStep]] = {}
    for step in definition.steps:
        groups.setdefault((step.instruction, step.spec), []).append(step)
    return [_date(steps, definition) for steps in groups.values()]


def _date(steps: Sequence[PlannedStep], definition: Definition) -> dict[str, Any]:
    step, calendar = steps[0], definition.calendar
    date: dict[str, Any] = {
        "instruction": step.instruction,
        "step": step.step,
        "units": len(steps),
        "written": _written(step.spec.due) if step.spec.due else "continuing",
        "due_before": None,
        "last_good_day": None,
        "last_workday": None,
        "basis": step.source.value if step.source else None,
        "basis_text": step.basis,
        "covered_by": "/".join(step.covered_by[:2]) if step.covered_by else None,
        "accepts": step.spec.accepts.value,
        "copy_to_parent": step.spec.copy_to_parent,
    }
    if step.due_before is not None:
        date["due_before"] = calendar.local(step.due_before).isoformat()
        date["last_good_day"] = last_good_day(step.due_before, calendar).isoformat()
        date["last_workday"] = last_workday(step.due_before, calendar).isoformat()
    return date


def _written(due: Due) -> str:
    return ", ".join(f"{name} {value}" for name, value in due.model_dump(exclude_none=True).items())


def _rung(rung: Rung) -> dict[str, Any]:
    """Shape: rung, when (in words), to, letter, repeat (in words, or nothing)."""
    if rung.at_assignment:
        when = "when the campaign opens"
    elif rung.after_first_mail:
        when = f"{_days(rung.after_first_mail)} after the first mail, while no answer has come"
    elif rung.before:
        when = f"{_days(rung.before)} before the last good day"
    else:
        assert rung.after is not None
        when = f"{_days(rung.after)} after the last good day"
    return {
        "rung": rung.key,
        "when": when,
        "to": [target.value for target in rung.to],
        "letter": rung.letter,
        "repeat": f"every {_days(rung.repeat)}" if rung.repeat else None,
    }


def _days(offset: Offset) -> str:
    count = offset.days or offset.working_days
    kind = "day" if offset.days else "working day"
    return f"{count} {kind}" if count == 1 else f"{count} {kind}s"


def _rungs(definition: Definition) -> list[dict[str, Any]]:
    policy, calendar = Policy(definition.ladder, definition.calendar), definition.calendar
    dues = sorted({step.due_before for step in definition.steps if step.due_before is not None})
    return [
        {
            "due_before": calendar.local(due).isoformat(),
            "last_good_day": last_good_day(due, calendar).isoformat(),
            "rungs": [
                {
                    "rung": time.rung.key,
                    "date": calendar.local(time.at).date().isoformat(),
                    "to": [target.value for target in time.rung.to],
                    "superseded": time.at < definition.opened_at,
                }
                for time in policy.dated_rungs(due)
            ],
        }
        for due in dues
    ]


def items_per_mail(definition: Definition) -> dict[str, dict[str, Any]]:
    """How many numbered items a mail has at most, by kind of unit: what is usual, and the units with more.

    Covered steps are no items of their own, nor are continuing duties.
    """
    counts = Counter(
        step.unit for step in definition.steps if step.covered_by is None and step.due_before is not None
    )
    found: dict[str, dict[str, Any]] = {}
    for kind in UnitKind:
        units = {code: counts[code] for code in counts if definition.units[code].kind is kind}
        if units:
            usual = Counter(units.values()).most_common(1)[0][0]
            more = {code: count for code, count in units.items() if count > usual}
            found[kind.value] = {"items": usual, "more": more}
    return found


def _notes(definition: Definition) -> list[str]:
    """Where the directive contradicts itself or leaves something open, as noted beside it."""
    directive = definition.campaign.directive
    return [
        *(f"{directive.number}: {note}" for note in directive.notes),
        *(f"{one.key}: {one.note}" for one in definition.campaign.instructions if one.note),
        *(f"{reference.number}: {reference.note}" for reference in directive.references if reference.note),
    ]


def _warnings(definition: Definition, calendar: CalendarSpec) -> Iterator[str]:
    """Years whose days off are only computed, from the opening to the last rung."""
    days = [definition.calendar.local(definition.opened_at).date().isoformat()]
    days += [rung["date"] for row in _rungs(definition) for rung in row["rungs"]]
    for year in range(int(min(days)[:4]), int(max(days)[:4]) + 1):
        if not calendar.years[year].decreed:
            yield (
                f"the days off of {year} are only computed; when its decree is out, enter swapped days and "
                f"'decreed: true' in calendars/{calendar.calendar}.yaml"
            )
