"""What it is fair to say of late steps, in words: for reports and the pages of units."""

from __future__ import annotations

from datetime import datetime

from directives.ledger import fairness
from directives.ledger.casebook import Casebook
from directives.ledger.fairness import Remark
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.words import say


def remark_words(remark: Remark, calendar: WorkCalendar) -> str:
    """One remark that is fair to say of a late step."""
    at = dates.day(calendar.local(remark.at).date()) if remark.at else ""
    return say(f"unit_page.fair.{remark.kind}", days=remark.days, at=at)


def remarks_in_words(book: Casebook, now: datetime) -> dict[int, str]:
    """Those of every late step of a campaign at `now`, by the step's id."""
    found = fairness.remarks(book, book.all_steps(), now)
    return {
        step_id: "; ".join(_inside(remark_words(one, book.calendar)) for one in some)
        for step_id, some in found.items()
    }


def _inside(sentence: str) -> str:
    """As part of another sentence."""
    return sentence[:1].lower() + sentence[1:]
