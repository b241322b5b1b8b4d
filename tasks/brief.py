"""The weekly brief as a Prefect task."""

from __future__ import annotations

from datetime import datetime

from prefect import task
from prefect.client.orchestration import get_client

from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from notifications.brief import BriefLinks
from notifications.briefing import Briefed, brief
from tasks import workplace
from tasks.publish import board_address, forms_of


@task
def write_brief(campaign: str, now: datetime) -> Briefed:
    """Queue the day's brief for every coordinator who has none yet, if the day has one."""
    with reading(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign))
        known = boards.artifact_ids(book).get(campaign, "")
    with get_client(sync_client=True) as client:
        forms = forms_of(client, campaign)
    links = BriefLinks(forms, board_address(known) if known else "")
    with begin(workplace.engine()) as session:
        book = Casebook(session, campaign_row(session, campaign, lock=True))
        return brief(book, now, workplace.machine_now(), links)
