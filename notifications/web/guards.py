"""What stands before every request: headers, a limit while reading, a limit of requests; and no link in any log.

Limits of requests are kept in memory: each process has its own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 20 * 1024 * 1024 + 64 * 1024  # the file, and the fields around it
DRAINED = 4  # as many times that is read and thrown away, so that the browser comes to read the answer
MINUTE, HOUR = 60.0, 3600.0
MOST_KEYS = 20_000
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_LINK = re.compile(r"/([tc])/[^/?#\s\"]+")


class TooLarge(OSError):
    """The body is larger than the limit; what was sent of it has been read and thrown away.

    An OSError, upon which the parser of forms closes what it had begun to write down.
    """


class SecurityHeaders:
    """On every response, whatever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """No more than MAX_BODY octets are taken, whether or not their number was told before."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read <= MAX_BODY:
                return message
            while message.get("more_body", False) and read <= DRAINED * MAX_BODY:
                message = await receive()
                read += len(message.get("body", b""))
            raise TooLarge

        await self.app(scope, limited, send)


@dataclass
class Buckets:
    """So many requests in so many seconds for each key; a burst of as many at once."""

    rate: int
    seconds: float
    clock: Callable[[], datetime]
    left: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    def allows(self, key: str) -> bool:
        now = self.clock().timestamp()
        if len(self.left) > MOST_KEYS:
            self.left = {one: (n, at) for one, (n, at) in self.left.items() if now - at < self.seconds}
        tokens, at = self.left.get(key, (float(self.rate), now))
        tokens = min(self.rate, tokens + max(0.0, now - at) * self.rate / self.seconds)
        allowed = tokens >= 1
        self.left[key] = (tokens - 1 if allowed else tokens, now)
        return allowed


class RateLimit:
    """Per link, its forms once more, and per address; who asks for more is told to wait."""

    def __init__(
        self,
        app: ASGIApp,
        by_link: Buckets,
        forms: Buckets,
        by_address: Buckets,
        refuse: Callable[[Request], Awaitable[Response]],
    ) -> None:
        self.app, self.refuse = app, refuse
        self.by_link, self.forms, self.by_address = by_link, forms, by_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._allows(scope):
            response = await self.refuse(Request(scope, receive))
            await response(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        path = str(scope["path"])
        address = scope["client"][0] if scope.get("client") else ""
        if not self.by_address.allows(address):
            return False
        if not path.startswith(("/t/", "/c/")):
            return True
        link = path.split("/")[2][:64]
        return self.by_link.allows(link) and (scope["method"] != "POST" or self.forms.allows(link))


class WithoutLinks(logging.Filter):
    """For uvicorn's access log, where a server of its own writes one: a link is a key, and no log holds it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _LINK.sub(r"/\1/...", one) if isinstance(one, str) else one for one in record.args
            )
        return True
