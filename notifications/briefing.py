"""The day's brief written for every coordinator who has none yet, in the caller's transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from directives.ledger import boards, briefs
from directives.ledger.casebook import Casebook
from directives.model import Officer
from notifications.annex import Sheet, annex
from notifications.brief import BriefLinks, annex_of, compose_brief, picture_of
from notifications.compose import Composed
from notifications.writer import body_of


@dataclass(frozen=True, slots=True)
class Briefed:
    """`to`: addresses with a brief in the outbox. `why`: why there are none: the kind of day, already, nothing."""

    to: tuple[str, ...] = ()
    why: str = ""


def brief(
    book: Casebook, now: datetime, machine_now: datetime, links: BriefLinks, *, annexed: bool = True
) -> Briefed:
    """Queue the brief of the campaign's `now`. A second time on a day nobody gets it twice.

    Not `annexed`: without its table of every step, the slowest part, where nobody opens it.
    """
    found = briefs.brief_of(book, now)
    if not isinstance(found, briefs.Brief):
        return Briefed(why=found or "nothing")
    if not found.to:
        return Briefed(why="already")
    png = boards.picture(book)
    attached = [annex_of(book.campaign.key, annex_bytes(book, now))] if annexed else []
    for one in found.to:
        composed = compose_brief(found.board, one.name, links, has_picture=bool(png))
        body = body_of(
            composed,
            name=one.name,
            address=one.address,
            references=[],
            date=machine_now,
            attachments=attached,
            inline=picture_of(png),
        )
        briefs.queue(book, one, now, body)
    return Briefed(tuple(one.address for one in found.to))


def preview(book: Casebook, now: datetime, links: BriefLinks) -> tuple[Officer, Composed] | None:
    """What the first coordinator would read, whatever the day; None when there is nothing to say."""
    found = briefs.brief_of(book, now, asked=True)
    if not isinstance(found, briefs.Brief):
        return None
    first = book.definition.campaign.monitor.officer
    return first, compose_brief(found.board, first.name, links, has_picture=False)


def annex_bytes(book: Casebook, now: datetime) -> bytes:
    words = book.definition.instructions
    sheets = [
        Sheet(words[one.key].label, words[one.key].title, boards.steps_table(book, one, now))
        for one in book.instructions.values()
        if one.key in words
    ]
    return annex(sheets, book.calendar, now)
