"""A file is whole or not there, whatever happens while it is written."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from notifications import whole_files


def test_a_file_is_its_owners_alone_under_any_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        whole_files.put(tmp_path / "a", b"said")
    finally:
        os.umask(before)
    assert (tmp_path / "a").read_bytes() == b"said"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_one_that_is_there_is_replaced_or_was_first(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"first")
    whole_files.put(file, b"second", over=False)
    assert file.read_bytes() == b"first"
    whole_files.put(file, b"second")
    assert file.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [file]


def test_its_mode_may_be_that_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"first")
    file.chmod(0o640)
    whole_files.put(file, b"second", like=file.stat())
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_without_room_the_one_before_stays_and_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"first")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            whole_files.put(file, b"second " * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [file]
