"""Files that commands write where people say, or beside the code: one line where that cannot be."""

from __future__ import annotations

from pathlib import Path

from directives.errors import DondocError


def put(file: Path, content: bytes | str, way_out: str) -> None:
    """Write the file; `way_out` is what to do when it cannot be written. Errors: DondocError."""
    try:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise DondocError(f"{file} cannot be written ({error.strerror}); {way_out}") from error


def make_folder(folder: Path, way_out: str) -> None:
    """The folder, if it is not there yet. Errors: DondocError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DondocError(f"{folder} cannot be made ({error.strerror}); {way_out}") from error
