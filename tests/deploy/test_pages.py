"""What README, CONTRIBUTING and the pages of `docs/` name is there: commands, options, settings, files, tests, links, targets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from cli.main import app
from config.settings import PREFIX, Settings, secret_names
from tests.deploy.test_systemd import KNOWN

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FILES = {f"{PREFIX}{name}_FILE".upper() for name in secret_names()}
FOLDERS = "bench|cli|config|deploy|directives|docs|flows|notifications|tasks|tests"
LATER = {"config/campaigns/archive"}  # made when the first campaign is put away
TESTS = {file.name for file in (ROOT / "tests").rglob("test_*.py")}

on_every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def code(page: Path) -> Iterator[str]:
    """Lines of code, and what stands between backticks."""
    for found in re.findall(r"```.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), re.DOTALL):
        yield from found.strip("`").splitlines()


@on_every_page
def test_every_command_that_is_named_is_one_and_has_the_options(page: Path) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    for line in code(page):
        for said in re.findall(r"(?:(?<![/\w])|(?<=bin/))dondoc ([a-z][^#|]*)", line):
            first, *more = said.split()
            command = group.commands.get(first)
            if command is None:  # a group or pool of that name stands behind something else
                assert not line.split()[0].endswith("dondoc"), f"dondoc {first}"
                continue
            if isinstance(command, TyperGroup) and more and re.fullmatch(r"[a-z-]+", more[0]):
                assert more[0] in command.commands, f"dondoc {first} {more[0]}"
                command = command.commands[more[0]]
            if not isinstance(command, TyperGroup):
                known = {one for parameter in command.params for one in parameter.opts} | {"--help"}
                named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", said.partition("&&")[0]))
                assert named <= known, f"dondoc {said}"


@on_every_page
def test_every_setting_that_is_named_is_one(page: Path) -> None:
    named = set(re.findall(r"DONDOC_[A-Z_]*[A-Z](?![…A-Z_$])", page.read_text(encoding="utf-8")))
    assert named <= KNOWN | FILES | {"DONDOC_DISPATCHES"}


@on_every_page
def test_every_file_test_and_target_that_is_named_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = set(re.findall(rf"`((?:{FOLDERS})/[^` …<*{{]*)`", text)) - LATER
    assert [one for one in named if not (ROOT / one).exists()] == []
    assert set(re.findall(r"`(test_\w+\.py)`", text)) <= TESTS
    modules = {one.replace(".", "/") for one in re.findall(r"python -m ((?:bench|tests)\.[a-z_.]+)", text)}
    assert [one for one in modules if not (ROOT / f"{one}.py").exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {one for line in code(page) for one in re.findall(r"^make ([a-z-]+)", line)} <= targets


@on_every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        if "://" in link:
            continue
        target = page.parent / file if file else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_every_setting_has_its_row_with_what_holds_without_it() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(DONDOC_[A-Z_]+)` \|([^|]*)\|", page, re.MULTILINE))
    assert rows.keys() == KNOWN
    for name, field in Settings.model_fields.items():
        assert rows[f"{PREFIX}{name}".upper()].strip(" `") == _written(field.default), name


def _written(value: object) -> str:
    """As it would stand in the environment."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple():
            return str([[f"{at:%H:%M}" for at in span] for span in value]).replace("'", '"').replace(" ", "")
        case _:
            return f"{value:%H:%M}" if hasattr(value, "hour") else str(value).strip("*")
