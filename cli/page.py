"""`dondoc page`: the page of unit leads, as a process of its own."""

from __future__ import annotations

import typer

from cli.access import ledger_engine
from cli.supervise import require_free
from config.settings import load_settings


def register(app: typer.Typer) -> None:
    app.command("page")(page)


def page() -> None:
    """Serve the page on which units answer, on DONDOC_HOST and DONDOC_PAGE_PORT, until it is stopped.

    In production `uvicorn notifications.web.app:app` serves the same behind TLS; DONDOC_PAGE_URL is the outer address.
    """
    import uvicorn  # with the page it takes a second to import; the other commands do without

    from notifications.web.app import make_app, site_of

    settings = load_settings()
    require_free(settings.host, {"DONDOC_PAGE_PORT": settings.page_port})
    ledger_engine(settings).dispose()  # brought up to date
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
