"""The routes of unit leads, behind the link of their digest. GET and HEAD only read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from directives.digest import CampaignFacts
from directives.ledger import pages
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.pages import Link, UnitPage, name_of
from directives.ledger.states import campaign_now, campaign_row
from notifications.calendar_file import calendar_file
from notifications.render import render
from notifications.replies.tokens import token_sha256
from notifications.web import seals, uploads
from notifications.web.forms import Filled, filled, typed, with_file
from notifications.web.site import Site
from notifications.web.taking import Posted, take
from notifications.web.view import Trouble, digest_of_open, event_words, page_view
from notifications.words import say

MOST_FILES, MOST_FIELDS, LONGEST_FIELD = 5, 40, 64 * 1024
READ = ["GET", "HEAD"]
_TOKEN = re.compile(r"[a-z2-7]{26}")
_STATUS = {"errors": 422, "stale": 409, "refused": 422}


class NoLink(Exception):
    """The link does not open a page: unknown (404), expired or revoked (410). `campaigns`: whom to call.

    `typed`: what was filled in while the link ended, to be given back.
    """

    def __init__(self, state: str, campaigns: list[CampaignFacts]) -> None:
        super().__init__(state)
        self.state, self.campaigns = state, campaigns
        self.typed: list[str] = []

    @property
    def status(self) -> int:
        return 404 if self.state == "unknown" else 410


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.api_route("/t/{token}", methods=READ)
    def show(request: Request, token: str) -> Response:
        """The unit's items, what was answered, a form for each."""
        with reading(site.engine) as session:
            link = _link(session, site, token)
            confirmed = _confirmed(session, link, request.query_params)
            return _page(session, site, token, link, confirmed=confirmed)

    @router.api_route("/t/{token}/thoi-han.ics", methods=READ)
    def calendar(token: str) -> Response:
        """The dates of the open items."""
        with reading(site.engine) as session:
            page = _unit_page(session, site, _link(session, site, token))
        return Response(
            calendar_file(digest_of_open(page)),
            media_type="text/calendar; charset=utf-8; method=PUBLISH",
            headers={"Content-Disposition": 'attachment; filename="thoi-han.ics"'},
        )

    @router.post("/t/{token}")
    async def answer(request: Request, token: str) -> Response:
        """One form. Taken: on to the page that says so; else the form again as it was filled in."""
        await run_in_threadpool(_known, site, token)  # of a stranger nothing is read, and no file written
        async with request.form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
        ) as form:
            return await run_in_threadpool(_answered, site, token, form)

    return router


def _known(site: Site, token: str) -> None:
    """Errors: NoLink for a link that nobody was ever given."""
    with reading(site.engine) as session:
        try:
            _link(session, site, token)
        except NoLink as ended:
            if ended.state == "unknown":
                raise


def _answered(site: Site, token: str, form: FormData) -> Response:
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    with reading(site.engine) as session:
        try:
            link = _link(session, site, token)
        except NoLink as ended:
            if ended.state != "unknown":  # to whoever never had a link nothing is repeated
                ended.typed = typed(filled(fields))
            raise
    link_key = token_sha256(token)
    step = fields.get("step", "")
    form_id = seals.form_id(_accepted(site), link_key, step, fields.get("form", ""))
    if form_id is None:
        raise HTTPException(400)
    said = _with_file(site, link_key, filled(fields), fields, form)
    undo = fields.get("do") == "undo"
    result = take(site, link, Posted(step, form_id, fields.get("version", ""), undo, said))
    if result.outcome in ("taken", "again"):
        again = "&lan=2" if result.outcome == "again" else ""
        return RedirectResponse(f"/t/{token}?da-ghi={form_id}{again}#ket-qua", status_code=303)
    kept = seals.seal_file(site.keys["seal"].current, link_key, said.file) if said.file else ""
    trouble = Trouble(step, said, result.errors, result.message, kept, undo)
    with reading(site.engine) as session:
        return _page(session, site, token, link, trouble=trouble, status=_STATUS[result.outcome])


def _with_file(site: Site, link_key: str, said: Filled, fields: Mapping[str, str], form: FormData) -> Filled:
    """With the file that came, stored; or the one that the form had brought before."""
    came = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    if said["kind"] != "done":
        return said
    if len(came) > 1:
        return with_file(said, None, say("page.error.several_files"))
    if came:
        content = came[0].file.read()
        name, why = uploads.judged(came[0].filename or "", content)
        if why:
            return with_file(said, None, say("page.error.refused_file", why=why))
        return with_file(said, uploads.store(site.evidence, name, content))
    return with_file(said, seals.sealed_file(_accepted(site), link_key, fields.get("kept", "")))


def _accepted(site: Site) -> Iterator[bytes]:
    return site.keys["seal"].accepted(site.clock())


def _link(session: Session, site: Site, token: str) -> Link:
    """Errors: NoLink."""
    known = _TOKEN.fullmatch(token) is not None
    link = pages.find_link(session, token_sha256(token), site.clock()) if known else None
    if link is None:
        raise NoLink("unknown", pages.whom_to_call(session))
    if link.state != "valid":
        raise NoLink(link.state, [Casebook(session, campaign_row(session, link.campaign)).facts])
    return link


def _unit_page(session: Session, site: Site, link: Link) -> UnitPage:
    book = Casebook(session, campaign_row(session, link.campaign))
    return pages.unit_page(book, link, campaign_now(book.campaign, site.clock()))


def _page(
    session: Session,
    site: Site,
    token: str,
    link: Link,
    *,
    confirmed: Mapping[str, object] | None = None,
    trouble: Trouble | None = None,
    status: int = 200,
) -> Response:
    page = _unit_page(session, site, link)
    key = token_sha256(token)
    view = page_view(page, lambda step: seals.new_form(site.keys["seal"].current, key, step), trouble)
    view |= {"token": token, "confirmed": confirmed}
    return HTMLResponse(render("page/items.html.j2", view), status_code=status)


def _confirmed(session: Session, link: Link, query: Mapping[str, str]) -> Mapping[str, object] | None:
    """What the form that the address names was taken for."""
    found = pages.taken_answer(session, query.get("da-ghi", "")[:64].replace("\x00", ""), link)
    if found is None:
        return None
    step, event = found
    book = Casebook(session, campaign_row(session, link.campaign))
    page = pages.unit_page(book, link, event.at)
    item = page.item(name_of(step))
    if item is None:
        return None
    said = event_words(event, item, page.campaign)
    facts = {"n": item.item.n, "title": item.item.title, "said": said}
    return {**facts, "undone": event.undone, "again": "lan" in query}
