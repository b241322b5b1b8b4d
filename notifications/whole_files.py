"""Files that are whole or not there: written beside their place, to the disk itself, and put there by their name at once."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def put(file: Path, raw: bytes, *, over: bool = True, like: os.stat_result | None = None) -> None:
    """Of mode 0600, or of the owner and mode `like` another. Not `over` one that is there: who was first wins.

    Errors: OSError; nothing is left behind then.
    """
    descriptor, unfinished = tempfile.mkstemp(dir=file.parent)  # of mode 0600
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(raw)
            out.flush()
            if like is not None:
                os.fchown(out.fileno(), like.st_uid, like.st_gid)
                os.fchmod(out.fileno(), like.st_mode & 0o7777)
            os.fsync(out.fileno())
        if over:
            Path(unfinished).replace(file)
        else:
            with suppress(FileExistsError):
                os.link(unfinished, file)
            Path(unfinished).unlink()
    except BaseException:  # no room: what was begun would only take more of it
        Path(unfinished).unlink(missing_ok=True)
        raise
    to_disk(file.parent)  # the new name, before anybody speaks of it


def to_disk(file: Path) -> None:
    """What a file holds, or which names a folder has, outlives a machine that loses power."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
