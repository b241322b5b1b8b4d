"""Chance that can be lived again: numbers that depend on a seed and a question only, not on the order of asking."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, time, timedelta

from directives.workdays import WorkCalendar


class Draw:
    """The numbers of one thing: a unit, or a step."""

    def __init__(self, seed: int, *key: str) -> None:
        self.key = f"{seed}/{'/'.join(key)}"

    def share(self, question: str) -> float:
        """A number from 0 to 1, less than 1."""
        digest = hashlib.sha256(f"{self.key}/{question}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def below(self, limit: int, question: str) -> int:
        return int(self.share(question) * limit)

    def moment(self, calendar: WorkCalendar, day: date) -> datetime:
        """Some minute of that day's office hours."""
        start = calendar.at(day, time(8, 30))
        return start + timedelta(minutes=self.below(7 * 60, f"minute of {day}"))
