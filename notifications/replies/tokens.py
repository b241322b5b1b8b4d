"""Tokens: 128 bits in the digest's Reply-To, and as many in its link to the page; the ledger keeps only their SHA-256.

A token is derived from the installation's secret and the message's id, so that a resend carries the same bytes
although neither ledger nor body holds it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

TOKEN_BYTES = 16
BOUNCE = "b."


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
    digest = hmac.digest(secret, labelled.encode(), "sha256")[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def bounce_address(mail_from: str, secret: bytes, uid: str) -> str:
    """The envelope sender of one message (VERP): where its bounce comes to, and nobody else's forgery."""
    local, _, domain = mail_from.rpartition("@")
    return f"{local}+{BOUNCE}{uid}.{_seal(secret, uid)}@{domain}"


def bounced_uid(address: str, mail_from: str, secret: bytes) -> str | None:
    """The message whose bounce an address takes; None for any other address, or one that we never gave out."""
    local, _, domain = mail_from.lower().rpartition("@")
    found = re.fullmatch(
        rf"{re.escape(local)}\+{BOUNCE}([0-9a-f]{{32}})\.([a-z2-7]{{10}})@{re.escape(domain)}",
        address.lower(),
    )
    return found[1] if found and hmac.compare_digest(found[2], _seal(secret, found[1])) else None


def _seal(secret: bytes, uid: str) -> str:
    return _token(secret, f"bounce:{uid}")[:10]


def secret_of(home: Path, given: str | None) -> bytes:
    """The installation's secret: the one given, or the one in `DONDOC_HOME/secret`, made at first need."""
    if given:
        return given.encode()
    file = home / "secret"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=home)  # of mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
        with suppress(FileExistsError):  # another process was first: its secret holds
            os.link(unfinished, file)
        Path(unfinished).unlink()
    return file.read_text(encoding="ascii").encode()
