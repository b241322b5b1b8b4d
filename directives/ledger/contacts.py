"""A campaign's contacts after its opening: they change by a confirmed update of their own and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from directives.contact_changes import ContactChange, contact_changes
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger import audit, frozen
from directives.ledger.frozen_rows import write_contacts
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Campaign, Contact, Unit
from directives.model import Contact as ContactModel

Box = tuple[str, str, str]  # unit, role, address


def contacts_now(campaign: Campaign) -> list[ContactModel]:
    """The contacts that a campaign's attached row follows, without the senders that coordinators accepted."""
    return frozen.contacts_in(frozen.content_of(campaign))


def bounced_since(session: Session, campaign: Campaign) -> dict[Box, datetime]:
    """The contacts whose address refuses mail, and since when."""
    rows = session.exec(
        select(Unit.code, Contact)
        .join(Unit, col(Unit.id) == Contact.unit_id)
        .where(Unit.campaign_id == campaign.id, col(Contact.bounced_at).is_not(None))
    )
    return {(code, row.role, row.address): row.bounced_at for code, row in rows if row.bounced_at}


def kept_contacts(
    campaign: Campaign, definition: Definition, given: Iterable[ContactModel]
) -> list[ContactModel]:
    """For an amendment: what the campaign follows, and what is given for units that are new in it."""
    content = frozen.content_of(campaign)
    known = {unit["code"] for unit in content["units"]}
    kept = [one for one in frozen.contacts_in(content) if one.unit in definition.units]
    return kept + [one for one in given if one.unit not in known]


def update_contacts(
    session: Session, key: str, wanted: list[ContactModel], *, seen: str, at: datetime
) -> tuple[ContactChange, ...]:
    """Let the campaign follow these contacts, with one audit event for each that changes.

    `seen`: the fingerprint of the definition that the change was shown against. `at`: the campaign's clock.
    Errors: DondocError when the campaign is closed or was changed since; nothing is written then.
    """
    campaign = campaign_row(session, key, lock=True)
    if campaign.closed_at is not None:
        raise DondocError(f"campaign '{key}' was closed; its contacts stay as they are")
    if campaign.definition_sha256 != seen:
        raise DondocError(
            f"campaign '{key}' was changed meanwhile; nothing written; look at the difference again"
        )
    content = frozen.content_of(campaign)
    changes = contact_changes(frozen.contacts_in(content), wanted)
    if not changes:
        return ()
    campaign.definition_sha256 = frozen.keep(session, content | frozen.contacts_content(wanted))
    session.add(campaign)
    units = session.exec(select(Unit).where(Unit.campaign_id == campaign.id))
    write_contacts(session, {unit.code: unit for unit in units}, wanted)
    session.flush()
    for change in changes:
        event = {"unit": change.unit, "role": change.role.value}
        # Names and addresses stand beside the chain.
        audit.append(session, ident(campaign), at, f"contact.{change.kind}", event, text=str(change))
    event = {"sha256": campaign.definition_sha256, "changes": len(changes)}
    audit.append(session, ident(campaign), at, "campaign.contacts", event)
    return changes
