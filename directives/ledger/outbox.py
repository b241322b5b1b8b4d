"""The outbox: a recipient's pending notices become one message a day, leased, composed, marked after its 250.

States of a message: ready → claimed (leased, nothing left yet) → sending (may have left) → accepted;
deferred (to be tried again), failed (refused for good), uncertain (perhaps delivered: shown, not tried again any more),
cancelled (nothing was left to say). Campaign time decides what may leave; machine time runs leases and back-off.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, insert, true
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from directives.ledger import marks, urgency
from directives.ledger.engine import run
from directives.ledger.frozen import policy_of
from directives.ledger.leasing import LEASE, leased
from directives.ledger.marks import Claim
from directives.ledger.readers import is_daily
from directives.ledger.states import campaign_now, ident
from directives.ledger.tables import Body, Campaign, Message
from directives.ledger.tables.columns import table_of

_MESSAGES = table_of(Message)
_CLAIMED = (
    select_columns(
        _MESSAGES.c.id, _MESSAGES.c.uid, _MESSAGES.c.target, _MESSAGES.c.state, _MESSAGES.c.uncertain
    )
    .where(_MESSAGES.c.within_id.is_(None))
    .order_by(urgency.rank(), _MESSAGES.c.id)
    .with_for_update(skip_locked=True)
)


def prepare(session: Session, campaign: Campaign, machine_now: datetime, limit: int) -> int:
    """Make the day's messages for every recipient with pending notices; returns how many the slot has.

    One digest a recipient and day: who already has today's waits for tomorrow's slot. With more messages than
    `limit`, none is made and the caller tells ops (a runaway).
    """
    now = campaign_now(campaign, machine_now)
    calendar = policy_of(campaign).calendar
    if not _digests_leave(campaign, now):
        return 0
    slot_on = calendar.local(now).date()
    # Two deliverers may prepare at once on PostgreSQL: the second finds what the first has made.
    session.exec(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update(key_share=True)).one()
    _end_left_behind(session, campaign, machine_now)
    waiting = urgency.by_urgency(session, campaign)
    made = _digests(session, campaign, slot_on)
    moved = _moved_to(session, campaign, slot_on, made)
    if not waiting and not moved:
        return 0
    made |= moved
    wanted = [one for one in waiting if one not in made]
    planned = len(wanted) + len(made)
    if planned <= limit:
        _insert(session, campaign, wanted, slot_on)
    return planned


def with_mail(session: Session) -> list[str]:
    """The keys of the campaigns whose mail may leave: every open one, and a closed one while it owes somebody an answer."""
    owing = select(Message.campaign_id).where(
        col(Message.state).in_(["ready", "deferred", "claimed", "sending"]), ~is_daily(col(Message.target))
    )
    chosen = select(Campaign.key).where(or_(col(Campaign.closed_at).is_(None), col(Campaign.id).in_(owing)))
    return list(session.exec(chosen.order_by(col(Campaign.id))))


def unsent_digests(session: Session, campaign: Campaign) -> list[Message]:
    """The digests that wait to be tried, in the order of their making."""
    return list(
        session.exec(
            select(Message)
            .where(
                Message.campaign_id == campaign.id,
                is_daily(col(Message.target)),
                col(Message.state).in_(["ready", "deferred"]),
                col(Message.within_id).is_(None),
            )
            .order_by(col(Message.id))
        )
    )


def claim(
    session: Session, campaign: Campaign, machine_now: datetime, size: int, *, digests: bool = True
) -> list[Claim]:
    """Lease up to `size` messages that may be tried now; an expired lease is taken over.

    Digests leave only inside the send window of the campaign's clock, and not at all without `digests`; mails about
    mail at any time.
    """
    in_window = digests and _digests_leave(campaign, campaign_now(campaign, machine_now))
    until = _MESSAGES.c.leased_until
    over = or_(until < machine_now, until > machine_now + LEASE + marks.CLOCKS_DIFFER)
    rows = run(
        session,
        _CLAIMED.where(_MESSAGES.c.campaign_id == campaign.id)
        .where(true() if in_window else ~is_daily(_MESSAGES.c.target))
        .where(
            (_MESSAGES.c.state.in_(["ready", "deferred"]) & marks.may_be_tried(machine_now))
            | (_MESSAGES.c.state.in_(["claimed", "sending"]) & over)
        )
        .limit(size),
    ).all()
    return leased(session, rows, machine_now)


def accepted_before(
    session: Session, campaign: Campaign, messages: Sequence[Message]
) -> dict[tuple[int, str], list[str]]:
    """The uids of the mails in which each recipient of these messages was written to before, oldest first."""
    found: dict[tuple[int, str], list[str]] = {}
    carrier = aliased(Message)
    rows = session.exec(
        select(Message.unit_id, Message.target, func.coalesce(carrier.uid, Message.uid))
        .join(carrier, col(carrier.id) == Message.within_id, isouter=True)
        .where(
            Message.campaign_id == campaign.id,
            Message.state == "accepted",
            col(Message.unit_id).in_(sorted({message.unit_id for message in messages})),
        )
        .order_by(col(Message.id))
    )
    for unit_id, target, uid in rows:
        found.setdefault((unit_id, target), []).append(uid)
    return found


def wire_uid(session: Session, message: Message) -> str:
    """Of the mail in which the message left: another campaign's, where it left with that."""
    return session.get_one(Message, message.within_id).uid if message.within_id else message.uid


def queue_own(
    session: Session,
    campaign: Campaign,
    unit_id: int,
    target: str,
    slot_on: date,
    address: str,
    body: dict[str, object],
) -> None:
    """A mail about mail (a refusal, a runaway), written already: once a unit and day."""
    known = select(Message.id).where(
        Message.campaign_id == campaign.id,
        Message.unit_id == unit_id,
        Message.target == target,
        Message.slot_on == slot_on,
    )
    if session.exec(known).first() is not None:
        return
    message = new_message(campaign, unit_id, target, slot_on)
    message.address = address
    session.add(message)
    session.flush()
    session.add(Body(message_id=ident(message), mail=body))


def queue_at_once(session: Session, campaign: Campaign, unit_id: int, target: str, slot_on: date) -> None:
    """A mail that answers somebody and is composed when it leaves, outside slot and window."""
    session.add(new_message(campaign, unit_id, target, slot_on))


def counts_by_state(session: Session, campaign: Campaign, unit_id: int | None = None) -> dict[str, int]:
    """How many mails are in each state, all of them or one unit's."""
    rows = select(Message.state, func.count()).where(Message.campaign_id == campaign.id)
    if unit_id is not None:
        rows = rows.where(Message.unit_id == unit_id)
    return dict(session.exec(rows.group_by(col(Message.state)).order_by(col(Message.state))).all())


def perhaps_twice(session: Session, campaign: Campaign, unit_id: int | None = None) -> int:
    """How many mails were lost after their content was handed over: each may have arrived twice."""
    rows = select(func.count()).where(Message.campaign_id == campaign.id, col(Message.uncertain) > 0)
    if unit_id is not None:
        rows = rows.where(Message.unit_id == unit_id)
    return session.exec(rows).one()


def _digests_leave(campaign: Campaign, now: datetime) -> bool:
    """Not before it was opened: a clock that was set back may say a day that is in no calendar."""
    is_open = campaign.closed_at is None and now >= campaign.opened_at
    return is_open and policy_of(campaign).calendar.digest_may_leave(now)


def _end_left_behind(session: Session, campaign: Campaign, machine_now: datetime) -> None:
    """What may have left in another campaign's mail that nobody will send again, as that campaign was closed: uncertain."""
    carrier = aliased(Message)
    rows = session.exec(
        select(Message)
        .join(carrier, col(carrier.id) == Message.within_id)
        .join(Campaign, col(Campaign.id) == carrier.campaign_id)
        .where(
            Message.campaign_id == campaign.id,
            or_(
                col(Message.state) == "deferred",
                and_(col(Message.state) == "sending", col(Message.leased_until) < machine_now),
            ),
            col(Campaign.closed_at).is_not(None),
        )
    )
    for row in rows.all():
        marks.end_uncertain(session, row)


def _digests(session: Session, campaign: Campaign, slot_on: date) -> set[tuple[int, str]]:
    made = session.exec(
        select(Message.unit_id, Message.target).where(
            Message.campaign_id == campaign.id, Message.slot_on == slot_on, is_daily(col(Message.target))
        )
    )
    return set(made.all())


def _moved_to(
    session: Session, campaign: Campaign, slot_on: date, made: set[tuple[int, str]]
) -> set[tuple[int, str]]:
    """What did not leave on an earlier day, or perhaps not, becomes today's digest: an outage does not multiply mail.

    What is to be resent goes as it is, and what came up since waits for tomorrow's.
    """
    late = session.exec(
        select(Message)
        .where(
            Message.campaign_id == campaign.id,
            Message.slot_on < slot_on,
            is_daily(col(Message.target)),
            col(Message.state).in_(["ready", "claimed", "sending", "deferred"]),
        )
        .order_by(col(Message.id))
    )
    moved: set[tuple[int, str]] = set()
    for message in late:
        key = (message.unit_id, message.target)
        if key not in made | moved:
            message.slot_on = slot_on
            session.add(message)
            moved.add(key)
    return moved


def _insert(
    session: Session, campaign: Campaign, recipients: Sequence[tuple[int, str]], slot_on: date
) -> None:
    """New messages as plain rows: a morning has thousands."""
    alike = new_message(campaign, 0, "", slot_on).model_dump(exclude={"id"})
    rows = [
        {**alike, "unit_id": unit_id, "target": target, "uid": secrets.token_hex(16)}
        for unit_id, target in recipients
    ]
    if rows:
        run(session, insert(_MESSAGES), rows)


def new_message(campaign: Campaign, unit_id: int, target: str, slot_on: date) -> Message:
    return Message(
        campaign_id=ident(campaign),
        unit_id=unit_id,
        target=target,
        slot_on=slot_on,
        uid=secrets.token_hex(16),
    )
