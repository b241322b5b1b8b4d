"""Tokens: 128 bits in the digest's Reply-To, and as many in its link to the page; the ledger keeps only their SHA-256.

A token is derived from the installation's secret and the message's id, so that a resend carries the same bytes
although neither ledger nor body holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

TOKEN_BYTES = 16


def reply_token(secret: bytes, uid: str) -> str:
    """26 characters of lower-case base32, so that no mail system changes them."""
    return _token(secret, f"reply:{uid}")


def page_token(secret: bytes, uid: str) -> str:
    """The same for the digest's link to the page: knowing one of the two does not help to the other."""
    return _token(secret, f"page:{uid}")


def token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def reply_address(mail_from: str, token: str) -> str:
    """`dondoc@…` → `dondoc+<token>@…` (RFC 5233 subaddress)."""
    local, _, domain = mail_from.rpartition("@")
    return f"{local}+{token}@{domain}"


def _token(secret: bytes, labelled: str) -> str:
    digest = hmac.new(secret, labelled.encode(), hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def secret_of(home: Path, given: str | None) -> bytes:
    """The installation's secret: the one given, or the one in `DONDOC_HOME/secret`, made at first need."""
    if given:
        return given.encode()
    file = home / "secret"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(32), encoding="ascii")
    return file.read_text(encoding="ascii").encode()
