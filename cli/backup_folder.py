"""A backup as a folder: the ledger's copy, the files it speaks of, and a list of all with their SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import json
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from directives.errors import DondocError
from notifications.keyring import is_secret
from notifications.keys import PURPOSES, Keys
from notifications.whole_files import to_disk

LIST, LEDGER = "backup.json", "ledger.db"
STORES = ("inbound", "evidence", "papers")  # by SHA-256, written once and never changed
FOLDERS = (*STORES, "templates", "lists", "archive")
UNFINISHED = "tmp"  # as tempfile names what is still being written


@dataclass(frozen=True, slots=True)
class Taken:
    """The list beside a backup. `ledger`: sqlite, whose copy lies beside it, or postgresql, which pg_dump saves.

    `secret`: a code that only the same secrets give; `files`: (SHA-256, bytes) by path below the folder.
    """

    version: str
    taken_at: str
    ledger: str
    secret: str
    files: dict[str, tuple[str, int]]

    @property
    def at(self) -> datetime:
        """In UTC."""
        return datetime.fromisoformat(self.taken_at).astimezone(UTC)


def secret_code(keys: Keys) -> str:
    together = b"".join(keys[purpose].current for purpose in PURPOSES)
    return hmac.new(together, b"dondoc backup", hashlib.sha256).hexdigest()[:16]


def copy_ledger(source: Path, target: Path) -> None:
    """One consistent copy while others write (SQLite's online backup), as a single file."""
    address = f"{source.resolve().as_uri()}?mode=rw"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30)) as live,
        closing(sqlite3.connect(target)) as copy,
    ):
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
    if said != "ok":
        raise DondocError(f"the ledger's copy is damaged ({said}); nothing was kept")
    target.chmod(0o600)
    to_disk(target)


def files_below(home: Path) -> Iterator[str]:
    """What a backup takes along, as paths below DONDOC_HOME: no logs, and nothing of Prefect; not its secrets."""
    for folder in FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and not file.is_symlink() and not file.name.startswith(UNFINISHED):
                yield file.relative_to(home).as_posix()


def copy_files(home: Path, names: Iterable[str], target: Path) -> None:
    for name in names:
        file = target / name
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = file.with_name(f"{UNFINISHED}-{file.name}")
        shutil.copyfile(home / name, unfinished)
        unfinished.chmod(0o600)
        to_disk(unfinished)
        unfinished.replace(file)


def listed(folder: Path, names: Iterable[str]) -> dict[str, tuple[str, int]]:
    return {name: (sha256_of(folder / name), (folder / name).stat().st_size) for name in names}


def write_list(folder: Path, taken: Taken) -> None:
    (folder / LIST).write_text(
        json.dumps(asdict(taken), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    (folder / LIST).chmod(0o600)
    to_disk(folder / LIST)


def read_list(folder: Path) -> Taken:
    """The list of a backup whose files are all there and unchanged. Errors: DondocError, a line for each that is not."""
    try:
        found: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
        files = {str(name): (str(sha256), int(size)) for name, (sha256, size) in found["files"].items()}
        taken = Taken(**{**found, "files": files})
        assert datetime.fromisoformat(taken.taken_at).tzinfo
    except FileNotFoundError as error:
        raise DondocError(f"'{folder}' is no backup: there is no {LIST} in it") from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
        raise DondocError(f"'{folder}' is no backup: {LIST} cannot be read ({error})") from error
    wrong = [
        problem for name, (sha256, _) in taken.files.items() if (problem := _wrong(folder, name, sha256))
    ]
    if taken.ledger == "sqlite" and LEDGER not in taken.files:
        wrong.append(f"{LEDGER} is not listed")
    if wrong:
        raise DondocError("\ndondoc: ".join(f"{folder}: {one}; nothing restored" for one in wrong))
    return taken


def damaged(files: dict[str, tuple[str, int]]) -> Iterator[str]:
    """Stored files that are not what their name says."""
    for name, (sha256, _) in files.items():
        if name.split("/")[0] in STORES and Path(name).stem != sha256:
            yield f"{name} is damaged: its SHA-256 is {sha256}"


def missing(named: dict[str, set[str]], files: Iterable[str]) -> Iterator[str]:
    """Files that the ledger speaks of and that are not there."""
    there = {(name.split("/")[0], Path(name).stem) for name in files}
    for folder, hashes in named.items():
        for sha256 in sorted(hashes):
            if (folder, sha256) not in there:
                yield f"{folder}: the file {sha256} that the ledger names is missing"


def sha256_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _wrong(folder: Path, name: str, sha256: str) -> str:
    file, parts = folder / name, Path(name).parts
    if Path(name).is_absolute() or ".." in parts:
        return f"{name} leads out of the folder"
    if name != LEDGER and not is_secret(name) and (len(parts) < 2 or parts[0] not in FOLDERS):
        return f"{name!r} is no file of a backup"
    if any((folder / Path(*parts[:n])).is_symlink() for n in range(1, len(parts) + 1)):
        return f"{name} is a link or lies behind one"
    if not file.is_file():
        return f"{name} is missing"
    return "" if sha256_of(file) == sha256 else f"{name} was changed after the backup"
