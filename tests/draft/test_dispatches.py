"""The bars, against the annotated dispatches of others that DONDOC_DISPATCHES names."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import yaml

from directives.drafting.document import Document, read
from tests.config.config_tree import ConfigTree
from tests.draft.drafts import calendar
from tests.draft.scoring import Score, reading, score, words
from tests.draft.settling import drafted, in_tree, loaded, problems, settled

FOLDER = Path(os.environ["DONDOC_DISPATCHES"])
DIRECTIVE = FOLDER.parent / "cv-1914-ubnd-kgvx-2020.txt"
FEWEST = 20


@cache
def result() -> Score:
    files = sorted(FOLDER.glob("*.txt"))
    assert len(files) >= FEWEST, f"{FOLDER} holds {len(files)} dispatches"
    total = Score()
    for file in files:
        drafted = read(file.read_text(encoding="utf-8"), calendar()).as_data()
        total += score(file.stem, drafted, reading(file.with_suffix(".yaml")))
    return total


def test_number_date_and_issuer() -> None:
    assert result().head_share >= 0.95, result().faults


def test_instructions() -> None:
    assert result().f1 >= 0.90, result().faults


def test_deadlines() -> None:
    assert result().recall >= 0.95, result().faults
    assert not result().wrong
    assert result().marked_share <= 0.25


def test_obliged_parties() -> None:
    assert result().party_share >= 0.85, result().faults


def test_the_citys_own_directive_in_every_item_of_its_reading() -> None:
    document = the_directive()
    found = {one.label: one for one in document.duties}
    everybody, reporting = 4, 2  # parties: G1 names two groups
    for label in ("1a", "1b-1", "1b-2", "1c", "1d-1", "1d-2", "1đ", "1e-1", "1e-2", "1g-1"):
        assert len(found[label].parties) == everybody, label
    report = found["1g-2"]
    assert len(report.parties) == reporting
    (deadline,) = report.phrases
    assert deadline.due_before is not None
    assert deadline.due_before.isoformat() == "2020-11-10T00:00:00+07:00"
    assert deadline.doubt is None
    assert found["1g-3"].parties == ("Ủy ban nhân dân quận, huyện",)
    assert found["2-1"].support == found["2-2"].support == ("Ban Dân vận Thành ủy",)
    assert found["2-1"].parties == found["2-2"].parties == ("Sở Nội vụ",)
    assert set(found) == {
        *("1a", "1b-1", "1b-2", "1c", "1d-1", "1d-2", "1đ", "1e-1", "1e-2", "1g-1", "1g-2", "1g-3"),
        *("2-1", "2-2", "3", "4"),
    }
    assert [one for one in document.duties if one.phrases] == [report]


def test_the_citys_own_directive_cites_what_its_reading_cites() -> None:
    expected = yaml.safe_load(
        (FOLDER.parent.parent / "domain" / "reading-1914.yaml").read_text(encoding="utf-8")
    )
    cited = {one.number: one for one in the_directive().references}
    numbers = 0
    for number, day, _ in expected["references"]:
        if day:
            number = number.split(" (văn bản ghi ")[-1].rstrip(")")
            assert words(str(cited[number].issued)) == words(day), number
            assert cited[number].issuer, number
            numbers += 1
    assert numbers == len(cited)


def test_the_draft_of_the_citys_own_directive_loads_once_it_is_settled(tmp_path: Path) -> None:
    tree, text = ConfigTree(tmp_path), drafted(the_directive())
    assert any("still to be settled" in one for one in problems(in_tree(tree, text, the_directive())))
    in_tree(tree, settled(text), the_directive())
    assert problems(tree) == []
    dated = [step for step in loaded(tree).steps if step.due_before]
    assert len(dated) == 29  # departments, the board and districts: who reports under 1g
    assert {str(step.due_before) for step in dated} == {"2020-11-10 00:00:00+07:00"}


@cache
def the_directive() -> Document:
    return read(DIRECTIVE.read_text(encoding="utf-8"), calendar())
