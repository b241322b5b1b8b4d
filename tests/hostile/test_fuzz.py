"""A short run of the fuzzer (`make fuzz` is the long one), and that it would find something."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hostile import fuzz


@pytest.mark.parametrize("kind", list(fuzz.seeds()))
def test_changed_files_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    fuzz.run(kind, 40, tmp_path)


def test_a_reader_that_raises_what_it_does_not_say_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(raw: bytes, _: Path) -> object:
        return {}[raw]

    monkeypatch.setattr(fuzz, "seeds", lambda: {"x": (broken, [b"a"])})
    with pytest.raises(fuzz.Found, match="KeyError"):
        fuzz.run("x", 5, tmp_path)
    assert (tmp_path / "found").exists()
