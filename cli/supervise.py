"""The processes of `dondoc up`: started in order, watched, and all gone when it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import psutil

from directives.errors import DondocError

PR_SET_PDEATHSIG = 1  # prctl(2)
GRACE_SECONDS = 8.0  # a Prefect worker can take minutes to obey SIGTERM


class Children:
    """Child processes in sessions of their own, so that Ctrl-C reaches only the supervisor, which ends them all."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._busy = False  # starting or stopping: an interrupt must wait, or a child would be forgotten
        self._interrupted = False

    def __enter__(self) -> Children:
        self.logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        self._busy = True
        self.stop()

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self._busy = True
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # a supervisor that is killed can end nothing any more
            )
        self._busy = False
        if self._interrupted:
            raise KeyboardInterrupt

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupted = True
        if not self._busy:
            raise KeyboardInterrupt

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
        families = self._families()
        for process in families:
            _send(process, signal.SIGTERM)
        psutil.wait_procs(families, timeout=GRACE_SECONDS)
        # What is left, and what a dying worker started meanwhile.
        while left := self._families():
            for process in left:
                _send(process, signal.SIGKILL)
            psutil.wait_procs(left, timeout=1)
        self._running.clear()

    def _families(self) -> list[psutil.Process]:
        """Every living process below a child; an orphan still belongs to the session that the child leads."""
        leaders = {child.pid for child in self._running.values()}
        found = [process for pid in leaders for process in _descendants(pid)]
        found += [process for process in psutil.process_iter() if _session(process.pid) in leaders]
        for child in self._running.values():
            child.poll()  # a child that has ended is no zombie any more
        return [process for process in set(found) if _is_alive(process)]


def require_free(host: str, ports: Mapping[str, int]) -> None:
    """Raises DondocError naming every port that is busy or given twice, and the setting (the key) that changes it."""
    busy: list[str] = []
    for setting, port in ports.items():
        first = next(name for name, other in ports.items() if other == port)
        if first != setting:
            busy.append(f"port {port} is asked for by {first} and {setting}; choose another with {setting}=…")
            continue
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


def die_with_parent() -> None:
    """In the child, on Linux: SIGTERM when the supervisor is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def environment(**more: str) -> dict[str, str]:
    """Ours for children, with bytecode: without it every flow run costs seconds more.

    What is set here is no longer read from the file that a `…_FILE` of ours names.
    """
    left_out = {"PYTHONDONTWRITEBYTECODE", *(f"{name}_FILE" for name in more)}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    return env | more
