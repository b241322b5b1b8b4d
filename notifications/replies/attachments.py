"""Files that came with a mail: an allow-list by what they hold, not by what they are called. Nothing is expanded."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from notifications.replies.bounded import TooMuch
from notifications.replies.headers import decoded
from notifications.replies.verdict import AttachmentVerdict

MAX_PARTS = 10
MAX_DEPTH = 10
LONGEST_NAME = 120
MOST_ENTRIES = 10_000
_LOGO = re.compile(r"(?:image|outlook-)[\w-]{1,40}\.(?:png|jpe?g|gif)", re.IGNORECASE)
_PROGRAMS = (
    ".exe",
    ".dll",
    ".com",
    ".scr",
    ".bat",
    ".cmd",
    ".js",
    ".vbs",
    ".ps1",
    ".msi",
    ".jar",
    ".lnk",
    ".hta",
)
OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
EXTENSIONS = {
    "pdf": {"pdf"},
    "docx": {"docx"},
    "xlsx": {"xlsx"},
    "odt": {"odt"},
    "jpg": {"jpg", "jpeg"},
    "png": {"png"},
}
# Controls, bidirectional overrides, invisible characters, what file systems and shells take for more than a name.
_UNSAFE = re.compile(
    '[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff<>:"|?*`$\\\\/]'
)


@dataclass(frozen=True, slots=True)
class File:
    """A part that is a file: its rebuilt name, its octets, and what was decided."""

    verdict: AttachmentVerdict
    content: bytes


def leaves(mail: Message) -> list[Message]:
    """The parts that hold something, in order; a message inside is one part. Errors: TooMuch beyond the depth."""
    found: list[Message] = []
    waiting: list[tuple[Message, int]] = [(mail, 0)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise TooMuch(f"Thư lồng quá {MAX_DEPTH} lớp.")
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            waiting += [(one, depth + 1) for one in reversed(payload) if isinstance(one, Message)]
        else:
            found.append(part)
    return found


def files(mail: Message) -> list[File]:
    """Every file of a mail, accepted or refused; those beyond the tenth unread. Errors: TooMuch beyond the depth."""
    parts = [part for part in leaves(mail) if is_file(part)]
    return [_judged(part, number) for number, part in enumerate(parts, 1)]


def is_file(part: Message) -> bool:
    if _is_decoration(part):
        return False
    if part.get_content_disposition() == "attachment" or _written_name(part):
        return True
    return part.get_content_maintype() not in ("text", "multipart")


def _is_decoration(part: Message) -> bool:
    """A picture that HTML shows (RFC 2392), or that a client puts into signatures: no evidence of anything."""
    if _LOGO.fullmatch(_written_name(part) or ""):
        return True
    is_shown = part.get("content-id") is not None and part.get_content_disposition() != "attachment"
    return is_shown and part.get_content_maintype() == "image"


def _judged(part: Message, number: int) -> File:
    if number > MAX_PARTS:
        name = safe_name(_written_name(part) or "", number)
        return File(AttachmentVerdict(name=name, accepted=False, why=f"thư có quá {MAX_PARTS} tệp"), b"")
    name = safe_name(_written_name(part) or "", number)
    content = _content(part)
    kind, why = kind_of(content)
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if kind and suffix not in EXTENSIONS[kind]:
        name = f"{name}.{kind}"
    if part.get_content_maintype() == "message":
        kind, why = None, "thư đính kèm trong thư không được nhận làm tệp"
    return File(AttachmentVerdict(name=name, accepted=kind is not None, why=why), content)


def _written_name(part: Message) -> str | None:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return "tep"
    return decoded(name) if name else None


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return content if isinstance(content, bytes) else b""


def safe_name(written: str, number: int) -> str:
    """No path, no controls, NFC, at most 120 characters with its extension; never empty, never hidden."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", written[:2_000]))[-1]
    name = " ".join(_UNSAFE.sub("", last).split()).strip(". ")
    if len(name) > LONGEST_NAME:
        stem, dot, suffix = name.rpartition(".")
        suffix = suffix[:10] if dot else ""
        name = f"{(stem or name)[: LONGEST_NAME - len(suffix) - 1].rstrip('. ')}{dot}{suffix}"
    return name or f"tep-{number}"


def kind_of(content: bytes) -> tuple[str | None, str | None]:
    """(pdf, docx, xlsx, odt, jpg or png; None) or (None; why it is refused)."""
    if not content:
        return None, "tệp rỗng"
    if content.startswith(b"%PDF-"):
        return "pdf", None
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg", None
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", None
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return None, "không phải loại tệp được nhận (pdf, docx, xlsx, odt, jpg, png)"


def _office(content: bytes) -> tuple[str | None, str | None]:
    """Looks at the directory of a zip, and at the `mimetype` that OpenDocument stores uncompressed; expands nothing."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [entry.filename for entry in archive.infolist()[: MOST_ENTRIES + 1]]
    except (
        zipfile.BadZipFile,
        ValueError,
        OSError,
        NotImplementedError,
        OverflowError,
        UnicodeDecodeError,
        EOFError,
    ):
        return None, "tệp hỏng hoặc không đọc được"
    if len(names) > MOST_ENTRIES:
        return None, "tệp có quá nhiều thành phần"
    if any(_is_macro(name) for name in names):
        return None, "tệp có macro hoặc chương trình bên trong"
    kinds = [kind for entry, kind in OFFICE.items() if entry in names]
    if len(kinds) == 1 and "[Content_Types].xml" in names:
        return kinds[0], None
    if (
        names[:1] == ["mimetype"]
        and b"application/vnd.oasis.opendocument.text" in content[:120]
        and "content.xml" in names
    ):
        return "odt", None
    return None, "tệp nén không được nhận"


def _is_macro(name: str) -> bool:
    lowered = name.lower()
    embedded = "/embeddings/" in lowered and lowered.endswith(".bin")
    return (
        any(one in lowered for one in ("vbaproject", "/activex/", "/macrosheets/", "macros.bin"))
        or lowered.startswith(("basic/", "scripts/"))
        or lowered.endswith(_PROGRAMS)
        or embedded
    )


def texts(mail: Message) -> Iterator[Message]:
    """The inline text parts, in order; of alternatives (RFC 2046 §5.1.4) the plain one, else the HTML."""
    waiting: list[Message] = [mail]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            inner = [one for one in payload if isinstance(one, Message)]
            waiting += reversed(_alternative(inner) if part.get_content_subtype() == "alternative" else inner)
        elif part.get_content_maintype() == "text" and not is_file(part):
            yield part


def _alternative(parts: list[Message]) -> list[Message]:
    plain = [one for one in parts if one.get_content_type() == "text/plain" and not is_file(one)]
    return plain[:1] or [one for one in parts if one.get_content_maintype() in ("text", "multipart")][-1:]
