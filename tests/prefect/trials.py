"""The whole trial installation, started as a newcomer starts it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from imaplib import IMAP4
from itertools import takewhile
from pathlib import Path
from time import sleep
from typing import Any

import httpx

from tests.waiting import free_ports

DONDOC = Path(sys.executable).parent / "dondoc"
STARTED_SECONDS = 400
TRIES = 10
PORTS: tuple[str, ...] = tuple(f"DONDOC_{name}_PORT" for name in ("PREFECT", "SMTP", "IMAP", "INBOX", "PAGE"))


@dataclass
class Trial:
    process: subprocess.Popen[str]
    summary: dict[str, Any]
    home: Path
    ports: dict[str, int]

    def prefect(self, path: str, **query: object) -> Any:
        """Prefect's answer. Where its SQLite database is locked it says 503, which its own clients try again, too."""
        url = f"http://127.0.0.1:{self.ports[PORTS[0]]}/api{path}"
        answer = httpx.post(url, json=query, timeout=120)
        for _ in range(TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            sleep(1)
            answer = httpx.post(url, json=query, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def inbox(self, account: str) -> list[EmailMessage]:
        with IMAP4("127.0.0.1", self.ports[PORTS[2]]) as imap:
            imap.login(account, "dondoc")
            imap.select("INBOX", readonly=True)
            _, found = imap.fetch("1:*", "(BODY.PEEK[])")
        raw = [item[1] for item in found if isinstance(item, tuple)]
        return [message_from_bytes(one, policy=policy.default) for one in raw]


def environment(home: Path, ports: dict[str, int]) -> dict[str, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))
    }
    return clean | {"DONDOC_HOME": str(home)} | {name: str(port) for name, port in ports.items()}


@contextmanager
def started(home: Path, **settings: str) -> Iterator[Trial]:
    """`dondoc up`, once it has printed its summary; ended afterwards."""
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    log = home / "up.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            [DONDOC, "up", "--json"],
            env=environment(home / "var", ports) | settings,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            # To the end of the summary, or of a process that died before.
            printed = "".join(takewhile(lambda line: line != "}\n", process.stdout)) + "}"
            assert process.poll() is None, log.read_text()
            yield Trial(process, json.loads(printed), home / "var", ports)
        finally:
            process.terminate()
