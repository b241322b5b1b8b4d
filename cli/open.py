"""`dondoc open`: a campaign file is frozen into the ledger, after showing what will leave."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlmodel import Session

from cli.access import ledger_engine, untouched_ledger
from cli.plans import move_lines, write_moves
from config.contacts import contacts_of
from config.loader import find_campaign, load_definition
from config.settings import Settings, load_settings
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger import digests, gathering, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin
from directives.ledger.opening import Opening, OpenResult, open_campaign
from directives.ledger.passes import run_pass
from directives.ledger.states import campaign_row
from directives.model import Contact
from tasks.workplace import machine_now


def register(app: typer.Typer) -> None:
    app.command("open")(open_)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command was told."""

    yes: bool
    dry_run: bool
    migrate: bool
    each: bool
    plans: Path | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What leaves at the next slot: (unit, as whom it is written to, address), and units nobody can write to."""

    at: str
    mails: tuple[tuple[str, str, str], ...]
    missing: tuple[str, ...]
    all_past: bool


def open_(
    campaign: Annotated[str, typer.Argument(help="Campaign key or file.")],
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen; write nothing.")
    ] = False,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Take over a changed ladder, calendar or send window too.")
    ] = False,
    each: Annotated[
        bool, typer.Option("--all", help="With --migrate: every step whose plan moves, not grouped.")
    ] = False,
    plans: Annotated[
        Path | None,
        typer.Option("--plans", help="With --migrate: write every rung that moves to a csv file."),
    ] = None,
) -> None:
    """Freeze a campaign into the ledger: instructions, ladder, calendar, organisation and addresses.

    Ends with what leaves at the next slot and waits for confirmation. Opening the same file again writes nothing; a
    changed file shows the difference and asks. A campaign that is open keeps its ladder, its calendar and its send
    window until --migrate shows how each step's plan moves and is confirmed; its addresses change by
    'dondoc contacts import'.
    """
    if (each or plans) and not migrate:
        raise DondocError("--all and --plans show what --migrate moves; add --migrate")
    settings = load_settings()
    definition = load_definition(find_campaign(campaign), settings.window)
    contacts = contacts_of(settings.contacts, definition.units)
    with untouched_ledger(settings) if dry_run else nullcontext(ledger_engine(settings, make=True)) as engine:
        _open(engine, definition, contacts, settings, Asked(yes, dry_run, migrate, each, plans))


def _open(
    engine: Engine,
    definition: Definition,
    contacts: list[Contact],
    settings: Settings,
    asked: Asked,
) -> None:
    now = machine_now()
    result, preview = _tried(engine, definition, contacts, settings, asked.migrate)
    if result.outcome is Opening.UNCHANGED:
        nothing = "nothing else" if result.pinned else "nothing"
        print(f"{definition.campaign.campaign} is open already and {nothing} has changed; nothing written")
        _show_pinned(result, definition)
        _show_contacts(result, definition, settings)
        return
    _show(result, preview, settings)
    _show_pinned(result, definition)
    _show_contacts(result, definition, settings)
    if asked.migrate and result.outcome is Opening.AMENDED:
        print(*move_lines(result.moves, definition.calendar, now, each=asked.each), sep="\n")
        if asked.plans is not None:
            write_moves(asked.plans, result.moves)
    if asked.dry_run:
        print("nothing written (--dry-run)")
        return
    if not asked.yes and not typer.confirm(
        "Open it?" if result.outcome is Opening.OPENED else "Take the change over?"
    ):
        raise DondocError("not confirmed; nothing written")
    with begin(engine) as session:
        done = open_campaign(
            session, definition, contacts, at=machine_now(), confirmed=True, migrate=asked.migrate
        )
        if not done.same_as(result):
            raise DondocError(
                f"campaign '{definition.campaign.campaign}' was changed meanwhile; nothing written; look at the difference "
                "again"
            )
    print(f"{definition.campaign.campaign}: {_written(result)}")


def _written(result: OpenResult) -> str:
    """What was done to the campaign's steps, where anything was."""
    if result.outcome is Opening.OPENED:
        return f"{result.steps} steps written"
    amended = result.amended
    counted = {
        "added": amended.added,
        "left out": amended.left_out,
        "taken in again": amended.taken_in,
        "with another date": amended.redated,
        "with another plan": len(amended.moves),
    }
    steps = ", ".join(f"{count} {how}" for how, count in counted.items() if count)
    return f"taken over; {f'steps: {steps}' if steps else 'no step changed'}"


class _Undone(Exception):
    """Rolls the trial back."""


def _tried(
    engine: Engine, definition: Definition, contacts: list[Contact], settings: Settings, migrate: bool
) -> tuple[OpenResult, Preview]:
    """Open, and live the next slot, in a transaction that is rolled back: what is shown is what would happen."""
    found: list[tuple[OpenResult, Preview]] = []
    try:
        with begin(engine) as session:
            result = open_campaign(
                session, definition, contacts, at=machine_now(), confirmed=True, migrate=migrate
            )
            unchanged = result.outcome is Opening.UNCHANGED
            preview = (
                Preview("", (), (), all_past=False) if unchanged else _preview(session, definition, settings)
            )
            found.append((result, preview))
            raise _Undone
    except _Undone:
        return found[0]


def _preview(session: Session, definition: Definition, settings: Settings) -> Preview:
    campaign = campaign_row(session, definition.campaign.campaign)
    book = Casebook(session, campaign)
    at = book.calendar.next_slot(max(campaign.opened_at, machine_now()))
    for instruction in definition.instructions:
        run_pass(session, campaign.key, instruction, at, at)
    outbox.prepare(session, campaign, at, limit=sys.maxsize)
    messages = outbox.unsent_digests(session, campaign)
    gathered = gathering.gather(book, messages)
    read_to = digests.mailbox_read_to(session, settings.mail_from)
    mails: list[tuple[str, str, str]] = []
    missing: list[str] = []
    for message in messages:
        code = book.units[message.unit_id].code
        draft = digests.draft(gathered, message, at, read_to, settings.collector)
        if isinstance(draft, digests.Draft):
            mails.append((code, message.target, draft.digest.recipient.address))
        elif draft is not None and draft.reason == "no_address":
            missing.append(code)
    return Preview(
        f"{book.calendar.local(at):%d/%m/%Y %H:%M}",
        tuple(mails),
        tuple(dict.fromkeys(missing)),
        all_past=all(step.due_before is None or step.due_before <= at for step in definition.steps),
    )


def _show_contacts(result: OpenResult, definition: Definition, settings: Settings) -> None:
    if result.contacts and settings.contacts:
        key = definition.campaign.campaign
        print(
            f"DONDOC_CONTACTS differs from the campaign's contacts (changes: {result.contacts}), which stay as they are; "
            f"take it over with 'dondoc contacts import {key} {settings.contacts}'"
        )


def _show_pinned(result: OpenResult, definition: Definition) -> None:
    if not result.pinned:
        return
    print("The campaign keeps the ladder, calendar and send window that it follows; the files differ in:")
    for line in result.pinned:
        print(f"  {line}")
    print(f"What they would move: 'dondoc open {definition.campaign.campaign} --migrate --dry-run'")


def _show(result: OpenResult, preview: Preview, settings: Settings) -> None:
    if result.outcome is Opening.AMENDED:
        print("The file differs from what is open:")
        for line in result.differences:
            print(f"  {line}")
    print(f"At the next slot, {preview.at}, {len(preview.mails)} mails leave:")
    for code, target, address in preview.mails:
        print(f"  {code:<10}{target:<10}{address}")
    if preview.all_past:
        print("Every deadline lies in the past: what is still owed at that slot is owed late")
    if preview.missing:
        print(f"No address: {', '.join(preview.missing)}; add them: see 'dondoc contacts --help'")
    if settings.contacts is None:
        print("All addresses lie in the reserved domain .example; real ones come from DONDOC_CONTACTS")
    if settings.redirect_to:
        print(f"DONDOC_REDIRECT_TO: everything goes to {settings.redirect_to}")
    if len(preview.mails) > settings.max_mails_per_slot:
        print(f"More than DONDOC_MAX_MAILS_PER_SLOT={settings.max_mails_per_slot}: nothing would leave")
