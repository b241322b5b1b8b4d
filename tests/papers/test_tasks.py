"""What a pass and a coordinator's form do with papers, and what they show of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from config.settings import Settings
from notifications.papers.result import result
from tasks import papers, workplace
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.papers.office import a_paper_campaign, an_office


@pytest.fixture
def followed(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Followed:
    """The small campaign in an installation of its own."""
    made = a_paper_campaign(sqlite_engine)
    monkeypatch.setattr(workplace, "settings", lambda: Settings(home=tmp_path))
    monkeypatch.setattr(workplace, "engine", lambda: sqlite_engine)
    return made


def test_a_pass_drafts_the_letter_on_the_day_of_the_tenth_working_day_only(
    followed: Followed, tmp_path: Path
) -> None:
    followed.live("2020-06-30")
    followed.live("2020-08-13")
    assert papers.draft_letter.fn(followed.key, at("2020-08-13 07:05")) == ""
    followed.passes("2020-08-14 07:05")
    name = "cong-van-don-doc-thu-2020-20200814.docx"
    assert papers.draft_letter.fn(followed.key, at("2020-08-14 07:05")) == name
    assert len(list((tmp_path / "papers").rglob("*.docx"))) == 1


def test_a_campaign_without_papers_drafts_none(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = a_campaign(sqlite_engine)
    monkeypatch.setattr(workplace, "settings", lambda: Settings(home=tmp_path))
    monkeypatch.setattr(workplace, "engine", lambda: sqlite_engine)
    plain.live("2020-06-30")
    plain.live("2020-08-14")
    assert papers.draft_letter.fn(plain.key, at("2020-08-14 07:05")) == ""


@pytest.mark.parametrize(
    ("day", "addendum", "says"),
    [
        (date(2020, 11, 12), False, "(hết ngày 12/11/2020) chưa đến"),
        (None, True, "lập báo cáo tổng hợp trước"),
    ],
)
def test_what_cannot_be_drafted_is_said_in_the_coordinators_language(
    followed: Followed, monkeypatch: pytest.MonkeyPatch, day: date | None, addendum: bool, says: str
) -> None:
    monkeypatch.setattr(workplace, "machine_now", lambda: at("2020-11-10 08:15"))
    done = papers.draft_report.fn(followed.key, day, addendum)
    assert done.refused
    assert says in done.said


def test_a_coordinator_sees_totals_that_sum_and_where_the_file_lies(
    followed: Followed, tmp_path: Path
) -> None:
    office = an_office(followed, tmp_path)
    kept = office.draft_report(followed.key, None, at("2020-11-10 08:15"))
    shown = result(followed.key, kept, "/var/papers/x.docx")
    rows = [line.split(" | ") for line in shown.splitlines() if line.startswith("| ")]
    numbers = [int(row[1].strip(" *|")) for row in rows if row[1].strip(" *|").isdigit()]
    assert sum(numbers[:-1]) == numbers[-1] == 14
    assert "Số liệu tính đến **hết ngày 09/11/2020**" in shown
    assert "`/var/papers/x.docx`" in shown
    linked = result(followed.key, kept, "/var/papers/x.docx", "https://don-doc.example/c/x/")
    assert f"[{kept.file_name}](https://don-doc.example/c/x/papers/{kept.id})" in linked
    assert f"dondoc report {followed.key} --at 2020-11-10T00:00 --out {kept.file_name}" in shown
