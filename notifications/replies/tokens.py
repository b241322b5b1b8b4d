"""Tokens: 128 bits in the digest's Reply-To, and as many in its link to the page; the ledger keeps only their SHA-256.

A token is derived from the key of its purpose and the message's id, so that a resend carries the same bytes
although neither ledger nor body holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable

TOKEN_BYTES = 16
BOUNCE = "b."
# As people and their programs write them: in capitals, in an encoded address, at the beginning of a line.
_KEYS = re.compile(
    r"(?:(?<![a-z0-9])|(?<=%2[bf]))[a-z2-7]{26}(?![a-z0-9])|(?<=\+)b\.[a-z0-9.]{26,200}(?=@)", re.IGNORECASE
)


def reply_token(key: bytes, uid: str) -> str:
    """26 characters of lower-case base32, so that no mail system changes them."""
    return _token(key, f"reply:{uid}")


def page_token(key: bytes, uid: str) -> str:
    """The same for the digest's link to the page: knowing one of the two does not help to the other."""
    return _token(key, f"page:{uid}")


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def reply_address(mail_from: str, token: str) -> str:
    """`dondoc@…` → `dondoc+<token>@…` (RFC 5233 subaddress)."""
    local, _, domain = mail_from.rpartition("@")
    return f"{local}+{token}@{domain}"


def without_keys(text: str) -> str:
    """Somebody's words without the links and reply addresses in them: who reads those words may not answer for the unit.

    >>> without_keys("dondoc+abcdefghijklmnopqrstuvwxy2@dondoc.example")
    'dondoc+…@dondoc.example'
    """
    return _KEYS.sub("…", text)


def _token(key: bytes, labelled: str) -> str:
    digest = hmac.digest(key, labelled.encode(), "sha256")[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def bounce_address(mail_from: str, key: bytes, uid: str) -> str:
    """The envelope sender of one message (VERP): where its bounce comes to, and nobody else's forgery."""
    local, _, domain = mail_from.rpartition("@")
    return f"{local}+{BOUNCE}{uid}.{_seal(key, uid)}@{domain}"


def bounced_uid(address: str, mail_from: str, keys: Iterable[bytes]) -> str | None:
    """The message whose bounce an address takes; None for any other address, or one that we never gave out."""
    local, _, domain = mail_from.lower().rpartition("@")
    found = re.fullmatch(
        rf"{re.escape(local)}\+{BOUNCE}([0-9a-f]{{32}})\.([a-z2-7]{{10}})@{re.escape(domain)}",
        address.lower(),
    )
    if found is None:
        return None
    return found[1] if any(hmac.compare_digest(found[2], _seal(key, found[1])) for key in keys) else None


def _seal(key: bytes, uid: str) -> str:
    return _token(key, f"bounce:{uid}")[:10]
