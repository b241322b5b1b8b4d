"""What a mail client writes: the draft that Reply opens, and the message that Send makes (RFC 5322 §3.6)."""

import html
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.parser import HeaderParser
from email.utils import format_datetime, formataddr, getaddresses, make_msgid
from typing import Any

VIETNAM = timezone(timedelta(hours=7))
_ADDRESSES = ("from", "to", "cc", "bcc", "reply-to")
_WIRE = policy.compat32.clone(linesep="\r\n")


def draft_reply(content: bytes, account: str, received: datetime) -> dict[str, Any]:
    """The reply to a mail, opened in `account`: headers and quoted text, as the page's editor takes them.

    `received` stands in for a missing Date.
    """
    mail = message_from_bytes(content, policy=policy.default)
    subject = str(mail["subject"] or "").strip()  # a subject folded at its start comes with a space
    header = {
        "from": account,
        "to": str(mail["reply-to"] or mail["from"] or ""),
        "subject": subject if re.match(r"\s*re\s*:", subject, re.IGNORECASE) else f"Re: {subject}",
    }
    if parent := str(mail["message-id"] or "").strip():
        earlier = str(mail["references"] or mail["in-reply-to"] or "").split()
        header |= {"in-reply-to": parent, "references": " ".join([*earlier, parent])}
    return {"header": header, "body_plain": f"\n\n{_attribution(mail, received)}\n{_quoted(_text(mail))}\n"}


def _attribution(mail: EmailMessage, received: datetime) -> str:
    sent = (mail["date"].datetime if mail["date"] else None) or received
    if sent.tzinfo is None:  # "-0000": where is not told, but the time is UTC
        sent = sent.replace(tzinfo=UTC)
    authors: tuple[Address, ...] = mail["from"].addresses if mail["from"] else ()
    author = (authors[0].display_name or authors[0].addr_spec) if authors else ""
    return f"Vào {sent.astimezone(VIETNAM):%H:%M %d/%m/%Y}, {author} đã viết:"


def _text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain", "html"))
    if part is None:
        return ""
    text = str(part.get_content())
    return text if part.get_content_subtype() == "plain" else html.unescape(re.sub(r"<[^>]+>", "", text))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def as_written(
    header: Mapping[str, str] | str, body: str, attachments: Sequence[Mapping[str, str]], *, author: str
) -> bytes:
    """The message that the editor holds, ready to deliver; `author` is the From when it names none."""
    # compat32 classes: before Python 3.13 the newer EmailMessage loses spaces of Vietnamese subjects.
    text = MIMEText("\r\n".join(body.splitlines()) + "\r\n", "plain", "utf-8")
    message: Message = text
    if attachments:
        message = MIMEMultipart()
        message.attach(text)
        for file in attachments:
            message.attach(_attachment(file))
    written = HeaderParser().parsestr(header.strip()).items() if isinstance(header, str) else header.items()
    fields = {
        "from": author,
        "date": format_datetime(datetime.now(VIETNAM)),
        "message-id": make_msgid(domain=author.rpartition("@")[2]),
    } | {name.lower(): " ".join(value.splitlines()) for name, value in written if value.strip()}
    for name, value in fields.items():
        message[name.title()] = _encoded(name, value)
    return message.as_bytes(policy=_WIRE)


def _attachment(file: Mapping[str, str]) -> Message:
    part = MIMEApplication(b64decode(file["content"]))
    part.set_type(file["mimetype"] or "application/octet-stream")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", file["name"]))
    return part


def _encoded(name: str, value: str) -> Any:
    if name in _ADDRESSES:
        return ", ".join(formataddr(pair) for pair in getaddresses([value]))
    return value if value.isascii() else Header(value, "utf-8", header_name=name)


def envelope_of(content: bytes) -> tuple[str, list[str]]:
    """The envelope of a written message: its author's address, and whom To, Cc and Bcc name."""
    mail = message_from_bytes(content)
    named = getaddresses([str(value) for field in ("to", "cc", "bcc") for value in mail.get_all(field, [])])
    author = getaddresses([str(mail["from"])])
    return author[0][1], [address for _, address in named if "@" in address]
