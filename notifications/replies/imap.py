"""The service's mailbox over IMAP (RFC 3501): what came after a UID, as raw bytes with the server's arrival time."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from imap_tools import A, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, U
from imap_tools.errors import ImapToolsError

from directives.errors import DondocError
from directives.ledger.away import why_away
from notifications.replies.bounded import MAX_MAIL

LARGEST = MAX_MAIL + 1  # octets that are fetched: of a mail that is too large to be read, enough to see it
INTERNAL_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


class MailboxAway(DondocError):
    """The mailbox cannot be read now; what waits in it stays there."""


@dataclass(frozen=True, slots=True)
class Postbox:
    """Where the answers arrive, and how to get at them. `timeout` in seconds."""

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Literal["none", "starttls", "tls"] = "tls"
    folder: str = "INBOX"
    timeout: float = 30


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message. `arrived_at` is the server's INTERNALDATE: what lateness is judged by."""

    uid: int
    arrived_at: datetime
    raw: bytes


class OpenPostbox:
    """A mailbox that is logged in to. It is only read: nothing is flagged, moved or deleted."""

    def __init__(self, box: BaseMailBox, folder: str) -> None:
        self.box = box
        self.uid_validity = box.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"]

    def newer(self, last_uid: int) -> list[int]:
        """UIDs above `last_uid`, ascending. The server answers `n:*` with its last UID even when that is below n."""
        found = self.box.uids(A(uid=U(str(last_uid + 1), "*")))
        return sorted(uid for uid in map(int, found) if uid > last_uid)

    def fetch(self, uid: int) -> Fetched | None:
        """None when somebody deleted it meanwhile."""
        status, parts = self.box.client.uid("FETCH", str(uid), f"(INTERNALDATE BODY.PEEK[]<0.{LARGEST}>)")
        if status != "OK":  # the mail is there and cannot be had now: to go on would lose it
            raise imaplib.IMAP4.error(f"FETCH of UID {uid} was answered {status}")
        for part in parts:
            if isinstance(part, tuple):
                return Fetched(uid, _arrived(part[0]), part[1])
        return None


@contextmanager
def open_postbox(postbox: Postbox) -> Iterator[OpenPostbox]:
    """Errors: MailboxAway, in one line, for anything between us and the mailbox; what a full disk says is not of them."""
    try:
        box = _client(postbox)
        try:
            with box.login(postbox.username, postbox.password, postbox.folder):
                yield OpenPostbox(box, postbox.folder)
        finally:  # a login that was refused leaves the line open
            with suppress(OSError):
                box.client.shutdown()
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        if why_away(error):  # our own disk, on which a mail was to be stored
            raise
        reason = " ".join(str(getattr(error, "strerror", None) or error).split())[:300]
        raise MailboxAway(
            f"mailbox {postbox.username} at {postbox.host}:{postbox.port} cannot be read ({reason}); check DONDOC_IMAP_…"
        ) from error


def _client(postbox: Postbox) -> BaseMailBox:
    kinds = {"tls": MailBox, "starttls": MailBoxStartTls, "none": MailBoxUnencrypted}
    return kinds[postbox.security](postbox.host, port=postbox.port, timeout=postbox.timeout)


def _arrived(head: bytes) -> datetime:
    found = INTERNAL_DATE.search(head)
    if found is None:
        raise imaplib.IMAP4.error("no INTERNALDATE in the answer to FETCH")
    return datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
