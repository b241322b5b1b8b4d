"""Nothing that a mail names is fetched: it is read, settled and shown with every way out of the process closed."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from notifications.replies.file_store import FileStore
from notifications.replies.parse import explain
from notifications.replies.settling import settle_all
from notifications.web.opening import _read
from tests.hostile.bombs import BOMBS
from tests.ledger.campaigns import at
from tests.replies.desks import Answered, answering
from tests.replies.mails import FOUR, address, the_context

WAYS_OUT = set(
    "socket.connect socket.getaddrinfo socket.gethostbyname socket.sendto urllib.Request os.system os.exec os.posix_spawn "
    "subprocess.Popen webbrowser.open ftplib.connect http.client.connect smtplib.connect".split()
)
URL = "http://127.0.0.1:9/evil"
NAMED = {
    "text/html": f'<html><head><link rel=stylesheet href="{URL}"><base href="{URL}"><meta http-equiv=refresh content="0;{URL}">'
    f'</head><body background="{URL}"><img src="{URL}"><iframe src="{URL}"></iframe><object data="{URL}"></object>'
    f'<script src="{URL}"></script><form action="{URL}"><svg><image href="{URL}"/></svg>{URL}</body></html>',
    "text/calendar; method=REQUEST": f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nATTACH:{URL}\nURL:{URL}\nEND:VEVENT\nEND:VCALENDAR\n",
    f'message/external-body; access-type=URL; URL="{URL}"': "Content-Type: application/pdf\n\n",
    'message/external-body; access-type=anon-ftp; site="127.0.0.1"; name="x"': "Content-Type: text/plain\n\n",
    "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m": "MIIB",
    "application/pkcs7-signature; name=smime.p7s": "MIIB",
    "text/x-vcard": f"BEGIN:VCARD\nPHOTO;VALUE=uri:{URL}\nEND:VCARD\n",
    "text/xml": f'<!DOCTYPE x SYSTEM "{URL}"><x/>',
    "application/internet-shortcut": f"[InternetShortcut]\nURL={URL}\n",
}  # fmt: skip
_watched = list[list[str]]()


def _hear(event: str, given: tuple[object, ...]) -> None:
    if _watched and event in WAYS_OUT:
        _watched[-1].append(f"{event} {given[:2]!r}"[:200])


sys.addaudithook(_hear)  # it stays, and hears only while somebody watches


@contextmanager
def watched() -> Iterator[list[str]]:
    """What tried to get out (PEP 578: the interpreter itself tells)."""
    _watched.append([])
    try:
        yield _watched[-1]
    finally:
        _watched.pop()


def naming(kind: str, content: str) -> bytes:
    head = (
        f"From: van-thu.stp@cantho.example\nTo: {address(FOUR)}\nDisposition-Notification-To: <a@127.0.0.1>\n"
    )
    head += f"List-Unsubscribe: <{URL}>\nX-Face: {URL}\nFace: {URL}\nAutocrypt: {URL}\nReferences: <a@127.0.0.1>\n"
    return f"{head}Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: {kind}\n\n{content}\n--b--\n".encode()


def test_the_watch_hears_who_goes_out() -> None:
    with watched() as heard, socket.socket() as out:
        out.settimeout(0.01)
        assert out.connect_ex(("127.0.0.1", 9)) != 0
    assert heard[0].startswith("socket.connect")


@pytest.mark.parametrize("kind", NAMED)
def test_what_a_mail_names_is_not_looked_for(tmp_path: Path, kind: str) -> None:
    raw = naming(kind, NAMED[kind])
    store = FileStore(tmp_path, ".eml")
    with watched() as heard:
        verdict = explain(raw, the_context()).verdict
        subject, _, _ = _read(store.path(store.keep(raw)))
    assert heard == []
    assert verdict.verdict.value == "queue"
    assert subject == ""


def test_no_mail_made_to_hurt_is_either() -> None:
    context = the_context()
    with watched() as heard:
        for bomb in BOMBS.values():
            explain(bomb(5_000), context)
    assert heard == []


def test_an_answer_full_of_addresses_is_settled_without_visiting_one(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    unit = Answered(sqlite_engine, tmp_path)
    unit.open("2020-06-30 07:00")
    unit.live("2020-06-30")
    now = at("2020-07-01 09:00")
    desk = unit.desk(now)
    unit.store(desk, answering(unit.digest("STP"), f"1 xong, xem {URL}\n{URL}"), now)
    with watched() as heard:
        done = settle_all(unit.engine, desk)
    assert sum(done.values()) == 1
    assert heard == []
