"""The rules know nothing around them: import-linter (`make lint`) is told of each of their modules."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_module_of_the_core_is_held_to_what_the_core_may_import() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (core,) = [one["source_modules"] for one in contracts if one["name"].startswith("the core knows no")]
    modules = {file.stem for file in (ROOT / "directives").iterdir() if not file.name.startswith("__")}
    assert sorted(core) == sorted(f"directives.{name}" for name in modules - {"ledger"})
