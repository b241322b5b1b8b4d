"""Headers of a mail that anybody may have written, read without ever raising."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

from notifications.replies.bounded import LONGEST_HEADER

_SPACES = re.compile(r"\s+")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_FOREIGN = re.compile(r"[^\x21-\x7e]+")


def raw_all(mail: Message, name: str) -> list[str]:
    """Every header of a name from the top, undecoded and unfolded."""
    wanted = name.lower()
    return [
        _SPACES.sub(" ", str(value)[:LONGEST_HEADER]).strip()
        for key, value in mail.raw_items()
        if key.lower() == wanted
    ]


def is_cut(mail: Message, name: str) -> bool:
    """Whether a header of the name is so long that not all of it was read."""
    return any(key.lower() == name and len(str(value)) >= LONGEST_HEADER for key, value in mail.raw_items())


def raw(mail: Message, name: str) -> str:
    """The topmost header of a name, or nothing."""
    found = raw_all(mail, name)
    return found[0] if found else ""


def decoded(text: str) -> str:
    """RFC 2047 words as text; what cannot be decoded stays as it is."""
    try:
        parts = decode_header(text)
        return "".join(
            part if isinstance(part, str) else part.decode(charset or "utf-8", "replace")
            for part, charset in parts
        )
    except (HeaderParseError, LookupError, ValueError):
        return text


def addresses(values: list[str]) -> list[str]:
    """The addresses in header values, in lower case, undecoded: an encoded address is none.

    Letters beyond ASCII, invisible ones among them, are shown as U+FFFD, which no address of ours holds: what only looks
    like an address is not that address.
    """
    return [_FOREIGN.sub("\ufffd", address).lower() for _, address in _mailboxes(values) if "@" in address]


def _mailboxes(values: list[str]) -> list[tuple[str, str]]:
    """(name, address) pairs; none of what the standard library cannot read: it recurses once a parenthesis."""
    try:
        return [(printable(name), address) for name, address in getaddresses(values)]
    except (RecursionError, ValueError, IndexError, LookupError, AttributeError):
        return []


def printable(text: str) -> str:
    """Without controls and lone surrogates, which no database takes and nobody means."""
    return _CONTROLS.sub("", text)


def message_ids(value: str) -> list[str]:
    return re.findall(r"<[^<>\s]{1,900}>", value)


def same_id(one: str | None, other: str | None) -> bool:
    return bool(one and other) and str(one).strip().strip("<>") == str(other).strip().strip("<>")


def sender_name(mail: Message) -> str:
    """The display name in From, decoded; who that is, is decided elsewhere."""
    found = _mailboxes([raw(mail, "from")])
    return printable(decoded(found[0][0])) if len(found) == 1 else ""
