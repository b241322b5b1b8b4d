"""Keys for tokens, links and seals: a ring for each purpose, and none of them helps to another.

A purpose's secrets are written one after the other, the newest first: `NEW OLD@2027-05-25`. What is made is made with the
newest; what an old one made is accepted until the end (UTC) of the day behind its `@`, or for as long as it stands there.
Each key is HKDF-SHA256 (RFC 5869) of its secret with the purpose as info, so that one secret may serve several purposes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal, get_args

from directives.errors import DondocError

Purpose = Literal["reply", "page", "coordinators", "seal"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
SALT = b"dondoc"
_APART = re.compile(r"@[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UNTIL = re.compile(r"(?P<secret>.+)@(?P<until>[0-9]{4}-[0-9]{2}-[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Secret:
    """One secret as it is written. `until`: the last day on which what it made is accepted; None: no end."""

    value: str = field(repr=False)
    until: date | None = None

    def __str__(self) -> str:
        return f"{self.value}@{self.until}" if self.until else self.value


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of one purpose: (key, last day), the one in use first."""

    keys: tuple[tuple[bytes, date | None], ...] = field(repr=False)

    @property
    def current(self) -> bytes:
        return self.keys[0][0]

    @property
    def rotated(self) -> bool:
        """Whether something may have been made with another key than the one in use."""
        return len(self.keys) > 1

    def accepted(self, at: datetime) -> Iterator[bytes]:
        """The keys whose work is accepted at that instant."""
        today = at.astimezone(UTC).date()
        return (key for key, until in self.keys if until is None or today <= until)


@dataclass(frozen=True, slots=True)
class Keys:
    """The rings that a process needs: none has what it does not use."""

    rings: Mapping[Purpose, Ring] = field(repr=False)

    def __getitem__(self, purpose: Purpose) -> Ring:
        return self.rings[purpose]

    @classmethod
    def of(cls, secret: str) -> Keys:
        """All purposes from one secret that was never rotated."""
        return cls({purpose: ring(purpose, (Secret(secret),)) for purpose in PURPOSES})


def secrets_in(written: str, where: str) -> tuple[Secret, ...]:
    """The secrets of one purpose, the newest first. Errors: DondocError for none, or an end on the newest; never the text."""
    found = tuple(_secret(one, where) for one in written.split())
    if not found:
        raise DondocError(
            f"{where} holds no secret; write one of 32 random bytes, such as 'openssl rand -hex 32'"
        )
    if found[0].until is not None:
        raise DondocError(
            f"{where}: the first secret is the one in use and has no '@' with a day; write a new one before it"
        )
    return found


def ring(purpose: Purpose, secrets: tuple[Secret, ...]) -> Ring:
    return Ring(tuple((_key(one.value.encode(), purpose), one.until) for one in secrets))


def _secret(written: str, where: str) -> Secret:
    if _APART.fullmatch(written):  # else a day, which anybody guesses, would be one of the secrets
        raise DondocError(
            f"{where}: '{written}' stands apart; write it right behind the secret that ends then"
        )
    parts = _UNTIL.fullmatch(written)
    if parts is None:
        return Secret(written)
    try:
        return Secret(parts["secret"], date.fromisoformat(parts["until"]))
    except ValueError as error:
        raise DondocError(f"{where}: '@{parts['until']}' is no day; write it like @2027-05-25") from error


def _key(secret: bytes, purpose: Purpose) -> bytes:
    """RFC 5869 with one block of 32 octets."""
    extracted = hmac.new(SALT, secret, hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()
