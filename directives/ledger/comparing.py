"""Two sides of a table, as the ledger has it and as the audit events say it: what differs, one line a field or row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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
    """The rows of a table that the events do not name: what is not the same is compared with what is most like it."""
    open_said: defaultdict[Hashable, list[Row]] = defaultdict(list)
    for row in said:
        open_said[_content(row)].append(row)
    left = [row for row in found if not _taken(open_said, row)]
    unsaid = [row for rows in open_said.values() for row in rows]
    while left and unsaid:
        row, other = max(
            ((one, two) for one in left for two in unsaid), key=lambda pair: _likeness(pair[0], pair[1])
        )
        left.remove(row)
        unsaid.remove(other)
        yield from fields_unlike(row, other)
    yield from map(surplus, left)
    yield from map(missing, unsaid)


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


def _content(row: Row) -> Hashable:
    return tuple(sorted((name, repr(value)) for name, value in row.fields.items()))


def _taken(said: Mapping[Hashable, list[Row]], row: Row) -> bool:
    alike = said.get(_content(row))
    return bool(alike) and bool(alike.pop())


def _likeness(one: Row, other: Row) -> int:
    return sum(other.fields.get(name) == value for name, value in one.fields.items())
