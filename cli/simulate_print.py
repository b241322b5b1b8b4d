"""What `dondoc simulate` shows: the list of mails, the year in short, two years side by side; and the same as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from email import message_from_bytes, policy
from typing import Any

from rich.console import Console
from rich.table import Table

from directives.definition import Definition
from directives.model import Target
from directives.simulated import SimulatedMail, SimulatedYear, Warned, named, warnings

KINDS = {
    "total": "mails",
    "lead": "to units",
    "superior": "to superiors",
    "monitor": "to the monitor",
    "decided": "on decisions",
    "brief": "briefs to coordinators",
}


def plain(year: SimulatedYear, definition: Definition, busy: int, unit: str = "") -> dict[str, Any]:
    """Shape: campaign, ladder, from, until, counts {status: steps}, notices {rung: n}, late {unit: [steps]}, warnings, mails."""
    return {
        "campaign": year.campaign,
        "ladder": year.ladder,
        "from": year.start.isoformat(),
        "until": year.until.isoformat(),
        "counts": dict(year.counts),
        "notices": dict(year.notices),
        "late": {code: list(steps) for code, steps in year.late.items()},
        "warnings": [{"kind": one.kind, "text": one.text} for one in warnings(year, definition, busy)],
        "refused": list(year.refused),
        "mails": [_mail(mail) for mail in year.mails if unit in ("", mail.unit)],
    }


def _mail(mail: SimulatedMail) -> dict[str, Any]:
    return {
        "n": mail.n,
        "at": mail.at.isoformat(),
        "to": mail.address,
        "unit": mail.unit,
        "target": mail.target,
        "subject": mail.subject,
        "rung": list(dict.fromkeys(rung for rung, _ in mail.asked)),
        "items": [step for _, step in mail.asked],
        "why": mail.why,
    }


def print_mails(year: SimulatedYear, unit: str = "") -> None:
    """One line a mail: its number, when, to whom, and the rungs with the steps they are about."""
    for mail in year.mails:
        if unit in ("", mail.unit):
            target = mail.kind
            why = "; ".join(f"{rung}: {_steps(steps, mail.unit)}" for rung, steps in mail.why.items())
            print(f"{mail.n:>5}  {mail.at:%d/%m/%Y %H:%M}  {mail.unit:<10}{target:<10}{mail.address}  {why}")


def _steps(steps: Sequence[str], unit: str) -> str:
    """Of the unit itself without its code, of others by number: a superior is told of dozens."""
    if all(step.rpartition("/")[2] == unit for step in steps):
        return named([step.rpartition("/")[0] for step in steps])
    units = len({step.rpartition("/")[2] for step in steps})
    return f"{len(steps)} steps of {units} units"


def print_year(year: SimulatedYear, warned: Sequence[Warned]) -> None:
    """Mails by day, the busiest of them, what stands at the end, and the warnings."""
    console = Console(markup=False, emoji=False)
    table = Table(
        "day",
        "to units",
        "to superiors",
        "to the monitor",
        "others",
        title="Mails by day",
        title_justify="left",
    )
    days: dict[str, dict[str, int]] = {}
    for mail in year.mails:
        counts = days.setdefault(f"{mail.at:%Y-%m-%d}", {})
        target = mail.target if mail.target in tuple(Target) else "others"
        counts[target] = counts.get(target, 0) + 1
    for day, counts in days.items():
        table.add_row(day, *(str(counts.get(target, "")) for target in (*Target, "others")))
    console.print(table)
    console.print(f"{len(year.mails)} mails; steps at the end: ", end="")
    console.print(", ".join(f"{count} {status}" for status, count in year.counts.items() if count))
    late = sum(map(len, year.late.values()))
    console.print(f"{len(year.late)} units late with {late} steps: {named(list(year.late)) or 'none'}")
    for line in _remarks(year, warned):
        print(line)
    print("Each mail with its reason: --mails; one as its reader sees it: --show NUMBER")


def _remarks(year: SimulatedYear, warned: Sequence[Warned]) -> Iterator[str]:
    if warned:
        yield f"{len(warned)} warnings:"
        yield from (f"  - {one.text}" for one in warned)
    if year.refused:
        yield f"{len(year.refused)} answers no longer fitted and were left out: {year.refused[0]}"


def comparison(labels: Sequence[str], years: Sequence[SimulatedYear]) -> list[dict[str, Any]]:
    """One object for each: label, mails {by whom}, notices, counts, late units and steps, the unit's fullest week."""
    return [
        {
            "label": label,
            "ladder": year.ladder,
            "mails": {"total": len(year.mails), **year.targets},
            "notices": dict(year.notices),
            "counts": dict(year.counts),
            "late_units": list(year.late),
            "late_steps": sum(map(len, year.late.values())),
            "fullest_week": max(year.weeks.values(), default=0),
            "fullest_day": max(year.days.values(), default=0),
        }
        for label, year in zip(labels, years, strict=True)
    ]


def print_comparison(labels: Sequence[str], years: Sequence[SimulatedYear], definition: Definition) -> None:
    """Mails, predicted late units and rungs side by side, and who is late in one of them only."""
    found = comparison(labels, years)
    first, last = found
    table = Table("", *labels, "difference", title=definition.campaign.title, title_justify="left")
    rows: list[tuple[str, *tuple[int, ...]]] = [
        (words, *(one["mails"].get(kind, 0) for one in found)) for kind, words in KINDS.items()
    ]
    rows += [("late units", *(len(one["late_units"]) for one in found))]
    rows += [("late steps", *(one["late_steps"] for one in found))]
    rows += [("most mails in a day", *(one["fullest_day"] for one in found))]
    rows += [("most mails of a unit in a week", *(one["fullest_week"] for one in found))]
    for name in ("notices", "counts"):
        for key in dict.fromkeys([*first[name], *last[name]]):
            label = f"rung {key}" if name == "notices" else f"at the end {key}"
            rows.append((label, *(one[name].get(key, 0) for one in found)))
    for label, *counts in rows:
        before, after = counts
        if before or after:
            table.add_row(
                label, f"{before:,}", f"{after:,}", f"{after - before:+,}" if after != before else ""
            )
    console = Console(markup=False, emoji=False)
    console.print(table)
    for label, one, other in ((labels[0], first, last), (labels[1], last, first)):
        only = [code for code in one["late_units"] if code not in other["late_units"]]
        console.print(f"late only with {label}: {named(only) or 'none'}")


def shown(mail: SimulatedMail, raw: bytes) -> str:
    """A mail as its reader sees it: who, what about, and the text part."""
    parsed = message_from_bytes(raw, policy=policy.default)
    part = parsed.get_body(("plain",))
    text = str(part.get_content()) if part else ""
    return f"{mail.at:%d/%m/%Y %H:%M}  {mail.unit}  {mail.address}\nSubject: {parsed['Subject']}\n\n{text}"
