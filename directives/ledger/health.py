"""Do deliveries go on? What the outside heartbeat depends on; only real campaigns are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from directives.ledger import relays, watch
from directives.ledger.casebook import Casebook
from directives.ledger.readers import is_daily
from directives.ledger.tables import Addressee, Message, Notice, Relay

# A digest that waits with one of these is held back on purpose.
HELD_BACK = ("no_address", "mailbox_unread")
FAILING = 2  # tries in a row that a mail server refused: one may be chance


@dataclass(frozen=True, slots=True)
class Stalled:
    """One reason why mail does not leave. `about`: the campaign, or the mail server. `why` is a developer's sentence."""

    about: str
    why: str


def stalled(session: Session, machine_now: datetime, patience: timedelta) -> tuple[Stalled, ...]:
    """Everything that has kept due mail for longer than `patience`; empty while deliveries go on."""
    found = [
        Stalled(one.campaign.key, f"{len(one.passes)} instructions had no pass today")
        for one in watch.missed(session, machine_now)
    ]
    found += _relays(session, machine_now, patience)
    for campaign in watch.watched(session):
        found += _campaign(Casebook(session, campaign), machine_now, patience)
    return tuple(found)


def _relays(session: Session, now: datetime, patience: timedelta) -> Iterator[Stalled]:
    """A mail server that has refused every try for so long while something waits for it."""
    waits = select(Message.id).where(
        col(Message.campaign_id).in_([one.id for one in watch.watched(session)]),
        col(Message.state).in_(["ready", "deferred"]),
        col(Message.detail).not_in(HELD_BACK),
    )
    if session.exec(waits.limit(1)).first() is None:
        return
    for relay in session.exec(select(Relay).where(Relay.failures > 0).order_by(col(Relay.server))):
        down_since = relays.down_since(relay)
        if down_since is not None and down_since <= now - patience:
            yield Stalled(
                relay.server, f"took nothing in {relay.failures} tries, lastly because of: {relay.detail}"
            )


def _campaign(book: Casebook, now: datetime, patience: timedelta) -> Iterator[Stalled]:
    opened = _window_since(book, now)
    if opened is None or opened > now - patience:
        return
    late = now - patience
    messages = _digests_kept(book, late)
    if messages:
        yield Stalled(book.campaign.key, f"{messages} digests are due and have not left")
    if unwritten := _unwritten(book, now, late):
        yield Stalled(
            book.campaign.key, f"notices for {unwritten} readers are due and no mail is made of them"
        )


def _window_since(book: Casebook, now: datetime) -> datetime | None:
    """Since when digests may leave, without a break; None when they may not."""
    local, window = book.calendar.local(now), book.calendar.window
    covered = book.calendar.first <= local.date() <= book.calendar.last
    if not covered or not book.calendar.digest_may_leave(now):
        return None
    start = next(start for start, end in window.spans if start <= local.time() < end)
    return book.calendar.at(local.date(), max(start, window.slot))


def _digests_kept(book: Casebook, late: datetime) -> int:
    """Digests that could have been tried since `late` and were not, or that our own mail server took none of.

    A recipient's server may ask for patience: such a mail was tried.
    """
    failing = book.session.exec(select(Relay.server).where(Relay.failures >= FAILING).limit(1)).first()
    rows = book.session.exec(
        select(Message).where(
            Message.campaign_id == book.campaign.id,
            is_daily(col(Message.target)),
            col(Message.state).in_(["ready", "claimed", "sending", "deferred"]),
            col(Message.detail).not_in(HELD_BACK),
        )
    )
    kept = 0
    for row in rows:
        time = row.leased_until if row.state in ("claimed", "sending") else row.next_attempt_at
        kept += time is None or time <= late or (failing is not None and not row.attempts)
    return kept


def _unwritten(book: Casebook, now: datetime, late: datetime) -> int:
    """Readers of notices that have been due since `late` and who have no digest today: nobody prepares the outbox."""
    today = book.calendar.local(now).date()
    made = set(
        book.session.exec(
            select(Message.unit_id, Message.target).where(
                Message.campaign_id == book.campaign.id, Message.slot_on == today
            )
        ).all()
    )
    waiting = book.session.exec(
        select(Addressee.unit_id, Addressee.target)
        .join(Notice, col(Notice.id) == Addressee.notice_id)
        .where(
            Addressee.campaign_id == book.campaign.id,
            Addressee.state == "pending",
            is_daily(col(Addressee.target)),
            Notice.planned_at <= late,
        )
        .distinct()
    ).all()
    return len(set(waiting) - made)
