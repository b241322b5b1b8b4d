"""Who of a unit is written to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from directives.digest import Recipient
from directives.ledger.casebook import Casebook
from directives.ledger.tables import Contact, Step
from directives.model import ContactRole

# Whom a unit's mail goes to: the one who must act, then who keeps the post.
ADDRESSED = (ContactRole.LEAD, ContactRole.CLERK, ContactRole.DEPUTY)


def valid(book: Casebook, unit_id: int, now: datetime) -> list[Contact]:
    """The contacts of a unit on that day, whatever their role, whether or not their address works."""
    day = book.calendar.local(now).date()
    return [
        contact
        for contact in book.contacts.get(unit_id, [])
        if (contact.valid_from is None or contact.valid_from <= day)
        and (contact.valid_to is None or day <= contact.valid_to)
    ]


def reachable(book: Casebook, unit_id: int, now: datetime) -> list[Contact]:
    """The contacts of a unit who can be written to on that day, whatever their role."""
    return [contact for contact in valid(book, unit_id, now) if contact.bounced_at is None]


def deputy_now(book: Casebook, step: Step, now: datetime) -> str:
    """The address of the deputy who has a step; empty for none, and when the deputy cannot be written to any more."""
    if not step.deputy:
        return ""
    return step.deputy if _first_at(book, step.unit_id, now, step.deputy) else ""


def recipient_of(book: Casebook, unit_id: int, now: datetime, deputy: str = "") -> Recipient | None:
    """Whom to write to for a unit on that day, or its deputy of that address; None when nobody can be written to.

    Where the address that the unit's mail goes to came back, the alternate comes first.
    """
    chosen = _first_at(book, unit_id, now, deputy) if deputy else _addressed(valid(book, unit_id, now))
    if chosen is None:
        return None
    unit = book.units[unit_id]
    return Recipient(unit.code, unit.name, unit.kind, chosen.name, chosen.address)


def _first_at(book: Casebook, unit_id: int, now: datetime, address: str) -> Contact | None:
    return next((one for one in reachable(book, unit_id, now) if one.address == address), None)


def _addressed(contacts: Sequence[Contact]) -> Contact | None:
    in_order = sorted((one for one in contacts if one.role in ADDRESSED), key=_place)
    if in_order and in_order[0].bounced_at is None:
        return in_order[0]
    alternates = [one for one in contacts if one.role == ContactRole.ALTERNATE] if in_order else []
    return next((one for one in [*alternates, *in_order] if one.bounced_at is None), None)


def _place(contact: Contact) -> int:
    return ADDRESSED.index(ContactRole(contact.role))
