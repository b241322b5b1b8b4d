"""How many mails a server takes from all deliverers together: a minute, a day, and a minute for one domain.

Counted in the ledger, which all of them share. Windows are fixed: clock minutes, and days of UTC, which begin at 07:00 in
Vietnam, before any digest leaves. Around a window's end a server may so see up to two windows' mails in one. Of deliverers
whose clocks differ a little all count in the window of the one that is ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Insert, and_, case, not_, or_
from sqlmodel import Session, col

from directives.ledger.engine import insert_or
from directives.ledger.marks import CLOCKS_DIFFER
from directives.ledger.tables import Quota
from directives.ledger.tables.columns import table_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """Mails at most; 0 is no limit. `domain_minute`: to one domain of addresses."""

    minute: int = 0
    day: int = 0
    domain_minute: int = 0

    def __bool__(self) -> bool:
        return any((self.minute, self.day, self.domain_minute))


NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Full:
    """No mail more until then. `day`: for the rest of the day; `domain`: only to that one, else to all."""

    until: datetime
    limit: int
    day: bool = False
    domain: str = ""

    def __str__(self) -> str:
        whom = f" to {self.domain}" if self.domain else ""
        span = "day" if self.day else "minute"
        return f"the quota of {self.limit} mails{whom} a {span} is used up until {self.until:%H:%M:%S} UTC"


@dataclass(frozen=True, slots=True)
class _Window:
    scope: str
    began: datetime
    full: Full


def take(session: Session, server: str, limits: Limits, address: str, machine_now: datetime) -> Full | None:
    """Count one mail to that address against every limit, or against none and say which is used up."""
    nested = session.begin_nested()
    for window in _windows(limits, address.rpartition("@")[2].casefold(), machine_now):
        if not _counted(session, server, window, machine_now):
            nested.rollback()
            return window.full
    nested.commit()
    return None


def day_full(session: Session, server: str, limits: Limits, machine_now: datetime) -> Full | None:
    """Whether nothing may leave today any more; counts nothing."""
    for window in _windows(Limits(day=limits.day), "", machine_now):
        row = session.get(Quota, (server, window.scope))
        goes_on = row is not None and window.began <= row.began <= machine_now + CLOCKS_DIFFER
        if row is not None and goes_on and row.taken >= window.full.limit:
            return window.full
    return None


def _windows(limits: Limits, domain: str, now: datetime) -> Iterator[_Window]:
    """Always in the same order, in which all deliverers lock their rows."""
    minute, day = now.replace(second=0, microsecond=0), now.replace(hour=0, minute=0, second=0, microsecond=0)
    if limits.day:
        yield _Window("day", day, Full(day + DAY, limits.day, day=True))
    if limits.minute:
        yield _Window("minute", minute, Full(minute + MINUTE, limits.minute))
    if limits.domain_minute:
        yield _Window(f"minute:{domain}", minute, Full(minute + MINUTE, limits.domain_minute, domain=domain))


def _counted(session: Session, server: str, window: _Window, now: datetime) -> bool:
    """One statement, so that of two deliverers the second counts on from the first. Another window's count begins anew."""
    fresh = insert_or(session, table_of(Quota)).values(
        server=server, scope=window.scope, began=window.began, taken=1
    )
    goes_on = _goes_on(window, now)
    statement: Insert = fresh.on_conflict_do_update(
        index_elements=["server", "scope"],
        set_={
            "taken": case((goes_on, col(Quota.taken) + 1), else_=1),
            "began": case((goes_on, col(Quota.began)), else_=fresh.excluded.began),
        },
        where=or_(not_(goes_on), col(Quota.taken) < window.full.limit),
    ).returning(col(Quota.taken))
    return session.connection().execute(statement).first() is not None


def _goes_on(window: _Window, now: datetime) -> ColumnElement[bool]:
    """SQL: whether the count is this window's, or the next one's by a clock that is a little ahead. One that was set back
    for longer blocks nothing."""
    return and_(col(Quota.began) >= window.began, col(Quota.began) <= now + CLOCKS_DIFFER)
