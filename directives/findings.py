"""What a check finds: a path into a file and one sentence with the nearest right value."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

Path = tuple[str | int, ...]
Finding = tuple[Path, str]
Node = TypeVar("Node", bound=Hashable)


def closest(word: str, words: Iterable[str]) -> str | None:
    choices = sorted(set(words))
    same = [choice for choice in choices if choice.lower() == word.lower()]
    return next(iter(same or get_close_matches(word, choices, n=1, cutoff=0.5)), None)


def nearest(word: str, words: Iterable[str]) -> str:
    """ "; did you mean 'SYT'?", or the choices when few, or nothing."""
    choices = sorted(set(words))
    if close := closest(word, choices):
        return f"; did you mean '{close}'?"
    return f"; choose one of: {', '.join(choices)}" if 0 < len(choices) <= 12 else ""


def under(path: Path, places: Collection[Path]) -> bool:
    """Whether the path is one of the places or lies below one."""
    return any(path[:n] in places for n in range(1, len(path) + 1))


def cycles(edges: Mapping[Node, Iterable[Node]]) -> Iterator[list[Node]]:
    """Every cycle, one after the other, as the nodes along it (the first stands again at the end)."""
    left = {node: list(targets) for node, targets in edges.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
            return
        except CycleError as error:
            cycle: list[Node] = list(reversed(error.args[1]))
            left[cycle[0]] = [target for target in left[cycle[0]] if target != cycle[1]]
            yield cycle
