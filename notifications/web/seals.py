"""What a form carries and nobody else can make: its id, bound to link and step (CSRF), and the file kept for it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable

from notifications.web.uploads import Upload

_ID = re.compile(r"[0-9a-f]{32}")


def new_form(key: bytes, link: str, step: str) -> str:
    """`<id>.<seal>`: a new form of that link (its token's SHA-256) for that step."""
    form = secrets.token_hex(16)
    return f"{form}.{_seal(key, 'form', link, step, form)}"


def form_id(keys: Iterable[bytes], link: str, step: str, written: str) -> str | None:
    """The id of a form that we made for that link and step; None for any other text."""
    form, _, seal = written.partition(".")
    if not _ID.fullmatch(form) or not _is(seal, keys, "form", link, step, form):
        return None
    return form


def seal_file(key: bytes, link: str, upload: Upload) -> str:
    """A file that is stored already, to be carried by a form that is shown again."""
    named = base64.urlsafe_b64encode(json.dumps([upload.sha256, upload.name]).encode()).decode()
    return f"{named}.{_seal(key, 'file', link, named)}"


def sealed_file(keys: Iterable[bytes], link: str, written: str) -> Upload | None:
    named, _, seal = written.partition(".")
    if not _is(seal, keys, "file", link, named):
        return None
    sha256, name = json.loads(base64.urlsafe_b64decode(named))
    return Upload(sha256, name)


def _seal(key: bytes, *parts: str) -> str:
    # JSON keeps the parts apart, whatever they hold.
    return hmac.new(key, b"page-form:" + json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def _is(written: str, keys: Iterable[bytes], *parts: str) -> bool:
    given = written.encode("utf-8", "replace")
    return any(hmac.compare_digest(given, _seal(key, *parts).encode()) for key in keys)
