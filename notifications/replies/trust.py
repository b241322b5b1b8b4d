"""Whether the sender is who the From says, and may answer for the unit (RFC 8601, RFC 7489)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import (
    FirstHeaderLineIsContinuationDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)
from email.message import Message

import authres
from authres import dmarc

from notifications.replies.context import Digest, ReplyContext
from notifications.replies.headers import addresses, is_cut, raw_all

LONGEST = 4_000  # authres reads in quadratic time
_FEATURES = authres.FeatureContext(dmarc)
_ID = re.compile(r"\s*([^\s;()]{1,255})")
# Lines of the head that others may take for headers, such as `From :`: they may have vouched for another sender than we see.
_AMBIGUOUS = (
    FirstHeaderLineIsContinuationDefect,
    MisplacedEnvelopeHeaderDefect,
    MissingHeaderBodySeparatorDefect,
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose Authentication-Results count. `requires_dmarc` is false only for the trial mail, which checks nobody."""

    authserv_id: str | None
    requires_dmarc: bool = True


def sender(mail: Message) -> str | None:
    """The one address of the one From header, in lower case; None where there is not exactly one for every reader."""
    if is_cut(mail, "from") or any(isinstance(one, _AMBIGUOUS) for one in mail.defects):
        return None
    headers = raw_all(mail, "from")
    found = addresses(headers)
    return found[0] if len(headers) == 1 and len(found) == 1 else None


def distrust(mail: Message, digest: Digest, context: ReplyContext) -> str | None:
    """Why an answer must not take effect by itself; None where it may."""
    author = sender(mail)
    if author is None:
        return "Thư không có đúng một người gửi (From)."
    if author not in context.addresses_of(digest):
        return f"Người gửi {author} không phải đầu mối đã đăng ký của cơ quan, đơn vị."
    if not context.requires_dmarc:
        return None
    return _unauthenticated(mail, author.rpartition("@")[2], context.authserv_id)


def _unauthenticated(mail: Message, domain: str, trusted: str | None) -> str | None:
    """The topmost result of the trusted server counts; whatever anybody else wrote can only take trust away."""
    if not trusted:
        return "Chưa khai báo máy chủ thư được tin cậy, nên chưa xác thực được người gửi."
    for header in raw_all(mail, "authentication-results"):
        written_by = _ID.match(header)
        ours = written_by is not None and written_by[1].lower() == trusted.lower()
        if ours:
            return None if _passes(header, domain) else "Máy chủ thư không xác thực được người gửi (DMARC)."
        if _fails(header):  # above ours: a later server of our own saw it fail
            return "Có máy chủ thư báo người gửi không qua được xác thực (DMARC)."
    return "Không có kết quả xác thực của máy chủ thư được tin cậy."


def _results(header: str) -> list[tuple[str, str | None]] | None:
    """(result, header.from) of every DMARC check in a header; None where it cannot be read."""
    if len(header) > LONGEST:
        return None
    try:
        parsed = _FEATURES.parse_value(header)
    except (authres.AuthResError, RecursionError, ValueError):
        return None
    checks = [one for one in parsed.results if getattr(one, "method", "").lower() == "dmarc"]
    return [(str(one.result).lower(), _header_from(one)) for one in checks]


def _header_from(check: object) -> str | None:
    named = [
        str(one.value).lower().rpartition("@")[2]
        for one in getattr(check, "properties", [])
        if one.type.lower() == "header" and one.name.lower() == "from"
    ]
    return named[0] if len(named) == 1 else None


def _passes(header: str, domain: str) -> bool:
    results = _results(header)
    return bool(results) and all(one == ("pass", domain.lower()) for one in results or ())


def _fails(header: str) -> bool:
    results = _results(header)
    return bool(results) and any(result != "pass" for result, _ in results or ())
