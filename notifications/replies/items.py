"""Which items of the digest a clause names."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.replies.atom import Atom
from notifications.replies.said import Said, Unclear


def items_of(atoms: Sequence[Atom]) -> Said:
    named = [atom for atom in atoms if atom.kind == "I"]
    every = [atom for atom in atoms if atom.kind == "A"]
    titles = [set(atom.items) for atom in atoms if atom.kind == "H"]
    items = tuple(dict.fromkeys(n for atom in named for n in atom.items)) or None
    first_act = next((k for k, atom in enumerate(atoms) if atom.kind in "PWFRXMQZGC"), len(atoms))
    before = {n for atom in atoms[:first_act] if atom.kind == "I" for n in atom.items}
    after = {n for atom in atoms[first_act:] if atom.kind == "I" for n in atom.items}
    if before and after and before != after:
        raise Unclear("Một câu nêu hai số mục khác nhau, không rõ nói về mục nào.")
    if len(named) > 1 and first_act and len(before) > 1 and not _listed(atoms[:first_act]):
        raise Unclear("Một câu nêu hai số mục khác nhau, không rõ nói về mục nào.")
    for meant in titles:
        if items and not meant & set(items):
            raise Unclear("Số mục và tên việc trong thư không khớp nhau.")
    if items is None and not every and len(titles) == 1 and len(titles[0]) == 1:
        items = tuple(titles[0])
    if items and every:
        raise Unclear("Vừa nói tất cả vừa nêu số mục, không rõ nói về mục nào.")
    count = next((atom.percent for atom in every if atom.percent), 0)
    return Said(None, items, bool(every), count)


def _listed(atoms: Sequence[Atom]) -> bool:
    """ "Mục 1, mục 2 đã xong": prefixed numbers in a row; "1. Mục 2" is a marker and another number."""
    named = [atom for atom in atoms if atom.kind == "I"]
    prefixed = [atom.last - atom.first > 1 for atom in named]
    return all(prefixed) and all(atom.kind in "IHn,N" for atom in atoms)
