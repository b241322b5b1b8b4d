"""A mail server that takes every mail and remembers which: it lives in a thread, and outlives whoever sends to it."""

from __future__ import annotations

from collections import Counter
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller

from tests.waiting import free_ports


class MailSink:
    """`taken`: how often each Message-ID came."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        (self.port,) = free_ports(1)
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=False)
        self.controller.start()

    def close(self) -> None:
        self.controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.taken[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        return "250 taken"
