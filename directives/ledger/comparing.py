"""Two sides of a table, as the ledger has it and as the audit events say it: what differs, one line a field or row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import TypeVar

from directives.ledger.tables import Audit

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Row:
    """One row on either side. `name`: its table and key. `event`: the one that wrote it, where one did.

    A field that the events do not say, or whose words were purged, has the ledger's own value on both sides.
    """

    name: str
    fields: Mapping[str, object]
    event: Audit | None = None


def unlike(found: Mapping[Key, Row], said: Mapping[Key, Row]) -> Iterator[str]:
    """The rows of a table that the events name by its key."""
    for key, row in found.items():
        yield from fields_unlike(row, said[key]) if key in said else [surplus(row)]
    yield from (missing(row) for key, row in said.items() if key not in found)


def unlike_in_any_order(found: Sequence[Row], said: Sequence[Row]) -> Iterator[str]:
    """The rows of a table that the events do not name: each is compared with one that is the same, else with one that
    differs in a field, else in two, else with whatever is left.

    A join each, so that a ledger in which thousands of rows were changed is compared in seconds.
    """
    left: list[Row] = list(found)
    unsaid: list[Row] = list(said)
    names = sorted({name for row in (*left, *unsaid) for name in row.fields})
    for ignored in (frozenset(some) for many in range(3) for some in combinations(names, many)):
        if not left or not unsaid:
            break
        waiting: defaultdict[Hashable, list[Row]] = defaultdict(list)
        for row in reversed(unsaid):
            waiting[_content(row, ignored)].append(row)
        pairs: list[tuple[Row, Row | None]] = []
        for row in left:
            alike = waiting.get(_content(row, ignored))
            pairs.append((row, alike.pop() if alike else None))
        for row, other in pairs:
            yield from fields_unlike(row, other) if other else ()
        taken = {id(other) for _, other in pairs}
        left = [row for row, other in pairs if other is None]
        unsaid = [row for row in unsaid if id(row) not in taken]
    for row, other in zip(left, unsaid, strict=False):
        yield from fields_unlike(row, other)
    yield from map(surplus, left[len(unsaid) :])
    yield from map(missing, unsaid[len(left) :])


def fields_unlike(found: Row, said: Row) -> Iterator[str]:
    """One line for every field in which the two differ."""
    by = f"event {said.event.seq} ({said.event.kind})" if said.event else "the events"
    for name in {**found.fields, **said.fields}:
        mine, theirs = found.fields.get(name), said.fields.get(name)
        if mine != theirs:
            yield f"{found.name}: {name} is {shown(mine)} in the ledger, {shown(theirs)} by {by}"


def surplus(row: Row) -> str:
    return f"{row.name} is in the ledger, but no event wrote it"


def missing(row: Row) -> str:
    wrote = f"event {row.event.seq} ({row.event.kind})" if row.event else "an event"
    return f"{row.name} was written by {wrote}, but is not in the ledger"


def spread(data: Mapping[str, object]) -> dict[str, object]:
    """A column of JSON as one field for each of its names."""
    return {f"data.{name}": value for name, value in data.items()}


def words_of(text: str | None, by: str, reason: str) -> tuple[str, str]:
    """Who, and why, as what stands beside an event has it; as given where that agrees, or was purged."""
    if text is None or text == "\n".join(part for part in (by, reason) if part):
        return by, reason
    first, _, rest = text.partition("\n")
    return first, rest


def shown(value: object) -> str:
    """On one line."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds" if value.microsecond else "seconds")
    return "not set" if value in (None, "") else " ".join(str(value).split())


def _content(row: Row, ignored: Collection[str]) -> Hashable:
    return tuple(sorted((name, repr(value)) for name, value in row.fields.items() if name not in ignored))
