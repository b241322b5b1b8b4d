"""A campaign whose shape is wrong, made whole enough to be cross-checked: all errors in one go.

Every wrong field gives way to a stand-in at its own place, so that places and lines stay right. The places are
remembered, and `campaign_findings` reports nothing that is found there or may only follow from it.
"""

from __future__ import annotations

import copy
from typing import Any

from pydantic import ValidationError

from config.sentences import sentences
from config.yaml_lines import At, Located, Unreadable
from directives.errors import Problem
from directives.model import Campaign, StepSpec

# Fields first, then what only whole models know of: a step without deadline, a deadline without basis.
ROUNDS = 4
STEP: dict[str, Any] = {"key": "unknown", "audience": {}, "title": "?", "deliverable": "?"}
CONTINUING = {**STEP, "continuing": True}
INSTRUCTION: dict[str, Any] = {
    "key": "unknown",
    "label": "?",
    "clause": "?",
    "title": "?",
    "summary": "?",
    "steps": [CONTINUING],
}
STAND_INS: dict[str, Any] = {
    "campaign": "unknown",
    "series": "unknown",
    "title": "?",
    "directive": {
        "kind": "?",
        "number": "?",
        "issued": "1900-01-01",
        "issuer": "?",
        "signatory": {"title": "?", "name": "?"},
        "subject": "?",
        "addressees": ["?"],
    },
    "opens": "1900-01-01",
    "calendar": "unknown",
    "organisation": "unknown",
    "monitor": {"unit": "?", "officer": {"name": "?", "phone": "?", "address": "nobody@dondoc.example"}},
    "ladder": "unknown",
    "instructions": [INSTRUCTION],
}
DEADLINE_FIELDS = {"due", "continuing", "basis"}


def read_campaign(located: Located, problems: list[Problem]) -> tuple[Campaign | None, frozenset[At]]:
    """The campaign, with stand-ins where its shape is wrong, and their places. None: nothing to work with."""
    data, broken = copy.deepcopy(located.data), set[At]()
    for _ in range(ROUNDS):
        try:
            return Campaign.model_validate(data), frozenset(broken)
        except ValidationError as error:
            if not isinstance(data, dict):
                problems.append(Problem(located.file, 1, "", "holds no fields; begin with 'campaign: KEY'"))
                return None, frozenset()
            for loc, sentence, found in sentences(error, Campaign):
                if not isinstance(found, Unreadable) and not _follows(located.place(loc), broken):
                    problems.append(located.problem(located.place(loc), sentence))
            found_at = {
                _replaceable(located.place(one["loc"]))
                for one in error.errors()
                if one["type"] != "too_short"
                or not one["input"]  # wrong items are not counted: theirs is the error
            }
            for place in sorted(found_at, key=str):
                if not any(place[:length] in found_at for length in range(1, len(place))):
                    broken.add(_mend(data, place))
    return None, frozenset()


def _follows(place: At, broken: set[At]) -> bool:
    """Whether an error of a whole step only follows from a field that was taken out."""
    if not (len(place) == 4 and place[2] == "steps"):
        return False
    fields = {str(one[4]) for one in broken if len(one) == 5 and one[:4] == place}
    return any(field in DEADLINE_FIELDS or field not in StepSpec.model_fields for field in fields)


def _replaceable(place: At) -> At:
    """The smallest field around a place that a stand-in can take: of a step, an instruction, the directive…"""
    match place:
        case ("instructions", int(), "steps", int(), *_):
            return place[:5]
        case ("instructions", int(), *_):
            return place[:3]
        case ("directive" | "monitor" | "audiences", *_):
            return place[:2]
        case _:
            return place[:1]


def _mend(data: dict[str, Any], place: At) -> At:
    """Put the stand-in at a place, or take out what has none. Returns what the campaign no longer says."""
    *way, last = place
    holder: Any = data
    for part in way:
        holder = holder[part]
    if len(place) == 4 and isinstance(holder[last], dict) and set(holder[last]) >= set(STEP):
        # The fields of the step are right, but not together.
        kept = {name: value for name, value in holder[last].items() if name not in DEADLINE_FIELDS}
        holder[last] = {**kept, "continuing": True}
        return (*place, "due")
    stand_in = _stand_in(place)
    if stand_in is None:
        holder.pop(last, None)
    else:
        holder[last] = copy.deepcopy(stand_in)
    return place


def _stand_in(place: At) -> Any:
    match place:
        case ("instructions", int(), "steps", int()):
            return CONTINUING
        case ("instructions", int(), "steps", int(), str(field)):
            return STEP.get(field)
        case ("instructions", int()):
            return INSTRUCTION
        case ("instructions", int(), str(field)):
            return INSTRUCTION.get(field)
        case ("audiences", _):
            return {}
        case ("directive" | "monitor" as part, field):
            return STAND_INS[part].get(field)
        case (field,):
            return STAND_INS.get(str(field))
        case _:
            return None
