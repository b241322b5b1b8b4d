"""`dondoc page` serves the page on a port of its own, and names the setting when that port is busy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep

import httpx
import psutil
import pytest

from tests.cli.commands import Dondoc

DONDOC = Path(sys.executable).parent / "dondoc"
STARTED_SECONDS = 60


def a_free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    ends = monotonic() + seconds
    while not happens() and monotonic() < ends:
        sleep(0.1)
    return happens()


def answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.TransportError:
        return False


def test_it_serves_until_it_is_stopped_and_writes_no_link_down(tmp_path: Path) -> None:
    port = a_free_port()
    environment = os.environ | {"DONDOC_HOME": str(tmp_path / "var"), "DONDOC_PAGE_PORT": str(port)}
    log = tmp_path / "page.log"
    with (
        log.open("wb") as out,
        subprocess.Popen([DONDOC, "page"], env=environment, stdout=out, stderr=out) as page,
    ):
        try:
            address = f"http://127.0.0.1:{port}"
            assert within(STARTED_SECONDS, lambda: answers(f"{address}/")), log.read_text()
            assert httpx.get(f"{address}/t/{'a' * 26}").status_code == 404
        finally:
            page.terminate()
    assert log.read_text() == f"the page is on {address}\n"
    assert not psutil.pid_exists(page.pid)


def test_a_busy_port_is_named_with_its_setting(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("DONDOC_PAGE_PORT", str(port))
        done = dondoc("page")
    assert done.status == 1
    assert done.err == f"dondoc: port {port} on 127.0.0.1 is busy; choose another with DONDOC_PAGE_PORT=…\n"
