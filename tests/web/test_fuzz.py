"""Whatever is sent to the page, it answers politely: never a fault of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.web.forms import FIELDS, KINDS
from tests.databases import Databases
from tests.web.visitors import PAGE_URL, PDF, Office, an_office

NAMES = [*FIELDS, "step", "form", "version", "do", "kept", "file", "x"]
WORDS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["", "0", "101", "-1", "1e9", "31/12/9999", "0001-01-01", "01/01/0000", "٣", "\x00", "\ud800"]
    ),
    st.dates().map(str),
    st.dates().map(lambda day: f"{day:%d/%m/%Y}"),
)
FILES = st.one_of(
    st.none(),
    st.tuples(st.text(max_size=30), st.one_of(st.binary(max_size=60), st.just(PDF), st.just(b"PK\x03\x04"))),
)
STEPS = ("1g/report", "1g/plan")
TYPES = ("multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "text/plain")
LONG = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def office(databases: Databases, tmp_path: Path) -> Iterator[Office]:
    yield an_office(databases.ledger(), tmp_path, link_rate=10**9, address_rate=10**9, form_rate=10**9)
    databases.clear()


def encoded(text: str) -> str:
    """As a client could write it: no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


@LONG
@given(
    step=st.sampled_from(STEPS),
    kind=st.sampled_from([*KINDS, "", "undo"]),
    fields=st.dictionaries(st.sampled_from(NAMES), WORDS, max_size=8),
    file=FILES,
)
def test_no_form_makes_it_fail(
    office: Office, step: str, kind: str, fields: dict[str, str], file: tuple[str, bytes] | None
) -> None:
    page = office.visit("STP")
    # An earlier form may have completed the item: then there is none to fill in.
    form = next((one for one in page.forms if one["step"] == step and "do" not in one), {"step": step})
    posted = {**form, "kind": kind, **fields}
    files = {"file": (encoded(file[0]), file[1])} if file else None
    response = page.send({name: encoded(value) for name, value in posted.items()}, files)
    assert response.status_code in (303, 400, 409, 422)
    assert office.visit("STP").response.status_code == 200
    assert office.followed.broken() == []


@LONG
@given(
    body=st.binary(max_size=400),
    kind=st.sampled_from(TYPES),
    cut=st.booleans(),
)
def test_no_body_makes_it_fail(office: Office, body: bytes, kind: str, cut: bool) -> None:
    body = b"--b\r\n" + body + b"\r\n--b--" if cut else body
    response = office.client.request("POST", office.link("STP"), content=body, headers={"Content-Type": kind})
    assert response.status_code == 400


@LONG
@given(path=st.text(max_size=60), query=st.text(max_size=40), method=st.sampled_from(["GET", "HEAD", "POST"]))
def test_no_address_makes_it_fail(office: Office, path: str, query: str, method: str) -> None:
    for begin in ("/", "/t/", f"{office.link('STP')}/", "/static/"):
        address = f"{begin}{quote(encoded(path), safe='/.')}?da-ghi={quote(encoded(query))}"
        assert office.client.request(method, f"{PAGE_URL}{address}").status_code < 500
