"""What a drop-down shows, and what was chosen: "1g/report · Báo cáo kết quả", "STP · Sở Tư pháp"."""

from __future__ import annotations

from directives.definition import Definition

BETWEEN = " · "


def step_choice(instruction: str, step: str, title: str) -> str:
    return f"{instruction}/{step}{BETWEEN}{title}"


def unit_choice(code: str, name: str) -> str:
    return f"{code}{BETWEEN}{name}"


def chosen(text: str) -> str:
    """The key or code of a choice; what was typed by hand is taken as it is.

    >>> chosen("STP · Sở Tư pháp")
    'STP'
    """
    return text.partition(BETWEEN)[0].strip()


def step_choices(definition: Definition) -> list[str]:
    """Every step of the campaign once, in the directive's order, by its first title."""
    found: dict[str, str] = {}
    for one in definition.steps:
        choice = step_choice(one.instruction, one.step, one.spec.title)
        found.setdefault(chosen(choice), choice)
    return list(found.values())


def unit_choices(definition: Definition) -> list[str]:
    """Every unit, in the organisation's order: a step may have been assigned to one that owed nothing before."""
    return [unit_choice(code, one.name) for code, one in definition.units.items()]


def instruction_choices(definition: Definition) -> list[str]:
    return [f"{one.key}{BETWEEN}{one.title}" for one in definition.campaign.instructions]


def district_choices(definition: Definition) -> list[str]:
    """The units that have others below them which owe something."""
    owing = {one.unit for one in definition.steps}
    above = {definition.superior(code) for code in owing} & owing
    return [unit_choice(code, one.name) for code, one in definition.units.items() if code in above]
