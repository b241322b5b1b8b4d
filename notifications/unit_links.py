"""The coordinators' address of a campaign's units: one link for each campaign, from a key of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac

TOKEN_BYTES = 16


def coordinators_token(key: bytes, campaign: str, number: int = 0) -> str:
    """26 characters of lower-case base32: stable for a campaign, until its key is another or the link was revoked.

    `number`: how often it was.
    """
    named = f"{campaign}:{number}" if number else campaign
    digest = hmac.new(key, named.encode(), hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def units_link(page_url: str, key: bytes, campaign: str, number: int = 0) -> str:
    """The list of a campaign's units."""
    return f"{page_url.rstrip('/')}/c/{coordinators_token(key, campaign, number)}/"


def unit_link(page_url: str, key: bytes, campaign: str, code: str, number: int = 0) -> str:
    """One unit's page."""
    return f"{units_link(page_url, key, campaign, number)}units/{code}"
