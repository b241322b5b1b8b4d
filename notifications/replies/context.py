"""What a reply is read against, as data: the digests that can be answered, who may answer, whom to trust, what time it is.

The same shape comes from a YAML file (`dondoc parse-reply --context`) and from the ledger.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

from directives.model import Model, Text

VIETNAM = timezone(timedelta(hours=7))


def _in_vietnam(value: Any) -> Any:
    """An instant without a zone is Việt Nam's; a bare day is its midnight."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=VIETNAM)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=VIETNAM)
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_in_vietnam)]


class TokenState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class DigestItem(Model):
    """One numbered line of a digest. `due_before` is half-open; none for a continuing duty."""

    n: Annotated[int, Field(ge=1)]
    title: str = ""
    due_before: Instant | None = None
    open: bool = True

    @property
    def last_day(self) -> date | None:
        """The last good day: "trước 10/11" → 09/11."""
        if self.due_before is None:
            return None
        return (self.due_before.astimezone(VIETNAM) - timedelta(microseconds=1)).date()


class Digest(Model):
    """A digest that was sent. `recipient`: the unit's code, or the address it went to (then the unit is that contact's)."""

    reply_address: Text
    state: TokenState = TokenState.VALID
    recipient: Text
    unit_name: str | None = None
    message_id: str | None = None
    list_id: str | None = None
    verp_address: str | None = None
    sent_at: Instant | None = None
    items: tuple[DigestItem, ...] = ()

    def item(self, n: int) -> DigestItem | None:
        return next((item for item in self.items if item.n == n), None)


class ContactAddress(Model):
    unit: Text
    address: Text


class ReplyContext(Model):
    """`requires_dmarc`: false only where the trial mail, which checks nobody, is the server."""

    digests: tuple[Digest, ...] = ()
    contacts: tuple[ContactAddress, ...] = ()
    authserv_id: str | None = None
    now: Instant
    requires_dmarc: bool = True

    def units_of(self, digest: Digest) -> frozenset[str]:
        """The unit that a digest was sent to: its code as given, or the unit(s) of the address given."""
        if "@" not in digest.recipient:
            return frozenset({digest.recipient})
        wanted = digest.recipient.lower()
        return frozenset(one.unit for one in self.contacts if one.address.lower() == wanted)

    def addresses_of(self, digest: Digest) -> frozenset[str]:
        """Who may answer a digest, in lower case: every registered contact of its unit."""
        units = self.units_of(digest)
        return frozenset(one.address.lower() for one in self.contacts if one.unit in units)
