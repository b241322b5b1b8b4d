"""One closed campaign as one .zip that can be read without dondoc: JSON lines, papers, files, and a list of SHA-256."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic_core import to_jsonable_python

from directives.errors import DondocError
from directives.ledger.archiving import Contents, NamedFile
from notifications.replies.file_store import FileStore

MADE = (1980, 1, 1, 0, 0, 0)  # the same campaign gives the same bytes
_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Written:
    """How much there is; `missing`: files that the ledger names and DONDOC_HOME no longer has."""

    files: int
    bytes: int
    missing: tuple[str, ...]


def write_archive(target: Path, found: Contents, home: Path) -> Written:
    """Whole or not there. Errors: DondocError where it cannot be written."""
    unfinished = target.with_suffix(".unfinished")
    missing: list[str] = []
    sums: list[str] = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ZipFile(unfinished, "w", ZIP_DEFLATED) as zipped:
            for name, raw in _members(found, home, missing):
                zipped.writestr(_member(name), raw)
                sums.append(f"{hashlib.sha256(raw).hexdigest()}  {name}")
            zipped.writestr(_member("SHA256SUMS"), "\n".join(sums) + "\n")
        unfinished.chmod(0o600)
        unfinished.replace(target)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise DondocError(
            f"{target} cannot be written ({error.strerror}); name another with --out"
        ) from error
    return Written(len(sums) + 1, target.stat().st_size, tuple(missing))


def _member(name: str) -> ZipInfo:
    info = ZipInfo(name, MADE)
    info.compress_type = ZIP_DEFLATED
    return info


def _members(found: Contents, home: Path, missing: list[str]) -> Iterator[tuple[str, bytes]]:
    for table, rows in found.tables.items():
        lines = (json.dumps(to_jsonable_python(row), ensure_ascii=False, sort_keys=True) for row in rows)
        yield f"ledger/{table}.jsonl", "".join(f"{line}\n" for line in lines).encode()
    yield (
        "verify.txt",
        ("\n".join(found.broken or ("every event follows from the one before it",)) + "\n").encode(),
    )
    for one in found.files:
        store = FileStore(home / one.folder, one.suffix)
        try:
            raw = store.read(one.sha256)
        except FileNotFoundError:
            missing.append(f"{one.folder}/{one.sha256}{one.suffix}")
            continue
        yield _place(one), raw


def _place(one: NamedFile) -> str:
    """The SHA-256 keeps two files of one name apart; of the name only what any system can hold."""
    name = _UNSAFE.sub("_", one.name).strip("._")[-80:]
    return f"{one.folder}/{one.sha256}{f'-{name}' if name else one.suffix}"
