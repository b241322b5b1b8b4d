"""Rounds, medians and tables: what every program of `bench/` measures with and prints its figures by.

Cases are measured one after another in each round, so that a busy minute of the machine is every case's. Only ratios of
one run mean anything on another machine.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

ROUNDS = 5


@dataclass(frozen=True)
class Seconds:
    """Of the rounds: the middle one, the shortest and the longest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, taken: Sequence[float]) -> Seconds:
        return cls(*(round(one, 6) for one in (statistics.median(taken), min(taken), max(taken))))

    def __str__(self) -> str:
        return f"{self.median:.3g} ({self.least:.3g}-{self.most:.3g})"


@dataclass(frozen=True)
class Bar:
    """A figure with its limit; `at_least` says on which side of it the figure must lie."""

    what: str
    figure: float
    limit: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    def __str__(self) -> str:
        side = "at least" if self.at_least else "at most"
        verdict = "holds" if self.holds else "MISSED"
        return f"{self.what}: {self.figure:.4g} ({side} {self.limit:g}: {verdict})"


def arguments(about: str | None) -> argparse.Namespace:
    """`--json`, and `--small`: sizes for CI, whose figures are shown and whose bars are not held against a slow machine."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--small", action="store_true", help="a reduced run; its figures are printed, not judged"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def in_rounds(cases: Mapping[str, Callable[[], float | None]], rounds: int = ROUNDS) -> dict[str, Seconds]:
    """Each case once a round, and once before unmeasured. A case that returns seconds has measured itself."""
    for case in cases.values():
        case()
    taken: dict[str, list[float]] = {name: [] for name in cases}
    console = Console(stderr=True)
    for _ in track(range(rounds), "rounds", console=console, transient=True, disable=not console.is_terminal):
        for name, case in cases.items():
            begun = time.perf_counter()
            own = case()
            taken[name].append(time.perf_counter() - begun if own is None else own)
    return {name: Seconds.of(found) for name, found in taken.items()}


def report(
    title: str, rows: Sequence[Mapping[str, Any]], bars: Sequence[Bar], wanted: argparse.Namespace
) -> int:
    """Print the rows as a table (or all of it as JSON) and a line for each bar; the exit status says whether they hold."""
    if wanted.json:
        plain = [{key: _plain(value) for key, value in row.items()} for row in rows]
        told = [asdict(bar) | {"holds": bar.holds} for bar in bars]
        print(json.dumps({"title": title, "rows": plain, "bars": told}, indent=2, ensure_ascii=False))
    else:
        table = Table(*rows[0], title=title)
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        Console(width=None if sys.stdout.isatty() else 120).print(table)
        for bar in bars:
            print(bar)
    return 0 if wanted.small or all(bar.holds for bar in bars) else 1


def _plain(value: Any) -> Any:
    return asdict(value) if isinstance(value, Seconds) else value
