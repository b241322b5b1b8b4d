"""A coordinator accepts a sender as a contact of a unit: many officials answer from private addresses."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, func, select

from directives.conversation import AcceptSender
from directives.errors import Refused
from directives.findings import nearest
from directives.ledger import audit
from directives.ledger.mail_parts import answers_message, dealt_with_anywhere
from directives.ledger.states import ident
from directives.ledger.tables import Campaign, Contact, Decision, Inbound, Message, Unit
from directives.model import ContactRole, is_address


def accept_sender(session: Session, campaign: Campaign, given: AcceptSender, recorded_at: datetime) -> int:
    """From now on the address may answer for the unit, and its waiting answers are read again; the decision's id.

    Whether the sender is who the mail says is checked all the same. Errors: Refused.
    """
    unit = find_unit(session, campaign, given.unit)
    address = given.address.strip()
    if not is_address(address):
        raise Refused(
            f"'{given.address}' is not a mail address; write one like ten@co-quan.example",
            "no_mail_address",
            address=given.address,
        )
    if _is_contact(session, unit, address):
        raise Refused(
            f"'{address}' is a contact of '{unit.code}' already", "contact_already", address=address
        )
    session.add(Contact(unit_id=ident(unit), role=ContactRole.ACCEPTED, name="", address=address))
    row = Decision(
        campaign_id=ident(campaign),
        kind=given.kind,
        data={"unit": unit.code},
        by=given.by,
        at=given.at,
        recorded_at=recorded_at,
    )
    session.add(row)
    session.flush()
    again = _read_again(session, unit, address)
    personal = "\n".join(part for part in (given.by, address, given.reason) if part)
    event = {"decision": row.id, "unit": unit.code, "mails": again}
    audit.append(session, ident(campaign), given.at, f"decision.{given.kind}", event, None, personal)
    return ident(row)


def find_unit(session: Session, campaign: Campaign, code: str) -> Unit:
    """The campaign's unit of that code. Errors: Refused."""
    unit = session.exec(select(Unit).where(Unit.campaign_id == campaign.id, Unit.code == code)).one_or_none()
    if unit is None:
        codes = session.exec(select(Unit.code).where(Unit.campaign_id == campaign.id)).all()
        raise Refused(
            f"campaign '{campaign.key}' has no unit '{code}'{nearest(code, codes) or ''}",
            "unknown",
            name=code,
        )
    return unit


def _is_contact(session: Session, unit: Unit, address: str) -> bool:
    known = select(Contact.id).where(
        Contact.unit_id == unit.id, func.lower(Contact.address) == address.lower()
    )
    return session.exec(known).first() is not None


def _read_again(session: Session, unit: Unit, address: str) -> int:
    """The sender's queued answers to digests of the unit wait to be settled anew; how many."""
    rows = session.exec(
        select(Inbound)
        .join(Message, answers_message())
        .where(
            Inbound.state == "queued",
            Message.unit_id == unit.id,
            func.lower(Inbound.sender) == address.lower(),
        )
    ).all()
    # What a coordinator has answered in one of its campaigns must not be answered there again.
    again = [row for row in rows if not dealt_with_anywhere(session, row)]
    for row in again:
        row.state = "stored"
        session.add(row)
    return len(again)
