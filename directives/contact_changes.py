"""What differs between two lists of contacts, contact by contact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from directives.model import Contact, ContactRole

DETAILS = ("name", "phone", "valid_from", "valid_to")
Place = tuple[str, ContactRole]


class ChangeKind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ContactChange:
    """One contact of a unit: only `new` when added, only `old` when ended."""

    kind: ChangeKind
    unit: str
    role: ContactRole
    old: Contact | None = None
    new: Contact | None = None

    def __str__(self) -> str:
        """`STP lead: cu@stp.example → moi@stp.example; phone (nothing) → 0292 112`."""
        said = list(self._said())
        return f"{self.unit} {self.role}: {'; '.join(said)}"

    def _said(self) -> Iterator[str]:
        if self.old is None or self.new is None:
            known = self.old or self.new
            assert known is not None
            yield known.address + (f" ({known.name})" if known.name else "") + f" {self.kind}"
            return
        same = self.old.address == self.new.address
        yield self.new.address if same else f"{self.old.address} → {self.new.address}"
        for detail in DETAILS:
            before, now = getattr(self.old, detail), getattr(self.new, detail)
            if before != now:
                yield f"{detail} {before or '(nothing)'} → {now or '(nothing)'}"


def contact_changes(old: Iterable[Contact], new: Iterable[Contact]) -> tuple[ContactChange, ...]:
    """In the order of units, roles and addresses. An address that takes the place of another is one change."""
    before, after = _by_place(old), _by_place(new)
    found: list[ContactChange] = []
    for place in sorted({*before, *after}, key=_order):
        found += _at_place(place, before.get(place, []), after.get(place, []))
    return tuple(found)


def _by_place(contacts: Iterable[Contact]) -> dict[Place, list[Contact]]:
    found: dict[Place, list[Contact]] = {}
    for one in sorted(contacts, key=lambda one: one.address):
        found.setdefault((one.unit, one.role), []).append(one)
    return found


def _order(place: Place) -> tuple[str, int]:
    return place[0], list(ContactRole).index(place[1])


def _at_place(place: Place, old: list[Contact], new: list[Contact]) -> Iterator[ContactChange]:
    pairs = [
        *_pairs(old, new, lambda one, other: one.address == other.address),
        *_pairs(old, new, lambda one, other: one.name != "" and one.name == other.name),
    ]
    if len(old) == len(new) == 1:
        pairs.append((old.pop(), new.pop()))
    for one, other in pairs:
        if one != other:
            yield ContactChange(ChangeKind.CHANGED, *place, one, other)
    yield from (ContactChange(ChangeKind.ENDED, *place, old=one) for one in old)
    yield from (ContactChange(ChangeKind.ADDED, *place, new=one) for one in new)


def _pairs(
    old: list[Contact], new: list[Contact], same: Callable[[Contact, Contact], bool]
) -> Iterator[tuple[Contact, Contact]]:
    """Takes what belongs together out of both lists."""
    for one in list(old):
        other = next((candidate for candidate in new if same(one, candidate)), None)
        if other is not None:
            old.remove(one)
            new.remove(other)
            yield one, other
