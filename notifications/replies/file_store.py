"""Raw mails and evidence as files, by the SHA-256 of their bytes: whole or not there, never half-written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from notifications import whole_files


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
        whole_files.put(file, raw)
        return sha256

    def read(self, sha256: str) -> bytes:
        return self.path(sha256).read_bytes()

    def path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}{self.suffix}"
