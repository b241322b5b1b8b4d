"""What the manual for ops names is there, and it explains every mail that asks ops to do something."""

from __future__ import annotations

import re
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app
from notifications.words import TEMPLATES
from tests.deploy.test_systemd import KNOWN

MANUAL = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
CODE = "\n".join(re.findall(r"```.*?```|`[^`]+`", MANUAL, re.DOTALL))
TO_OPS = "Bộ phận vận hành"


def test_every_alert_is_explained_by_the_beginning_of_its_subject() -> None:
    kinds = [
        file.parent for file in TEMPLATES.glob("*/body.txt.j2") if TO_OPS in file.read_text(encoding="utf-8")
    ]
    assert {"alert", "missed", "runaway", "unprepared"} <= {kind.name for kind in kinds}
    for kind in [*kinds, TEMPLATES / "refused"]:
        (begins,) = re.findall(
            r"(\[[^]{}]+\])(?!\s*\")", (kind / "subject.txt.j2").read_text(encoding="utf-8")
        )
        assert f"**{begins}" in MANUAL, kind.name


def test_every_command_that_is_named_is_one() -> None:
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    named = set(re.findall(r"\bdondoc ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?(?![\w/])", CODE))
    assert len(named) > 10
    for first, second in named:
        known = command.commands.get(first)
        assert known is not None, f"dondoc {first}"
        if isinstance(known, TyperGroup):
            assert second in known.commands, f"dondoc {first} {second}"


def test_every_file_that_is_named_is_there() -> None:
    root = Path(__file__).parents[2]
    named = set(re.findall(r"`((?:deploy|docs|config|tests)/[^` …]*)`", MANUAL))
    assert named
    assert all((root / name).exists() for name in named)


def test_every_setting_that_is_named_is_one() -> None:
    named = {name for name in re.findall(r"DONDOC_[A-Z_]+", MANUAL) if not name.endswith("_")}
    assert len(named) > 15
    assert named <= KNOWN
