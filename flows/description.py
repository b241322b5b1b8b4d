"""What a deployment's page says of its instruction, in Vietnamese Markdown: coordinators read it in Prefect's UI."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from directives.definition import Definition, PlannedStep
from directives.model import Instruction, Rung, Source, StepSpec, Target
from notifications import dates
from notifications.board.escape import link, md
from notifications.render import render_text
from notifications.rungs import distance, placed
from notifications.words import entry, say

NAMED = 3  # as many units are named; more are counted by kind


def description(definition: Definition, instruction: Instruction) -> str:
    """Summary, who is asked what by when and who set the date, the ladder in words, and links to the boards."""
    campaign, directive = definition.campaign, definition.campaign.directive
    boards = {"instruction": f"{campaign.campaign}-{instruction.key}", "campaign": campaign.campaign}
    urls = {name: f"/artifacts/key/{key}" for name, key in boards.items()}
    groups = _groups(definition, instruction)
    view = {
        "title": md(instruction.title),
        "clause": md(instruction.clause),
        "directive": md(_directive(definition)),
        "issued": dates.day(directive.issued),
        "summary": md(instruction.summary),
        "steps": [_step(definition, spec, steps) for spec, steps in groups.items()],
        "support": md(", ".join(definition.units[code].name for code in instruction.support)),
        "note": md(instruction.note),
        "ladder": md(definition.ladder.title),
        "rungs": [
            _rung(rung, definition, leads(definition, instruction)) for rung in definition.ladder.rungs
        ],
        "links": [link(words, name, urls) for name, words in entry("deployment.links").items()],
    }
    return render_text("deployment/description.md.j2", view).rstrip()


def leads(definition: Definition, instruction: Instruction) -> list[str]:
    """Codes of the units that lead: each for itself, in the organisation's order."""
    meant = {step.unit for step in definition.steps if step.instruction == instruction.key}
    return [code for code in definition.units if code in meant]


def assignees(definition: Definition, codes: Sequence[str]) -> str:
    """A few units by name, more by kind: "19 sở, ban, ngành; 1 ban quản lý; 9 quận, huyện"."""
    if len(codes) <= NAMED:
        return ", ".join(definition.units[code].name for code in codes)
    counts = Counter(definition.units[code].kind.value for code in codes)
    return "; ".join(
        _counted(together, counts) for together in entry("deployment.kinds") if counts.keys() & together
    )


def _counted(together: dict[str, str], counts: Counter[str]) -> str:
    number = sum(counts[kind] for kind in together)
    return f"{number} {', '.join(words for kind, words in together.items() if counts[kind])}"


def _groups(definition: Definition, instruction: Instruction) -> dict[StepSpec, list[PlannedStep]]:
    groups: dict[StepSpec, list[PlannedStep]] = {}
    for step in definition.steps:
        if step.instruction == instruction.key:
            groups.setdefault(step.spec, []).append(step)
    return groups


def _step(definition: Definition, spec: StepSpec, steps: Sequence[PlannedStep]) -> dict[str, str]:
    due_before = steps[0].due_before
    deadline = (
        dates.weekday_reading(due_before, definition.calendar) if due_before else say("deployment.continuing")
    )
    return {
        "title": md(spec.title),
        "assignees": md(assignees(definition, [step.unit for step in steps])),
        "deadline": md(deadline),
        "basis": md(_basis(definition, spec)),
    }


def _basis(definition: Definition, spec: StepSpec) -> str:
    """Only the directive's own date is said to be the directive's."""
    if spec.basis is None:
        return ""
    monitor = definition.units[definition.campaign.monitor.unit].name
    source = say(f"basis_short.{spec.basis.source}", directive=_directive(definition), monitor=monitor)
    form = "basis_directive" if spec.basis.source is Source.DIRECTIVE else "basis"
    return say(f"deployment.{form}", source=source, text=spec.basis.text)


def _directive(definition: Definition) -> str:
    directive = definition.campaign.directive
    return say("directive", kind=directive.kind, number=directive.number)


def _rung(rung: Rung, definition: Definition, leading: Iterable[str]) -> str:
    monitor = definition.campaign.monitor.unit
    said = placed(rung)
    # What the monitor itself owes goes to its own superior.
    others = [
        one
        for one in rung.to
        if one is not Target.LEAD and not (one is Target.MONITOR and [*leading] == [monitor])
    ]
    if others:
        said += say(
            f"deployment.rung.{'_and_'.join(sorted(others, reverse=True))}",
            monitor=definition.units[monitor].name,
        )
    if rung.letter:
        said += say("deployment.rung.letter")
    return md(said + (say("deployment.rung.repeat", offset=distance(rung.repeat)) if rung.repeat else ""))
