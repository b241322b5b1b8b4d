"""The page as an ASGI application: `dondoc page`, or `uvicorn notifications.web.app:app` behind TLS.

Nothing is read at import: `app` is made when a server asks for it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from python_multipart.exceptions import FormParserError
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.staticfiles import StaticFiles

from config.settings import Settings, load_settings
from directives.digest import CampaignFacts
from directives.errors import DondocError
from directives.ledger.away import why_away
from directives.ledger.engine import is_current, make_engine
from notifications.compose import campaign_view
from notifications.keyring import Keyring
from notifications.render import render
from notifications.web import guards
from notifications.web.answers import READ, NoLink, routes
from notifications.web.guards import BodyLimit, Buckets, RateLimit, SecurityHeaders, TooLarge
from notifications.web.opening import routes as opening_routes
from notifications.web.site import Site
from notifications.web.units import NoUnits
from notifications.web.units import routes as unit_routes

log = logging.getLogger(__name__)
STATIC = Path(__file__).parent / "static"


def site_of(settings: Settings) -> Site:
    """Errors: DondocError when the ledger is not there, or its tables are not this version's."""
    engine = make_engine(settings.ledger_url)
    try:
        current = is_current(engine)
    except OperationalError as error:
        raise DondocError(f"the ledger cannot be opened ({error.orig}); run 'dondoc db upgrade'") from error
    if not current:
        raise DondocError("the ledger is of another version; run 'dondoc db upgrade'")
    return Site(
        engine=engine,
        keys=Keyring(settings.home, settings.secrets).keys("coordinators", "seal"),
        home=settings.home.resolve(),
        domain=settings.mail_from.rpartition("@")[2],
        clock=lambda: datetime.now(UTC),
    )


def make_app(site: Site) -> FastAPI:
    app = FastAPI(
        title="dondoc",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # its answer would repeat whatever host was asked for
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(
                RateLimit,
                by_link=Buckets(site.link_rate, guards.MINUTE, site.clock),
                forms=Buckets(site.form_rate, guards.HOUR, site.clock),
                by_address=Buckets(site.address_rate, guards.MINUTE, site.clock),
                refuse=_too_many,
            ),
            Middleware(BodyLimit),
        ],
    )
    app.include_router(routes(site))
    app.include_router(unit_routes(site))
    app.include_router(opening_routes(site))
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_api_route("/", _home, methods=READ)
    app.add_api_route("/robots.txt", _robots, methods=READ)
    app.add_exception_handler(NoLink, _no_link)
    app.add_exception_handler(NoUnits, _no_units)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(FormParserError, _bad_form)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(DBAPIError, _busy)
    app.add_exception_handler(OSError, _busy)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _failed)
    logging.getLogger("uvicorn.access").addFilter(guards.WithoutLinks())
    return app


@cache
def _of_environment() -> FastAPI:
    os.umask(0o077)  # files that come with answers are for the service alone
    return make_app(site_of(load_settings()))


def __getattr__(name: str) -> FastAPI:
    if name == "app":
        return _of_environment()
    raise AttributeError(name)


def problem(
    key: str, status: int, campaigns: Iterable[CampaignFacts] = (), typed: Sequence[str] = ()
) -> HTMLResponse:
    """A page that says what is wrong and what to do: `key` names its words in the template."""
    called = [campaign_view(one) for one in campaigns]
    view = {"problem": key, "campaigns": called, "typed": typed, "rehearsal": False}
    return HTMLResponse(render("page/problem.html.j2", view), status_code=status)


def _home() -> Response:
    return problem("home", 200)


def _robots() -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


def _no_link(_: Request, error: Exception) -> Response:
    assert isinstance(error, NoLink)
    return problem(error.state, error.status, error.campaigns, error.typed)


def _no_units(_: Request, error: Exception) -> Response:
    assert isinstance(error, NoUnits)
    return problem(error.state, error.status)


def _too_large(_: Request, __: Exception) -> Response:
    return problem("too_large", 413)


def _bad_form(_: Request, __: Exception) -> Response:
    return problem("bad_form", 400)


def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=400)  # nobody is there to read it


def _failed(_: Request, __: Exception) -> Response:
    """A defect of ours; Starlette logs it, and sends this past the middleware."""
    response = problem("failed", 500)
    response.headers.update(guards.HEADERS)
    return response


def _busy(_: Request, error: Exception) -> Response:
    """Database or disk are away for a while; anything else is a defect of ours."""
    if not (why := why_away(error)):
        raise error
    log.warning("a request was answered with 503: %s", why)
    response = problem("busy", 503)
    response.headers["Retry-After"] = "30"
    return response


async def _too_many(_: Request) -> Response:
    response = problem("too_many", 429)
    response.headers["Retry-After"] = "60"
    return response


def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    key = {404: "not_found", 405: "not_found"}.get(error.status_code, "bad_form")
    response = problem(key, error.status_code)
    response.headers.update(error.headers or {})
    return response
