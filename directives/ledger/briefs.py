"""The weekly brief from the ledger: the board since the last one, and to whom it goes once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from directives.brief import DAYS, BriefDay, brief_day, worth_saying
from directives.digest import CampaignBoard
from directives.ledger import boards, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.states import ident
from directives.ledger.tables import Message, Unit
from directives.model import Officer, Source

TARGET = "brief"
EARLIEST = timedelta(days=7)  # what the first brief looks back on


@dataclass(frozen=True, slots=True)
class Brief:
    """What is told, and to whom of the campaign's coordinators it was not told today yet."""

    board: CampaignBoard
    to: tuple[Officer, ...]


def brief_of(book: Casebook, now: datetime, *, asked: bool = False) -> Brief | BriefDay | None:
    """The brief of the campaign's `now`; the reason when today has none; None when there is nothing to say.

    `asked`: whatever the day is.
    """
    today = book.calendar.local(now).date()
    own = {
        one.due_before for one in book.definition.steps if one.source is Source.DIRECTIVE and one.due_before
    }
    day = brief_day(today, own, book.calendar)
    if day not in DAYS and not asked:
        return day
    board = boards.campaign_board(book, now, since=_since(book, now))
    if book.campaign.closed_at is not None or not worth_saying(board.outlook, now):
        return None
    told = set(
        book.session.exec(
            select(Message.target).where(
                Message.campaign_id == book.campaign.id,
                col(Message.target).startswith(f"{TARGET}:"),
                Message.slot_on == today,
            )
        )
    )
    people = {one.address: one for one in book.definition.campaign.monitor.deciding}
    return Brief(board, tuple(one for one in people.values() if target_of(one) not in told))


def target_of(officer: Officer) -> str:
    return f"{TARGET}:{officer.address}"


def queue(book: Casebook, officer: Officer, now: datetime, body: dict[str, object]) -> None:
    """Under the monitor's unit, once a coordinator and day."""
    monitor = book.session.exec(
        select(Unit).where(
            Unit.campaign_id == book.campaign.id, Unit.code == book.definition.campaign.monitor.unit
        )
    ).one()
    today = book.calendar.local(now).date()
    outbox.queue_own(
        book.session, book.campaign, ident(monitor), target_of(officer), today, officer.address, body
    )


def _since(book: Casebook, now: datetime) -> datetime:
    """The day of the last brief before today, from its midnight."""
    today = book.calendar.local(now).date()
    last = book.session.exec(
        select(func.max(Message.slot_on)).where(
            Message.campaign_id == book.campaign.id,
            col(Message.target).startswith(f"{TARGET}:"),
            Message.slot_on < today,
        )
    ).one()
    return book.calendar.begins(last or today - EARLIEST)
