"""A sentence's atoms as clauses: one for each set of items it speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.replies.atom import Atom

ACTS = set("PWFRXMQZGC")  # kinds that say something of an item
STARTS = set("PWXMZQYF")  # kinds that can begin another statement after a comma
NEUTRAL = set("n,Hc")


@dataclass(frozen=True, slots=True)
class Clause:
    atoms: tuple[Atom, ...]

    def kinds(self) -> str:
        return "".join(atom.kind for atom in self.atoms)


def split_clauses(atoms: Sequence[Atom]) -> list[Clause]:
    clauses: list[list[Atom]] = [[]]
    asked_for_time = reasoned = False
    for n, atom in enumerate(atoms):
        current = clauses[-1]
        if _begins(atoms, n, current, reasoned):
            clauses.append([])
            asked_for_time = reasoned = False
        clauses[-1].append(atom)
        asked_for_time = asked_for_time or atom.kind in "XM"
        # From here on the words are the sender's reason, whatever they would mean elsewhere.
        reasoned = (
            reasoned or (asked_for_time and atom.kind in "yT") or (asked_for_time and atom.kind in "Oop")
        )
    return [Clause(tuple(one)) for one in clauses if one]


def _begins(atoms: Sequence[Atom], n: int, current: Sequence[Atom], reasoned: bool) -> bool:
    atom = atoms[n]
    acted = any(one.kind in ACTS for one in current)
    if not acted:
        return False
    parted = _parted(atoms, n)
    after = _significant(atoms, n + 1)
    if atom.kind == "c":
        return _significant_kind(atoms, n + 1) in "IA"
    if atom.kind in "IA" and parted:
        return after is not None and (after.kind in ACTS or after.kind in "!DKYBJ")
    if atom.kind in STARTS and parted and not reasoned:
        return _has_trailing_items(current) or _takes_items(atoms, n)
    return False


def _parted(atoms: Sequence[Atom], n: int) -> bool:
    """Whether a comma or a lone connecting word stands before."""
    return n > 0 and (
        atoms[n - 1].kind == "," or (atoms[n - 1].kind == "n" and atoms[n - 1].last - atoms[n - 1].first == 1)
    )


def _significant(atoms: Sequence[Atom], n: int) -> Atom | None:
    return next((atom for atom in atoms[n:] if atom.kind not in NEUTRAL), None)


def _significant_kind(atoms: Sequence[Atom], n: int) -> str:
    found = _significant(atoms, n)
    return found.kind if found else "-"


def _has_trailing_items(current: Sequence[Atom]) -> bool:
    kinds = [atom.kind for atom in current]
    first_act = next(n for n, kind in enumerate(kinds) if kind in ACTS)
    return any(kind in "IA" for kind in kinds[first_act:])


def _takes_items(atoms: Sequence[Atom], n: int) -> bool:
    """Whether the statement that begins here names its own items after it: ", đang thực hiện mục 2"."""
    for k in range(n + 1, len(atoms)):
        if atoms[k].kind in "IA":
            after = _significant(atoms, k + 1)
            return after is None or after.kind not in ACTS or not _parted(atoms, k)
        if atoms[k].kind in "XMZQY" or (atoms[k].kind in "PW" and _parted(atoms, k)):
            return False
    return False
