"""The trial mail's mailboxes, filled by envelope, and the web page over them (see trial_mail)."""

import re
import socket
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from mail_devel.http import Frontend
from mail_devel.mailbox import TestMailboxDict
from pymap.backend.dict import Config
from pymap.backend.dict.filter import FilterSet
from pymap.parsing.message import AppendMessage

from notifications.trial_reply import as_written, draft_reply, envelope_of

PAGE_ADDITIONS = Path(__file__).parent / "templates" / "trial_inbox"
SENT = "Đã gửi"

# What a receiving server owns: a copy that came from outside would be believed.
_OWNED = re.compile(
    rb"^(return-path|authentication-results|bcc):.*\r?\n([ \t].*\r?\n)*", re.IGNORECASE | re.MULTILINE
)


def account_of(address: str) -> str:
    """The account an address belongs to: lower case, without its plus part."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.split('+')[0]}@{domain}"


class TrialMailboxes(TestMailboxDict):
    """mail-devel's mailboxes, filled by envelope instead of by To and Cc."""

    def __init__(self, config: Config, server_name: str) -> None:
        super().__init__(config, FilterSet(), multi_user=True)
        self.server_name = server_name

    def apply_alias(self, address: str) -> str:
        return account_of(address)

    async def deliver(self, content: bytes, sender: str, recipients: Iterable[str], via: str) -> None:
        """Store one copy for each envelope recipient; `via` tells the Received header how it came."""
        head, blank, body = content.partition(b"\r\n\r\n")
        kept = _OWNED.sub(b"", head + b"\r\n").removesuffix(b"\r\n")
        now = format_datetime(datetime.now().astimezone())
        for recipient in dict.fromkeys(recipients):
            trace = (
                f"Return-Path: <{sender}>\r\n"
                f"Delivered-To: {recipient}\r\n"
                f"Received: {via}\r\n\tby {self.server_name}; {now}\r\n"
                f"Authentication-Results: {self.server_name}; none (trial mail: senders are not checked)\r\n"
            )
            await self.store(recipient, trace.encode() + kept + blank + body)

    async def store(self, address: str, content: bytes, folder: str = "INBOX") -> None:
        account = await self.get(account_of(address))
        mailbox = await account.get_mailbox(folder)
        # An aware instant: IMAP's INTERNALDATE is the arrival time that lateness is judged by.
        await mailbox.append(AppendMessage(content, datetime.now(UTC), frozenset()))


class TrialInbox(Frontend):
    """mail-devel's page, replying and sending as a mail client does."""

    def __init__(self, mailboxes: TrialMailboxes, service: str) -> None:
        super().__init__(mailboxes, user=account_of(service), multi_user=True)
        self.post = mailboxes

    def load_resource(self, resource: str) -> bytes:
        """mail-devel's own file, and after it what dondoc adds under the same name."""
        addition = PAGE_ADDITIONS / Path(resource).name
        return super().load_resource(resource) + (addition.read_bytes() if addition.is_file() else b"")

    async def on_list_accounts(self, ws: web.WebSocketResponse) -> None:
        accounts = sorted(await self.post.list(), key=lambda account: (account != self.user, account))
        await ws.send_json({"command": "list_accounts", "data": {"accounts": accounts}})

    async def on_reply_mail(self, ws: web.WebSocketResponse, account: str, mailbox: str, uid: int) -> None:
        box = await self.post[account].get_mailbox(mailbox)
        async for message in box.messages():
            if message.uid == uid:
                draft = draft_reply(await self._message_content(message), account, message.internal_date)
                await ws.send_json({"command": "reply_mail", "data": {"account": account, "mail": draft}})

    async def on_send_mail(
        self, ws: web.WebSocketResponse, account: str | None, mailbox: str | None, mail: dict[str, Any]
    ) -> None:
        """Send what the editor holds, and keep a copy beside the inbox it was written in."""
        author = account or self.user
        content = as_written(mail["header"], mail["body"], mail.get("attachments", []), author=author)
        sender, recipients = envelope_of(content)
        await self.post.deliver(content, sender, recipients, "with HTTP")
        await self.post.store(author, content, SENT)
        await self.on_list_mails(ws, author, mailbox)

    async def _websocket(self, request: web.Request) -> web.WebSocketResponse:
        # The inbox asks for no password: at least no other site open in the same browser may read it.
        if request.headers.get("Origin", "").rpartition("/")[2] not in ("", request.host):
            raise web.HTTPForbidden
        return await super()._websocket(request)

    async def listen(self, listener: socket.socket) -> web.AppRunner:
        """Serve the page on an open socket; the caller cleans the runner up."""
        self.api = web.Application()
        self.api.add_routes(
            [
                web.get("/", self._page_index),
                web.get(r"/{static:[\w.-]+\.(css|js|woff2)}", self._page_static),
                web.get("/websocket", self._websocket),
                web.get("/attachment/{mail}/{attachment:.*}", self._download_attachment),
            ]
        )
        # An open page holds its websocket for ever: do not wait a minute for it when stopping.
        runner = web.AppRunner(self.api, shutdown_timeout=0.2)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        return runner
