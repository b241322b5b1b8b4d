"""`dondoc check`: what a campaign file means, before anything is opened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from config.contacts import contacts_of
from config.loader import campaign_files, find_campaign, load_definition
from config.settings import load_settings
from directives.deadline import last_good_day, last_workday
from directives.definition import Definition, PlannedStep
from directives.errors import BadInput, Problem
from directives.model import Due, UnitKind
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
    files = [find_campaign(name) for name in campaigns] if campaigns else campaign_files()
    problems: list[Problem] = []
    reports: list[dict[str, Any]] = []
    for file in files:
        try:
            definition = load_definition(file, settings.window)
            contacts_of(settings.contacts, definition.units)
            reports.append(report(definition))
        except BadInput as bad:
            problems += bad.problems
    if problems:
        raise BadInput(problems)
    if as_json:
        print(json.dumps(reports[0] if len(reports) == 1 else reports, ensure_ascii=False, indent=2))
    else:
        console = Console()
        for one in reports:
            _print(one, console)


def report(definition: Definition) -> dict[str, Any]:
    """What the files mean, as plain data (dates ISO 8601).

    Shape: campaign, directive, counts {units, steps, kinds}, matrix [one row per instruction × step × kind of unit],
    dates [one per deadline, with basis], rungs [one per distinct deadline], items_per_mail {kind: most}.
    """
    owing = {step.unit for step in definition.steps}
    kinds = Counter(definition.units[code].kind for code in owing)
    directive = definition.campaign.directive
    return {
        "campaign": definition.campaign.campaign,
        "directive": {
            "number": directive.number,
            "issued": directive.issued.isoformat(),
            "issuer": directive.issuer,
        },
        "counts": {
            "instructions": len(definition.campaign.instructions),
            "steps": len(definition.steps),
            "units": len(definition.units),
            "units_with_a_duty": len(owing),
            "kinds": {kind.value: kinds[kind] for kind in UnitKind if kinds[kind]},
        },
        "matrix": _matrix(definition),
        "dates": _dates(definition),
        "rungs": _rungs(definition),
        "items_per_mail": items_per_mail(definition),
        "notes": _notes(definition),
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
    groups: dict[tuple[str, str, str], list[PlannedStep]] = {}
    for step in definition.steps:
        groups.setdefault((step.instruction, step.step, str(step.due_before)), []).append(step)
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
    }
    if step.due_before is not None:
        date["due_before"] = calendar.local(step.due_before).isoformat()
        date["last_good_day"] = last_good_day(step.due_before, calendar).isoformat()
        date["last_workday"] = last_workday(step.due_before, calendar).isoformat()
    return date


def _written(due: Due) -> str:
    return ", ".join(f"{name} {value}" for name, value in due.model_dump(exclude_none=True).items())


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
    """The most numbered items one mail can have, by kind of unit, and whose mail that is. Covered steps are no items."""
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
    notes = [f"{one.key}: {one.note}" for one in definition.campaign.instructions if one.note]
    directive = definition.campaign.directive
    return notes + [
        f"{reference.number}: {reference.note}" for reference in directive.references if reference.note
    ]


def _print(one: dict[str, Any], console: Console) -> None:
    counts, directive = one["counts"], one["directive"]
    console.print(f"[bold]{one['campaign']}[/bold]  {directive['number']} of {directive['issued']}")
    console.print(
        f"{counts['instructions']} instructions, {counts['steps']} steps, {counts['units_with_a_duty']} units with a duty\n"
    )
    console.print(_matrix_table(one))
    console.print(_dates_table(one))
    console.print(_rungs_table(one))
    for kind, items in one["items_per_mail"].items():
        more = "".join(f"; {code}: {count}" for code, count in items["more"].items())
        console.print(f"items per mail, {kind}: {items['items']}{more}")
    for note in one["notes"]:
        console.print(f"note: {note}", style="dim", highlight=False)


def _matrix_table(one: dict[str, Any]) -> Table:
    kinds = list(one["counts"]["kinds"])
    table = Table("instruction", "step", *kinds, "total", title="Who owes what", title_justify="left")
    rows: dict[tuple[str, str], Counter[str]] = {}
    for cell in one["matrix"]:
        rows.setdefault((cell["instruction"], cell["step"]), Counter())[cell["kind"]] += cell["count"]
    for (instruction, step), cells in rows.items():
        table.add_row(instruction, step, *(str(cells[kind] or "") for kind in kinds), str(cells.total()))
    return table


def _dates_table(one: dict[str, Any]) -> Table:
    table = Table(
        "instruction",
        "step",
        "units",
        "due",
        "last good day",
        "basis",
        "covered by",
        title="Dates",
        title_justify="left",
    )
    for date in one["dates"]:
        basis = f"{date['basis']}: {date['basis_text']}" if date["basis"] else ""
        table.add_row(
            date["instruction"],
            date["step"],
            str(date["units"]),
            date["written"],
            date["last_good_day"] or "",
            basis,
            date["covered_by"] or "",
        )
    return table


def _rungs_table(one: dict[str, Any]) -> Table:
    keys = list(dict.fromkeys(rung["rung"] for row in one["rungs"] for rung in row["rungs"]))
    table = Table(
        "last good day", *keys, title="Rungs (those in brackets lie before the opening)", title_justify="left"
    )
    for row in one["rungs"]:
        dates = {
            rung["rung"]: f"({rung['date']})" if rung["superseded"] else rung["date"] for rung in row["rungs"]
        }
        table.add_row(row["last_good_day"], *(dates.get(key, "") for key in keys))
    return table
