"""Files that come with a form: judged by what they hold, named anew, stored by their hash, expanded nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from notifications.replies.attachments import EXTENSIONS, kind_of, safe_name
from notifications.replies.file_store import FileStore


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file: under its SHA-256, with the name it is shown by."""

    sha256: str
    name: str


def judged(written_name: str, content: bytes) -> tuple[str, str]:
    """(name, "") of a file that is accepted; ("", why it is refused)."""
    kind, why = kind_of(content)
    if kind is None:
        return "", why or ""
    name = safe_name(written_name, 1)
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return (name if suffix in EXTENSIONS[kind] else f"{name}.{kind}"), ""


def store(evidence: Path, name: str, content: bytes) -> Upload:
    return Upload(FileStore(evidence).keep(content), name)
