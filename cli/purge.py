"""`dondoc purge`: what people wrote and who they are leaves the ledger; what was asked and done stays provable."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cli.access import ledger_engine
from config.settings import load_settings
from directives.errors import DondocError, Refused
from directives.ledger import purging
from directives.ledger.engine import begin, reading, scrub
from directives.ledger.purging import Personal
from directives.ledger.restoring import files_named
from directives.ledger.states import campaign_now, campaign_row
from notifications.replies.file_store import FileStore
from tasks.workplace import machine_now

SUFFIX = {"inbound": ".eml", "evidence": ""}
KEPT_FOR_A_FORM = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would go. `before`: mails of no campaign that came before it, `strangers` of them; None: no such."""

    campaigns: dict[str, Personal]
    strangers: int = 0
    before: datetime | None = None


def register(app: typer.Typer) -> None:
    app.command("purge")(purge)


def purge(
    campaign: Annotated[str, typer.Argument(help="Key of a closed campaign.")] = "",
    older_than: Annotated[
        int | None,
        typer.Option(
            "--older-than",
            help="Every campaign closed more than so many years ago, and mails as old that belong to none.",
            min=1,
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="Who purges; recorded as claimed.")] = "",
    reason: Annotated[str, typer.Option(help="Why; recorded.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would go; delete nothing.")] = False,
) -> None:
    """Delete for good what people of a closed campaign wrote and who they are: mails, evidence, contacts, own words.

    Units, steps, deadlines, papers and every audit event stay, and 'dondoc verify' still proves them. Backups and archives
    taken before keep it all: delete those too. Run again, it deletes files that were left over.
    """
    if bool(campaign) == (older_than is not None):
        raise DondocError("name one campaign, or give --older-than YEARS")
    settings = load_settings()
    engine = ledger_engine(settings)
    plan = _plan(engine, campaign, older_than)
    _refuse_archived(settings.home, list(plan.campaigns))
    _show(plan)
    if dry_run:
        print("nothing deleted (--dry-run)")
        return
    if plan.campaigns or plan.strangers:
        if not by:
            raise DondocError("say who purges: --by 'NAME'")
        if not yes and not typer.confirm("Delete it for good?"):
            raise DondocError("not confirmed; nothing deleted")
        _purge(engine, plan, by, reason)
    print(f"{_delete_files(engine, settings.home.resolve())} files deleted")
    for key in plan.campaigns:
        print(
            f"{key}: boards in Prefect still show what stood on them: delete the artifacts {key} and {key}-… there"
        )
    _scrub(engine)


def _plan(engine: Engine, campaign: str, years: int | None) -> Plan:
    now = machine_now()
    with reading(engine) as session:
        if years is None:
            row = campaign_row(session, campaign)
            if row.purged_at is not None:
                return Plan({})
            purging.may_be_purged(session, row)
            return Plan({campaign: purging.personal(session, row)})
        before = _years_before(now, years)
        rows = [campaign_row(session, key) for key in purging.closed_before(session, before)]
        wrong: list[str] = []
        for row in rows:
            try:
                purging.may_be_purged(session, row)
            except Refused as error:
                wrong.append(str(error))
        if wrong:
            raise DondocError("\ndondoc: ".join(wrong))
        found = {row.key: purging.personal(session, row) for row in rows}
        return Plan(found, purging.strangers_before(session, before), before)


def _years_before(now: datetime, years: int) -> datetime:
    try:
        return now.replace(year=now.year - years)
    except ValueError:  # 29 February
        return now.replace(year=now.year - years, day=28)


def _refuse_archived(home: Path, campaigns: list[str]) -> None:
    """An archive has all of it: whoever purges decides where it goes first."""
    kept = [home / "archive" / f"{key}.zip" for key in campaigns]
    there = [
        f"{one} holds all of it still; move it to where it is to be kept, or delete it"
        for one in kept
        if one.exists()
    ]
    if there:
        raise DondocError("\ndondoc: ".join(there))


def _show(plan: Plan) -> None:
    for key, found in plan.campaigns.items():
        print(f"{key}:")
        print(f"  {found.contacts} contacts with name, address and telephone")
        print(f"  {found.words} names and texts beside audit events")
        print(f"  {found.mails_out} mails that left and {found.mails_in} that came in")
        print(f"  {found.evidence} files that came with answers")
    if plan.strangers:
        print(f"{plan.strangers} mails that belong to no campaign")
    if not (plan.campaigns or plan.strangers):
        print("nothing to delete in the ledger")


def _purge(engine: Engine, plan: Plan, by: str, reason: str) -> None:
    """One transaction a campaign: what was interrupted is run again."""
    for key in plan.campaigns:
        with begin(engine) as session:
            at = campaign_now(campaign_row(session, key), machine_now())
            purging.purge(session, key, by=by, reason=reason, at=at, machine_now=machine_now())
        print(f"{key} is purged")
    if plan.before is not None:
        with begin(engine) as session:
            purging.purge_strangers(session, plan.before)


def _delete_files(engine: Engine, home: Path) -> int:
    """Those that were purged, and those that nothing ever came to name."""
    with reading(engine) as session:
        chosen, named = purging.files_to_delete(session), files_named(session)
    found = [FileStore(home / folder, SUFFIX[folder]).path(sha256) for folder, sha256 in sorted(chosen)]
    there = {file for file in found if file.exists()}
    there |= {file for folder in SUFFIX for file in _nameless(home / folder, named[folder])}
    try:
        for file in sorted(there):
            file.unlink()
    except OSError as error:
        raise DondocError(f"a file could not be deleted ({error}); mend that and run this again") from error
    return len(there)


def _nameless(folder: Path, named: Set[str]) -> Iterator[Path]:
    """Of forms that were never taken, and of what was not written to its end; what is younger may be taken yet."""
    before = (machine_now() - KEPT_FOR_A_FORM).timestamp()
    for file in folder.rglob("*"):
        if file.is_file() and file.stem not in named and file.stat().st_mtime < before:
            yield file


def _scrub(engine: Engine) -> None:
    try:
        scrub(engine)
    except OperationalError as error:
        raise DondocError(
            f"the ledger's file still has pages of what was deleted ({error.orig}); stop dondoc's processes and run this again"
        ) from error
