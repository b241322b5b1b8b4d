"""The programs of `make bench` run at a reduced size: they measure what they say, whatever this machine's figures are."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMED = ["passes", "board", "planning", "digests", "drain", "unit_page", "verify", "national", "overhead"]


def test_every_program_is_run_by_make_bench_and_here() -> None:
    programs = {file.stem for file in (ROOT / "bench").glob("*.py") if "def main()" in file.read_text()}
    (listed,) = re.findall(r"^BENCH := (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert programs == set(listed.split()) == {*TIMED, "growth"}


@pytest.mark.system
@pytest.mark.parametrize("program", TIMED)
def test_a_program_measures_and_says_what_its_bars_are(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", f"bench.{program}", "--small", "--rounds", "2", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert all(_seconds(row) > 0 for row in found["rows"])
    assert {"what", "figure", "limit", "holds"} <= set(found["bars"][0])


@pytest.mark.system
def test_digests_read_back_as_they_were_written() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.digests", "--small", "--rounds", "1", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    (wrong,) = [bar for bar in json.loads(done.stdout)["bars"] if "read back wrong" in bar["what"]]
    assert wrong["figure"] == 0


@pytest.mark.system
def test_boards_outlive_the_runs_that_prefect_sweeps() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.growth", "--small", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    (swept,) = [bar for bar in found["bars"] if "boards swept" in bar["what"]]
    assert swept["figure"] == 0
    assert len(found["rows"]) > 1


def _seconds(row: dict[str, object]) -> float:
    (taken,) = [value for value in row.values() if isinstance(value, dict)]
    return float(taken["median"])
