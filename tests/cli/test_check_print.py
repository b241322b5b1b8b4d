"""What `dondoc check` shows people: it fits 80 columns, and nothing is cut off."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from cli.check import check
from config.loader import CONFIG

CAMPAIGN = "dan-van-kheo-2020"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("DONDOC_"):
            monkeypatch.delenv(name)


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("*.py*", "__pycache__"))
    return tmp_path / "config" / "campaigns" / f"{CAMPAIGN}.yaml"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def printed(capsys: pytest.CaptureFixture[str], campaign: str | Path = CAMPAIGN) -> list[str]:
    check([str(campaign)])
    return capsys.readouterr().out.splitlines()


def section(lines: list[str], title: str) -> list[str]:
    start = next(n for n, line in enumerate(lines) if line.startswith(title)) + 1
    return lines[start : lines.index("", start) if "" in lines[start:] else None]


def test_every_line_fits_80_columns_and_none_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    """The dots of a cut would stand at a word's end; those of a run of instructions stand between two."""
    for line in printed(capsys):
        assert len(line) <= 80, line
        assert "…" not in line.replace(" … ", " "), line


def test_the_head_says_which_directive_and_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys)[:4] == [
        CAMPAIGN,
        "Công văn 1914/UBND-KGVX of 30/06/2020, Ủy ban nhân dân thành phố Cần Thơ",
        "Signed by Chủ tịch Lê Quang Mạnh. Opens 30/06/2020 07:30.",
        "11 instructions, 1,059 steps, 114 of 118 units with a duty.",
    ]


def test_instructions_that_ask_the_same_share_a_row_of_the_matrix(capsys: pytest.CaptureFixture[str]) -> None:
    rows = section(printed(capsys), "WHO OWES WHAT")
    assert rows[0].split() == "step dept agency urban rural commune ward town press total".split()
    assert [row.split() for row in rows[1:5]] == [
        "1a … 1e result 19 1 5 4 36 42 5 · 112".split(),
        "1e officer 19 1 5 4 36 42 5 · 112".split(),
        "1g plan 19 1 5 4 36 42 5 · 112".split(),
        "1g report 19 1 5 4 · · · · 29".split(),
    ]
    assert len(rows) == 12
    assert {len(row) for row in rows} == {len(rows[0])}


def test_every_date_stands_with_its_basis_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    rows = section(printed(capsys), "BY WHEN")
    at = next(n for n, row in enumerate(rows) if row.startswith("1g       report"))
    assert rows[at].split() == "1g report 29 before 10/11/2020 Mon 09/11/2020".split()
    assert rows[at + 1] == "    directive: trước ngày 10 tháng 11 năm 2020; accepted by monitor"
    text = " ".join(" ".join(rows).split())
    assert "covered by 1g/report" in text
    assert "accepted by evidence; copied to the unit above" in text
    assert rows[next(n for n, row in enumerate(rows) if "continuing" in row) + 1].startswith("3 ")


def test_a_date_on_a_day_off_shows_the_working_day_before(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    edit(campaign, "due: {by: 2020-09-30}", "due: {by: 2020-10-04}")
    text = " ".join(" ".join(printed(capsys, campaign)).split())
    assert "by 04/10/2020 Sun 04/10/2020 monitor: để kết quả" in text
    assert "last working day 02/10/2020" in text


def test_a_date_with_an_hour_shows_it(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(campaign, "due: {by: 2020-09-30}", "due: {before: 2020-09-30T17:00}")
    assert any(
        row.split()[:6] == "training course 9 before 30/09/2020 17:00".split()
        for row in printed(capsys, campaign)
    )


def test_rungs_are_compact_days_under_the_head_of_their_rung(capsys: pytest.CaptureFixture[str]) -> None:
    rows = section(printed(capsys), "RUNGS")
    assert [row.split() for row in rows[:2]] == [
        "last good before before before overdue overdue overdue overdue".split(),
        "day 30 7 1 1 3 5 10".split(),
    ]
    assert rows[5].split() == "09/11/2020 12/10 29/10 06/11 10/11 12/11 16/11 23/11".split()


def test_a_rung_before_the_opening_stands_in_brackets(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    edit(campaign, "opens: 2020-06-30", "opens: 2020-07-20")
    rows = section(printed(capsys, campaign), "RUNGS")
    assert rows[2].split()[:3] == ["31/07/2020", "(01/07)", "22/07"]


def test_a_rung_in_another_year_says_which(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(campaign, "due: {by: 2020-11-20}", "due: {by: 2020-12-28}")
    last = section(printed(capsys, campaign), "RUNGS")[-1].split()
    assert last[0] == "28/12/2020"
    assert last[-2:] == ["05/01/21", "12/01/21"]


def test_the_ladder_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(" ".join(section(printed(capsys), "THE LADDER")).split())
    assert "assigned when the campaign opens" in text
    assert text.endswith(
        "overdue-10 10 working days after the last good day; also to the superior and the monitor; "
        "with a draft of an urging letter; every 5 working days"
    )


def test_items_are_one_line_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(section(printed(capsys), "NUMBERED ITEMS"))
    assert text.startswith("dept 4 (SNV 5) · agency 4 · urban 5 · rural 5 · commune 3 · ward 3")


def test_notes_and_warnings_close_the_page(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(
        campaign.parent.parent / "calendars" / "vn.yaml",
        "2020: {decreed: true, source: no day was swapped}",
        "2020: {decreed: false}",
    )
    lines = printed(capsys, campaign)
    assert section(lines, "NOTES")[0].startswith("- 1914/UBND-KGVX: Đoạn kết")
    assert section(lines, "WARNINGS")[0].startswith("- the days off of 2020 are only computed")
    assert "WARNINGS" not in printed(capsys)


def test_a_text_of_any_length_is_folded_and_whole(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    long = " ".join(f"chữ{n}" for n in range(90))
    edit(campaign, "để kết quả tập huấn kịp đưa vào báo cáo", long)
    lines = printed(capsys, campaign)
    assert max(map(len, lines)) <= 80
    assert long in re.sub(r"\s+", " ", " ".join(lines))
