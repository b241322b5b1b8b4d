"""The mailbox comes in: what is new is stored, what is stored is settled. `dondoc mail` and the flow `collect` call this."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from notifications.replies.fetching import fetch_new
from notifications.replies.imap import Postbox
from notifications.replies.settling import Desk, settle_all


@dataclass(frozen=True, slots=True)
class Collected:
    """What one reading did: mails stored, and how many settled mails became what."""

    new: int = 0
    applied: int = 0
    queued: int = 0
    auto: int = 0
    bounce: int = 0

    def __str__(self) -> str:
        return (
            f"{self.new} new · {self.applied} applied · {self.queued} queued · "
            f"{self.auto} automatic · {self.bounce} bounced"
        )


def collect(engine: Engine, postbox: Postbox, desk: Desk) -> Collected:
    """Errors: MailboxAway; what was stored before it is settled by the next reading."""
    new = fetch_new(engine, postbox, desk.post.mail_from, desk.raw, desk.clock)
    done = settle_all(engine, desk)
    return Collected(new, done["applied"], done["queued"], done["auto"], done["bounce"])
