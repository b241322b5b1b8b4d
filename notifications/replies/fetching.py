"""Mail from the mailbox into the raw store and the ledger: stored and committed one by one, applied later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from directives.ledger import inbound
from directives.ledger.engine import begin, reading
from notifications.replies.bounded import head_of
from notifications.replies.file_store import FileStore
from notifications.replies.headers import addresses
from notifications.replies.headers import raw as header
from notifications.replies.imap import Fetched, Postbox, open_postbox

Clock = Callable[[], datetime]
LONGEST_SENDER = 254  # RFC 5321 4.5.3.1.3


def fetch_new(engine: Engine, postbox: Postbox, address: str, store: FileStore, clock: Clock) -> int:
    """Store what came since the last time; how many mails were new. Errors: MailboxAway.

    The mailbox counts as read up to the moment at which it was asked, once all that it listed is stored. A kill in
    between costs nothing: the file comes first, then the ledger's row with the UID, and the bytes are known by their
    SHA-256.
    """
    asked_at, new = clock(), 0
    with open_postbox(postbox) as box:
        with reading(engine) as session:
            uid_validity, last_uid = inbound.position(session, address)
        if uid_validity != box.uid_validity:  # the server numbered anew: what is known is known by its bytes
            last_uid = 0
        for uid in box.newer(last_uid):
            mail = box.fetch(uid)
            if mail is not None:
                new += _keep(engine, address, store, box.uid_validity, mail, clock())
    with begin(engine) as session:
        inbound.mark_read(session, address, asked_at)
    return new


def _keep(
    engine: Engine, address: str, store: FileStore, uid_validity: int, mail: Fetched, now: datetime
) -> bool:
    sha256 = store.keep(mail.raw)
    with begin(engine) as session:
        return inbound.keep(
            session,
            address,
            sha256=sha256,
            uid_validity=uid_validity,
            uid=mail.uid,
            arrived_at=mail.arrived_at,
            stored_at=now,
            sender=_sender(mail.raw),
        )


def _sender(raw: bytes) -> str:
    """The address in From as claimed, for lists; whether to trust it is decided later."""
    found = addresses([header(head_of(raw), "from")])
    return found[0][:LONGEST_SENDER] if found else ""
