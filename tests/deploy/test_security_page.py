"""What the page on security names is there: tests, commands, settings."""

from __future__ import annotations

import re
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app
from config.settings import PREFIX, secret_names
from tests.deploy.test_systemd import KNOWN

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_is_there() -> None:
    named = re.findall(r"`((?:tests/)?[\w/]*test_\w+\.py|tests/\w+/)`", PAGE)
    known = {file.name for file in (ROOT / "tests").rglob("test_*.py")}
    assert len(named) > 15
    assert [one for one in named if not (ROOT / one).exists() and one not in known] == []


def test_every_command_that_is_named_is_one() -> None:
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    named = set(re.findall(r"`dondoc ([a-z][a-z-]+)(?: ([a-z][a-z-]+))?(?![\w/])", PAGE))
    assert len(named) > 5
    for first, second in named:
        known = command.commands[first]
        assert not isinstance(known, TyperGroup) or second in known.commands


def test_every_setting_that_is_named_is_one() -> None:
    files = {f"{PREFIX}{name}_FILE".upper() for name in secret_names()}
    named = set(re.findall(r"DONDOC_[A-Z_]+[A-Z]", PAGE))
    assert len(named) > 8
    assert named <= KNOWN | files
