"""One mail as the bytes SMTP carries: pure, byte-stable, 7-bit ASCII, CRLF, encoded lines up to 76 octets.

Written by hand because `email.message.EmailMessage` takes 6 ms a mail and, before Python 3.13, loses spaces
when it refolds Vietnamese subjects. The shape is multipart/mixed (only with attachments) around
multipart/alternative (text/plain, text/html); pictures that the HTML shows stand beside it in multipart/related.
RFC 5322 headers, 2045/2046 MIME, 2047 words, 2231 file names.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from notifications.encoding import LINE, base64_lines, encoded_words, quoted_line

HARD_LINE = 998  # RFC 5322 §2.1.1
NEWEST_REFERENCES = 9  # kept beside the first one, which is the thread's root
LONGEST_HEADER_NAME = 54  # leaves room on the first line for an encoded-word of one four-octet character

_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_TOKEN = r"[!#$%&'*+.^_`{|}~0-9A-Za-z-]+"  # RFC 2045 §5.1
_ATEXT = r"[!#$%&'*+/=?^_`{|}~0-9A-Za-z-]+"  # RFC 5322 §3.2.3
_LABEL = r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
_ADDRESS = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATEXT}(?:\.{_ATEXT})*@{_LABEL}(?:\.{_LABEL})*")
_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_REFERENCE = re.compile(r"<[!-;=?-~]{1,900}>")
_HEADER_NAME = re.compile(r"[0-9A-Za-z-]+")  # narrower than RFC 5322 §3.6.8, as every header in use is
_CONTENT_TYPE = re.compile(rf'({_TOKEN}/{_TOKEN})((?:; *{_TOKEN}=(?:{_TOKEN}|"[ !#-\[\]-~]*"))*)')
_PARAMETER = re.compile(rf'{_TOKEN}=(?:{_TOKEN}|"[^"]*")')
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ATOMS = re.compile(rf"{_ATEXT}(?: {_ATEXT})*")
_AS_THEY_ARE = bytes(range(128)).replace(b"=", b"")  # one octet each in quoted-printable, the others three

# Set from the fields of Mail, or by the servers on the way; never by `Mail.headers`.
_OWN_HEADERS = frozenset(
    {"from", "to", "cc", "bcc", "sender", "reply-to", "subject", "date", "message-id", "in-reply-to"}
    | {"references", "mime-version", "return-path", "received"}
)
_UNSTRUCTURED = frozenset({"comments", "organization", "thread-topic"})  # and every X-…


class Wire(bytes):
    """A mail whose lines end in CRLF, the last one too, and none of which begins with a dot: SMTP need not look again."""


class HeaderInjection(ValueError):
    """A header value holds a character that could end or distort the header. The message names the header."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name (any text, or empty) and an ASCII address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; `content_type` may carry parameters: 'text/calendar; charset=utf-8; method=PUBLISH'."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture that the HTML shows as `cid:…`; `cid` is of the form left@right."""

    cid: str
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """All that one recipient gets. `headers` are extra; only X-…, Comments, Organization hold any text."""

    sender: Mailbox
    recipient: Mailbox
    reply_to: Mailbox | None
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    references: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    inline: tuple[Inline, ...] = ()


def to_bytes(mail: Mail) -> Wire:
    """The mail, the same bytes for the same `Mail`.

    Raises HeaderInjection for control characters (tabs too) in anything that goes into a header, and
    ValueError for an address, message id, content type, header name or naive date that cannot be written.
    """
    headers = "".join(f"{header}\r\n" for header in _headers(mail))
    # The boundary needs no search of the bodies: "=_" can occur neither in base64 nor in quoted-printable.
    mark = hashlib.blake2b(mail.message_id.encode("ascii"), digest_size=12).hexdigest()
    html = _text_part("html", mail.html)
    if mail.inline:
        html = _multipart("related", f"=_r{mark}", [html, *map(_inline_part, mail.inline)])
    body = _multipart("alternative", f"=_a{mark}", [_text_part("plain", mail.text), html])
    if mail.attachments:
        body = _multipart("mixed", f"=_m{mark}", [body, *map(_attachment_part, mail.attachments)])
    return Wire(headers.encode("ascii") + b"MIME-Version: 1.0\r\n" + body)


def check_address(address: str, where: str) -> str:
    """The address itself, if it is an ASCII dot-atom at a host name (RFC 5321 §4.1.2, unquoted).

    Raises HeaderInjection or ValueError, both naming `where` it stood.
    """
    _refuse_unwritable(where, address)
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"{where}: {address!r} is not an address of the form name@host.domain in ASCII")
    return address


def _headers(mail: Mail) -> Iterator[str]:
    yield _mailbox("From", mail.sender)
    yield _mailbox("To", mail.recipient)
    if mail.reply_to is not None:
        yield _mailbox("Reply-To", mail.reply_to)
    yield _unstructured("Subject", mail.subject)
    if mail.date.utcoffset() is None:
        raise ValueError("Date: a naive time says nothing to another machine; give an aware datetime")
    yield f"Date: {format_datetime(mail.date)}"
    _refuse_unwritable("Message-ID", mail.message_id)
    if not _MESSAGE_ID.fullmatch(mail.message_id):
        raise ValueError(f"Message-ID: {mail.message_id!r} is not of the form <left@right>")
    yield _structured("Message-ID", mail.message_id)
    yield from _thread(mail.references)
    for name, value in mail.headers:
        yield _extra(name, value)


def _thread(references: tuple[str, ...]) -> Iterator[str]:
    """In-Reply-To and References (RFC 5322 §3.6.4); ids that other programs malformed are left out."""
    for reference in references:
        _refuse_unwritable("References", reference)
    known = [reference for reference in references if _REFERENCE.fullmatch(reference)]
    if len(known) > 1 + NEWEST_REFERENCES:
        known = [known[0], *known[-NEWEST_REFERENCES:]]
    if known:
        yield _structured("In-Reply-To", known[-1])
        yield _structured("References", " ".join(known))


def _extra(name: str, value: str) -> str:
    _refuse_unwritable(ascii(name), name)
    lower = name.lower()
    if not _HEADER_NAME.fullmatch(name) or len(name) > LONGEST_HEADER_NAME:
        raise ValueError(
            f"{name!r}: a header name is 1 to {LONGEST_HEADER_NAME} ASCII letters, digits and hyphens"
        )
    if lower in _OWN_HEADERS or lower.startswith(("content-", "resent-")):
        raise ValueError(f"{name}: this header comes from the fields of Mail, not from Mail.headers")
    if lower.startswith("x-") or lower in _UNSTRUCTURED:
        return _unstructured(name, value)
    _refuse_unwritable(name, value)
    if not value.isascii():
        raise ValueError(f"{name}: text beyond ASCII may stand only in X-…, Comments and Organization")
    return _structured(name, value)


def _refuse_unwritable(name: str, value: str) -> None:
    found = _UNWRITABLE.search(value)
    if found:
        raise HeaderInjection(
            f"{name}: U+{ord(found[0]):04X} may not stand in a header (position {found.start()})"
        )


def _unstructured(name: str, value: str) -> str:
    """Plain if it is short ASCII; else all of it encoded, so that spaces anywhere survive."""
    _refuse_unwritable(name, value)
    plain = f"{name}: {value}" if value else f"{name}:"
    if not value or (_PLAIN.fullmatch(value) and "=?" not in value and len(plain) <= LINE):
        return plain
    return f"{name}: {encoded_words(value, column=len(name) + 2)}"


def _structured(name: str, value: str) -> str:
    """ASCII folded at its own spaces; a word that is longer than a line stays whole."""
    lines: list[str] = [f"{name}:"]
    for word in value.split(" "):
        # Never right after the name: a first line without a value reads back with a leading space.
        if len(lines[-1]) + 1 + len(word) <= LINE or lines == [f"{name}:"]:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    if max(map(len, lines)) > HARD_LINE:
        raise ValueError(f"{name}: a word of more than {HARD_LINE} octets cannot be folded (RFC 5322 §2.1.1)")
    return "\r\n".join(lines)


def _mailbox(name: str, box: Mailbox) -> str:
    address = check_address(box.address, name)
    if not box.name:
        return f"{name}: {address}"
    _refuse_unwritable(name, box.name)
    header = f"{name}: {_phrase(box.name, column=len(name) + 2)}"
    width = len(header) - (header.rfind("\n") + 1)
    gap = " " if width + len(address) + 3 <= LINE else "\r\n "
    return f"{header}{gap}<{address}>"


@lru_cache(maxsize=1024)
def _phrase(text: str, column: int) -> str:
    """A display name: atoms or a quoted string where they carry it exactly, else encoded-words."""
    if _PLAIN.fullmatch(text) and "=?" not in text and column + len(text) + 2 <= LINE:
        if _ATOMS.fullmatch(text):
            return text
        if '"' not in text and "\\" not in text:
            return f'"{text}"'
    return encoded_words(text, column)


def _multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    """An entity with its Content-Type header; the CRLF before a boundary belongs to it (RFC 2046 §5.1)."""
    mark = boundary.encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts) + b"--%b--\r\n" % mark


def _text_part(subtype: str, text: str) -> bytes:
    """Quoted-printable where mostly ASCII (HTML), base64 where that is shorter (Vietnamese prose)."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    octets = text.encode("utf-8")
    if len(octets) + 2 * len(octets.translate(None, _AS_THEY_ARE)) <= len(octets) * 4 // 3:
        encoding, body = "quoted-printable", b"\r\n".join(map(quoted_line, octets.split(b"\n")))
    else:
        encoding, body = "base64", base64_lines(octets.replace(b"\n", b"\r\n"))
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def _attachment_part(attachment: Attachment) -> bytes:
    head = (
        f"{_content_type(attachment.content_type)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"{_disposition(attachment.filename)}\r\n\r\n"
    )
    return head.encode("ascii") + base64_lines(attachment.content)


def _inline_part(picture: Inline) -> bytes:
    _refuse_unwritable("Content-ID", picture.cid)
    if not _MESSAGE_ID.fullmatch(f"<{picture.cid}>"):
        raise ValueError(f"Content-ID: {picture.cid!r} is not of the form left@right")
    head = (
        f"{_content_type(picture.content_type)}\r\n"
        "Content-Transfer-Encoding: base64\r\n"
        f"{_structured('Content-ID', f'<{picture.cid}>')}\r\n"
        f"{_disposition(picture.filename, 'inline')}\r\n\r\n"
    )
    return head.encode("ascii") + base64_lines(picture.content)


def _content_type(value: str) -> str:
    _refuse_unwritable("Content-Type", value)
    found = _CONTENT_TYPE.fullmatch(value)
    if not found:
        raise ValueError(f"Content-Type: {value!r} is not of the form type/subtype; name=value")
    if found[1].lower().startswith(("multipart/", "message/")):
        raise ValueError(f"Content-Type: {found[1]} may not be sent in base64 (RFC 2046 §5)")
    lines = [f"Content-Type: {found[1]}", *_PARAMETER.findall(found[2])]
    header = ";\r\n ".join(lines)
    if max(map(len, lines)) > HARD_LINE - 2:
        raise ValueError("Content-Type: a parameter is too long for one line (RFC 5322 §2.1.1)")
    return header


def _disposition(filename: str, manner: str = "attachment") -> str:
    """RFC 2231 §3 and §4: plain if it is a short token, else percent-encoded in pieces of whole characters.

    Pieces hold whole characters because Python's parser, among others, decodes each before joining them.
    """
    _refuse_unwritable("Content-Disposition", filename)
    if not filename:
        raise ValueError("Content-Disposition: an attachment needs a file name")
    if re.fullmatch(_TOKEN, filename) and len(filename) <= LINE - len(" filename=;"):
        return f"Content-Disposition: {manner};\r\n filename={filename}"
    pieces = ["utf-8''"]
    for character in filename:
        code = quote(character, safe="")
        if len(pieces[-1]) + len(code) > LINE - len(" filename*999*=;"):
            pieces.append("")
        pieces[-1] += code
    lines = [f" filename*{number}*={piece}" for number, piece in enumerate(pieces)]
    return ";\r\n".join([f"Content-Disposition: {manner}", *lines])
