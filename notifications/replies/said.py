"""What one statement of a mail says, and the refusal to guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from notifications.replies.verdict import ActionKind


class Unclear(Exception):
    """`reason`: one Vietnamese sentence for the coordinator."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Said:
    """`items` None: none named. `every`: all of them (`count`: and how many the sender thinks that is)."""

    action: ActionKind | None
    items: tuple[int, ...] | None = None
    every: bool = False
    count: int = 0
    percent: int | None = None
    doc_number: str | None = None
    doc_date: date | None = None
    done_on: date | None = None
    until: date | None = None
    to: str | None = None
    reason: str | None = None
    undo: bool = False
    evidence: bool = False
    needs_file: bool = False
    papers: frozenset[str] = frozenset()
    text: str = ""
    lines: tuple[str, ...] = ()


def cut(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"
