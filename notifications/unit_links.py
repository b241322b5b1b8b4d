"""The coordinators' address of a campaign's units: one link for each campaign, from a secret of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac

TOKEN_BYTES = 16


def coordinators_token(secret: bytes, campaign: str) -> str:
    """26 characters of lower-case base32: stable for a campaign, until the installation's secret is another.

    The key is derived apart, so that no token of a mail or of a unit's page helps to this one.
    """
    key = hmac.new(secret, b"coordinators", hashlib.sha256).digest()
    digest = hmac.new(key, campaign.encode(), hashlib.sha256).digest()[:TOKEN_BYTES]
    return base64.b32encode(digest).decode().rstrip("=").lower()


def units_link(page_url: str, secret: bytes, campaign: str) -> str:
    """The list of a campaign's units."""
    return f"{page_url.rstrip('/')}/c/{coordinators_token(secret, campaign)}/"


def unit_link(page_url: str, secret: bytes, campaign: str, code: str) -> str:
    """One unit's page."""
    return f"{units_link(page_url, secret, campaign)}units/{code}"
