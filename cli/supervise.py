"""The processes of `dondoc up`: started in order, watched, and all gone when it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import psutil

from directives.errors import DondocError

GRACE_SECONDS = 8.0  # a Prefect worker can take minutes to obey SIGTERM


class Children:
    """Child processes in sessions of their own, so that Ctrl-C reaches only the supervisor, which ends them all."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Children:
        self.logs.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, _as_interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def check(self) -> None:
        """Raises DondocError when a child has ended by itself, with the last line it said."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise DondocError(
                    f"{name} ended with status {process.returncode}: {_last_line(self.log(name))} (see {self.log(name)})"
                )

    def stop(self) -> None:
        """SIGTERM to every process below us, SIGKILL to what is left after the grace. Never raises for a dead one."""
        families = [process for child in self._running.values() for process in _family(child.pid)]
        for process in families:
            _send(process, signal.SIGTERM)
        _, left = psutil.wait_procs(families, timeout=GRACE_SECONDS)
        # A dying worker may have started one more run meanwhile.
        for process in [*left, *(late for child in self._running.values() for late in _family(child.pid))]:
            _send(process, signal.SIGKILL)
        for child in self._running.values():
            child.wait()
        self._running.clear()


def require_free(host: str, ports: Mapping[str, int]) -> None:
    """Raises DondocError naming every busy port and the setting (the key) that changes it."""
    busy: list[str] = []
    for setting, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                busy.append(f"port {port} on {host} is busy; choose another with {setting}=…")
    if busy:
        raise DondocError("\ndondoc: ".join(busy))


def wait_until(ready: object, children: Children, seconds: float, what: str, pause: float = 0.3) -> None:
    """Poll `ready()` until it is true; a dead child or the time-out ends the wait with a DondocError."""
    assert callable(ready)
    ends = time.monotonic() + seconds
    while not ready():
        children.check()
        if time.monotonic() > ends:
            raise DondocError(f"{what} is not there after {seconds:.0f} s; see {children.logs}/")
        time.sleep(pause)


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def environment(**more: str) -> dict[str, str]:
    """Ours for children, with bytecode: without it every flow run costs seconds more."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return env | more
