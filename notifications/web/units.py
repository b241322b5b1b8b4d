"""The routes of coordinators, behind their campaign's link: the list of units, one unit, one mail. They only read."""

from __future__ import annotations

import hmac
import re
from datetime import date, datetime

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session, col, select
from starlette.exceptions import HTTPException

from directives.errors import DondocError
from directives.ledger.casebook import Casebook
from directives.ledger.dossiers import dossier, unit_rows
from directives.ledger.engine import reading
from directives.ledger.states import campaign_now
from directives.ledger.tables import Campaign
from directives.ledger.unit_mails import text_of
from directives.ledger.why import unit_of
from directives.workdays import WorkCalendar
from notifications.compose import campaign_view
from notifications.render import render
from notifications.unit_links import coordinators_token
from notifications.web.site import Site
from notifications.web.units_view import list_view, unit_view
from notifications.words import authority, say

READ = ["GET", "HEAD"]
LONGEST = 200
_TOKEN = re.compile(r"[a-z2-7]{26}")
_MAIL_TOKEN = re.compile(r"\{page-token\}")


class NoUnits(Exception):
    """The link opens no campaign's units: unknown (404), or the campaign has ended (410)."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state
        self.status = 404 if state == "units_unknown" else 410


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.api_route("/c/{token}", methods=READ)
    def bare(token: str) -> Response:
        return RedirectResponse(f"/c/{token}/", status_code=308)

    @router.api_route("/c/{token}/", methods=READ)
    def units(token: str, q: str = "") -> Response:
        """Every unit with its counts, by district; `q` searches names and codes."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            rows = unit_rows(book, campaign_now(book.campaign, site.clock()))
            view = list_view(book.facts, rows, campaign_now(book.campaign, site.clock()), q[:LONGEST])
        return HTMLResponse(render("unit_page/list.html.j2", view | {"token": token}))

    @router.api_route("/c/{token}/units/{code}", methods=READ)
    def unit(token: str, code: str, on: str = "") -> Response:
        """One unit; `on`: also why it was written to on that day, or not."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            day = _day(on[:LONGEST].strip(), book.calendar)
            wrong = say("unit_page.bad_day") if on.strip() and day is None else ""
            found = dossier(book, _unit(book, code), campaign_now(book.campaign, site.clock()), day)
        view = unit_view(found) | {"token": token, "asked": on[:LONGEST].strip(), "wrong": wrong}
        return HTMLResponse(render("unit_page/unit.html.j2", view), status_code=422 if wrong else 200)

    @router.api_route("/c/{token}/units/{code}/mails/{mail}", methods=READ)
    def mail(token: str, code: str, mail: str) -> Response:
        """What one mail said, without the keys that it carried."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            unit_id = _unit(book, code)
            found = text_of(book, unit_id, int(mail)) if re.fullmatch(r"[0-9]{1,12}", mail) else None
            view = campaign_view(book.facts) | {"token": token, "code": code}
            name = authority(book.units[unit_id].name, book.units[unit_id].kind)
        if found is None:
            raise HTTPException(404)
        subject, text = found
        text = _MAIL_TOKEN.sub("…", text)
        return HTMLResponse(
            render("unit_page/mail.html.j2", {**view, "unit": name, "subject": subject, "text": text})
        )

    return router


def book_of(session: Session, site: Site, token: str) -> Casebook:
    """The campaign of that link. Errors: NoUnits."""
    known = _TOKEN.fullmatch(token) is not None
    for row in session.exec(select(Campaign).order_by(col(Campaign.id))) if known else ():
        if _opens(site, token, row):
            if row.closed_at is not None:
                raise NoUnits("units_ended")
            return Casebook(session, row)
    raise NoUnits("units_unknown")


def _opens(site: Site, token: str, row: Campaign) -> bool:
    return any(
        hmac.compare_digest(token, coordinators_token(key, row.key, row.link_number))
        for key in site.keys["coordinators"].accepted(site.clock())
    )


def _unit(book: Casebook, code: str) -> int:
    try:
        return unit_of(book, code)
    except DondocError as error:
        raise HTTPException(404) from error


def _day(written: str, calendar: WorkCalendar) -> date | None:
    """A day as people write it, or ISO; None for none, and for one that the calendar does not know."""
    for pattern in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            day = datetime.strptime(written, pattern).date()  # noqa: DTZ007 - a date says no zone
        except ValueError:
            continue
        return day if calendar.first <= day <= calendar.last else None
    return None
