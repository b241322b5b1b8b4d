"""What is stored beside the ledger is for its owner alone, whatever umask a process was started under."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications.replies.file_store import FileStore


@pytest.fixture(autouse=True)
def anybodys_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_folders_and_files_of_a_store_are_private(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "inbound", ".eml")
    store.keep(b"one")
    store.keep(b"two")
    found = [tmp_path / "inbound", *(tmp_path / "inbound").rglob("*")]
    assert len(found) == 5
    assert [one for one in found if one.stat().st_mode & 0o077] == []
