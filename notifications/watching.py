"""Passes that did not run by 09:00: one mail a day and campaign to ops."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from directives.ledger import outbox, watch
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.watch import Missed
from notifications.compose import compose_ops
from notifications.writer import Post, body_of


def tell_missed(engine: Engine, post: Post, machine_now: datetime) -> int:
    """Write the day's mails about passes that did not run; returns how many. They leave with the next delivery."""
    with reading(engine) as session:
        found = [one for one in watch.missed(session, machine_now) if not watch.told_today(session, one)]
    for one in found:
        _tell(engine, post, one, machine_now)
    return len(found)


def _tell(engine: Engine, post: Post, one: Missed, machine_now: datetime) -> None:
    body = body_of(compose_ops(one), name="", address=post.ops_address, references=[], date=machine_now)
    with begin(engine) as session:
        book = Casebook(session, campaign_row(session, one.campaign.key, lock=True))
        outbox.queue_own(
            session, book.campaign, book.monitor_id, watch.MISSED, one.day, post.ops_address, body
        )
