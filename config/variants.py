"""What a simulation or rehearsal is given beside its campaign: how units behave, another ladder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config.loader import CONFIG, load_model, validated
from config.yaml_lines import Located, read_yaml, shown
from directives.definition import Definition
from directives.errors import BadInput, Problem
from directives.findings import nearest
from directives.manners import Behaviour, Rehearsal, behaviour_findings
from directives.model import Ladder


def load_behaviour(name: str, definition: Definition) -> Behaviour:
    """A behaviour's file, or a rehearsal (its key or file) whose behaviour is meant. Errors: BadInput."""
    located = read_yaml(_file(name, "rehearsals"))
    problems = list(located.problems)
    within = _within(located)
    if within:
        rehearsal = validated(Rehearsal, located, problems)
        behaviour = rehearsal.behaviour if rehearsal else None
    else:
        behaviour = validated(Behaviour, located, problems)
    if behaviour:
        findings = behaviour_findings(behaviour, definition)
        problems += [located.problem(located.known((*within, *path)), message) for path, message in findings]
    if behaviour is None or problems:
        raise BadInput(problems)
    return behaviour


def load_ladder(name: str) -> Ladder:
    """A ladder's file, or the key of one of `config/escalations`. Errors: BadInput."""
    return load_model(Ladder, _file(name, "escalations"))


def _within(located: Located) -> tuple[str, ...]:
    """Where the behaviour stands: a rehearsal's file has it under that name."""
    data: Any = located.data
    return ("behaviour",) if isinstance(data, dict) and "behaviour" in data else ()


def _file(name: str, folder: str) -> Path:
    """Errors: BadInput with the nearest key."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        return Path(name)
    file = CONFIG / folder / f"{name}.yaml"
    if not file.is_file():
        keys = [one.stem for one in (CONFIG / folder).glob("*.yaml")]
        message = f"there is no '{name}'{nearest(name, keys)}; or write a file's name, ending in .yaml"
        raise BadInput([Problem(shown(file), 1, "", message)])
    return file
