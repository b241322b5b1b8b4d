"""What coordinators open from the board and from a unit's page: mails as text, files only as downloads. They only read."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

from directives.ledger import opened
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from notifications import dates
from notifications.compose import campaign_view
from notifications.render import render
from notifications.replies.attachments import files
from notifications.replies.body import body_text
from notifications.replies.bounded import TooMuch, head_of, mail_of
from notifications.replies.file_store import FileStore
from notifications.replies.headers import decoded, raw
from notifications.replies.tokens import without_keys
from notifications.web.site import Site
from notifications.web.units import READ, book_of
from notifications.words import authority, one_line

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BYTES = "application/octet-stream"  # whatever it holds: no browser opens it by itself
LONGEST_TEXT = 200_000
_SHA256, _MAIL = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{12,64}")


def routes(site: Site) -> APIRouter:
    router = APIRouter()

    @router.api_route("/c/{token}/inbound/{sha256}", methods=READ)
    def inbound(token: str, sha256: str) -> Response:
        """A mail that came in, as text."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            found = opened.mail(book, sha256) if _MAIL.fullmatch(sha256) else None
            if found is None:
                raise HTTPException(404)
            view = _mail_view(book, found, site)
        return HTMLResponse(render("unit_page/inbound.html.j2", view | {"token": token}))

    @router.api_route("/c/{token}/evidence/{sha256}", methods=READ)
    def evidence(token: str, sha256: str) -> Response:
        """A file that came with an answer."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            name = opened.evidence(book, sha256) if _SHA256.fullmatch(sha256) else None
        return _download(FileStore(site.evidence).path(sha256), name, BYTES)

    @router.api_route("/c/{token}/papers/{paper}", methods=READ)
    def paper(token: str, paper: str) -> Response:
        """A report, an addendum or a letter as it was drafted."""
        with reading(site.engine) as session:
            book = book_of(session, site, token)
            found = opened.paper(book, int(paper)) if re.fullmatch(r"[0-9]{1,9}", paper) else None
        sha256, name = found or ("", None)
        return _download(FileStore(site.papers, ".docx").path(sha256), name, DOCX)

    return router


def _download(file: Path, name: str | None, kind: str) -> Response:
    """Errors: HTTPException (404) for what the campaign does not have, or no longer lies there."""
    if name is None or not file.is_file():
        raise HTTPException(404)
    return FileResponse(file, media_type=kind, filename=one_line(name) or file.name)


def _mail_view(book: Casebook, found: opened.CameIn, site: Site) -> dict[str, object]:
    unit = next(one for one in book.units.values() if one.code == found.unit_code)
    subject, text, names = _read(FileStore(site.inbound, ".eml").path(found.sha256))
    return campaign_view(book.facts) | {
        "code": found.unit_code,
        "unit": authority(unit.name, unit.kind),
        "sender": one_line(found.sender),
        "at": dates.instant(found.at, book.calendar),
        "reason": one_line(found.reason),
        "subject": one_line(without_keys(subject)),
        "text": without_keys(text),
        "files": [one_line(name) for name in names],
    }


def _read(file: Path) -> tuple[str, str, list[str]]:
    """(subject, text, names of files) of a raw mail. Errors: HTTPException (404) when it is lost."""
    if not file.is_file():
        raise HTTPException(404)
    octets = file.read_bytes()
    try:
        mail = mail_of(octets)
        text, names = body_text(mail), [one.verdict.name for one in files(mail)]
    except TooMuch as error:
        text, names = str(error), []
    return decoded(raw(head_of(octets), "Subject")), text[:LONGEST_TEXT], names
