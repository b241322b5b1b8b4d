"""`dondoc contacts`: a campaign's addresses as a workbook, and back after a confirmed difference."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from cli.access import ledger_engine, untouched_ledger
from config.contacts import ContactFile, default_contacts, read_contacts
from config.loader import CONFIG
from config.organisation import load_units
from config.settings import load_settings
from directives.contact_changes import ContactChange, contact_changes
from directives.definition import Definition
from directives.errors import DondocError
from directives.findings import nearest
from directives.ledger import frozen
from directives.ledger.contacts import Box, bounced_since, contacts_now, update_contacts
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_now, campaign_row
from directives.model import Contact, Unit
from notifications.contact_sheet import ContactRow, contact_sheet
from tasks.workplace import machine_now

NAMED = 20  # units in one line; the rest is counted
Yes = Annotated[bool, typer.Option("--yes", help="Confirm without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference; write nothing.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The addresses of a campaign's units: to a workbook, and back after a confirmed difference.",
        no_args_is_help=True,
    )
    group.command("export")(export)
    group.command("import")(import_)
    app.add_typer(group, name="contacts")


def export(
    places: Annotated[
        list[str],
        typer.Argument(metavar="[CAMPAIGN] FILE.xlsx", help="An open campaign (not with --units); where to."),
    ],
    units: Annotated[
        str,
        typer.Option(help="An organisation of config/units instead of a campaign: an empty list to fill in."),
    ] = "",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Write a workbook with one row a contact; a unit without one has a row to fill in.

    Send it round, then take it over with 'dondoc contacts import', or name it by DONDOC_CONTACTS before opening.
    Addresses of the reserved domain .example, with which a campaign is tried, are left out.
    """
    *campaigns, name = places
    if len(campaigns) != (0 if units else 1):
        raise DondocError(
            "write 'dondoc contacts export CAMPAIGN FILE.xlsx' or '… --units ORGANISATION FILE.xlsx'"
        )
    file = Path(name)
    if file.suffix.lower() != ".xlsx":
        raise DondocError(f"'{name}' must end in .xlsx")
    if file.exists() and not overwrite:
        raise DondocError(f"'{name}' is there already; give another name, or --overwrite")
    rows = _of_organisation(units) if units else _of_campaign(campaigns[0])
    _write(file, contact_sheet(rows))
    print(f"{name}: {sum(row.contact is not None for row in rows)} contacts of {_count(rows)} units written")


def _count(rows: Sequence[ContactRow]) -> int:
    return len({row.unit.code for row in rows})


def _of_organisation(name: str) -> list[ContactRow]:
    known = [file.stem for file in (CONFIG / "units").glob("*.csv") if "crosswalk" not in file.stem]
    if name not in known:
        raise DondocError(f"'{name}' is no organisation of config/units{nearest(name, known)}")
    return [ContactRow(unit) for unit in load_units(CONFIG / "units" / f"{name}.csv").values()]


def _of_campaign(key: str) -> list[ContactRow]:
    with reading(ledger_engine(load_settings())) as session:
        campaign = campaign_row(session, key)
        definition, bounced = frozen.definition_of(campaign), bounced_since(session, campaign)
        contacts = contacts_now(campaign)
    tried = default_contacts(definition.units)
    known = [one for one in contacts if one not in tried]
    return [row for unit in definition.units.values() for row in _rows(unit, known, bounced, definition)]


def _rows(
    unit: Unit, contacts: Sequence[Contact], bounced: Mapping[Box, datetime], definition: Definition
) -> list[ContactRow]:
    rows: list[ContactRow] = []
    for one in contacts:
        if one.unit == unit.code:
            since = bounced.get((one.unit, one.role, one.address))
            rows.append(ContactRow(unit, one, definition.calendar.local(since).date() if since else None))
    return rows or [ContactRow(unit)]


def _write(file: Path, content: bytes) -> None:
    """Addresses of people: for the owner's eyes."""
    try:
        file.unlink(missing_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
            written.write(content)
    except OSError as error:
        raise DondocError(f"'{file}' cannot be written ({error.strerror}); give another place") from error


@dataclass(frozen=True, slots=True)
class Update:
    """What the campaign would follow, against what it was compared with, and on whom nothing would be known."""

    contacts: list[Contact]
    seen: str
    changes: tuple[ContactChange, ...]
    unnamed: int
    without: tuple[str, ...]

    @property
    def shared(self) -> dict[str, list[str]]:
        """The units that would be written to at one and the same address, by each address that comes in with this."""
        coming = {change.new.address.casefold() for change in self.changes if change.new}
        units: dict[str, list[str]] = {}
        for one in self.contacts:
            found = units.setdefault(one.address.casefold(), [])
            if one.unit not in found:
                found.append(one.unit)
        return {address: codes for address, codes in units.items() if address in coming and len(codes) > 1}


def import_(
    campaign: Annotated[str, typer.Argument(help="Key of an open campaign.")],
    file: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx|FILE.csv", help="The contacts, as exported or by hand.")
    ],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Show what the file would change in a campaign's addresses, ask, and take it over.

    A unit that the file names has the contacts of the file and no others; every other unit keeps what it has. Whoever
    was written to at an address that ends is not told. Exit status 2 and a line for each cell that is wrong.
    """
    settings = load_settings()
    with untouched_ledger(settings) if dry_run else nullcontext(ledger_engine(settings)) as engine:
        update = _compared(engine, campaign, file)
        _show(campaign, update)
        if not update.changes:
            print("nothing differs; nothing written")
        elif dry_run:
            print("nothing written (--dry-run)")
        else:
            _take_over(engine, campaign, update, yes=yes)


def _compared(engine: Engine, key: str, file: Path) -> Update:
    with reading(engine) as session:
        campaign = campaign_row(session, key)
        definition, now = frozen.definition_of(campaign), contacts_now(campaign)
        seen, today = campaign.definition_sha256, campaign_now(campaign, machine_now())
    given = read_contacts(file, definition.units)
    wanted = _laid_over(now, given, definition)
    return Update(
        wanted,
        seen,
        contact_changes(now, wanted),
        len(set(definition.units) - given.units),
        tuple(_without(definition, wanted, today)),
    )


def _laid_over(now: Sequence[Contact], given: ContactFile, definition: Definition) -> list[Contact]:
    """Trial addresses stay until there are others: they are not exported, so that no file says anything of them."""
    tried = default_contacts(definition.units)
    filled = {one.unit for one in given.contacts}
    kept = [one for one in now if one.unit not in given.units or (one in tried and one.unit not in filled)]
    return [*kept, *given.contacts]


def _without(definition: Definition, contacts: Sequence[Contact], now: datetime) -> list[str]:
    """The units that owe something and of which nobody could be written to today."""
    tried, day = default_contacts(definition.units), definition.calendar.local(now).date()
    reached = {one.unit for one in contacts if one not in tried and one.valid_on(day)}
    owing = {step.unit for step in definition.steps}
    return [code for code in definition.units if code in owing - reached]


def _show(campaign: str, update: Update) -> None:
    if update.changes:
        print(f"{campaign}: {_changes(update.changes)}")
    for change in update.changes:
        print(f"  {change}")
    if update.unnamed:
        print(f"{update.unnamed} units are not in the file and keep what they have")
    for address, units in update.shared.items():
        print(textwrap.fill(f"One address for {len(units)} units, {address}: {_named(units)}", 100))
    if update.without:
        print(
            textwrap.fill(
                f"No address of their own ({len(update.without)} units): {_named(update.without)}", 100
            )
        )


def _named(units: Sequence[str]) -> str:
    more = len(units) - NAMED
    return ", ".join(units[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _take_over(engine: Engine, campaign: str, update: Update, *, yes: bool) -> None:
    if not yes and not typer.confirm("Take the change over?"):
        raise DondocError("not confirmed; nothing written")
    with begin(engine) as session:
        at = campaign_now(campaign_row(session, campaign), machine_now())
        done = update_contacts(session, campaign, update.contacts, seen=update.seen, at=at)
    print(f"{campaign}: {_changes(done)} written")


def _changes(found: Sequence[ContactChange]) -> str:
    return "1 change" if len(found) == 1 else f"{len(found)} changes"
