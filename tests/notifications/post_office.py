"""A real SMTP server on loopback (aiosmtpd) that does to each mail what it was told to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from notifications.relay import Relay
from notifications.transport import SmtpTransport
from tests.ledger.campaigns import Letter

T = TypeVar("T")
DROP = "drop"  # close the connection without an answer


class PostOffice:
    """Says 250 unless `at_rcpt` or `at_data` hold another answer for an address; the last answer of a list stays.

    Everything runs in one event loop, ours: `run` a delivery, and the server serves it meanwhile.
    """

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.letters: list[Letter] = []
        self.at_rcpt: dict[str, list[str]] = {}
        self.at_data: dict[str, list[str]] = {}
        self.at_mail: list[str] = []
        self.logins: bool | None = None  # None: no AUTH is offered; False: every login is refused
        self.connections = 0
        self.on_mail: Callable[[], object] = lambda: None
        self.server: asyncio.Server | None = None
        self.port = 0
        self.open()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(asyncio.wait_for(coroutine, 30))

    def open(self) -> None:
        """Listen, on the port of before if there was one."""

        async def listen() -> asyncio.Server:
            loop = asyncio.get_running_loop()
            return await loop.create_server(self._connected, "127.0.0.1", self.port)

        self.server = self.runner.run(listen())
        self.port = int(self.server.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Nobody answers on the port any more."""

        async def stop() -> None:
            if self.server is not None:
                self.server.close()
                await self.server.wait_closed()
                self.server = None

        self.runner.run(stop())

    def leave(self) -> None:
        self.close()
        self.runner.close()

    def transport(self, connections: int = 1, **relay: Any) -> SmtpTransport:
        return SmtpTransport(Relay("127.0.0.1", self.port, timeout=5, **relay), connections)

    def to(self, address: str) -> list[Letter]:
        return [one for one in self.letters if one.to == address]

    def _connected(self) -> SMTP:
        self.connections += 1
        more: dict[str, Any] = {}
        if self.logins is not None:
            more = {"authenticator": self._login, "auth_require_tls": False}
        return SMTP(
            self, hostname="office.example", enable_SMTPUTF8=False, loop=asyncio.get_running_loop(), **more
        )

    def _login(self, *_: object) -> AuthResult:
        return AuthResult(success=bool(self.logins), handled=False)

    # aiosmtpd's hooks

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(self.at_mail)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self._answer(self.at_rcpt.get(address, []))
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        (address,) = envelope.rcpt_tos
        assert isinstance(envelope.content, bytes)
        answer = self._answer(self.at_data.get(address, []))
        if answer == DROP or answer.startswith("250"):
            self.letters.append(Letter(address, envelope.content))
            self.on_mail()
        if answer == DROP:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer

    def _answer(self, answers: list[str]) -> str:
        if not answers:
            return "250 ok"
        return answers.pop(0) if len(answers) > 1 else answers[0]
