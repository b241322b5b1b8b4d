"""A unit lead with a link: opens the page of a followed campaign, fills in forms as a browser would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine
from starlette.types import ASGIApp

from notifications.web.app import make_app
from notifications.web.site import Site
from tests.ledger.campaigns import Followed, a_campaign, at

PAGE_URL = "https://don-doc.example"
FIRST_MAIL = "2020-06-30"
PDF = b"%PDF-1.4 a report"


@dataclass
class StillClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


class Client:
    """HTTP to the application itself, without a socket; follows no redirect, and an exception is raised here."""

    def __init__(self, app: ASGIApp, address: str = "192.0.2.1") -> None:
        self.app = app
        self.transport = httpx.ASGITransport(app, client=(address, 1))

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def one() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.transport, base_url=PAGE_URL) as client:
                return await client.request(method, path, **more)

        return asyncio.run(one())

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)


class Office:
    """A campaign with the page before it. `clock` is the machine's and, where none rehearses, the campaign's."""

    def __init__(self, followed: Followed, folder: Path, **site: Any) -> None:
        self.followed = followed
        self.clock = StillClock(at("2020-07-01 09:00"))
        self.site = Site(
            engine=followed.engine,
            keys=followed.post.keys,
            home=folder,
            domain=followed.post.domain,
            clock=self.clock,
            **site,
        )
        self.client = Client(make_app(self.site))

    def link(self, unit: str) -> str:
        """The path of the link in the unit's last digest."""
        letters = " ".join(letter.text for letter in self.followed.letters(unit))
        return re.findall(rf"{PAGE_URL}(/t/[a-z2-7]{{26}})\b", letters)[-1]

    def visit(self, unit: str) -> Visit:
        return Visit(self, self.link(unit), self.client.get(self.link(unit)))


def an_office(engine: Engine, folder: Path, **site: Any) -> Office:
    """The small campaign, opened and mailed on 30/06/2020; the next morning."""
    followed = a_campaign(engine, page_url=PAGE_URL).live(FIRST_MAIL)
    return Office(followed, folder, **site)


@dataclass
class Visit:
    """A page as it was served."""

    office: Office
    link: str
    response: httpx.Response
    forms: list[dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.forms = forms_of(self.response.text)

    @property
    def text(self) -> str:
        """What the page says, on one line."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.response.text).split())

    def form(self, step: str, do: str = "") -> dict[str, str]:
        """What the form of an item would post as it stands."""
        return next(one for one in self.forms if one.get("step") == step and one.get("do", "") == do)

    def post(
        self, step: str, kind: str, files: Mapping[str, Any] | None = None, **fields: str
    ) -> httpx.Response:
        return self.send({**self.form(step), "kind": kind, **fields}, files)

    def send(self, fields: Mapping[str, str], files: Mapping[str, Any] | None = None) -> httpx.Response:
        return self.office.client.post(self.link, data=dict(fields), files=files)

    def undo(self, step: str) -> httpx.Response:
        return self.send(self.form(step, "undo"))

    def answer(self, step: str, kind: str, files: Mapping[str, Any] | None = None, **fields: str) -> Visit:
        """The page after an answer that was taken."""
        response = self.post(step, kind, files, **fields)
        assert response.status_code == 303, self.again(response).text
        return self.again(self.office.client.get(response.headers["location"]))

    def again(self, response: httpx.Response) -> Visit:
        return replace(self, response=response)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append({})
        if tag == "textarea":
            self.textarea = given["name"]
            self.found[-1][self.textarea] = ""
        if tag != "input" or given.get("type") == "file":
            return
        if given.get("type") != "radio" or "checked" in given:
            self.found[-1][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self.textarea = "" if tag == "textarea" else self.textarea

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.found[-1][self.textarea] += data


def forms_of(html: str) -> list[dict[str, str]]:
    """Every form's fields with what they hold."""
    reader = _Forms()
    reader.feed(html)
    return reader.found
