"""`dondoc brief`: the coordinators' brief as it would be now, without sending it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.access import ledger_engine
from cli.files import put
from config.settings import load_settings
from directives.errors import DondocError
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.states import campaign_now, campaign_row
from notifications.brief import BriefLinks
from notifications.briefing import annex_bytes, preview
from tasks.workplace import machine_now


def register(app: typer.Typer) -> None:
    app.command("brief")(brief)


def brief(
    campaign: Annotated[str, typer.Argument(help="Campaign key.")],
    html: Annotated[Path | None, typer.Option(help="Write the mail's HTML to this file.")] = None,
    annex: Annotated[Path | None, typer.Option(help="Write the annex (.xlsx) to this file.")] = None,
) -> None:
    """Show the weekly brief; the flow "Điều phối · Bản tin tuần" is what mails it."""
    with reading(ledger_engine(load_settings())) as session:
        book = Casebook(session, campaign_row(session, campaign))
        now = campaign_now(book.campaign, machine_now())
        seen = preview(book, now, BriefLinks())
        if seen is None:
            raise DondocError("there is nothing to say: nothing waits, is late or has changed")
        officer, mail = seen
        written = annex_bytes(book, now) if annex else b""
    if html:
        put(html, mail.html, "name another with --html")
    if annex:
        put(annex, written, "name another with --annex")
    print(f"To: {officer.address}\nSubject: {mail.subject}\n\n{mail.text}")
