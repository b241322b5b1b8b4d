"""The sign of life for a watcher outside: a file that is touched or an address that is fetched, while mail leaves."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import httpx

from directives.errors import DondocError

TIMEOUT = 10.0  # seconds: the mail loop waits for it


def beat(target: str) -> None:
    """Touch the file, or GET the http(s) address. Errors: DondocError, which names the host only: the rest is a key."""
    if urlsplit(target).scheme in ("http", "https"):
        _fetch(target)
    else:
        _touch(Path(target))


def _fetch(url: str) -> None:
    try:
        answer = httpx.get(url, timeout=TIMEOUT, follow_redirects=True)
    except httpx.HTTPError as error:
        raise DondocError(
            f"the heartbeat did not reach {urlsplit(url).hostname} ({type(error).__name__})"
        ) from error
    if answer.is_error:
        raise DondocError(
            f"{urlsplit(url).hostname} refused the heartbeat with {answer.status_code}; check DONDOC_HEARTBEAT"
        )


def _touch(file: Path) -> None:
    try:
        file.touch()
    except OSError as error:
        raise DondocError(
            f"the heartbeat cannot touch {file} ({error.strerror}); check DONDOC_HEARTBEAT"
        ) from error
