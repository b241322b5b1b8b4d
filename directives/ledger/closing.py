"""The end of a campaign: nothing is asked any more, what waited to leave does not, and its keys end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from directives.errors import Refused
from directives.evaluate import Status, status
from directives.ledger import audit
from directives.ledger.answers import check_moment
from directives.ledger.casebook import Casebook
from directives.ledger.frozen import policy_of
from directives.ledger.readers import is_daily
from directives.ledger.states import campaign_row, chunks, ident, reschedule, states_of
from directives.ledger.tables import Addressee, Campaign, Message, Step, Token
from directives.ledger.undecided import undecided

REASON = "closed"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a campaign leaves behind when it closes now.

    `steps`: how many are in each status. `mails`: digests that would have left, also those that the next slot would have
    made. `answering`: mails that answer somebody and still leave. `tokens`: reply addresses and links that hold.
    `undecided`: by kind, what waits for a coordinator and gets no decision any more.
    """

    steps: Mapping[Status, int]
    mails: int
    answering: int
    tokens: int
    undecided: Mapping[str, int]


def standing(session: Session, campaign: Campaign, now: datetime, machine_now: datetime) -> Standing:
    steps = session.exec(select(Step).where(Step.campaign_id == campaign.id).order_by(col(Step.id))).all()
    calendar = policy_of(campaign).calendar
    found = Counter(status(state, calendar, now) for state in states_of(session, campaign, steps))
    return Standing(
        steps={one: found[one] for one in Status if found[one]},
        mails=len(_unsent(session, campaign, daily=True)) + _unwritten(session, campaign),
        answering=len(_unsent(session, campaign, daily=False)),
        tokens=session.exec(
            select(func.count())
            .select_from(Token)
            .join(Message, col(Message.id) == Token.message_id)
            .where(
                Message.campaign_id == campaign.id,
                col(Token.revoked_at).is_(None),
                col(Token.expires_at) > machine_now,
            )
        ).one(),
        undecided=Counter(one.kind for one in undecided(Casebook(session, campaign))),
    )


def close(
    session: Session, key: str, *, by: str, reason: str, at: datetime, machine_now: datetime
) -> Standing:
    """Close the campaign with one audit event. `at` is its own clock.

    Errors: Refused where it was closed before, or closes in the past.
    """
    campaign = campaign_row(session, key, lock=True)
    check_moment(campaign, at, machine_now)
    left = standing(session, campaign, at, machine_now)
    campaign.closed_at = at
    session.add(campaign)
    _cancel(session, campaign)
    _revoke(session, campaign, machine_now)
    steps = session.exec(select(Step).where(Step.campaign_id == campaign.id).order_by(col(Step.id))).all()
    session.flush()
    reschedule(session, campaign, steps, at)
    data = {
        "steps": {one.value: n for one, n in left.steps.items()},
        "mails": left.mails,
        "tokens": left.tokens,
        "undecided": dict(left.undecided),
    }
    words = "\n".join(part for part in (by, reason) if part)
    audit.append(session, ident(campaign), at, "campaign.closed", data, text=words)
    return left


def must_be_closed(campaign: Campaign) -> datetime:
    """When it was. Errors: Refused while it is open."""
    if campaign.closed_at is None:
        raise Refused(f"campaign '{campaign.key}' is open; close it first ('dondoc close {campaign.key}')")
    return campaign.closed_at


def _unsent(session: Session, campaign: Campaign, *, daily: bool) -> list[int]:
    chosen = select(Message.id).where(
        Message.campaign_id == campaign.id, col(Message.state).in_(["ready", "deferred"])
    )
    which = is_daily(col(Message.target))
    return [one for one in session.exec(chosen.where(which if daily else ~which)) if one is not None]


def _unwritten(session: Session, campaign: Campaign) -> int:
    """Readers of notices for whom no digest waits yet."""
    waiting = session.exec(
        select(Addressee.unit_id, Addressee.target)
        .where(Addressee.campaign_id == campaign.id, Addressee.state == "pending")
        .distinct()
    ).all()
    made = session.exec(
        select(Message.unit_id, Message.target).where(
            Message.campaign_id == campaign.id, col(Message.state).in_(["ready", "deferred"])
        )
    ).all()
    return len(set(waiting) - set(made))


def _cancel(session: Session, campaign: Campaign) -> None:
    """Digests and notices that wait. Receipts and what tells of a decision still leave: they answer somebody."""
    mails = _unsent(session, campaign, daily=True)
    for ids in chunks(mails):
        session.exec(update(Message).where(col(Message.id).in_(ids)).values(state="cancelled", detail=REASON))
    session.exec(
        update(Addressee)
        .where(col(Addressee.campaign_id) == campaign.id, col(Addressee.state).in_(["pending", "composed"]))
        .values(state="cancelled", reason=REASON)
    )


def _revoke(session: Session, campaign: Campaign, machine_now: datetime) -> None:
    mails = select(Message.id).where(Message.campaign_id == campaign.id)
    session.exec(
        update(Token)
        .where(col(Token.message_id).in_(mails), col(Token.revoked_at).is_(None))
        .values(revoked_at=machine_now)
    )
