"""`dondoc check --json`: what the files mean; an edit shows what it changes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cli.check import check
from config.loader import CONFIG
from directives.errors import BadInput

DONDOC = Path(sys.executable).parent / "dondoc"
CAMPAIGN = "dan-van-kheo-2020"
Report = dict[str, Any]


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("DONDOC_"):
            monkeypatch.delenv(name)


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    """The campaign in a copy of config/ that may be edited."""
    shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("*.py*", "__pycache__"))
    return tmp_path / "config" / "campaigns" / f"{CAMPAIGN}.yaml"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def reported(capsys: pytest.CaptureFixture[str], *campaigns: str | Path) -> Report:
    check(list(map(str, campaigns)), as_json=True)
    return json.loads(capsys.readouterr().out)


def cells(report: Report) -> Counter[tuple[str, str]]:
    counts: Counter[tuple[str, str]] = Counter()
    for cell in report["matrix"]:
        counts[cell["instruction"], cell["step"]] += cell["count"]
    return counts


def rung_days(report: Report, last_good_day: str) -> dict[str, str]:
    (row,) = [row for row in report["rungs"] if row["last_good_day"] == last_good_day]
    return {rung["rung"]: rung["date"] for rung in row["rungs"]}


def test_json_has_the_matrix_by_kind_of_unit_with_counts(capsys: pytest.CaptureFixture[str]) -> None:
    report = reported(capsys, CAMPAIGN)
    kinds = {
        cell["kind"]: cell["count"]
        for cell in report["matrix"]
        if (cell["instruction"], cell["step"]) == ("1g", "plan")
    }
    assert kinds == {
        "department": 19,
        "agency": 1,
        "urban_district": 5,
        "rural_district": 4,
        "commune": 36,
        "ward": 42,
        "township": 5,
    }
    assert cells(report).total() == report["counts"]["steps"] == 1059
    assert report["counts"] == {
        "instructions": 11,
        "steps": 1059,
        "units": 118,
        "units_with_a_duty": 114,
        "kinds": {**kinds, "press": 2},
    }


def test_json_has_every_date_with_its_basis(capsys: pytest.CaptureFixture[str]) -> None:
    dates = reported(capsys, CAMPAIGN)["dates"]
    assert len(dates) == 22
    assert sum(one["units"] for one in dates) == 1059
    report = next(one for one in dates if one["step"] == "report")
    assert report == {
        "instruction": "1g",
        "step": "report",
        "units": 29,
        "written": "before 2020-11-10",
        "due_before": "2020-11-10T00:00:00+07:00",
        "last_good_day": "2020-11-09",
        "last_workday": "2020-11-09",
        "basis": "directive",
        "basis_text": "trước ngày 10 tháng 11 năm 2020",
        "covered_by": None,
        "accepts": "monitor",
        "copy_to_parent": False,
    }
    without_date = [one for one in dates if one["basis"] is None]
    assert [(one["step"], one["written"], one["due_before"]) for one in without_date] == [
        ("monitoring", "continuing", None)
    ]


def test_json_has_the_rung_dates_of_every_deadline(capsys: pytest.CaptureFixture[str]) -> None:
    report = reported(capsys, CAMPAIGN)
    assert [row["last_good_day"] for row in report["rungs"]] == [
        "2020-07-31",
        "2020-09-30",
        "2020-10-30",
        "2020-11-09",
        "2020-11-20",
    ]
    assert rung_days(report, "2020-11-09") == {
        "before-30": "2020-10-12",
        "before-7": "2020-10-29",
        "before-1": "2020-11-06",
        "overdue-1": "2020-11-10",
        "overdue-3": "2020-11-12",
        "overdue-5": "2020-11-16",
        "overdue-10": "2020-11-23",
    }


def test_json_has_the_rungs_that_no_deadline_places_too(capsys: pytest.CaptureFixture[str]) -> None:
    ladder = {rung["rung"]: rung for rung in reported(capsys, CAMPAIGN)["ladder"]}
    assert ladder["assigned"]["when"] == "when the campaign opens"
    assert ladder["no-receipt"]["when"] == "2 working days after the first mail, while no answer has come"
    assert ladder["before-30"]["when"] == "30 days before the last good day"
    assert ladder["overdue-1"]["to"] == ["lead"]
    assert ladder["overdue-10"] == {
        "rung": "overdue-10",
        "when": "10 working days after the last good day",
        "to": ["lead", "superior", "monitor"],
        "letter": True,
        "repeat": "every 5 working days",
    }


def test_json_has_the_items_a_mail_by_kind_and_who_has_more(capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(capsys, CAMPAIGN)["items_per_mail"] == {
        "department": {"items": 4, "more": {"SNV": 5}},
        "agency": {"items": 4, "more": {}},
        "urban_district": {"items": 5, "more": {}},
        "rural_district": {"items": 5, "more": {}},
        "commune": {"items": 3, "more": {}},
        "ward": {"items": 3, "more": {}},
        "township": {"items": 3, "more": {}},
        "press": {"items": 1, "more": {}},
    }


@pytest.mark.parametrize(
    ("beside", "says"),
    [
        ("1914/UBND-KGVX", "đoàn thể thành phố"),
        ("1e", "không nêu tên văn bản phân công"),
        ("1g", "không yêu cầu gửi kế hoạch"),
        ("1g", "báo cáo của xã, phường, thị trấn gửi quận, huyện do Sở Nội vụ đề nghị"),
        ("training", "không đánh số"),
        ("2", "“theo quy định”"),
        ("2", "mà không nhắc bước này"),
        ("3", "chưa rõ đơn vị nào"),
        ("4", "không có trong Kính gửi và Nơi nhận"),
        ("06-KH/BDV-BCSĐUBND", "06-KH/BDV-BCSDUBND"),
        ("16/CT-TT", "CT-TTg"),
        ("Chương trình cải cách hành chính thành phố Cần Thơ giai đoạn 2011 - 2020", "không có số và ngày"),
    ],
)
def test_what_the_directive_leaves_open_or_contradicts_is_noted(
    capsys: pytest.CaptureFixture[str], beside: str, says: str
) -> None:
    (note,) = [one for one in reported(capsys, CAMPAIGN)["notes"] if one.startswith(f"{beside}: ")]
    assert says in note


def test_several_campaigns_are_a_list_and_one_is_an_object(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    check([CAMPAIGN, str(campaign)], as_json=True)
    assert [one["campaign"] for one in json.loads(capsys.readouterr().out)] == [CAMPAIGN, CAMPAIGN]


def test_without_a_name_all_shipped_campaigns_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    check(None, as_json=True)
    assert json.loads(capsys.readouterr().out)["campaign"] == CAMPAIGN


def test_a_moved_date_shows_with_its_rungs(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(campaign, "due: {by: 2020-09-30}", "due: {by: 2020-10-15}")
    before, after = reported(capsys, CAMPAIGN), reported(capsys, campaign)
    changed = [new for old, new in zip(before["dates"], after["dates"], strict=True) if old != new]
    assert [(one["instruction"], one["step"], one["last_good_day"]) for one in changed] == [
        ("training", "course", "2020-10-15")
    ]
    assert rung_days(after, "2020-10-15")["overdue-1"] == "2020-10-16"
    assert before["matrix"] == after["matrix"]


def test_a_narrowed_audience_shows_in_the_matrix_and_the_items(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    edit(campaign, "departments: {kinds: [department, agency]}", "departments: {kinds: [department]}")
    before, after = cells(reported(capsys, CAMPAIGN)), cells(reported(capsys, campaign))
    assert before - after == {
        key: 1 for key in before if key not in {("1g", "commune-report"), *_of("training", "2", "4")}
    }


def _of(*instructions: str) -> set[tuple[str, str]]:
    steps = ("course", "result", "consolidated", "monitoring")
    return {(instruction, step) for instruction in instructions for step in steps}


def test_an_uncovered_step_shows_as_one_item_more(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(campaign, "    steps: [*result-reporting, *result-communes]\n  - key: 1c", _OWN_STEP)
    items = reported(capsys, campaign)["items_per_mail"]
    assert items["ward"]["items"] == 4
    assert items["agency"]["items"] == 4


_OWN_STEP = """\
    steps:
      - *result-reporting
      - key: result
        audience: communes
        title: Kết quả
        deliverable: Báo cáo
        due: {by: 2020-10-30}
        basis: {source: district, text: "để quận, huyện tổng hợp"}
  - key: 1c"""


def test_a_changed_ladder_shows_in_the_rung_dates(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(
        campaign.parent.parent / "escalations" / "standard.yaml",
        "after: {working_days: 3}",
        "after: {working_days: 2}",
    )
    assert rung_days(reported(capsys, campaign), "2020-11-09")["overdue-3"] == "2020-11-11"


def test_a_worked_saturday_moves_the_rungs_around_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    edit(
        campaign.parent.parent / "calendars" / "vn.yaml",
        "2020: {decreed: true, source: no day was swapped}",
        "2020: {decreed: true, source: as if, days_worked: [2020-11-07]}",
    )
    assert rung_days(reported(capsys, campaign), "2020-11-09")["before-1"] == "2020-11-07"


def test_rungs_before_the_opening_are_marked(capsys: pytest.CaptureFixture[str], campaign: Path) -> None:
    edit(campaign, "opens: 2020-06-30", "opens: 2020-07-20")
    report = reported(capsys, campaign)
    (july,) = [row for row in report["rungs"] if row["last_good_day"] == "2020-07-31"]
    assert [rung["rung"] for rung in july["rungs"] if rung["superseded"]] == ["before-30"]
    assert report["opens"] == "2020-07-20T07:30:00+07:00"


def test_steps_of_one_date_but_another_basis_stay_apart(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    edit(campaign, '        due: {by: 2020-10-30}\n        basis: {source: monitor, text: "là', _AS_OTHERS)
    bases = [one["basis"] for one in reported(capsys, campaign)["dates"] if one["instruction"] == "1a"]
    assert bases == ["monitor", "district"]


_AS_OTHERS = '        due: {before: 2020-11-10}\n        basis: {source: district, text: "là'


def test_a_year_that_is_only_computed_is_said_when_the_campaign_reaches_it(
    capsys: pytest.CaptureFixture[str], campaign: Path
) -> None:
    """The last rung of 25/12/2020 falls into 2021."""
    calendar = campaign.parent.parent / "calendars" / "vn.yaml"
    edit(calendar, "2021: {decreed: true, source: no day was swapped}", "2021: {decreed: false}")
    assert reported(capsys, campaign)["warnings"] == []
    edit(campaign, "due: {by: 2020-11-20}", "due: {by: 2020-12-25}")
    assert reported(capsys, campaign)["warnings"] == [
        "the days off of 2021 are only computed; when its decree is out, enter swapped days and "
        "'decreed: true' in calendars/vn.yaml"
    ]


def test_contacts_are_checked_too_and_with_a_broken_campaign_in_one_go(
    campaign: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("unit,role,address\nSTPP,lead,lead@stp.example\n")
    monkeypatch.setenv("DONDOC_CONTACTS", str(contacts))
    with pytest.raises(BadInput) as bad:
        check([str(campaign)])
    assert [(one.line, one.path) for one in bad.value.problems] == [(2, "unit")]
    edit(campaign, "ladder: standard\n", "ladder: standart\n")
    with pytest.raises(BadInput) as bad:
        check([str(campaign), "dan-van-kheo-2021"])
    assert [one.path for one in bad.value.problems] == ["ladder", "unit", ""]


def run(*arguments: str | Path, home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    return subprocess.run(
        [DONDOC, "check", *arguments],
        env=clean | {"DONDOC_HOME": str(home)} | settings,
        cwd=home.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_ends_with_status_0_and_writes_nothing(tmp_path: Path) -> None:
    done = run("--json", home=tmp_path / "home")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["counts"]["steps"] == 1059
    assert list(tmp_path.iterdir()) == []


def test_bad_input_ends_with_status_2_one_line_each_and_writes_nothing(
    tmp_path: Path, campaign: Path
) -> None:
    edit(campaign, "ladder: standard\n", "ladder: standart\n")
    edit(campaign, "due: {by: 2020-09-30}", "due: {by: 2020-05-30}")
    done = run(campaign, home=tmp_path / "home")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"config/campaigns/{CAMPAIGN}.yaml:63 ladder: 'standart' is not in config/escalations/; "
        "did you mean 'standard'?",
        f"config/campaigns/{CAMPAIGN}.yaml:229 instructions[7].steps[0].due: 2020-05-30 is before "
        "the directive's own date 2020-06-30; did you mean 2021-05-30?",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["config"]


def test_wrong_settings_end_with_status_2_and_a_line_for_each(tmp_path: Path) -> None:
    done = run(home=tmp_path / "home", DONDOC_SLOT="8h", DONDOC_SMTP_PORT="smtp")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(":")[1] for line in done.stderr.splitlines()] == [
        "1 DONDOC_SLOT",
        "1 DONDOC_SMTP_PORT",
    ]
