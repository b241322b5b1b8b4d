"""What ops are told of the service itself: passes that did not run, steps that nobody will look at, a calendar's gaps.

The mails leave with the next delivery.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from directives.ledger import forgotten, outbox, watch
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.model import CalendarSpec
from notifications.compose import OpsFact, compose_ops
from notifications.writer import Post, body_of


def tell_missed(engine: Engine, post: Post, machine_now: datetime) -> int:
    """One mail a day and campaign about passes that did not run by 09:00; returns how many were written."""
    with reading(engine) as session:
        found = [one for one in watch.missed(session, machine_now) if not watch.told_today(session, one)]
    for one in found:
        with begin(engine) as session:
            _queue(session, post, one, watch.MISSED, one.day, machine_now)
    return len(found)


def tell_forgotten(engine: Engine, post: Post, machine_now: datetime) -> int:
    """One mail a campaign about open steps without a next action or reason, each step once; returns how many."""
    with reading(engine) as session:
        found = forgotten.forgotten(session, machine_now)
    for one in found:
        with begin(engine) as session:
            target = forgotten.remember(session, one)
            day = one.campaign.calendar.local(machine_now).date()
            _queue(session, post, one, target, day, machine_now)
    return len(found)


def tell_undecreed(
    engine: Engine, post: Post, calendars: Mapping[str, CalendarSpec], machine_now: datetime
) -> int:
    """One mail a calendar and year whose decree is missing from 1 October before; returns how many were written."""
    with reading(engine) as session:
        found = watch.untold(session, watch.undecreed_years(session, calendars, machine_now))
    for one in found:
        with begin(engine) as session:
            _queue(session, post, one, one.target, one.day, machine_now)
    return len(found)


def _queue(
    session: Session, post: Post, fact: OpsFact, target: str, day: date, machine_now: datetime
) -> None:
    body = body_of(compose_ops(fact), name="", address=post.ops_address, references=[], date=machine_now)
    book = Casebook(session, campaign_row(session, fact.campaign.key, lock=True))
    outbox.queue_own(session, book.campaign, book.monitor_id, target, day, post.ops_address, body)
