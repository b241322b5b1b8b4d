"""`dondoc close` and `dondoc archive`: a campaign ends and is put away whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from zipfile import ZipFile

import pytest

from cli import close as closing
from config.loader import archived_files, campaign_files, find_campaign
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at
from tests.papers.office import Paper, with_papers

WHO = ("--by", "Trần Thị Ops", "--yes")


@pytest.fixture
def opened(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Dondoc:
    monkeypatch.setattr(closing, "machine_now", lambda: dondoc.now)
    monkeypatch.setenv("DONDOC_PREFECT_PORT", "9")  # nobody listens there
    dondoc.edit(with_papers)
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.followed.live("2020-06-30")
    dondoc.now = at("2020-12-01 09:00")
    return dondoc


def test_a_dry_run_shows_what_would_end_and_writes_nothing(opened: Dondoc) -> None:
    done = opened("close", KEY, "--dry-run")
    assert done.status == 0
    assert "overdue" in done.out
    assert "reply addresses and links would end" in done.out
    assert done.out.endswith("nothing written (--dry-run)\n")
    assert opened.followed.campaign().closed_at is None


def test_what_waits_for_a_coordinator_is_said_before(opened: Dondoc) -> None:
    assert "Nobody decides" not in opened("close", KEY, "--dry-run").out
    opened.followed.answer(
        "1g/report/STP", "extension", "2020-11-05 09:00", until="2020-12-10", reason="chờ số liệu"
    )
    assert (
        "Nobody decides any more what waits for a coordinator (1 extension); see 'dondoc status'\n"
        in opened("close", KEY, "--dry-run").out
    )


def test_it_asks_and_a_no_changes_nothing(opened: Dondoc) -> None:
    done = opened("close", KEY, "--by", "Trần Thị Ops", say="n\n")
    assert (done.status, done.err) == (1, "dondoc: not confirmed; nothing written\n")
    assert opened.followed.campaign().closed_at is None


def test_who_closes_it_must_be_said(opened: Dondoc) -> None:
    assert "say who closes it" in opened("close", KEY, "--yes").err


def test_it_drafts_the_final_report_closes_and_says_that_schedules_are_still_active(opened: Dondoc) -> None:
    done = opened("close", KEY, *WHO)
    report = next(line for line in done.out.splitlines() if line.startswith("final report: "))
    paper = Paper(Path(report.removeprefix("final report: ").partition(" (")[0]).read_bytes())
    assert "tính đến 09 giờ 00 ngày 01/12/2020." in paper.text
    assert f"{KEY} is closed" in done.out
    assert done.status == 1  # no Prefect server answers here, and that must not go unseen
    assert "its schedules are still active: no Prefect server answers" in done.err
    assert opened.followed.campaign().closed_at == at("2020-12-01 09:00")
    again = opened("close", KEY, *WHO)
    assert f"{KEY} was closed before" in again.out


def test_an_open_campaign_is_not_archived(opened: Dondoc) -> None:
    assert f"campaign '{KEY}' is open; close it first ('dondoc close {KEY}')" in opened("archive", KEY).err


@pytest.fixture
def closed(opened: Dondoc) -> Dondoc:
    opened("close", KEY, *WHO)
    return opened


def test_the_archive_can_be_read_and_checked_without_dondoc(closed: Dondoc) -> None:
    done = closed("archive", KEY)
    assert done.status == 0, done.err
    with ZipFile(closed.home / "var" / "archive" / f"{KEY}.zip") as zipped:
        names = zipped.namelist()
        steps = [json.loads(line) for line in zipped.read("ledger/steps.jsonl").splitlines()]
        sums = zipped.read("SHA256SUMS").decode().splitlines()
        for line in sums:
            digest, _, name = line.partition("  ")
            assert hashlib.sha256(zipped.read(name)).hexdigest() == digest
        assert zipped.read("verify.txt").decode() == "every event follows from the one before it\n"
    assert len(sums) == len(names) - 1
    assert len(steps) == len(closed.followed.steps())
    assert [name for name in names if name.startswith("papers/") and name.endswith(".docx")]


def test_the_same_campaign_is_the_same_archive_and_none_is_written_over(closed: Dondoc) -> None:
    first, second = closed.home / "a.zip", closed.home / "b.zip"
    for file in (first, second):
        assert closed("archive", KEY, "--out", str(file)).status == 0
    assert first.read_bytes() == second.read_bytes()
    assert "is there already; name another with --out" in closed("archive", KEY, "--out", str(first)).err


def test_a_file_that_is_lost_is_named(closed: Dondoc) -> None:
    for paper in (closed.home / "var" / "papers").rglob("*.docx"):
        paper.unlink()
    done = closed("archive", KEY)
    assert done.status == 1
    assert "missing: papers/" in done.out


@pytest.fixture
def of_config(closed: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Dondoc:
    """The campaign's file lies where campaigns lie, and is put away with it."""
    monkeypatch.setattr(closing, "find_campaign", lambda key: find_campaign(key, closed.home / "config"))
    return closed


def test_its_file_is_put_away_and_is_still_found(of_config: Dondoc) -> None:
    done = of_config("archive", KEY)
    assert done.status == 0, done.err
    assert f"{KEY}.yaml now lies in config/campaigns/archive" in done.out
    root = of_config.home / "config"
    put_away = root / "campaigns" / "archive" / f"{KEY}.yaml"
    assert find_campaign(KEY, root) == put_away
    assert campaign_files(root) == []
    again = of_config("archive", KEY, "--out", str(of_config.home / "again.zip"))
    assert (again.status, "now lies in" in again.out) == (0, False)
    assert archived_files(root) == [put_away]


def test_a_folder_that_is_not_ours_to_write_is_said_after_the_archive_is_there(of_config: Dondoc) -> None:
    (of_config.file.parent / "archive").write_text("a file, where a folder should be made")
    done = of_config("archive", KEY)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert "the archive is there, but" in done.err
    assert of_config.file.is_file()
    assert (of_config.home / "var" / "archive" / f"{KEY}.zip").is_file()
