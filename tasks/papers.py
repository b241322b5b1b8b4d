"""Papers as Prefect tasks: drafted, kept, shown; none is ever sent."""

from __future__ import annotations

from datetime import date, datetime

from prefect import task
from prefect.artifacts import create_markdown_artifact

from config.settings import Settings
from directives.errors import Refused
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.paper_rows import Kept
from directives.ledger.papers import end_of
from directives.ledger.states import campaign_now, campaign_row
from notifications.board.escape import md
from notifications.papers.drafting import Office
from notifications.papers.result import result
from notifications.refusals import refusal
from notifications.replies.file_store import FileStore
from notifications.words import entry, say
from tasks import workplace
from tasks.outcome import Outcome


def office_of(chosen: Settings) -> Office:
    """Papers lie under DONDOC_HOME/papers; Word templates of the office's own under DONDOC_HOME/templates."""
    home = chosen.home.resolve()
    return Office(workplace.engine(), FileStore(home / "papers", ".docx"), home / "templates")


@task
def draft_letter(campaign: str, now: datetime) -> str:
    """Draft the day's urging letter when a letter rung came; returns its file's name, empty when none did."""
    paper = office_of(workplace.settings()).draft_letter(campaign, now)
    return paper.file_name if paper else ""


@task
def draft_report(campaign: str, day: date | None, addendum: bool) -> Outcome:
    """Freeze the report or its addendum, show its totals and where it lies."""
    office = office_of(workplace.settings())
    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        now = campaign_now(book.campaign, workplace.machine_now())
        at = end_of(book, day, now) if day else None
    try:
        paper = (
            office.draft_addendum(campaign, at, now) if addendum else office.draft_report(campaign, at, now)
        )
    except Refused as error:
        return Outcome(refusal(error), refused=True)
    _show(campaign, office, paper)
    return Outcome(say("paper.drafted", title=entry(f"paper.result.{paper.kind}"), file=paper.file_name))


def _show(campaign: str, office: Office, paper: Kept) -> None:
    shown = result(campaign, paper, str(office.store.path(paper.sha256)), workplace.units_url(campaign))
    create_markdown_artifact(shown, key=f"{campaign}-{paper.kind}", description=md(paper.file_name))
