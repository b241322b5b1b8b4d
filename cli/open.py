"""`dondoc open`: a campaign file is frozen into the ledger, after showing what will leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from sqlalchemy import Engine

from cli.access import ledger_engine
from config.contacts import contacts_of
from config.loader import find_campaign, load_definition
from config.settings import Settings, load_settings
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger.casebook import Casebook
from directives.ledger.digests import recipient_of
from directives.ledger.engine import begin
from directives.ledger.opening import Opening, OpenResult, open_campaign
from directives.ledger.states import campaign_row
from directives.model import Contact
from tasks.workplace import machine_now


def register(app: typer.Typer) -> None:
    app.command("open")(open_)


@dataclass(frozen=True, slots=True)
class Preview:
    """What leaves at the next slot."""

    at: str
    mails: int
    recipients: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]


def open_(
    campaign: Annotated[str, typer.Argument(help="Campaign key or file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
) -> None:
    """Freeze a campaign into the ledger: instructions, ladder, calendar, organisation and addresses.

    Ends with what leaves at the next slot and waits for confirmation. Opening the same file again writes nothing; a
    changed file shows the difference and asks.
    """
    settings = load_settings()
    definition = load_definition(find_campaign(campaign), settings.window)
    contacts = contacts_of(settings.contacts, definition.units)
    engine = ledger_engine(settings)
    result, preview = _tried(engine, definition, contacts)
    if result.outcome is Opening.UNCHANGED:
        print(f"{definition.campaign.campaign} is open already and nothing has changed; nothing written")
        return
    _show(result, preview, settings)
    if dry_run:
        print("nothing written (--dry-run)")
        return
    if not yes and not typer.confirm(
        "Open it?" if result.outcome is Opening.OPENED else "Take the change over?"
    ):
        raise DondocError("not confirmed; nothing written")
    with begin(engine) as session:
        open_campaign(session, definition, contacts, at=machine_now(), confirmed=True)
    print(f"{definition.campaign.campaign}: {result.steps} steps written")


class _Undone(Exception):
    """Rolls the trial back."""


def _tried(engine: Engine, definition: Definition, contacts: list[Contact]) -> tuple[OpenResult, Preview]:
    """Open in a transaction that is rolled back: what is shown is what would be written."""
    found: list[tuple[OpenResult, Preview]] = []
    try:
        with begin(engine) as session:
            result = open_campaign(session, definition, contacts, at=machine_now(), confirmed=True)
            session.flush()
            book = Casebook(session, campaign_row(session, definition.campaign.campaign))
            found.append((result, _preview(book, definition)))
            raise _Undone
    except _Undone:
        return found[0]


def _preview(book: Casebook, definition: Definition) -> Preview:
    at = book.calendar.next_slot(max(book.campaign.opened_at, machine_now()))
    codes = {unit.code: unit_id for unit_id, unit in book.units.items()}
    asked = dict.fromkeys(step.unit for step in definition.steps if step.due_before is not None)
    reached = {code: recipient_of(book, codes[code], at) for code in asked}
    return Preview(
        at=f"{book.calendar.local(at):%d/%m/%Y %H:%M}",
        mails=sum(recipient is not None for recipient in reached.values()),
        recipients=tuple((code, recipient.address) for code, recipient in reached.items() if recipient),
        missing=tuple(code for code, recipient in reached.items() if recipient is None),
    )


def _show(result: OpenResult, preview: Preview, settings: Settings) -> None:
    if result.outcome is Opening.AMENDED:
        print("The file differs from what is open:")
        for line in result.differences:
            print(f"  {line}")
        return
    print(f"At the next slot, {preview.at}, {preview.mails} mails leave:")
    for code, address in preview.recipients:
        print(f"  {code:<10}{address}")
    if preview.missing:
        print(f"No address: {', '.join(preview.missing)}; add them to the file that DONDOC_CONTACTS names")
    if settings.contacts is None:
        print("All addresses lie in the reserved domain .example; real ones come from DONDOC_CONTACTS")
    if settings.redirect_to:
        print(f"DONDOC_REDIRECT_TO: everything goes to {settings.redirect_to}")
    if preview.mails > settings.max_mails_per_slot:
        print(f"More than DONDOC_MAX_MAILS_PER_SLOT={settings.max_mails_per_slot}: nothing would leave")
