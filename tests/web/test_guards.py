"""The page takes no form that is not its own, no more than it can hold, and tells nobody its links."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.types import Message

from notifications.web import app as web_app
from notifications.web.app import make_app
from notifications.web.guards import MAX_BODY, WithoutLinks
from tests.ledger.campaigns import at, content
from tests.web.visitors import PDF, Client, Office, an_office

REPORT, PLAN = "1g/report", "1g/plan"
PART = b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n'


def test_a_form_of_another_link_or_item_is_not_taken(office: Office) -> None:
    before = content(office.followed.engine)
    own, other = office.visit("STP"), office.visit("NK")
    foreign = other.form(REPORT)["form"]
    for form in (foreign, own.form(PLAN)["form"], "", "x", foreign.replace(".", ".0"), "é" * 40):
        response = own.send({**own.form(REPORT), "form": form, "kind": "received"})
        assert response.status_code == 400
        assert "Biểu mẫu không đọc được" in response.text
    assert content(office.followed.engine) == before


def test_of_a_stranger_no_form_is_read(office: Office) -> None:
    """A link that nobody was given brings twenty megabytes to the disk no more than to the ledger."""
    said: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("was read")

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    for token in ("a" * 26, "x"):
        scope = {"type": "http", "method": "POST", "path": f"/t/{token}", "query_string": b""}
        scope |= {"headers": headers}
        asyncio.run(make_app(office.site)(scope, receive, send))
    assert [one["status"] for one in said if one["type"] == "http.response.start"] == [404, 404]


def test_every_response_is_guarded(office: Office) -> None:
    link = office.link("STP")
    for path in (link, f"{link}/thoi-han.ics", "/", "/t/x", "/nothing", "/static/page.css", "/static/none"):
        headers = office.client.get(path).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "noindex" in headers["x-robots-tag"]
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "set-cookie" not in headers


def test_no_answer_repeats_the_host_that_was_asked_for(office: Office) -> None:
    for path in (f"{office.link('STP')}/", "/t/", "/static", "/robots.txt/"):
        response = office.client.request("GET", path, headers={"Host": "elsewhere.example"})
        assert response.status_code == 404
        assert "elsewhere" not in str(response.headers)


def test_robots_are_sent_away(office: Office) -> None:
    assert "Disallow: /" in office.client.get("/robots.txt").text


@pytest.mark.parametrize("told", [True, False])
def test_more_than_the_limit_is_not_taken_whether_or_not_it_was_told_before(
    office: Office, told: bool
) -> None:
    page = office.visit("STP")
    before = content(office.followed.engine)
    form = page.form(REPORT)
    head = (
        "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {**form, "kind": "done"}.items()
        )
        + '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    )
    body = head.encode() + PDF + b"0" * MAX_BODY + b"\r\n--b--\r\n"

    async def pieces() -> object:
        for start in range(0, len(body), 1 << 20):
            yield body[start : start + (1 << 20)]

    response = office.client.request(
        "POST",
        page.link,
        content=body if told else pieces(),
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert response.status_code == 413
    assert "vượt quá 20 MB" in response.text
    assert content(office.followed.engine) == before
    assert not office.site.evidence.exists()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b""),
        ("multipart/form-data; boundary=b", b"nothing of the kind"),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
        (
            "multipart/form-data; boundary=b; charset=klingon",
            PART + b"\xff\r\n--b--\r\n",
        ),
        ("application/x-www-form-urlencoded", b"step=%ff%00&form=%d8%00&=&&"),
        ("application/x-www-form-urlencoded", b"a=1&" * 200),
        ("application/json", b"{}"),
        ("", b"\x00"),
    ],
)
def test_what_is_no_form_is_refused_politely(office: Office, kind: str, body: bytes) -> None:
    response = office.client.request(
        "POST", office.link("STP"), content=body, headers={"Content-Type": kind} if kind else {}
    )
    assert response.status_code == 400
    assert "Biểu mẫu không đọc được" in response.text


def test_a_method_that_is_none_of_ours_is_refused(office: Office) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        assert office.client.request(method, office.link("STP")).status_code == 405


def test_one_link_may_be_asked_for_so_often_a_minute(sqlite_engine: Engine, tmp_path: Path) -> None:
    office = an_office(sqlite_engine, tmp_path, link_rate=3)
    link = office.link("STP")
    statuses = [office.client.get(link).status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = office.client.get(link)
    assert refused.headers["retry-after"] == "60"
    assert "chờ ít nhất một phút" in refused.text
    assert office.client.get(office.link("NK")).status_code == 200
    office.clock.now = at("2020-07-01 09:01")
    assert office.client.get(link).status_code == 200


def test_one_link_may_send_so_many_forms_an_hour(sqlite_engine: Engine, tmp_path: Path) -> None:
    office = an_office(sqlite_engine, tmp_path, form_rate=2)
    statuses = [office.visit("STP").post(REPORT, "received").status_code for _ in range(3)]
    assert statuses == [303, 303, 429]
    assert office.visit("STP").response.status_code == 200
    office.clock.now = at("2020-07-01 09:31")
    assert office.visit("STP").post(REPORT, "received").status_code == 303


def test_one_address_may_ask_so_often_whatever_it_asks_for(sqlite_engine: Engine, tmp_path: Path) -> None:
    office = an_office(sqlite_engine, tmp_path, address_rate=4)
    guesses = [office.client.get(f"/t/{'a' * 25}{letter}").status_code for letter in "abcdef"]
    assert guesses == [404, 404, 404, 404, 429, 429]
    elsewhere = Client(office.client.app, "192.0.2.2")
    assert elsewhere.get(office.link("STP")).status_code == 200


def test_no_log_holds_a_link(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = office.link("STP")
    access = logging.getLogger("uvicorn.access")
    assert any(isinstance(one, WithoutLinks) for one in access.filters)
    monkeypatch.setattr(access, "handlers", [caplog.handler])  # whatever a server of another test has set up
    monkeypatch.setattr(access, "disabled", False)
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "uvicorn.access"):
        page = office.visit("STP")
        page.post(REPORT, "delegate", to="Sở Tư pháp", to_reason="x")  # refused, and logged
        access.info('%s - "%s %s HTTP/%s" %d', "192.0.2.1:1", "GET", f"{link}?da-ghi=1", "1.1", 200)
    said = [one.getMessage() for one in caplog.records if one.name != "httpx"]  # the test's own client
    assert any('"GET /t/...?da-ghi=1 HTTP/1.1" 200' in line for line in said)
    assert any("not taken" in line for line in said)
    assert not any(link in line for line in said)


@pytest.fixture
def without_app() -> Iterator[None]:
    web_app._of_environment.cache_clear()
    yield
    web_app._of_environment.cache_clear()


def test_the_application_is_made_from_the_environment_when_a_server_asks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_app: None
) -> None:
    from cli.access import ledger_engine
    from config.settings import Settings

    monkeypatch.setenv("DONDOC_HOME", str(tmp_path))
    ledger_engine(Settings(home=tmp_path), make=True).dispose()
    made = web_app.app
    assert made is web_app.app
    assert Client(made).get("/").status_code == 200
    with pytest.raises(AttributeError):
        _ = web_app.application


def test_to_whoever_never_had_a_link_nothing_is_repeated(office: Office) -> None:
    response = office.client.post(f"/t/{'a' * 26}", data={"kind": "question", "question": "lời của ai đó"})
    assert response.status_code == 404
    assert "lời của ai đó" not in response.text
