"""What the trials print: a table or JSON, and an exit status."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar, Protocol

from rich.console import Console
from rich.table import Table

WIDTH = 140  # where no terminal says


class Figures(Protocol):
    """A dataclass of what a trial found; `holds`: whether what is promised held."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def holds(self) -> bool: ...


def report(title: str, found: Sequence[Figures], *, as_json: bool, without: Sequence[str] = ()) -> int:
    """Print all figures as JSON, or as a table `without` some of them; the exit status says whether all hold."""
    if not found:
        raise SystemExit("nothing was tried: no trial has that name")
    if as_json:
        plain = [asdict(one) | {"holds": one.holds} for one in found]
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        names = [name for name in asdict(found[0]) if name not in without]
        table = Table(*names, "holds", title=title)
        for one in found:
            row = asdict(one)
            table.add_row(*(str(row[name]) for name in names), "yes" if one.holds else "NO")
        Console(width=None if sys.stdout.isatty() else WIDTH).print(table)
    return 0 if all(one.holds for one in found) else 1
