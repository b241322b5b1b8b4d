"""The trial mail: SMTP, IMAP and a web inbox in one process on loopback, to try dondoc without real mail.

It is mail-devel made to answer as a mail server and a mail client do. The server delivers by envelope, one copy
a recipient, with `Return-Path`, `Delivered-To` and `Received` on top; the client replies to Reply-To, from the
account that is open, threaded and quoted. Any address is an account, and `name+anything@domain` belongs to
`name@domain`; one password opens them all over IMAP, and the page asks for none. Everything is in memory and
lost on a restart, and **no sender is checked**: every mail says so in its topmost
`Authentication-Results: trial.<domain>; none`.

    MAIL_PASSWORD=... python -m notifications.trial_mail --smtp-port 4025 --imap-port 4143 --web-port 4080
"""

import argparse
import asyncio
import os
import signal
import socket
import sys
from argparse import Namespace
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, Envelope, Session
from mail_devel.auth import SMTPAuthenticator
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Identity, Login
from pymap.exceptions import InvalidAuth
from pymap.imap import IMAPServer
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext

from notifications.trial_inbox import TrialInbox, TrialMailboxes, account_of


class PortRefused(OSError):
    """A port could not be opened; the message names it and the option that changes it."""


@dataclass(frozen=True)
class TrialSettings:
    """Where the trial mail listens and for whom; port 0 takes a free one."""

    password: str
    service: str = "dondoc@dondoc.example"
    domain: str = "example"
    host: str = "127.0.0.1"
    smtp_port: int = 0
    imap_port: int = 0
    web_port: int = 0

    @property
    def server_name(self) -> str:
        return f"trial.{self.domain}"


class EnvelopeHandler:
    """aiosmtpd's handler: what arrives goes to its envelope recipients, byte for byte."""

    def __init__(self, mailboxes: TrialMailboxes) -> None:
        self.mailboxes = mailboxes

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes) and session.peer  # aiosmtpd's default: decode_data=False
        via = f"from {session.host_name} ([{session.peer[0]}]) with ESMTP"
        sender = (envelope.mail_from or "").strip("<>")  # aiosmtpd leaves the null sender in its brackets
        await self.mailboxes.deliver(envelope.content, sender, envelope.rcpt_tos, via)
        return "250 2.0.0 Ok: kept in memory"


class TrialLogin(Login):
    """Any address may log in with the one password, and finds its own mailbox."""

    def __init__(self, config: Config, mailboxes: TrialMailboxes) -> None:
        super().__init__(config)
        self.mailboxes = mailboxes

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        user = UserMetadata(self.config, credentials.authcid, password=self.config.demo_password)
        if not credentials.verify(user):
            raise InvalidAuth
        address = account_of(credentials.authcid)
        await self.mailboxes.get(address)
        self.users_dict[address] = user
        return Identity(address, self, None, frozenset())

    async def authorize(self, authenticated: Any, authzid: str) -> Identity:
        return await super().authorize(authenticated, account_of(authzid))


class TrialMail:
    """The running trial mail: `async with TrialMail(settings) as mail: ...mail.ports["smtp"]...`.

    Entering raises PortRefused or leaves all three ports open. The three servers share the caller's event
    loop, so that no mailbox is touched from two threads.
    """

    def __init__(self, settings: TrialSettings) -> None:
        self.settings = settings
        self.ports: dict[str, int] = {}
        self._running = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            listeners = {name: stack.enter_context(self._open(name)) for name in ("smtp", "imap", "web")}
            self.ports = {name: listener.getsockname()[1] for name, listener in listeners.items()}
            await self._serve(listeners, stack)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.aclose()

    def _open(self, name: str) -> socket.socket:
        # Opened here and not by each library: mail-devel lets its page share a taken port in silence.
        host, port = self.settings.host, getattr(self.settings, f"{name}_port")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            listener = socket.create_server((host, port), family=family)
        except (OSError, OverflowError) as refused:  # taken, not allowed, no such host, above 65535
            reason = (getattr(refused, "strerror", None) or str(refused)).partition(" (while")[0]
            way_out = f"choose another with --{name}-port"
            raise PortRefused(
                f"trial mail: cannot open {name} port {port} on {host}: {reason}; {way_out}"
            ) from refused
        # asyncio sets this only on sockets it made; without it each IMAP answer waits 40 ms for an ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener

    async def _serve(self, listeners: dict[str, socket.socket], stack: AsyncExitStack) -> None:
        settings, loop = self.settings, asyncio.get_running_loop()
        config = _imap_config(settings)
        mailboxes = TrialMailboxes(config, settings.server_name)
        await mailboxes.get(account_of(settings.service))

        page = await TrialInbox(mailboxes, settings.service).listen(listeners["web"])
        stack.push_async_callback(page.cleanup)

        imap = IMAPServer(TrialLogin(config, mailboxes), config)
        on_connection = ProxyProtocolReader(config.proxy_protocol).get_callback(imap)
        stack.callback((await asyncio.start_server(on_connection, sock=listeners["imap"])).close)

        handler = EnvelopeHandler(mailboxes)
        authenticator = SMTPAuthenticator(settings.service, settings.password, multi_user=True)

        def smtp() -> SMTP:
            return SMTP(
                handler,
                hostname=settings.server_name,
                ident="dondoc trial mail",
                enable_SMTPUTF8=True,
                authenticator=authenticator,
                auth_require_tls=False,  # loopback only, and there is no certificate
                loop=loop,
            )

        stack.callback((await loop.create_server(smtp, sock=listeners["smtp"])).close)


def _imap_config(settings: TrialSettings) -> Config:
    unused = ("host", "port", "cert", "key", "passlib_cfg", "proxy_protocol", "inherited_sockets")
    arguments = Namespace(
        demo_data=False,
        demo_user=account_of(settings.service),
        demo_password=settings.password,
        debug=False,
        tls=False,
        **dict.fromkeys(unused),
    )
    # Cleartext: a slow hash protects a stored password, and here nothing is stored.
    return Config.from_args(arguments, hash_context=Cleartext())


async def run(settings: TrialSettings) -> None:
    """Serve until SIGTERM or SIGINT; say on standard output when the ports are open."""
    stop = asyncio.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    async with TrialMail(settings) as mail:
        where = " · ".join(f"{name} {settings.host}:{port}" for name, port in mail.ports.items())
        print(f"trial mail ready: {where} (in memory only; senders are not checked)", flush=True)
        await stop.wait()


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when stopped by a signal, 1 when a port is refused, 2 when called wrongly."""
    parser = argparse.ArgumentParser(
        prog="python -m notifications.trial_mail", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--host", default="127.0.0.1")
    for name, port in {"smtp": 4025, "imap": 4143, "web": 4080}.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, metavar="N")
    parser.add_argument("--domain", default="example", help="the server calls itself trial.<domain>")
    parser.add_argument("--service", default="dondoc@dondoc.example", help="listed first on the page")
    options = parser.parse_args(arguments)
    password = os.environ.get("MAIL_PASSWORD")
    if not password:
        parser.error("MAIL_PASSWORD is not set: it opens every account over SMTP and IMAP")
    try:
        asyncio.run(run(TrialSettings(password=password, **vars(options))))
    except PortRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
