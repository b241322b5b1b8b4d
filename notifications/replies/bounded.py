"""A mail's bytes as a `Message`, in time and memory that whoever wrote it cannot stretch.

The standard library reads a header's parameters in quadratic time and keeps an object for each line and part, so the
limits come before it: octets, lines, marks of parts, and the length of each header wherever it stands.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesHeaderParser

MAX_MAIL = 20 * 1024 * 1024  # octets of a whole mail
MAX_HEADERS = 500
LONGEST_HEAD = 200_000  # octets
LONGEST_HEADER = 8_000  # characters of one header that are read; the rest is no honest header
MOST_LINES = 300_000  # 20 MB in base64 have 270,000
MOST_MARKS = 1_000  # lines that begin like a boundary (RFC 2046 5.1.1)
_HEAD_ENDS, _LONE_RETURN = re.compile(rb"\n\r?\n"), re.compile(rb"\r(?!\n)")


class TooMuch(Exception):
    """The mail is more than is read; the message says why, in Vietnamese, for who has to read it."""


class _ShortHeaders(Compat32):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_POLICY = _ShortHeaders()


def head_of(raw: bytes) -> Message:
    """The headers alone, of any mail whatever."""
    return BytesHeaderParser(policy=_POLICY).parsebytes(_as_sent(raw[:LONGEST_HEAD]))


def mail_of(raw: bytes) -> Message:
    """The whole mail. Errors: TooMuch."""
    if len(raw) > MAX_MAIL:
        raise TooMuch(f"Thư lớn hơn {MAX_MAIL // 1024 // 1024} MB.")
    head = raw[:LONGEST_HEAD]
    unended = len(raw) > LONGEST_HEAD and b"\n\n" not in head and b"\r\n\r\n" not in head
    if unended or len(head_of(raw).keys()) > MAX_HEADERS:
        raise TooMuch("Thư có quá nhiều dòng tiêu đề.")
    if raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n") > MOST_LINES:
        raise TooMuch("Thư có quá nhiều dòng.")
    if raw.count(b"\n--") + raw.count(b"\r--") > MOST_MARKS:
        raise TooMuch("Thư có quá nhiều phần.")
    try:
        return message_from_bytes(_as_sent(raw), policy=_POLICY)
    except RecursionError as error:
        raise TooMuch("Thư lồng quá nhiều lớp.") from error


def _as_sent(raw: bytes) -> bytes:
    """Without the carriage returns in the head that stand alone: no mail server ends a line at one (RFC 5322 2.2), as the
    standard library would. What a server vouched for is another sender than one who stands behind such a sign."""
    ends = _HEAD_ENDS.search(raw)
    head = raw[: ends.end()] if ends else raw
    return _LONE_RETURN.sub(b" ", head) + raw[len(head) :]
