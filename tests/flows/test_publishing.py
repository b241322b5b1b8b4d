"""What Prefect shows, when it does not have or does not take it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.events.clients import NullEventsClient
from prefect.events.worker import EventsWorker
from prefect.exceptions import PrefectHTTPStatusError
from prefect.logging import disable_run_logger
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import decide
from tasks.artifacts import put_markdown, put_table

ADDRESS = "http://prefect.example/api"


@pytest.fixture(autouse=True)
def unheard() -> Iterator[None]:
    """Prefect's client tells of each artifact that it made, and would start a server of its own to tell it to."""
    EventsWorker.set_client_override(NullEventsClient)
    with temporary_settings({PREFECT_API_URL: ADDRESS}):
        yield
        EventsWorker.drain_all()
    EventsWorker.set_client_override(None)


def a_client(answers: Callable[[httpx.Request], httpx.Response]) -> SyncPrefectClient:
    """Prefect's own client, whose server is that function and asks for no CSRF token."""

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/csrf-token"):
            return httpx.Response(422, json={"detail": "CSRF protection is disabled."}, request=request)
        return answers(request)

    settings = {"transport": httpx.MockTransport(server)}
    return SyncPrefectClient(ADDRESS, httpx_settings=settings)


def test_a_board_that_prefect_lost_is_made_anew() -> None:
    made = uuid4()

    def without_it(request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            return httpx.Response(404, json={"detail": "Artifact not found."}, request=request)
        artifact = {"id": str(made), "created": "2020-11-10T00:00:00Z", "updated": "2020-11-10T00:00:00Z"}
        return httpx.Response(201, json=artifact, request=request)

    with disable_run_logger():
        assert put_markdown(a_client(without_it), "board", str(uuid4()), "# Bảng", "Bảng") == made


def test_a_board_that_prefect_has_but_does_not_take_is_not_made_twice() -> None:
    def refuses(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={"detail": "too long"}, request=request)

    with disable_run_logger(), pytest.raises(PrefectHTTPStatusError):
        put_markdown(a_client(refuses), "board", str(uuid4()), "# Bảng", "Bảng")


def test_a_board_that_stands_keeps_its_id() -> None:
    known = UUID("0198c2b0-5f5c-7d5e-8000-000000000001")
    stands = a_client(lambda request: httpx.Response(204, request=request))
    with disable_run_logger():
        assert put_markdown(stands, "board", str(known), "# Bảng", "Bảng") == known


@pytest.mark.parametrize("put", ["made", "patched", "table", "table again"])
def test_what_stands_above_an_artifact_is_text_and_no_markdown(put: str) -> None:
    """Prefect's UI takes an artifact's description for Markdown with HTML."""
    title, sent = "Dân vận [x](javascript:alert(1)) <img src=x>", dict[str, str]()
    known = "0198c2b0-5f5c-7d5e-8000-000000000001"
    artifact = {"id": known, "created": "2020-11-10T00:00:00Z", "updated": "2020-11-10T00:00:00Z"}

    def server(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/latest/filter"):
            found = [artifact | {"latest_id": known, "key": "steps"}] if put == "table again" else []
            return httpx.Response(200, json=found, request=request)
        sent.update(json.loads(request.content))
        code = 204 if request.method == "PATCH" else 201
        return httpx.Response(code, json=artifact if code == 201 else None, request=request)

    if put.startswith("table"):
        put_table(a_client(server), "steps", [], title)
    else:
        put_markdown(a_client(server), "board", known if put == "patched" else None, "# Bảng", title)
    assert sent["description"] == "Dân vận \\[x\\](javascript:alert(1)) &lt;img src=x&gt;"


def test_a_decision_stands_when_its_board_cannot_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[bool] = []

    def unreachable() -> None:
        tried.append(True)
        raise httpx.ConnectError("connection refused")

    monkeypatch.setattr(decide, "publish_campaigns", unreachable)
    with disable_run_logger():
        asyncio.run(decide._show())  # pyright: ignore[reportPrivateUsage]
    assert tried
