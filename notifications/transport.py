"""Where mail goes: to a server over some connections, or nowhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from notifications.relay import Relay
from notifications.smtp import Fate, Outcome, Phase, SmtpConnection


class Connection(Protocol):
    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome: ...


class Transport(Protocol):
    """Where mail goes. `server` names it in the ledger when it asks for a pause."""

    @property
    def server(self) -> str: ...

    @property
    def connections(self) -> int: ...

    @property
    def leaves_nothing(self) -> bool:
        """Whether nothing leaves the machine, so that marks need not be written one by one."""
        ...

    def connect(self) -> AbstractAsyncContextManager[Connection]: ...


@dataclass(frozen=True)
class SmtpTransport:
    relay: Relay
    connections: int = 4
    leaves_nothing: bool = False

    @property
    def server(self) -> str:
        return f"{self.relay.host}:{self.relay.port}"

    def connect(self) -> AbstractAsyncContextManager[Connection]:
        return SmtpConnection(self.relay)


@dataclass
class Recorder:
    """Takes every mail and sends none: replays and simulations. Opens no connection."""

    server: str = "recorder"
    connections: int = 1
    leaves_nothing: bool = True
    taken: int = 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Connection]:
        yield self

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        self.taken += 1
        return Outcome(Fate.ACCEPTED, Phase.CONTENT, 250, "recorded, not sent")
