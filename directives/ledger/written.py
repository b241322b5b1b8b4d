"""What a campaign's audit events wrote beside its steps: answers, evidence, decisions, holds and papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from directives.ledger.evidence import ENCLOSED
from directives.ledger.tables import Answer, Audit

# Known of an event beside what was said or decided.
BESIDE = frozenset(
    {"answer", "decision", "channel", "changed", "inside", "files", "carried_by", "recorded_at"}
)


def own(event: Audit) -> dict[str, Any]:
    """What was said or decided, without what the event knows beside it."""
    return {key: value for key, value in event.data.items() if key not in BESIDE}


def days_of(event: Audit) -> tuple[date | None, date | None]:
    """The first and the last day of a hold, as far as its event says them."""
    first, last = event.data.get("from_on"), event.data.get("until_on")
    return date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None


@dataclass(frozen=True, slots=True)
class Told:
    """One answer and the event that told it; of one that an amended file carried, the event that it was first told by."""

    answer: Answer
    event: Audit


@dataclass(slots=True)
class Written:
    """By the rows' ids where the events name them. `texts`: what stands beside the chain, by the event's id."""

    answers: dict[int, Told] = field(default_factory=dict[int, Told])
    carried: list[Told] = field(default_factory=list[Told])
    enclosed: list[Audit] = field(default_factory=list[Audit])
    decisions: dict[int, Audit] = field(default_factory=dict[int, Audit])
    holding: list[Audit] = field(default_factory=list[Audit])  # holds and their ends, in order
    papers: dict[int, Audit] = field(default_factory=dict[int, Audit])
    issued: dict[int, Audit] = field(default_factory=dict[int, Audit])
    texts: Mapping[int, str] = field(default_factory=dict[int, str])

    def take(self, event: Audit) -> None:
        """What the event wrote; answers are told by `say`. Errors: KeyError, TypeError or ValueError for a changed one."""
        if event.kind == ENCLOSED:
            _ = int(event.data["answer"]), str(event.data["file_sha256"]), str(event.data["file_name"])
            self.enclosed.append(event)
        elif event.kind == "paper.drafted":
            _ = (
                str(event.data["kind"]),
                str(event.data["sha256"]),
                datetime.fromisoformat(event.data["cut_off"]),
            )
            self.papers[int(event.data["paper"])] = event
        elif event.kind == "paper.issued":
            _ = str(event.data["number"]), date.fromisoformat(event.data["on"])
            self.issued[int(event.data["paper"])] = event
        elif event.kind.startswith("decision."):
            self.decisions[int(event.data["decision"])] = event
            if event.kind in ("decision.hold", "decision.resume"):
                _ = days_of(event)
                self.holding.append(event)

    def say(self, answer: Answer, event: Audit) -> None:
        assert answer.id is not None
        self.answers[answer.id] = Told(answer, event)

    def carry(self, answer: Answer) -> None:
        """One that an amended file carried to a step, without an event of its own."""
        told = self.answers.get(answer.carried_by_id or 0)
        if told is not None:
            self.carried.append(Told(answer, told.event))

    def words(self, event: Audit) -> str | None:
        """What was said in people's own words; None once it was purged."""
        return self.texts.get(event.id or 0, None if event.text_sha256 else "")
