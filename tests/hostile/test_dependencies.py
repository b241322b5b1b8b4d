"""What comes with us is known, and may be used and shipped as we do."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.hostile.licences import ALLOWED, installed

ROOT = Path(__file__).parents[2]


def test_every_package_has_a_known_and_allowed_licence() -> None:
    found = dict(installed())
    assert len(found) > 150
    assert {name: said for name, said in found.items() if not said or set(said) - ALLOWED} == {}


def test_every_package_named_is_pinned_and_every_one_locked_has_a_hash() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert [one for one in named if not re.fullmatch(r"[a-z0-9.\[\]-]+==[0-9.]+", one)] == []
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text(encoding="utf-8").strip())
    assert [one.split()[0] for one in blocks if "--hash=sha256:" not in one] == []


def test_bandit_finds_nothing_that_is_not_explained() -> None:
    packages = ("cli", "config", "directives", "flows", "notifications", "tasks")
    command = [
        sys.executable,
        "-m",
        "bandit",
        "--quiet",
        "--recursive",
        "--configfile",
        "pyproject.toml",
        *packages,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_package_that_is_imported_is_declared() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("deptry")), "."],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
