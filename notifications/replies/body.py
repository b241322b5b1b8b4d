"""The text of a mail, decoded as well as it can be."""

from __future__ import annotations

from email.message import Message

from notifications.replies.attachments import texts
from notifications.replies.bounded import TooMuch
from notifications.replies.html_text import text_of_html
from notifications.replies.words import clean

LONGEST_TEXT = 2_000_000  # characters, the marks of HTML among them


def body_text(mail: Message) -> str:
    """Every inline text of the mail, cleaned: NFC, \\n, plain spaces. HTML keeps its quotations as "> ".

    Errors: TooMuch beyond the limit: what is cut off might take back what stands before it.
    """
    decoded = [(part, _decoded(_payload(part), _charset(part))) for part in texts(mail)]
    if sum(len(text) for _, text in decoded) > LONGEST_TEXT:
        raise TooMuch("Thư quá dài để tự đọc.")
    return clean("\n".join(_text(part, text) for part, text in decoded))


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message, text: str) -> str:
    if part.get_content_subtype() == "html":
        return text_of_html(text)
    if str(part.get_param("format", "", "content-type")).lower() == "flowed":
        return _unflowed(text, str(part.get_param("delsp", "")).lower() == "yes")
    return text


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("utf-8") or "utf-8"
    except (ValueError, LookupError, TypeError):
        return "utf-8"


def _decoded(payload: bytes, charset: str) -> str:
    for name in (
        "utf-8" if charset in ("us-ascii", "ascii", "unknown-8bit") else charset,
        "utf-8",
        "windows-1258",
    ):
        try:
            return payload.decode(name)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return payload.decode("utf-8", "replace")


def _unflowed(text: str, delsp: bool) -> str:
    """RFC 3676: a line that ends in a space goes on in the next one, except the signature's mark; quotes stay lines."""
    lines: list[list[str]] = []  # in pieces: to lengthen a text line by line costs its square
    open_line = False
    for line in text.replace("\r\n", "\n").split("\n"):
        quoted = line.startswith(">")
        if open_line and not quoted and lines:
            lines[-1].append(line.removeprefix(" "))
        else:
            lines.append([line])
        open_line = line.endswith(" ") and line != "-- " and not quoted
        if open_line and delsp:
            lines[-1][-1] = lines[-1][-1][:-1]
    return "\n".join("".join(line) for line in lines)
