"""The end of a campaign: `dondoc close`, `dondoc archive`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from cli.access import ledger_engine
from cli.papers import office_of
from config.loader import ARCHIVE, find_campaign
from config.settings import Settings, load_settings
from config.yaml_lines import shown
from directives.errors import BadInput, DondocError
from directives.ledger import archiving, closing
from directives.ledger.casebook import Casebook
from directives.ledger.closing import Standing
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_now, campaign_row
from notifications.archive import write_archive
from tasks.workplace import machine_now

Campaign = Annotated[str, typer.Argument(help="Campaign key.")]


def register(app: typer.Typer) -> None:
    app.command("close")(close)
    app.command("archive")(archive)


def close(
    campaign: Campaign,
    by: Annotated[str, typer.Option(help="Who closes it; recorded as claimed.")] = "",
    reason: Annotated[str, typer.Option(help="Why; recorded.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Confirm without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would end; write nothing.")] = False,
) -> None:
    """Close a campaign: its final report is drafted, its schedules stop, its reply addresses and links end.

    Nothing is asked, reminded or recorded any more; what answers somebody still leaves. It cannot be opened again. Run again, it
    only stops schedules that are still active in Prefect.
    """
    settings = load_settings()
    engine = ledger_engine(settings)
    if _is_closed(engine, campaign):
        print(f"{campaign} was closed before")
        _rest(settings, campaign)
        return
    _show(campaign, _standing(engine, campaign))
    if dry_run:
        print("nothing written (--dry-run)")
        return
    if not by:
        raise DondocError("say who closes it: --by 'NAME'")
    if not yes and not typer.confirm("Close it?"):
        raise DondocError("not confirmed; nothing written")
    _final_report(engine, settings, campaign)
    with begin(engine) as session:
        at = campaign_now(campaign_row(session, campaign), machine_now())
        closing.close(session, campaign, by=by, reason=reason, at=at, machine_now=machine_now())
    print(f"{campaign} is closed")
    _rest(settings, campaign)


def archive(
    campaign: Campaign,
    out: Annotated[
        Path | None, typer.Option(help="The .zip; DONDOC_HOME/archive/CAMPAIGN.zip when not given.")
    ] = None,
) -> None:
    """Put all of a closed campaign into one .zip: what was frozen, every event, step, answer and mail, papers and files.

    The ledger keeps it too. Its campaign file then goes to config/campaigns/archive, so that it is deployed no more.
    """
    settings = load_settings()
    engine = ledger_engine(settings)
    target = out or settings.home / "archive" / f"{campaign}.zip"
    if target.exists():
        raise DondocError(f"{target} is there already; name another with --out")
    with reading(engine) as session:
        row = campaign_row(session, campaign)
        closing.must_be_closed(row)
        if row.purged_at is not None:
            raise DondocError(
                f"campaign '{campaign}' was purged on {row.purged_at:%Y-%m-%d}; there is no whole of it left"
            )
        found = archiving.contents(session, row)
    written = write_archive(target, found, settings.home.resolve())
    print(f"{target}: {written.files} files, {written.bytes:,} bytes")
    for name in written.missing:
        print(f"  missing: {name}")
    if written.missing:
        raise DondocError(
            f"{len(written.missing)} files that the ledger names are not in the archive; restore them from a backup, delete "
            f"{target} and archive again"
        )
    if found.keys:
        print(
            f"{found.keys} of its raw mails bear a reply address that still works for another campaign: keep it as safe as the "
            "ledger"
        )
    _put_away(campaign)


def _put_away(campaign: str) -> None:
    """Errors: DondocError where the code's folder is not ours to write: the archive itself is there then."""
    try:
        file = find_campaign(campaign)
    except BadInput:
        return  # opened from a file elsewhere
    if file.parent.name == ARCHIVE:
        return  # put away before
    kept = file.parent / ARCHIVE
    try:
        kept.mkdir(exist_ok=True)
        file.replace(kept / file.name)
    except OSError as error:
        raise DondocError(
            f"the archive is there, but {shown(file)} could not be moved to {shown(kept)} ({error.strerror}); "
            "move it as the owner of the campaign files, so that it is deployed no more"
        ) from error
    print(
        f"{file.name} now lies in config/campaigns/archive; next: dondoc deployments --write, then dondoc deployments --prune"
    )


def _is_closed(engine: Engine, campaign: str) -> bool:
    with reading(engine) as session:
        return campaign_row(session, campaign).closed_at is not None


def _standing(engine: Engine, campaign: str) -> Standing:
    with reading(engine) as session:
        row = campaign_row(session, campaign)
        return closing.standing(session, row, campaign_now(row, machine_now()), machine_now())


def _show(campaign: str, left: Standing) -> None:
    print(f"{campaign} as it stands, {sum(left.steps.values())} steps:")
    for one, n in left.steps.items():
        print(f"  {one.value:<20}{n:>6}")
    print(
        f"{left.mails} digests that wait would not leave; {left.answering} mails that answer somebody still would"
    )
    print(f"{left.tokens} reply addresses and links would end")
    if left.undecided:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(left.undecided.items()))
        print(f"Nobody decides any more what waits for a coordinator ({kinds}); see 'dondoc status'")


def _final_report(engine: Engine, settings: Settings, campaign: str) -> None:
    """The consolidated report until now, where the campaign's file says how it is written."""
    with reading(engine) as session:
        book = Casebook(session, campaign_row(session, campaign))
        now = campaign_now(book.campaign, machine_now())
        if book.definition.campaign.report is None:
            return
    office = office_of(engine, settings)
    paper = office.draft_report(campaign, now, now)
    print(f"final report: {office.store.path(paper.sha256)} ({paper.file_name})")


def _rest(settings: Settings, campaign: str) -> None:
    from cli.stack import connected  # Prefect takes seconds to import

    try:
        with connected(settings) as prefect:
            stopped = prefect.rest(campaign)
    except DondocError as error:
        raise DondocError(f"its schedules are still active: {error}, then run this again") from error
    print(f"{stopped} schedules stopped in Prefect")
