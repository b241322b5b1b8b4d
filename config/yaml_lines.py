"""YAML with the line of every value, so that an error can say where."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from config.review import open_questions
from directives.errors import BadInput, Problem
from directives.names import UNWRITABLE

At = tuple[str | int, ...]
# Aliases are welcome in a campaign file; a bomb of them is not.
MAX_NODES = 200_000
LARGEST = 300_000  # octets; the longest campaign file has 20,000
LARGEST_NUMBER = 10**15  # what cannot be written out in a line is no number of anything here
SHOWN = 60  # characters of a value that an error repeats
TOO_DEEP = "is nested too deeply, or an alias stands inside itself; write it out flat"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What stands where a value could not be read; the file's problems say why."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class Located:
    """The data of a file, and the line (from 1) of each path into it. `same`: where an alias was first written."""

    file: str
    data: Any = None
    lines: dict[At, int] = field(default_factory=dict[At, int])
    problems: list[Problem] = field(default_factory=list[Problem])
    same: dict[At, At] = field(default_factory=dict[At, At])

    def line(self, path: At) -> int:
        """The line of the path, or of the nearest thing around it that has one."""
        return self.lines.get(self.known(path), 1)

    def known(self, path: At) -> At:
        """The path as far as the file has it: a short form hides the fields it stands for."""
        while path and path not in self.lines:
            path = path[:-1]
        return path

    def place(self, loc: At) -> At:
        """Where an error of pydantic is in the file: a short form hides the fields it stands for."""
        path: At = ()
        for part in loc:
            if (*path, part) in self.lines or part == loc[-1]:
                path = (*path, part)
        return path

    def problem(self, path: At, message: str) -> Problem:
        """A mistake in an anchor is one problem, however often the file refers to it."""
        for n in range(len(path), 0, -1):
            if path[:n] in self.same:
                return self.problem((*self.same[path[:n]], *path[n:]), message)
        return Problem(self.file, self.line(path), dotted(path), message)


def dotted(path: At) -> str:
    """`instructions[3].steps[0].audience`, the way people read a path."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def shown(file: Path) -> str:
    """The file's name as the person may know it: from where they stand, when it lies below."""
    try:
        return str(file.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(file)


def read_yaml(file: Path) -> Located:
    """Parse a file. Raises BadInput when it cannot be read as YAML; duplicate keys become problems."""
    name = shown(file)
    try:
        if file.stat().st_size > LARGEST:
            raise BadInput([Problem(name, 1, "", f"is larger than {LARGEST:,} bytes; keep only the fields")])
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(
            [Problem(name, 1, "", f"cannot be read ({error.strerror}); check the path")]
        ) from error
    except UnicodeDecodeError as error:
        raise BadInput([Problem(name, 1, "", "is not UTF-8; save it as UTF-8")]) from error
    return parse_yaml(name, text)


def parse_yaml(name: str, text: str) -> Located:
    """The same for the text of a file of that name."""
    located = Located(name)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"is not YAML: {error.problem or error.context}; check indentation, colons and quotes on this line"
        raise BadInput([Problem(located.file, mark.line + 1 if mark else 1, "", what)]) from error
    except (yaml.YAMLError, OverflowError, ValueError) as error:  # the last two for "\\U…" beyond Unicode
        raise BadInput(
            [Problem(located.file, 1, "", f"is not YAML: {str(error).splitlines()[0]}")]
        ) from error
    except RecursionError as error:
        raise BadInput([Problem(located.file, 1, "", TOO_DEEP)]) from error
    if node is not None:
        try:
            located.data = _walk(loader, node, (), located, {})
        except RecursionError as error:
            raise BadInput([Problem(located.file, 1, "", TOO_DEEP)]) from error
    located.problems += open_questions(name, text)
    return located


def _walk(
    loader: yaml.SafeLoader, node: yaml.Node, path: At, located: Located, first: dict[yaml.Node, At]
) -> Any:
    located.lines[path] = node.start_mark.line + 1
    if first.setdefault(node, path) != path:
        located.same[path] = first[node]
    if len(located.lines) > MAX_NODES:
        raise BadInput([Problem(located.file, 1, "", "expands to too many values; write the aliases out")])
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, path, located, first)
    if isinstance(node, yaml.SequenceNode):
        return [_walk(loader, item, (*path, n), located, first) for n, item in enumerate(node.value)]
    return _scalar(loader, node, path, located)


def _scalar(loader: yaml.SafeLoader, node: yaml.Node, path: At, located: Located) -> Any:
    """A value, or the name of a field, which is written as freely."""
    shown_as = str(node.value)[:SHOWN]
    try:
        value = loader.construct_object(node)  # type: ignore[no-untyped-call]
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise ValueError("the number is too large")
        if isinstance(value, str) and (found := UNWRITABLE.search(value)):
            found_in = f"'{UNWRITABLE.sub('?', value)[:SHOWN]}' holds U+{ord(found[0]):04X}"
            located.problems.append(
                located.problem(path, f"{found_in}, which may not stand in a text; type it anew")
            )
            return Unreadable(shown_as)
        return value
    except ValueError as error:
        message = f"'{shown_as}' cannot be read ({error}); check the date or number"
    except yaml.YAMLError:
        message = f"'{shown_as}' has a tag that is not plain YAML; write the value plainly"
    located.problems.append(located.problem(path, message))
    return Unreadable(shown_as)


def _mapping(
    loader: yaml.SafeLoader, node: yaml.MappingNode, path: At, located: Located, first: dict[yaml.Node, At]
) -> dict[Any, Any]:
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            line = key_node.start_mark.line + 1
            located.problems.append(
                Problem(located.file, line, dotted(path), "has a list or fields for a name; write a word")
            )
            continue
        key = _scalar(loader, key_node, path, located)
        if isinstance(key, Unreadable):
            continue
        where = (*path, key if isinstance(key, (str, int)) else str(key))
        if key in mapping:
            line = key_node.start_mark.line + 1
            located.problems.append(
                Problem(
                    located.file,
                    line,
                    dotted(where),
                    f"stands twice (first on line {located.line(where)}); keep one",
                )
            )
            continue
        mapping[key] = _walk(loader, value_node, where, located, first)
        located.lines[where] = key_node.start_mark.line + 1
    return mapping
