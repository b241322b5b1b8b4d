"""The monitor's papers: `dondoc report`, `dondoc letter`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from cli.access import ledger_engine
from cli.dates import day
from cli.files import put
from config.settings import Settings, load_settings
from directives.errors import DondocError
from directives.ledger import paper_rows
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.paper_rows import LETTER, Kept
from directives.ledger.papers import end_of
from directives.ledger.states import campaign_now, campaign_row
from notifications.papers.drafting import Office, facts_of
from notifications.papers.pdf import to_pdf
from notifications.replies.file_store import FileStore
from tasks.workplace import machine_now

Campaign = Annotated[str, typer.Argument(help="Campaign key.")]
Out = Annotated[Path | None, typer.Option(help="Write the paper here; else it is told where it lies.")]
Pdf = Annotated[
    bool, typer.Option("--pdf", help="As PDF (needs LibreOffice); in this folder when no --out is given.")
]


def register(app: typer.Typer) -> None:
    app.command("report")(report)
    app.command("letter")(letter)


def report(
    campaign: Campaign,
    at: Annotated[
        str,
        typer.Option(
            help="The cut-off: the last day that counts, YYYY-MM-DD, or an hour, YYYY-MM-DDTHH:MM; the campaign's own "
            "when not given, and for an addendum now."
        ),
    ] = "",
    out: Out = None,
    pdf: Pdf = False,
    addendum: Annotated[
        bool, typer.Option("--addendum", help="Only what came after the report or addendum before.")
    ] = False,
) -> None:
    """Draft the consolidated report as .docx, or give back the one that was frozen for that cut-off."""
    settings = load_settings()
    office = office_of(ledger_engine(settings), settings)
    with reading(office.engine) as session:
        book = Casebook(session, campaign_row(session, campaign))
        now = campaign_now(book.campaign, machine_now())
        cut_off = _cut_off(book, at, now) if at else None
    paper = (
        office.draft_addendum(campaign, cut_off, now)
        if addendum
        else office.draft_report(campaign, cut_off, now)
    )
    _give(office, paper, out, pdf)


def letter(
    campaign: Campaign,
    out: Out = None,
    pdf: Pdf = False,
    listed: Annotated[bool, typer.Option("--list", help="The letters so far, and which were sent.")] = False,
    issued: Annotated[
        int | None, typer.Option(help="Record that this letter was signed and sent (its number in --list).")
    ] = None,
    number: Annotated[str, typer.Option(help="issued: its number and symbol, e.g. 12/SNV-XDCQ.")] = "",
    on: Annotated[str, typer.Option(help="issued: the day it was signed, YYYY-MM-DD.")] = "",
    by: Annotated[str, typer.Option(help="issued: who says so.")] = "",
) -> None:
    """Draft today's urging letter: who still owes what after the ladder's letter rung. It is never sent from here."""
    settings = load_settings()
    office = office_of(ledger_engine(settings), settings)
    with reading(office.engine) as session:
        now = campaign_now(campaign_row(session, campaign), machine_now())
    if listed:
        _list(office, campaign)
    elif issued is not None:
        _issue(office, campaign, issued, number, on, by, now)
    else:
        paper = office.draft_letter(campaign, now, asked=True)
        assert paper is not None
        _give(office, paper, out, pdf)


def _list(office: Office, campaign: str) -> None:
    with reading(office.engine) as session:
        found = paper_rows.papers(session, campaign_row(session, campaign), LETTER)
    for one in found:
        facts = facts_of(one)
        sent = f"signed {one.issued_on} as {one.number}" if one.issued_on else "draft"
        print(f"{one.id}  {facts.head.drawn_on}  {sent}  {one.file_name}")
    if not found:
        print("no letter was drafted yet")


def _issue(
    office: Office, campaign: str, paper_id: int, number: str, on: str, by: str, now: datetime
) -> None:
    if not (number and on):
        raise DondocError(
            "say which number it got and when it was signed: --number 12/SNV-XDCQ --on YYYY-MM-DD"
        )
    with begin(office.engine) as session:
        book = Casebook(session, campaign_row(session, campaign))
        today = book.calendar.local(now).date()
        paper = paper_rows.issue(session, campaign, paper_id, number, day(on), at=now, today=today, by=by)
    print(f"letter {paper.id} recorded: signed and sent on {paper.issued_on} as {paper.number}")


def office_of(engine: Engine, settings: Settings) -> Office:
    home = settings.home.resolve()
    return Office(engine, FileStore(home / "papers", ".docx"), home / "templates")


def _cut_off(book: Casebook, at: str, now: datetime) -> datetime:
    if "T" not in at:
        return end_of(book, day(at), now)
    try:
        written = datetime.fromisoformat(at)
    except ValueError as error:
        raise DondocError(f"'{at}' is no time; write YYYY-MM-DD or YYYY-MM-DDTHH:MM") from error
    return book.calendar.instant(written)


def _give(office: Office, paper: Kept, out: Path | None, pdf: bool) -> None:
    raw, lies = office.read(paper), office.store.path(paper.sha256)
    if out is None and not pdf:
        print(f"{paper.file_name}: {lies}")
        return
    target = out or Path(paper.file_name).with_suffix(".pdf" if pdf else ".docx")
    if pdf and target.suffix.lower() == ".docx":
        raise DondocError(f"{target} is a Word file's name; name a .pdf with --out, or leave --pdf out")
    put(target, to_pdf(raw) if pdf else raw, "name another file with --out")
    print(f"{target}: {paper.file_name}, kept in {lies}")
