"""Who of a unit is written to."""

from __future__ import annotations

from datetime import datetime

from directives.digest import Recipient
from directives.ledger.casebook import Casebook
from directives.ledger.tables import Contact, Step
from directives.model import ContactRole

# Whom a unit's mail goes to: the one who must act, then who keeps the post. The alternate is only for bounces.
ADDRESSED = (ContactRole.LEAD, ContactRole.CLERK, ContactRole.DEPUTY)


def reachable(book: Casebook, unit_id: int, now: datetime) -> list[Contact]:
    """The contacts of a unit who can be written to on that day, whatever their role."""
    day = book.calendar.local(now).date()
    return [
        contact
        for contact in book.contacts.get(unit_id, [])
        if (contact.valid_from is None or contact.valid_from <= day)
        and (contact.valid_to is None or day <= contact.valid_to)
    ]


def deputy_now(book: Casebook, step: Step, now: datetime) -> str:
    """The address of the deputy who has a step; empty for none, and when the deputy cannot be written to any more."""
    if not step.deputy:
        return ""
    return step.deputy if any(_at(book, step.unit_id, now, step.deputy)) else ""


def recipient_of(book: Casebook, unit_id: int, now: datetime, deputy: str = "") -> Recipient | None:
    """Whom to write to for a unit on that day, or its deputy of that address; None when nobody can be written to."""
    if deputy:
        found = _at(book, unit_id, now, deputy)
    else:
        found = [one for one in reachable(book, unit_id, now) if one.role in ADDRESSED]
        found.sort(key=lambda contact: ADDRESSED.index(ContactRole(contact.role)))
    if not found:
        return None
    unit = book.units[unit_id]
    return Recipient(unit.code, unit.name, unit.kind, found[0].name, found[0].address)


def _at(book: Casebook, unit_id: int, now: datetime, address: str) -> list[Contact]:
    return [one for one in reachable(book, unit_id, now) if one.address == address]
