"""The review page of a campaign made from last year's: what moved and why, what a person must decide."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import shorten
from typing import Any

import yaml

from directives.definition import Definition
from directives.findings import Path
from directives.rerun.comparison import Comparison, by_duty
from directives.rerun.plan import Rerun
from directives.rerun.request import REMOVED, Change, Mark, Request
from directives.rerun.units import Fate, UnitFate
from notifications import dates
from notifications.board.escape import md
from notifications.render import render_text
from notifications.words import entry, say

TITLE = 44  # letters of a step's title in a table: Prefect's page breaks no cell
SILENT = (Fate.KEPT,)  # nothing to read of them


@dataclass(frozen=True)
class Review:
    """All that the page tells of. `lines`: path → line in the new file; `old_text`: the file it was made from."""

    old: Definition
    new: Definition
    request: Request
    rerun: Rerun
    comparison: Comparison
    file: str
    lines: Mapping[Path, int]
    dry_run: bool


def why(mark: Mark) -> str:
    """The sentence of a mark, as it stands in the file too."""
    return say(f"rerun.doubt.{mark.doubt.value}", **mark.values)


def head(old: Definition, request: Request) -> list[str]:
    """The first lines of the new file."""
    values = {"new": request.campaign, "old": old.campaign.campaign, "directive": _directive(old, request)}
    return [line.format_map(values) for line in entry("rerun.head")]


def review_page(review: Review) -> str:
    """Markdown; every value from the files is escaped."""
    return render_text("rerun/page.md.j2", _view(review))


def _view(review: Review) -> dict[str, Any]:
    new, found, steps = review.new, review.rerun, review.comparison
    return {
        "title": md(new.campaign.title),
        "old": review.old.campaign.campaign,
        "key": review.request.campaign,
        "directive": md(_directive(review.old, review.request)),
        "file": review.file,
        "dry_run": review.dry_run,
        "marks": mark_rows(review),
        "dates": date_rows(review),
        "texts": [
            {"path": _dotted(one.path), "old": md(_text(one.old)), "new": md(_text(one.new))}
            for one in _distinct(found.changes)
        ],
        "steps": {
            "old": len(review.old.steps),
            "new": len(new.steps),
            "carried": len(steps.carried),
            "lost": len(steps.lost),
            "added": len(steps.added),
        },
        "duties": _duties(review),
        "organisation": review.request.organisation,
        "fates": list(_fates(review)),
        "newcomers": _newcomers(review),
        "newcomer_count": len(found.newcomers),
    }


def _directive(old: Definition, request: Request) -> str:
    number = say("directive", kind=old.campaign.directive.kind, number=request.number)
    return f"{number} ngày {dates.day(request.issued)}"


def mark_rows(review: Review) -> list[dict[str, object]]:
    rows = {
        (_line(review, mark.path), md(why(mark))): _dotted(mark.path) for mark in reversed(review.rerun.marks)
    }
    return [{"line": line, "path": path, "why": said} for (line, said), path in sorted(rows.items())]


def _line(review: Review, path: Path) -> int:
    while path and path not in review.lines:
        path = path[:-1]
    return review.lines.get(path, 1)


def date_rows(review: Review) -> list[dict[str, str]]:
    """Steps that moved alike are one row: what an alias shares is said once."""
    groups: defaultdict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for change in review.rerun.changes:
        if change.rule is None:
            continue
        label, title = _what(review.new, change.path)
        row = (title, _said(change.old), _said(change.new), str(entry(f"rerun.rule.{change.rule.value}")))
        groups[row].append(label)
    return [
        {
            "what": md(f"{', '.join(dict.fromkeys(labels))} · {title}" if any(labels) else title),
            "old": old,
            "new": new,
            "rule": rule,
        }
        for (title, old, new, rule), labels in groups.items()
    ]


def _what(new: Definition, path: Path) -> tuple[str, str]:
    """(label of the instruction, what the date is of)"""
    match path:
        case ("instructions", int(i), "steps", int(j), *_):
            instruction = new.campaign.instructions[i]
            return instruction.label, instruction.steps[j].title
        case (*_, last):
            return "", str(entry(f"rerun.date.{last}"))
        case _:
            raise KeyError(path)


def _said(value: Any) -> str:
    """A date as written: "trước ngày 10/11/2027", "09/11/2027"."""
    if isinstance(value, Mapping):
        [(field, inner)] = value.items()  # pyright: ignore[reportUnknownVariableType]
        if isinstance(inner, int):
            return say(f"rerun.due.{field}", n=inner)
        return f"{entry(f'rerun.due.{field}')} {_said(inner)}"
    if isinstance(value, datetime):
        return f"{value:%H:%M} {dates.weekday_date(value.date())}"
    assert isinstance(value, date)
    return dates.weekday_date(value)


def _distinct(changes: Iterable[Change]) -> list[Change]:
    """What else changed, once each: an alias repeats it."""
    found: dict[str, Change] = {}
    for one in changes:
        if one.rule is None:
            found.setdefault(f"{one.path[-1]} {one.old} {one.new}", one)
    return list(found.values())


def _text(value: Any) -> str:
    """As it stands in the file."""
    if value is REMOVED:
        return str(entry("rerun.nothing"))
    if isinstance(value, (list, dict)):
        return yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000).strip()
    return str(value)


def _duties(review: Review) -> list[dict[str, object]]:
    was, now = (
        Counter((step.instruction, step.step) for step in of.steps) for of in (review.old, review.new)
    )
    carried = Counter(key[:2] for key in review.comparison.carried)
    lost, added = by_duty(review.comparison.lost), by_duty(review.comparison.added)
    named = {
        (instruction.key, spec.key): (instruction.label, spec.title)
        for instruction in review.new.campaign.instructions
        for spec in instruction.steps
    }
    return [
        {
            "label": md(label),
            "title": md(shorten(title, TITLE, placeholder="…")),
            "old": was[duty],
            "carried": carried[duty],
            "lost": len(lost.get(duty, ())),
            "added": len(added.get(duty, ())),
            "new": now[duty],
        }
        for duty, (label, title) in named.items()
    ]


def _fates(review: Review) -> Iterable[dict[str, object]]:
    groups: defaultdict[Fate, list[UnitFate]] = defaultdict(list)
    for one in review.rerun.fates.values():
        groups[one.fate].append(one)
    for fate in Fate:
        if groups[fate]:
            lines = [] if fate in SILENT else [_fate(review, one) for one in groups[fate]]
            if fate is Fate.MERGED:
                lines = _merged(review, groups[fate])
            yield {"name": entry(f"rerun.fate.{fate.value}"), "count": len(groups[fate]), "lines": lines}


def _merged(review: Review, some: Iterable[UnitFate]) -> list[str]:
    """By the unit that took over: how many became one is what a person checks."""
    into: defaultdict[str, list[str]] = defaultdict(list)
    for one in some:
        into[one.successors[0]].append(one.name)
    return [
        md(f"{review.new.units[code].name} ({code}) ← {', '.join(names)}") for code, names in into.items()
    ]


def _newcomers(review: Review) -> list[str]:
    """By the province they came from, each with its code."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for code, province in review.rerun.newcomers.items():
        groups[province].append(f"{review.new.units[code].name} ({code})")
    return [
        md(f"{province or entry('rerun.no_province')}: {', '.join(names)}")
        for province, names in groups.items()
    ]


def _fate(review: Review, one: UnitFate) -> str:
    to = [review.new.units[code].name if code in review.new.units else code for code in one.successors]
    return md(f"{one.name} ({one.code})" + (f" → {', '.join(to)}" if to and to != [one.name] else ""))


def _dotted(path: Path) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
