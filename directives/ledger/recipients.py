"""Who of a unit is written to."""

from __future__ import annotations

from datetime import datetime

from directives.digest import Recipient
from directives.ledger.casebook import Casebook
from directives.ledger.tables import Contact
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


def recipient_of(book: Casebook, unit_id: int, now: datetime, deputy: str = "") -> Recipient | None:
    """Whom to write to for a unit on that day: the deputy of that address while there is one, else the one
    its mail goes to. None when nobody has a working address."""
    valid = reachable(book, unit_id, now)
    chosen = [contact for contact in valid if contact.address == deputy]
    addressed = [contact for contact in valid if contact.role in ADDRESSED]
    if not chosen and not addressed:
        return None
    first = (
        chosen[0]
        if chosen
        else min(addressed, key=lambda contact: ADDRESSED.index(ContactRole(contact.role)))
    )
    unit = book.units[unit_id]
    return Recipient(unit.code, unit.name, unit.kind, first.name, first.address)
