"""`dondoc draft` and `dondoc deadline` as people use them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli import draft as command
from cli.draft import deadline, draft
from config.loader import CONFIG, load_model
from directives.errors import DondocError
from directives.model import Series
from tests.draft.drafts import EXAMPLES, a_text

DONDOC = Path(sys.executable).parent / "dondoc"
LETTER = EXAMPLES / "14-cong-van-can-tho.txt"
INSTRUCTION = {
    "label",
    "text",
    "obliged",
    "lead",
    "support",
    "kind",
    "deliverable",
    "to",
    "through",
    "deadlines",
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of config/ that the command may write into."""
    shutil.copytree(CONFIG, tmp_path / "config", ignore=shutil.ignore_patterns("*.py*", "__pycache__"))
    monkeypatch.setattr(command, "CONFIG", tmp_path / "config")
    return tmp_path / "config"


def as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    draft(file, as_json=True)
    return json.loads(capsys.readouterr().out)


def test_json_has_the_promised_fields(capsys: pytest.CaptureFixture[str]) -> None:
    data = as_json(LETTER, capsys)
    assert list(data) == ["number", "date", "issuer", "subject", "addressees", "references", "instructions"]
    assert data["number"] == "3051/UBND-KGVX"
    assert data["date"] == "2020-09-07"
    assert all(set(one) == INSTRUCTION for one in data["instructions"])
    report = data["instructions"][3]
    assert report["deadlines"] == [
        {
            "phrase": "trước ngày 01 tháng 10",
            "kind": "strict_before",
            "due_before": "2020-10-01T00:00:00+07:00",
            "rrule": None,
            "days": None,
            "review": None,
        }
    ]
    assert (report["kind"], report["to"]) == ("one_off", "Sở Y tế")


def test_references_have_number_date_and_issuer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(
        a_text(
            "Thực hiện Kế hoạch số 12-KH/TU ngày 05 tháng 5 năm 2020 của Thành ủy Cần Thơ, giao Sở Nội vụ lập danh sách."
        ),
        encoding="utf-8",
    )
    assert as_json(tmp_path / "a.txt", capsys)["references"] == [
        {"number": "12-KH/TU", "date": "2020-05-05", "issuer": "Thành ủy Cần Thơ"}
    ]


def test_the_draft_and_its_series_load_together(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the letter to a file that only waits for a person: the series is written, and keeps what it had."""
    draft(LETTER, units="can-tho-2020", series="trung-thu", campaign="trung-thu-2020", write_series=True)
    out, err = capsys.readouterr()
    assert "trung-thu.yaml: 4 flows written: 1, 2, 3, 4" in err
    data = yaml.safe_load(out)
    assert (data["campaign"], data["series"], data["organisation"]) == (
        "trung-thu-2020",
        "trung-thu",
        "can-tho-2020",
    )
    first = (config / "series" / "trung-thu.yaml").read_text(encoding="utf-8")
    draft(LETTER, units="can-tho-2020", series="trung-thu", write_series=True)
    assert capsys.readouterr().err == ""
    assert (config / "series" / "trung-thu.yaml").read_text(encoding="utf-8") == first
    draft(EXAMPLES / "12-dinh-ky.txt", series="trung-thu", write_series=True)
    longer = (config / "series" / "trung-thu.yaml").read_text(encoding="utf-8")
    assert longer.startswith(first)
    series = load_model(Series, config / "series" / "trung-thu.yaml")
    assert [flow.ordinal for flow in series.flows] == list(range(1, 10))
    assert [flow.key for flow in series.flows][4:] == ["a", "b", "c", "d", "dd"]


def test_explain_shows_sentence_and_rule(capsys: pytest.CaptureFixture[str]) -> None:
    draft(LETTER, explain=True)
    out = capsys.readouterr().out
    assert "number: 3051/UBND-KGVX  (line 7)" in out
    assert "why: a body or post stands before a verb of doing" in out
    assert "deadline: “muộn nhất ngày 05/10/2020” is on_or_by: 2020-10-06T00:00:00+07:00" in out
    assert "in: Tổng hợp kết quả, báo cáo Ủy ban nhân dân thành phố, muộn nhất ngày 05/10/2020." in out


def test_twice_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    draft(LETTER, units="can-tho-2020")
    first = capsys.readouterr().out
    draft(LETTER, units="can-tho-2020")
    assert capsys.readouterr().out == first


def test_wrong_options_say_what_is_right(tmp_path: Path) -> None:
    with pytest.raises(
        DondocError, match=r"--units 'can-tho-20200' is not in config/units/; did you mean 'can-tho-2020'\?"
    ):
        draft(LETTER, units="can-tho-20200")
    with pytest.raises(DondocError, match="--series 'Trung Thu' is no key"):
        draft(LETTER, series="Trung Thu")
    with pytest.raises(DondocError, match="add --series NAME"):
        draft(LETTER, write_series=True)
    with pytest.raises(DondocError, match="write one like 2020-06-30"):
        deadline("trước ngày 10/11", signed="30/6/2020")
    (tmp_path / "a.txt").write_text(a_text("Trân trọng cảm ơn./."), encoding="utf-8")
    with pytest.raises(DondocError, match=r"'a.txt' gives no instruction"):
        draft(tmp_path / "a.txt")


def test_a_file_that_is_none_is_one_line_and_status_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Chào bạn.", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DONDOC_")}
    done = subprocess.run(
        [DONDOC, "draft", tmp_path / "a.txt"], capture_output=True, text=True, env=environment, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("dondoc: 'a.txt' is no directive")
    assert done.stderr.count("\n") == 1


def test_deadline_prints_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    deadline("Gửi báo cáo trước ngày 10 tháng 11 năm 2020.", signed="2020-06-30", as_json=True)
    (found,) = json.loads(capsys.readouterr().out)
    assert list(found) == ["phrase", "kind", "due_before", "rrule", "days", "review"]
    assert found["due_before"] == "2020-11-10T00:00:00+07:00"
    deadline("Khẩn trương thực hiện.", signed="2020-06-30", as_json=True)
    assert json.loads(capsys.readouterr().out) == []
    deadline("Gửi trước ngày 31/11/2020.", signed="2020-06-30")
    assert "RÀ SOÁT: không có ngày này trong lịch" in capsys.readouterr().out
