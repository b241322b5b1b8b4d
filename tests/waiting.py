"""Waiting for what happens elsewhere, and ports that nobody has."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def until(
    done: Callable[[], object], seconds: float, why: Callable[[], str] = lambda: "", pause: float = 0.02
) -> None:
    """Poll `done()` until it is true; the test fails when the time is over, saying `why()`."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, f"not within {seconds} s {why()}"
        time.sleep(pause)


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    found = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return found


def listens(port: int) -> bool:
    """Whether somebody does, on this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
