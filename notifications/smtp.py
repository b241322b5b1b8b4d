"""Bytes to an SMTP server, one recipient a message, with what became of them and the phase that was reached.

aiosmtplib does the wire, but each command is given by itself: its `sendmail` returns refused recipients
instead of raising, and its `data` raises the same errors before and after the message has left, which here is
the difference between "try later" and "the server may have it".
"""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self, cast

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPNotSupported,
    SMTPReadTimeoutError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from notifications.message import Wire, check_address
from notifications.relay import Relay

LONGEST_DETAIL = 300  # characters
LONGEST_GOODBYE = 5.0  # seconds to wait for the answer to QUIT

# Closing (RFC 5321), authentication or encryption required (RFC 4954 §6): not the fault of this message.
RELAY_TROUBLE = frozenset({421, 432, 530, 534, 535, 538})


class Fate(StrEnum):
    """What became of one message for one recipient."""

    ACCEPTED = "accepted"  # 2xx after the content
    REFUSED = "refused"  # 5xx for this message: trying again will not help
    DEFERRED = "deferred"  # 4xx for this message: try it again later
    UNAVAILABLE = "unavailable"  # nothing handed over, the relay is the trouble: pause it
    UNCERTAIN = "uncertain"  # lost after the content began to leave: the server may have it


class Phase(StrEnum):
    """The last phase that was begun."""

    CONNECT = "connect"  # TCP, implicit TLS and the greeting
    EHLO = "ehlo"
    TLS = "tls"  # STARTTLS
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # the command, up to its 354
    CONTENT = "content"  # from the first octet of the message to the answer after its final dot


_TRANSACTION = (Phase.MAIL, Phase.RCPT, Phase.DATA, Phase.CONTENT)
_LINE_IS_SOUND = (Fate.ACCEPTED, Fate.REFUSED, Fate.DEFERRED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is the server's, if it gave one; `detail` is one printable line without secrets."""

    fate: Fate
    phase: Phase
    code: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Envelope:
    sender: bytes
    recipient: bytes
    content: bytes  # as it goes over the wire after 354


class SmtpConnection:
    """One connection, opened by the first message and reused; a closed one is replaced at the next message.

    Use it as an async context manager. Concurrent sends wait for each other. A cancelled send closes the
    socket at once, so that not one more octet leaves.
    """

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._smtp: SMTP | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._phase = Phase.CONNECT
        self._unfinished = False  # the server holds part of a transaction that it refused
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self._abort()
        await self.close()

    async def close(self) -> None:
        """Say QUIT if there is somebody to say it to, and close the socket. A later send opens a new one."""
        async with self._one_at_a_time:
            try:
                if self._smtp is not None and self._smtp.is_connected:
                    with suppress(SMTPException, OSError):  # we are leaving anyway
                        await self._smtp.execute_command(
                            b"QUIT", timeout=min(LONGEST_GOODBYE, self._relay.timeout)
                        )
            finally:
                self._abort()

    async def send(self, envelope_from: str, recipient: str, raw: bytes) -> Outcome:
        """Hand one message over for one recipient; `envelope_from` may be empty (the null sender).

        Never raises for what a server or network does. Raises ValueError for an address that is none and for
        bytes that are not 7-bit, before anything is sent.
        """
        if not raw.isascii():
            raise ValueError("the message holds octets above 127; message.to_bytes makes 7-bit ones")
        sender = check_address(envelope_from, "MAIL FROM") if envelope_from else ""
        to = check_address(recipient, "RCPT TO")
        envelope = _Envelope(sender.encode("ascii"), to.encode("ascii"), _as_data(raw))
        async with self._one_at_a_time:
            reused = self._smtp is not None and self._smtp.is_connected
            outcome = await self._attempt(envelope)
            # Servers close lines that idled or carried many messages, and say so only at the next MAIL: the
            # line is worn out, not the relay, and nothing has been handed over.
            if reused and outcome.fate is Fate.UNAVAILABLE and outcome.phase is Phase.MAIL:
                outcome = await self._attempt(envelope)
            return outcome

    async def _attempt(self, envelope: _Envelope) -> Outcome:
        sound = False
        try:
            smtp = await self._line()
            answer = await self._hand_over(smtp, envelope)
            outcome = self._judge(answer.code, answer.message)
            sound = outcome.fate in _LINE_IS_SOUND
            self._unfinished = outcome.fate is not Fate.ACCEPTED
        except SMTPResponseException as answer:
            outcome = self._judge(answer.code, answer.message)
        except (SMTPException, OSError) as trouble:
            fate = Fate.UNCERTAIN if self._phase is Phase.CONTENT else Fate.UNAVAILABLE
            outcome = Outcome(fate, self._phase, None, _one_line(str(trouble) or type(trouble).__name__))
        finally:
            # Whatever else ended this, cancelling included: an answer may still come, and the next command
            # must not take it for its own.
            if not sound:
                self._abort()
        return outcome

    async def _line(self) -> SMTP:
        """The open connection, reset if need be, or a new one."""
        if self._smtp is not None and self._smtp.is_connected:
            self._phase = Phase.MAIL
            if not self._unfinished:
                return self._smtp
            if (await self._smtp.execute_command(b"RSET")).code == 250:
                return self._smtp
            self._abort()
        return await self._connect()

    async def _connect(self) -> SMTP:
        relay, tls = self._relay, self._relay.security == "tls"
        # Without a local_hostname aiosmtplib asks DNS for ours, with no timeout. _greet says the real one.
        self._smtp = smtp = SMTP(
            hostname=relay.host, port=relay.port, timeout=relay.timeout, use_tls=tls, start_tls=False,
            cert_bundle=relay.ca_file or None, local_hostname=relay.helo_name or "localhost",
        )  # fmt: skip
        self._unfinished = False
        self._phase = Phase.CONNECT
        await smtp.connect()
        self._transport = cast(asyncio.WriteTransport, smtp.transport)
        await self._greet(smtp)
        if relay.security == "starttls":
            self._phase = Phase.TLS
            await smtp.starttls()
            self._transport = cast(asyncio.WriteTransport, smtp.transport)
            await self._greet(smtp)
        if relay.username:
            self._phase = Phase.AUTH
            await self._log_in(smtp)
        return smtp

    async def _greet(self, smtp: SMTP) -> None:
        self._phase = Phase.EHLO
        address = str(smtp.get_transport_info("sockname")[0]).partition("%")[0]
        literal = f"[IPv6:{address}]" if ":" in address else f"[{address}]"  # RFC 5321 §4.1.3
        await smtp.ehlo(hostname=self._relay.helo_name or literal)

    async def _log_in(self, smtp: SMTP) -> None:
        """One method, one try: aiosmtplib's `login` tries three, locking accounts and hiding the 535."""
        methods = {"plain": smtp.auth_plain, "login": smtp.auth_login, "cram-md5": smtp.auth_crammd5}
        open_line = self._relay.security == "none"
        order = ("cram-md5", "plain", "login") if open_line else ("plain", "login", "cram-md5")
        for name in order:
            if name in smtp.server_auth_methods:
                await methods[name](self._relay.username, self._relay.password)
                return
        raise SMTPNotSupported(f"the relay offers none of AUTH {', '.join(order)}")

    async def _hand_over(self, smtp: SMTP, envelope: _Envelope) -> SMTPResponse:
        """The answer that decides: the first that is not the hoped one, or the one after the final dot."""
        size = [b"SIZE=%d" % len(envelope.content)] if smtp.supports_extension("size") else []
        self._phase = Phase.MAIL
        answer = await smtp.execute_command(b"MAIL", b"FROM:<%b>" % envelope.sender, *size)
        if answer.code // 100 != 2:
            return answer
        self._phase = Phase.RCPT
        answer = await smtp.execute_command(b"RCPT", b"TO:<%b>" % envelope.recipient)
        if answer.code // 100 != 2:
            return answer
        self._phase = Phase.DATA
        answer = await smtp.execute_command(b"DATA")
        if answer.code != 354:
            return answer
        return await self._hand_over_content(smtp, envelope.content)

    async def _hand_over_content(self, smtp: SMTP, content: bytes) -> SMTPResponse:
        protocol, transport = smtp.protocol, self._transport
        if protocol is None or transport is None:
            raise SMTPServerDisconnected("connection lost after 354")
        # aiosmtplib would take what came along with the 354 for the answer to the content: a false 250.
        if protocol._buffer:
            raise SMTPServerDisconnected("the relay answered DATA twice")
        protocol.write(content)  # raises, having written nothing, if the line is closed already
        self._phase = Phase.CONTENT
        while True:
            unsent = transport.get_write_buffer_size()
            final = self._relay.final_timeout or self._relay.timeout
            try:
                return await protocol.read_response(timeout=self._relay.timeout if unsent else final)
            except SMTPReadTimeoutError:
                # Slow is not silent: go on as long as the server takes content in.
                if transport.get_write_buffer_size() >= unsent:
                    raise

    def _judge(self, code: int, text: str) -> Outcome:
        """RFC 5321 §4.2.1: the first digit decides, except where it is the relay that speaks of itself."""
        if self._phase not in _TRANSACTION or code in RELAY_TROUBLE:
            fate = Fate.UNAVAILABLE
        elif code // 100 == 2 and self._phase is Phase.CONTENT:
            fate = Fate.ACCEPTED
        elif code // 100 in (4, 5):
            fate = Fate.DEFERRED if code // 100 == 4 else Fate.REFUSED
        else:  # no SMTP, or an answer to something else
            fate = Fate.UNCERTAIN if self._phase is Phase.CONTENT else Fate.UNAVAILABLE
        if self._phase is Phase.AUTH:
            text = self._relay.without_secrets(text)
        return Outcome(fate, self._phase, code if code > 0 else None, _one_line(f"{code} {text}"))

    def _abort(self) -> None:
        """Close the socket now; a plain close would first send what is buffered, the final dot included."""
        if self._transport is not None:
            self._transport.abort()
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = self._transport = None


def _as_data(raw: bytes) -> bytes:
    """RFC 5321 §4.5.2: lines end in CRLF, leading dots are doubled, a dot ends it all."""
    if isinstance(raw, Wire):
        return raw + b".\r\n"
    lines = raw.split(b"\r\n")
    if not len(lines) - 1 == raw.count(b"\r") == raw.count(b"\n"):
        lines = re.split(rb"\r\n|\r|\n", raw)
    if lines[-1]:
        lines.append(b"")
    lines[-1] = b".\r\n"
    return b"\r\n".join([b"." + line if line[:1] == b"." else line for line in lines[:-1]] + lines[-1:])


def _one_line(text: str) -> str:
    """Printable and storable: aiosmtplib gives octets it could not decode as lone surrogates."""
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    printable = "".join(character if character.isprintable() else " " for character in whole)
    return " ".join(printable.split())[:LONGEST_DETAIL]
