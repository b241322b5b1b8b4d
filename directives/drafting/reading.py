"""A date as read, before it is placed in its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Kind, Phrase, Signing
from directives.model import Due


@dataclass(frozen=True, slots=True)
class Reading:
    """`before` or `by` as in `Due`, or a rule; neither where there is no such day. `end`: where it ends in the text."""

    kind: Kind
    end: int
    before: date | datetime | None = None
    by: date | datetime | None = None
    rrule: str | None = None
    doubt: Doubt | None = None

    def as_phrase(self, text: str, start: int, signing: Signing) -> Phrase:
        words = text[start : self.end].strip(" ,:(")
        phrase = Phrase(words, self.kind, start, self.end, rrule=self.rrule, doubt=self.doubt)
        if self.before is None and self.by is None:
            return phrase
        return signing.due(phrase, Due(before=self.before, by=self.by))
