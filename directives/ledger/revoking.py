"""Links and reply addresses taken back before their time: a unit's, the coordinators', or all of a campaign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, not_, update
from sqlmodel import Session, col, select

from directives.errors import Refused
from directives.ledger import audit
from directives.ledger.answers import check_moment
from directives.ledger.casebook import Casebook
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Campaign, Message, Token
from directives.ledger.why import unit_of

REVOKED = "links.revoked"


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whose keys end. `unit`: a code, empty for every unit; `units`: whether any unit's do; `coordinators`: their link."""

    unit: str = ""
    units: bool = True
    coordinators: bool = False


def held(session: Session, key: str, what: Revocation, machine_now: datetime) -> int:
    """How many reply addresses and links of units would end. Errors: UnknownCampaign, DondocError for an unknown unit."""
    campaign = campaign_row(session, key)
    if not what.units:
        return 0
    return session.exec(
        select(func.count()).select_from(Token).where(*_chosen(session, campaign, what, machine_now))
    ).one()


def revoke(
    session: Session,
    key: str,
    what: Revocation,
    *,
    by: str,
    reason: str,
    at: datetime,
    machine_now: datetime,
) -> int:
    """End them, with one audit event; returns how many tokens. `at` is the campaign's own clock.

    Units get new ones with their next digest. Errors: Refused for a closed campaign, whose keys have ended.
    """
    campaign = campaign_row(session, key, lock=True)
    if campaign.closed_at is not None:
        raise Refused(f"campaign '{key}' was closed; its links and reply addresses ended with it")
    check_moment(campaign, at, machine_now)
    ended = 0
    if what.units:
        chosen = _chosen(session, campaign, what, machine_now)
        ended = session.exec(update(Token).where(*chosen).values(revoked_at=machine_now)).rowcount
    if what.coordinators:
        campaign.link_number += 1
        session.add(campaign)
    data: dict[str, Any] = {"unit": what.unit, "tokens": ended, "link_number": campaign.link_number}
    words = "\n".join(part for part in (by, reason) if part)
    audit.append(session, ident(campaign), at, REVOKED, data, text=words)
    return ended


def _chosen(
    session: Session, campaign: Campaign, what: Revocation, machine_now: datetime
) -> list[ColumnElement[bool]]:
    """Only of what somebody may hold: a mail that no server took yet leaves with the same link, which then has to work."""
    unsent = col(Message.state).in_(["ready", "claimed", "deferred"]) & (col(Message.uncertain) == 0)
    mails = select(Message.id).where(Message.campaign_id == campaign.id, not_(unsent))
    chosen = [
        col(Token.message_id).in_(mails),
        col(Token.revoked_at).is_(None),
        col(Token.expires_at) > machine_now,
    ]
    if what.unit:
        chosen.append(col(Token.unit_id) == unit_of(Casebook(session, campaign), what.unit))
    return chosen
