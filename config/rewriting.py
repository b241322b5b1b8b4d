"""A campaign's file written anew from another: values changed in place, marks set, everything else as it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from io import StringIO
from typing import Any, cast

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.scalarstring import FoldedScalarString, ScalarString
from ruamel.yaml.tokens import CommentToken

from directives.drafting.doubts import MARK
from directives.findings import Path
from directives.rerun.request import REMOVED, Change

WIDTH = 120
SECTIONS = ("audiences", "instructions", "report")  # begin after an empty line


def rewritten(
    text: str, changes: Iterable[Change], marks: Iterable[tuple[Path, str]], head: Iterable[str]
) -> str:
    """The file's text with the changes made, its own comments left out, and each mark above the field it is about.

    Comments of the old file speak of the old directive. Anchors and aliases stay: what is shared is changed once.
    """
    yaml = _yaml()
    data: Any = yaml.load(text)
    _uncommented(data, set())
    marked = [(_holder(data, path), why) for path, why in marks]
    for change in changes:
        _change(data, change)
    _mark(marked)
    for key in SECTIONS:
        if key in data:
            _set_apart(data, key)
    out = StringIO()
    out.writelines(f"# {line}".rstrip() + "\n" for line in head)
    yaml.dump(data, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = WIDTH
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _uncommented(node: Any, seen: set[int]) -> None:
    if id(node) in seen or not isinstance(node, (CommentedMap, CommentedSeq)):
        return
    seen.add(id(node))
    if hasattr(node, "_yaml_comment"):
        delattr(node, "_yaml_comment")
    for value in cast(Iterable[Any], node.values() if isinstance(node, CommentedMap) else node):
        _uncommented(value, seen)


def _change(data: Any, change: Change) -> None:
    place = data
    for part in change.path[:-1]:
        place = place[part]
    last = change.path[-1]
    if change.new is REMOVED:
        place.pop(last, None)
        return
    place[last] = _styled(place[last] if _has(place, last) else None, change.new)


def _has(place: Any, last: str | int) -> bool:
    return isinstance(last, int) or last in place


def _styled(old: Any, new: Any) -> Any:
    """The new value in the old one's style: folded text stays folded, quotes stay, short lists stay on their line."""
    if isinstance(new, str):
        if isinstance(old, FoldedScalarString):
            return _folded(new)
        return type(old)(new) if isinstance(old, ScalarString) else new
    if isinstance(new, dict):
        mapping = CommentedMap({key: _styled(None, one) for key, one in cast(dict[str, Any], new).items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(new, list):
        sequence = CommentedSeq([_styled(None, one) for one in cast(list[Any], new)])
        sequence.fa.set_flow_style()
        return sequence
    # A date of its own each time: of one that stands in two places ruamel makes an alias.
    return new.replace() if isinstance(new, date) else new


def _folded(text: str) -> FoldedScalarString:
    folded = FoldedScalarString(text)
    positions: list[int] = []
    begin, last = 0, -1
    for at, sign in enumerate(text):
        if sign == " ":
            if at - begin > WIDTH - 10 and last > begin:
                positions.append(last)
                begin = last + 1
            last = at
    folded.fold_pos = positions  # type: ignore[attr-defined]
    return folded


def _holder(data: Any, path: Path) -> tuple[CommentedMap, str, int]:
    """(mapping, key, column) of the nearest field around the path that a comment can stand above."""
    best: tuple[CommentedMap, str, int] | None = None
    for container, key, depth in _along(data, path):
        if isinstance(container, CommentedMap) and not container.fa.flow_style():
            # Above the first field of a list's item there is only the dash: the mark would leave the item.
            in_list = depth > 0 and isinstance(path[depth - 1], int)
            if not (in_list and key == next(iter(container), None)):
                best = (container, str(key), 2 * depth)
        elif isinstance(container, CommentedMap):
            break
    assert best is not None
    return best


def _along(data: Any, path: Path) -> Iterator[tuple[Any, str | int, int]]:
    place = data
    for depth, part in enumerate(path):
        yield place, part, depth
        if not _has(place, part):
            return
        place = place[part]


def _mark(marked: Iterable[tuple[tuple[CommentedMap, str, int], str]]) -> None:
    """Each once, though an alias repeats its place; several above one field in their order."""
    lines: dict[tuple[int, str], tuple[CommentedMap, int, list[str]]] = {}
    for (mapping, key, column), why in marked:
        _, _, known = lines.setdefault((id(mapping), key), (mapping, column, []))
        if why not in known:
            known.append(why)
    for (_, key), (mapping, column, whys) in lines.items():
        if key in mapping:
            before = "\n".join(f"{MARK}: {why}" for why in whys)
            mapping.yaml_set_comment_before_after_key(key, before=before, indent=column)


def _set_apart(data: CommentedMap, key: str) -> None:
    """An empty line before the section, and before the marks above it."""
    comments = data.ca.items.setdefault(key, [None, [], None, None])
    empty = CommentToken("\n", CommentMark(0), None)
    comments[1] = [empty, *(comments[1] or [])]
