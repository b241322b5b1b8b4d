"""Did today's passes run, and is next year's calendar there? What ops are told, and whether they were.

Whether passes ran is read from the passes themselves: whoever should have started them cannot be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from directives.decrees import undecreed
from directives.digest import CampaignFacts
from directives.ledger.casebook import Casebook
from directives.ledger.frozen import definition_of
from directives.ledger.readers import calendar_target
from directives.ledger.tables import Campaign, Message, Pass
from directives.model import CalendarSpec

PASSES_START, EXPECTED_BY = time(7), time(9)  # local; passes start until 07:25
MISSED = "missed"


@dataclass(frozen=True, slots=True)
class MissedPass:
    """An instruction without a pass today. `ran_at`: its last one, by the machine's clock; None: never."""

    key: str
    label: str
    title: str
    ran_at: datetime | None


@dataclass(frozen=True, slots=True)
class Missed:
    """What did not run in one campaign by 09:00 of a working day."""

    campaign: CampaignFacts
    day: date
    passes: tuple[MissedPass, ...]


def watched(session: Session) -> list[Campaign]:
    """The real campaigns that are open: a rehearsal's clock stands still."""
    rows = select(Campaign).where(col(Campaign.closed_at).is_(None), col(Campaign.rehearsal).is_(False))
    return list(session.exec(rows.order_by(col(Campaign.id))))


def missed(session: Session, machine_now: datetime) -> tuple[Missed, ...]:
    """The campaigns with passes missing today. Only real, open ones, on a working day."""
    found = (_missed(Casebook(session, row), machine_now) for row in watched(session))
    return tuple(one for one in found if one.passes)


def told_today(session: Session, one: Missed) -> bool:
    """Whether the day's mail about it is written already."""
    mail = (
        select(Message.id)
        .join(Campaign, col(Campaign.id) == Message.campaign_id)
        .where(Campaign.key == one.campaign.key, Message.target == MISSED, Message.slot_on == one.day)
    )
    return session.exec(mail).first() is not None


@dataclass(frozen=True, slots=True)
class Undecreed:
    """A year whose days off and days worked are not decreed in a calendar's file; `campaigns` follow that calendar.

    `campaign`: the oldest of them, which the mail about it belongs to.
    """

    campaign: CampaignFacts
    calendar: str
    year: int
    campaigns: tuple[str, ...]
    day: date

    @property
    def target(self) -> str:
        return calendar_target(self.calendar, self.year)


def undecreed_years(
    session: Session, calendars: Mapping[str, CalendarSpec], machine_now: datetime
) -> tuple[Undecreed, ...]:
    """What is missing in the files of the calendars that open, real campaigns follow."""
    books: defaultdict[str, list[Casebook]] = defaultdict(list)
    for row in watched(session):
        book = Casebook(session, row)
        books[book.definition.campaign.calendar].append(book)
    found: list[Undecreed] = []
    for key in sorted(calendars.keys() & books.keys()):
        first = books[key][0]
        day = first.calendar.local(machine_now).date()
        names = tuple(book.campaign.key for book in books[key])
        found += [Undecreed(first.facts, key, year, names, day) for year in undecreed(calendars[key], day)]
    return tuple(found)


def untold(session: Session, found: Iterable[Undecreed]) -> tuple[Undecreed, ...]:
    """Those of which no mail tells yet."""
    return tuple(one for one in found if not _told(session, one.target))


def calendars_followed(session: Session) -> tuple[str, ...]:
    """The keys of the calendars that open, real campaigns follow."""
    return tuple(sorted({definition_of(row).campaign.calendar for row in watched(session)}))


def _told(session: Session, target: str) -> bool:
    return session.exec(select(Message.id).where(Message.target == target)).first() is not None


def _missed(book: Casebook, machine_now: datetime) -> Missed:
    local = book.calendar.local(machine_now)
    today = local.date()
    start = book.calendar.at(today, PASSES_START)
    expected = (
        local.time() >= EXPECTED_BY
        and book.calendar.first <= today <= book.calendar.last  # beyond it no pass knows a working day
        and book.calendar.is_workday(today)
        and book.campaign.opened_at < start  # opened today, it begins tomorrow
    )
    return Missed(book.facts, today, tuple(_not_run(book, start)) if expected else ())


def _not_run(book: Casebook, start: datetime) -> Iterator[MissedPass]:
    """A pass of today that began before seven, by hand, counts too."""
    ran = {
        mark.instruction_id: mark.ran_at
        for mark in book.session.exec(select(Pass).where(col(Pass.instruction_id).in_(book.instructions)))
    }
    today = book.calendar.local(start).date()
    for instruction_id, row in book.instructions.items():
        ran_at = ran.get(instruction_id)
        if ran_at is not None and book.calendar.local(ran_at).date() >= today:
            continue
        words = book.definition.instructions.get(row.key)
        if words is not None:  # an amended campaign may no longer ask it
            yield MissedPass(row.key, words.label, words.title, ran_at)
