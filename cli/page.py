"""`dondoc page`: the page, as a process of its own; `dondoc page-link`: the coordinators' address of it."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.access import ledger_engine
from cli.supervise import require_free
from config.settings import load_settings
from directives.errors import DondocError
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.states import campaign_row
from directives.ledger.why import unit_of
from notifications.unit_links import unit_link, units_link
from tasks.workplace import keyring_of


def register(app: typer.Typer) -> None:
    app.command("page")(page)
    app.command("page-link")(page_link)


def page() -> None:
    """Serve the page on which units answer, on DONDOC_HOST and DONDOC_PAGE_PORT, until it is stopped.

    In production `uvicorn notifications.web.app:app` serves the same behind TLS; DONDOC_PAGE_URL is the outer address.
    """
    import uvicorn  # with the page it takes a second to import; the other commands do without

    from notifications.web.app import make_app, site_of

    settings = load_settings()
    require_free(settings.host, {"DONDOC_PAGE_PORT": settings.page_port})
    ledger_engine(settings, make=True).dispose()  # brought up to date
    print(f"the page is on http://{settings.host}:{settings.page_port}", flush=True)
    # No access log: its lines would hold the links.
    uvicorn.run(
        make_app(site_of(settings)),
        host=settings.host,
        port=settings.page_port,
        access_log=False,
        server_header=False,
        log_level="warning",
    )


def page_link(
    campaign: Annotated[str, typer.Argument(help="Campaign key.")],
    unit: Annotated[str, typer.Option(help="Code of one unit; the list of all when not given.")] = "",
) -> None:
    """Print the address at which coordinators read of a campaign's units. Whoever has it may read: treat it as a key.

    It holds until the campaign is closed, 'dondoc links revoke' ends it, or its secret was rotated and the old one has ended.
    """
    settings = load_settings()
    with reading(ledger_engine(settings)) as session:
        row = campaign_row(session, campaign)
        if row.closed_at is not None:
            raise DondocError(f"campaign '{campaign}' was closed; its page of units ended with it")
        if unit:
            unit_of(Casebook(session, row), unit)
        number = row.link_number
    key = keyring_of(settings).keys("coordinators")["coordinators"].current
    where = settings.trial_page_url
    print(unit_link(where, key, campaign, unit, number) if unit else units_link(where, key, campaign, number))
