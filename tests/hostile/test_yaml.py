"""Files of YAML made to hurt, or merely odd, are refused in one line a mistake, with the line and the way out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from config.loader import CONFIG, load_definition, load_model
from config.yaml_lines import LARGEST
from directives.errors import BadInput
from directives.model import Ladder
from tests.hostile.limits import bounded

TEN = range(10)
LAUGHS = "a0: &a0 [ha, ha]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
BOMBS = {
    "aliases of aliases in lists": LAUGHS,
    "aliases of aliases in fields": "a0: &a0 {x: y}\n"
    + "".join(f"a{n}: &a{n} {{{', '.join(f'k{i}: *a{n - 1}' for i in TEN)}}}\n" for n in range(1, 12)),
    "merges of merges": "a0: &a0 {x: y}\n"
    + "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)),
    "an alias within itself": "a: &a [*a]\n",
    "lists in lists": "[" * 90_000,
    "fields in fields": "{a: " * 90_000,
    "lists by indentation": "".join(f"{' ' * n}-\n" for n in range(700)),
    "lists on one line": "- " * 90_000 + "x",
    "questions": "? " * 90_000,
    "tags": "!" * 290_000,
    "quotes": "'" * 290_000,
    "blanks": " " * 290_000,
    "empty lines": "\n" * 290_000,
    "colons": ":" * 290_000,
    "documents": "---\n" * 90_000,
    "a text of many lines": "a: >\n" + " x\n" * 90_000,
    "a number of many digits": "campaign: " + "9" * 290_000,
    "a number in hexadecimal": "campaign: 0x" + "f" * 290_000,
    "a number in base sixty": "campaign: 1" + ":1" * 40_000,
    "very many fields": "".join(f"k{n}: v\n" for n in range(20_000)),
    "more than a file can be": "a: b\n" * LARGEST,
}
READ = """
import sys, json
from pathlib import Path
from config.loader import load_definition
from directives.errors import BadInput
for file in map(Path, sys.argv[1:]):
    print(file.name, flush=True)
    try:
        load_definition(file)
    except BadInput as bad:
        assert bad.problems and all(len(str(one)) < 1_000 and "\\n" not in str(one) for one in bad.problems)
    else:
        raise AssertionError("was read")
"""


@pytest.fixture
def campaigns(tmp_path: Path) -> Path:
    """The folder of campaigns of a configuration like the shipped one."""
    for folder in ("calendars", "escalations", "series", "units"):
        shutil.copytree(CONFIG / folder, tmp_path / folder)
    (tmp_path / "campaigns").mkdir()
    return tmp_path / "campaigns"


def test_no_file_takes_long_or_much(campaigns: Path) -> None:
    files = [campaigns / f"{n}.yaml" for n in range(len(BOMBS))]
    for file, text in zip(files, BOMBS.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    assert len(bounded(READ, cpu=120, megabytes=1_500, args=tuple(map(str, files))).splitlines()) == len(
        BOMBS
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2020-13-45: x", "month must be in 1..12"),
        ("!!python/object:os.system x: y", "has a tag"),
        ("a: !!python/object/apply:os.system [ls]", "is not a field|is unknown|no field"),
        ("a: &a {b: c}\nd:\n  <<: *a", "'<<' has a tag that is not plain YAML"),
        (f"campaign: 0x{'f' * 9_000}", "the number is too large"),
        ('title: "a\\ud800"', "U\\+D800, which may not stand in a text"),
        ('title: "a\\0"', "U\\+0000, which may not stand in a text"),
        ('title: "\\UFFFFFFFF"', "is not YAML"),
        ('"a\\0": x', "U\\+0000, which may not stand in a text"),
    ],
)
def test_what_is_odd_is_named_in_one_line(campaigns: Path, text: str, why: str) -> None:
    file = campaigns / "x.yaml"
    file.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=why) as caught:
        load_definition(file)
    assert all(str(one).count("\n") == 0 and one.line for one in caught.value.problems)


def test_a_ladder_is_read_by_the_same_reader(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(LAUGHS, encoding="utf-8")
    with pytest.raises(BadInput, match="expands to too many values"):
        load_model(Ladder, file)
