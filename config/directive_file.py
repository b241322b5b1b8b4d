"""A directive's file → its text: .txt and .md as they are, .docx with its tables and numbering, .pdf with a text layer.

Bounded, so that no file can do harm. Errors: DondocError, one line each with what to do.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

from config.docx_text import docx_text
from config.office_xml import check_office
from config.pdf_text import LONGEST, pdf_text
from directives.errors import DondocError

LARGEST, UNPACKED = 20_000_000, 100_000_000  # bytes
READ = (".txt", ".md", ".docx", ".pdf")


def directive_text(file: Path) -> str:
    """The text, one paragraph or row of a table a line (cells apart by " | ")."""
    kind = file.suffix.lower()
    if kind not in READ:
        raise DondocError(f"'{file.name}' is not {', '.join(READ)}; save the directive as one of them")
    try:
        size = file.stat().st_size
    except OSError as error:
        raise DondocError(f"'{file}' cannot be read ({error.strerror}); check the path") from error
    if size > LARGEST:
        raise DondocError(
            f"'{file.name}' is larger than {LARGEST // 1_000_000} MB; give the directive alone, without scans"
        )
    text = _BY_KIND[kind](file)
    if len(text) > LONGEST:
        raise DondocError(f"'{file.name}' holds more than {LONGEST:,} characters; give the directive alone")
    if not text.strip():
        raise DondocError(f"'{file.name}' holds no text")
    return text


def _plain(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise DondocError(f"'{file}' cannot be read ({error.strerror}); check the path") from error
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DondocError(
            f"'{file.name}' is not text in UTF-8; save it as UTF-8 (TCVN3 and VNI fonts must be converted)"
        ) from error
    if "\0" in text:
        raise DondocError(f"'{file.name}' holds binary data, not text; give the directive itself")
    return text


def _docx(file: Path) -> str:
    try:
        check_office(file, UNPACKED)
        return docx_text(file, LONGEST)
    except BadZipFile as error:
        raise DondocError(
            f"'{file.name}' cannot be read as .docx ({error}); save it anew in Word, without a password"
        ) from error
    # python-docx lets through whatever its parsers meet in a damaged file.
    except (ValueError, OSError, SyntaxError, AttributeError, LookupError, RecursionError) as error:
        raise DondocError(
            f"'{file.name}' cannot be read as .docx; save it anew in Word, without a password"
        ) from error


_BY_KIND = {".txt": _plain, ".md": _plain, ".docx": _docx, ".pdf": pdf_text}
