"""Every own example is read as the person who wrote it reads it: nothing missed, nothing invented, no date wrong."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from directives.drafting.document import read
from tests.draft.drafts import EXAMPLES, calendar
from tests.draft.scoring import reading, score

FILES = sorted(EXAMPLES.glob("*.txt"))
FEWEST = 25


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= FEWEST
    assert all(file.with_suffix(".yaml").is_file() for file in FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_is_read_as_a_person_reads_it(file: Path) -> None:
    drafted = read(file.read_text(encoding="utf-8"), calendar()).as_data()
    result = score(file.stem, drafted, reading(file.with_suffix(".yaml")))
    assert not result.faults
    assert not result.wrong
    assert result.found, "an example without an instruction proves nothing"


@pytest.mark.parametrize("width", [85, 95])
def test_lines_broken_by_the_page_are_joined(width: int) -> None:
    """As a PDF or a scan gives them: every paragraph in lines of one width, nothing between paragraphs."""
    for file in FILES:
        lines = file.read_text(encoding="utf-8").splitlines()
        broken = [part for line in lines for part in ([line] if "|" in line else textwrap.wrap(line, width))]
        drafted = read("\n".join(broken), calendar()).as_data()
        assert not score(file.stem, drafted, reading(file.with_suffix(".yaml"))).faults


def test_dates_on_clean_text_are_seldom_marked() -> None:
    whole = [
        score(
            file.stem,
            read(file.read_text(encoding="utf-8"), calendar()).as_data(),
            reading(file.with_suffix(".yaml")),
        )
        for file in FILES
    ]
    assert sum(one.marked for one in whole) <= 0.25 * sum(one.dates for one in whole)


def test_a_wrong_reading_is_noticed() -> None:
    """The scorer itself: a lost instruction, a moved date and another party each count."""
    file = FILES[0]
    drafted = read(file.read_text(encoding="utf-8"), calendar()).as_data()
    expected = reading(file.with_suffix(".yaml"))
    drafted["instructions"][0]["deadlines"][0]["due_before"] = "2026-04-01T00:00:00+07:00"
    drafted["instructions"][1]["obliged"] = ["Sở Y tế"]
    del drafted["instructions"][3]
    result = score("moved", drafted, expected)
    assert (result.missed, len(result.wrong), result.deadlines - result.deadlines_found) == (1, 1, 1)
    assert result.parties - result.parties_right == 1
