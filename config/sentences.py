"""pydantic's errors → one sentence each: what is wrong, and the nearest right value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from directives.findings import closest, nearest

Loc = tuple[int | str, ...]
SHOWN = 200  # characters
KEY = "[key]"  # how pydantic marks that a name is wrong and not the value under it
EXPECTED = {
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "fields with values",
    "model_type": "fields with values",
    "model_attributes_type": "fields with values",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
}
# What a bound is called, and where pydantic keeps it.
BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
# What a pattern means in words, by the pattern's first characters.
PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "small letters, digits and single hyphens, such as 'commune-report'",
    r"^[a-z0-9-]+/[a-z0-9-]+$": "an instruction and its step, such as '1g/report'",
}


def sentences(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Loc, str, Any]]:
    """(place, sentence, what was found there) for every error; a misspelt field is not also a missing one."""
    errors = error.errors()
    meant = {
        (one["loc"][:-1], closest(str(one["loc"][-1]), _fields_of(model, one["loc"])))
        for one in errors
        if one["type"] == "extra_forbidden"
    }
    for one in errors:
        loc = one["loc"]
        if one["type"] == "missing" and (loc[:-1], loc[-1]) in meant:
            continue
        # A list whose items are wrong counts as too short: only the items' own errors help.
        if one["type"] == "too_short" and one["input"]:
            continue
        yield tuple(part for part in loc if part != KEY), _sentence(one, model), one["input"]


def _sentence(error: Any, model: type[BaseModel]) -> str:
    kind, found = error["type"], _short(error["input"])
    if kind == "missing":
        return "is missing; add it"
    if kind == "extra_forbidden":
        return f"is no field here{nearest(str(error['loc'][-1]), _fields_of(model, error['loc']))}"
    if kind in ("enum", "literal_error"):
        choices = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
        return f"'{found}' is not one of them{nearest(str(found), choices)}"
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    if kind in ("string_too_short", "too_short"):
        return "is empty; fill it in or take it out"
    if kind == "string_pattern_mismatch":
        return f"'{found}' is not {PATTERNS.get(error['ctx']['pattern'], error['msg'])}"
    if kind == "string_type" and isinstance(found, (int, float)) and not isinstance(found, bool):
        return f"must be text, not the number {found}; write it in quotes: '{found}'"
    if kind in BOUNDS:
        words, bound = BOUNDS[kind]
        return f"must be {words} {error['ctx'][bound]}, not {found}"
    if kind in EXPECTED:
        return f"must be {EXPECTED[kind]}, not {'nothing' if found is None else repr(found)}"
    return f"{error['msg']} (found {found!r})"


def _short(found: Any) -> Any:
    """What an error repeats of a value: a line of it at most."""
    if isinstance(found, (str, list, dict, tuple)) and len(str(found)) > SHOWN:
        return f"{str(found)[:SHOWN]}…"
    return found


def _fields_of(model: type[BaseModel], loc: Loc) -> list[str]:
    """The field names at a place of the model's JSON schema, to suggest the nearest."""
    schema = _schema(model)
    definitions = schema.get("$defs", {})
    for part in loc[:-1]:
        inner = schema.get("items") if isinstance(part, int) else schema.get("properties", {}).get(part)
        schema = _referred(inner or schema.get("additionalProperties") or {}, definitions)
    return sorted(schema.get("properties", {}))


@cache  # it takes longer to make than a thousand mistakes to tell
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(by_alias=True)


def _referred(schema: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(schema, dict):
        return {}
    for one in [schema, *schema.get("anyOf", [])]:
        if "$ref" in one:
            return definitions[one["$ref"].rpartition("/")[2]]
        if "items" in one or "properties" in one:
            return one
    return schema
