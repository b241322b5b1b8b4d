"""docs/walkthrough.md, run as it is written: from a new directive to a running campaign."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from config.loader import CONFIG

ROOT = CONFIG.parent
PARTS = ("cli", "config", "directives", "flows", "notifications", "tasks", "docs")
BLOCK = re.compile(r"^```(sh)?\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)


def a_copy(folder: Path) -> Path:
    """The project in a folder of its own, whose files the walk-through may write."""
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_command_works_and_prints_what_is_shown(tmp_path: Path) -> None:
    blocks = [
        (kind, text) for kind, text in BLOCK.findall((ROOT / "docs" / "walkthrough.md").read_text("utf-8"))
    ]
    assert [kind for kind, _ in blocks].count("sh") == 7
    copy = a_copy(tmp_path / "dondoc")
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("DONDOC_", "PREFECT_"))
    }
    clean |= {"DONDOC_HOME": str(tmp_path / "var"), "PYTHON": sys.executable, "COLUMNS": "120"}
    printed = ""
    for kind, text in blocks:
        if not kind:
            for line in text.splitlines():
                assert line.strip() in printed, f"{line!r} was not printed, but:\n{printed}"
            continue
        done = subprocess.run(
            ["bash", "-euc", f'dondoc() {{ "$PYTHON" -m cli.main "$@"; }}\n{text}'],
            cwd=copy,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, f"{text}\n{printed}"
