"""Every regular expression of the program: those its modules keep, and those written where they are used."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOTS = ("cli", "config", "directives", "notifications", "tasks")
MATCHES = {"match", "fullmatch"}
USES = MATCHES | {"compile", "search", "findall", "finditer", "split", "sub", "subn"}


def modules() -> Iterator[ModuleType]:
    for root in ROOTS:
        package = importlib.import_module(root)
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{root}."):
            if ".migrations" not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, tuple[re.Pattern[str], bool]]:
    """(the expression, whether it is searched for) by where it stands: `module.NAME[n]`, or `module:line`.

    What is only matched at a place need not be tried from each character.
    """
    found = dict[str, tuple[re.Pattern[str], bool]]()
    public = {name for module in modules() for name in _searched(_source(module)) if not name.startswith("_")}
    for module in modules():
        searched = public | _searched(_source(module))
        for name, value in vars(module).items():
            for n, one in enumerate(_held(value)):
                found.setdefault(f"{module.__name__}.{name}[{n}]", (one, name in searched))
        kept = {one.pattern for one, _ in found.values()}
        for line, used, written in _written(module):
            if used != "compile" or written not in kept:  # what is kept under a name is used by that name
                found[f"{module.__name__}:{line}"] = re.compile(written), used not in MATCHES
    return found


def _source(module: ModuleType) -> str:
    return Path(str(module.__file__)).read_text(encoding="utf-8")


def _searched(source: str) -> set[str]:
    """Names whose patterns are searched for, or given to something else, which may."""
    return {
        found[1]
        for found in re.finditer(
            r"\b(_?[A-Za-z][A-Za-z_0-9]*)\b(?!\.(?:full)?match\()(?! ?(?::[^=\n]+)?= ?re\.)", source
        )
    }


def _held(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Patterns in a module's value, or in what it holds: tuples, mappings, instances of classes of ours."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif depth < 4 and isinstance(value, (tuple, list, set, frozenset)):
        for one in value:
            yield from _held(one, depth + 1)
    elif depth < 4 and isinstance(value, dict):
        for one in value.values():
            yield from _held(one, depth + 1)
    elif depth < 4 and type(value).__module__.partition(".")[0] in ROOTS:
        named = {*getattr(type(value), "__slots__", ()), *getattr(value, "__dict__", {})}
        for name in sorted(named):
            yield from _held(getattr(value, name, None), depth + 1)


def _written(module: ModuleType) -> Iterator[tuple[int, str, str]]:
    """Patterns written where a function of `re` is called: literals, and those put together of the module's own names."""
    for node in ast.walk(ast.parse(_source(module))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=used), args=[first, *_]) if (
                used in USES
            ):
                if isinstance(first, (ast.Constant, ast.JoinedStr)) and (written := _value(first, module)):
                    yield node.lineno, used, written
            case _:
                pass


def _value(node: ast.expr, module: ModuleType) -> str:
    try:
        return str(eval(compile(ast.Expression(node), "", "eval"), dict(vars(module))))  # noqa: S307  (our own source)
    except (NameError, TypeError):  # of an argument: tested where it is called
        return ""
