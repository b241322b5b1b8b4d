"""What ops says of the new directive, and what the rerun answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from directives.findings import Path
from directives.model import Due
from directives.rerun.dates import Rule

EVERY = ""  # the key of a date that holds for all of the directive's own deadlines


@dataclass(frozen=True, slots=True)
class Given:
    """A date of the new directive: how it is meant, and its verbatim phrase."""

    due: Due
    phrase: str


@dataclass(frozen=True, slots=True)
class Request:
    """A new directive, `years` after the one it is laid over.

    `old_year`: the year that last year's campaign speaks of. `deadlines`: by "1g/report", or under EVERY where one
    phrase holds for all.
    """

    campaign: str
    year: int
    old_year: int
    number: str
    issued: date
    organisation: str
    deadlines: Mapping[str, Given]

    @property
    def years(self) -> int:
        return self.year - self.old_year


class Removed:
    """Stands for "no longer there" as a change's new value."""

    def __repr__(self) -> str:
        return "REMOVED"


REMOVED = Removed()


@dataclass(frozen=True, slots=True)
class Change:
    """One value of the campaign's file. `rule`: for dates, why the new one is as it is."""

    path: Path
    old: Any
    new: Any
    rule: Rule | None = None


class Doubt(StrEnum):
    """Why a value is put up for decision."""

    SIGNATORY = "signatory"
    REFERENCES = "references"
    DIRECTIVE_NOTES = "directive_notes"
    CLAUSES = "clauses"
    GONE = "gone"  # a text names units or a tier that are no more
    NOBODY = "nobody"  # a step that no unit of the new organisation has
    UNIT = "unit"  # a single unit that is no more
    MEMBERS = "members"  # an audience's single units are not the same as last year
    SUPERIOR = "superior"  # who consolidates now? the level above is another
    PAST = "past"  # a moved date that is not after the opening
    ORDER = "order"  # a moved date that changed sides with the directive's own
    TEXT_DATE = "text_date"
    PERIOD = "period"
    DAY_ALONE = "day_alone"  # a text names a day without its year
    OLD_YEAR = "old_year"  # a text bears the old year in a way that no rule moves
    OPENING = "opening"  # it would open before the day of issue
    SAME_DATE = "same_date"  # one date is given where last year's were several
    PAPER = "paper"  # the report's own words and signature


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file that a person must look at. `values` fill the sentence that says why."""

    path: Path
    doubt: Doubt
    values: Mapping[str, str] = field(default_factory=dict[str, str])
