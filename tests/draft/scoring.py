"""How well a drafted directive agrees with a reading of it by a person: the figures of the bars in docs/draft.md.

A reading is YAML. Own examples (`examples/*.yaml`) write: number, date, issuer, instructions [{first_words, obliged,
support, deadlines [[kind, last good day | hour | rule | days, marked?]]}]. Annotated documents elsewhere write number and
symbol apart, assignees with phrases, deadlines with type and last_ok.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

ZONE = "+07:00"
KINDS = {"strict_before", "on_or_by", "month", "quarter", "year", "recurring", "relative", "target"}
WORDS, WITHIN = 6, 14  # the first words of a reading, looked for among the first words of a drafted text
ALIKE = 0.6


@dataclass
class Score:
    """Counts over one or many documents."""

    heads: int = 0
    heads_right: int = 0
    found: int = 0
    missed: int = 0
    extra: int = 0
    deadlines: int = 0
    deadlines_found: int = 0
    dates: int = 0
    marked: int = 0
    wrong: list[str] = field(default_factory=list[str])
    parties: int = 0
    parties_right: int = 0
    faults: list[str] = field(default_factory=list[str])

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    @property
    def head_share(self) -> float:
        return self.heads_right / max(1, self.heads)

    @property
    def f1(self) -> float:
        return 2 * self.found / max(1, 2 * self.found + self.extra + self.missed)

    @property
    def recall(self) -> float:
        return self.deadlines_found / max(1, self.deadlines)

    @property
    def marked_share(self) -> float:
        return self.marked / max(1, self.dates)

    @property
    def party_share(self) -> float:
        return self.parties_right / max(1, self.parties)

    def __str__(self) -> str:
        return (
            f"head {self.heads_right}/{self.heads}, instructions F1 {self.f1:.3f} ({self.found} found, {self.missed} missed, "
            f"{self.extra} extra), deadlines {self.deadlines_found}/{self.deadlines}, wrong without mark {len(self.wrong)}, "
            f"marked {self.marked}/{self.dates}, parties {self.parties_right}/{self.parties}"
        )


def reading(file: Path) -> dict[str, Any]:
    """A reading in the form of the own examples, whichever form its file has."""
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    if "symbol" in said:
        said["number"] = f"{said['number']}/{said['symbol']}"
        said["instructions"] = [_translated(one) for one in said["instructions"]]
    said["date"] = str(said["date"])
    return said


def _translated(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "first_words": one["first_words"],
        "obliged": [who["phrase"] for who in one.get("assignees", ())],
        "deadlines": [
            [due["type"], due.get("last_ok") or due.get("iso")]
            for due in one.get("deadlines", ())
            if due["type"] in KINDS
        ],
    }


def score(name: str, drafted: dict[str, Any], expected: dict[str, Any]) -> Score:
    """One document's drafted JSON against its reading."""
    result = Score()
    _head(name, drafted, expected, result)
    _instructions(name, drafted["instructions"], expected["instructions"], result)
    _deadlines(name, drafted["instructions"], expected["instructions"], result)
    return result


def _head(name: str, drafted: dict[str, Any], expected: dict[str, Any], result: Score) -> None:
    for part in ("number", "date", "issuer"):
        result.heads += 1
        right = [expected[part], *expected.get(f"{part}_also", ())]
        if words(str(drafted[part])) in [words(str(one)) for one in right]:
            result.heads_right += 1
        else:
            result.faults.append(f"{name}: {part} is {drafted[part]!r}, not {expected[part]!r}")


def _instructions(
    name: str, drafted: Iterable[dict[str, Any]], expected: Iterable[dict[str, Any]], result: Score
) -> None:
    left = list(drafted)
    for one in expected:
        match = next((got for got in left if _begins(one, got["text"])), None)
        if match is None:
            result.missed += 1
            result.faults.append(f"{name}: missed “{one['first_words']}”")
            continue
        left.remove(match)
        result.found += 1
        result.parties += 1
        said, got = _party_words(one, "obliged"), _party_words(match, "obliged")
        if _alike(said, got) or _alike(said, got | _party_words(match, "support")):
            result.parties_right += 1
        else:
            result.faults.append(
                f"{name}: “{one['first_words']}” obliges {match['obliged']}, not {one['obliged']}"
            )
    for got in left:
        result.extra += 1
        result.faults.append(f"{name}: extra “{got['text'][:80]}”")


def _party_words(one: dict[str, Any], field_name: str) -> set[str]:
    return set(words(" ".join(one.get(field_name) or ())))


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= ALIKE * max(1, len(one | other)) or one == other


def _begins(one: dict[str, Any], text: str) -> bool:
    openings = [one["first_words"], *([one["also"]] if "also" in one else [])]
    got = words(text)[:WITHIN]
    return any(
        all(word in got for word in words(re.split(r" ?(?:\.\.\.|…) ?", opening)[0])[:WORDS])
        for opening in openings
    )


def _deadlines(
    name: str, drafted: Iterable[dict[str, Any]], expected: Iterable[dict[str, Any]], result: Score
) -> None:
    left = [due for one in drafted for due in one["deadlines"]]
    result.dates += len(left)
    result.marked += sum(due["review"] is not None for due in left)
    for due in [due for one in expected for due in one.get("deadlines") or ()]:
        result.deadlines += 1
        match = next((got for got in left if _same(got, due)), None)
        if match is None:
            result.faults.append(f"{name}: deadline {due} not found")
            continue
        left.remove(match)
        result.deadlines_found += 1
        if "marked" in due[2:] and match["review"] is None:
            result.wrong.append(f"{name}: {match} needs a mark")
    for got in left:
        result.faults.append(f"{name}: deadline {got} is none")
        if got["review"] is None:
            result.wrong.append(f"{name}: {got}")


def _same(got: dict[str, Any], due: list[Any]) -> bool:
    kind, value = due[0], due[1]
    if kind == "recurring":
        return got["rrule"] is not None and value in (None, got["rrule"])
    if kind == "relative":
        return got["days"] == value
    if value is None:
        return got["kind"] == kind and got["due_before"] is None and got["review"] is not None
    if got["due_before"] is None or got["days"] is not None:
        return False
    return datetime.fromisoformat(got["due_before"]) == _instant(value)


def _instant(value: Any) -> datetime:
    """A last good day ends at the next midnight; an hour is itself."""
    if isinstance(value, str) and "T" in value:
        return datetime.fromisoformat(f"{value}:00{ZONE}")
    day = value if isinstance(value, date) else date.fromisoformat(value)
    return datetime.fromisoformat(f"{day + timedelta(1)}T00:00:00{ZONE}")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())
