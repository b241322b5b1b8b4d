"""Raw mails and evidence as files, by the SHA-256 of their bytes: whole or not there, never half-written."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileStore:
    """`folder`/ab/abcd… with a suffix, readable by this user only."""

    folder: Path
    suffix: str = ""

    def keep(self, raw: bytes) -> str:
        """Write the bytes if they are not there yet, to the disk itself; returns their SHA-256."""
        sha256 = hashlib.sha256(raw).hexdigest()
        file = self.path(sha256)
        if file.exists():
            return sha256
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # of parents, mkdir asks the umask
        file.parent.mkdir(exist_ok=True, mode=0o700)
        descriptor, unfinished = tempfile.mkstemp(dir=file.parent)
        try:
            with os.fdopen(descriptor, "wb") as out:
                out.write(raw)
                out.flush()
                os.fsync(out.fileno())
            Path(unfinished).replace(file)
        except BaseException:  # no room: what was begun would only take more of it
            Path(unfinished).unlink(missing_ok=True)
            raise
        _sync_folder(file.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}{self.suffix}"


def _sync_folder(folder: Path) -> None:
    """The new name must be on the disk too before the ledger speaks of it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
