"""Which failed runs ops were told of: one mail a run, kept beside the newest campaign's own mails about mail."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from directives.ledger.casebook import Casebook
from directives.ledger.readers import alert_target
from directives.ledger.states import campaign_now, ident
from directives.ledger.tables import Body, Campaign, Message


def alerted(session: Session, run_id: str) -> bool:
    told = select(Message.id).where(Message.target == alert_target(run_id))
    return session.exec(told).first() is not None


def remember(
    session: Session, run_id: str, uid: str, address: str, body: dict[str, object], machine_now: datetime
) -> None:
    """Write down a mail that has left. Without any campaign there is nowhere to."""
    campaign = session.exec(
        select(Campaign).order_by(col(Campaign.closed_at).is_not(None), col(Campaign.id).desc())
    ).first()
    if campaign is None or alerted(session, run_id):
        return
    book, now = Casebook(session, campaign), campaign_now(campaign, machine_now)
    message = Message(
        campaign_id=ident(campaign),
        unit_id=book.monitor_id,
        target=alert_target(run_id),
        slot_on=book.calendar.local(now).date(),
        uid=uid,
        state="accepted",
        address=address,
        attempts=1,
        accepted_at=machine_now,
        sent_at=now,
    )
    session.add(message)
    session.flush()
    session.add(Body(message_id=ident(message), mail=body))
