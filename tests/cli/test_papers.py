"""`dondoc report` and `dondoc letter`, as people type them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from notifications.papers import pdf
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at
from tests.papers.office import Paper, with_papers

MORNING = "2020-11-10 08:15"


@pytest.fixture
def opened(dondoc: Dondoc, monkeypatch: pytest.MonkeyPatch) -> Dondoc:
    """The small campaign with papers, opened; commands run in a folder of their own."""
    dondoc.edit(with_papers)
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    folder = dondoc.home / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return dondoc


def test_the_report_is_written_where_it_is_wanted_and_the_same_ever_after(opened: Dondoc) -> None:
    opened.now = at(MORNING)
    first = opened("report", KEY, "--out", "a.docx")
    assert first.status == 0, first.err
    assert first.out.startswith("a.docx: bao-cao-tong-hop-thu-2020-20201109.docx, kept in ")
    opened.now = at("2020-12-01 09:00")
    assert opened("report", KEY, "--out", "b.docx").status == 0
    assert Path("a.docx").read_bytes() == Path("b.docx").read_bytes()
    assert "tính đến hết ngày 09/11/2020" in Paper(Path("a.docx").read_bytes()).text


def test_without_a_file_it_says_where_the_report_lies(opened: Dondoc) -> None:
    opened.now = at(MORNING)
    lies = opened("report", KEY).out.partition(": ")[2].strip()
    assert Paper(Path(lies).read_bytes()).line("BÁO CÁO")
    assert Path(lies).is_relative_to(opened.home / "var" / "papers")


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("2020-10-01", "hết ngày 01/10/2020"),
        ("2020-10-01T17:00", "17 giờ 00 ngày 01/10/2020"),
        ("2020-11-10", "08 giờ 15 ngày 10/11/2020"),
    ],
)
def test_any_cut_off_that_has_come_can_be_asked_for(opened: Dondoc, said: str, until: str) -> None:
    opened.now = at(MORNING)
    assert opened("report", KEY, "--at", said, "--out", "a.docx").status == 0
    assert f"tính đến {until}." in Paper(Path("a.docx").read_bytes()).text


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["report", KEY, "--at", "2020-11-12"], "still to come"),
        (["report", KEY, "--at", "mai"], "'mai' is no date; write YYYY-MM-DD"),
        (["report", KEY, "--at", "2020-11-01T25:00"], "is no time; write YYYY-MM-DD or YYYY-MM-DDTHH:MM"),
        (["report", KEY, "--addendum"], f"run 'dondoc report {KEY}' first"),
        (["report", KEY, "--out", "no/such/folder.docx"], "cannot be written"),
        (["report", "dot-khac"], "is not open in this ledger"),
        (["letter", KEY], "nobody to urge"),
        (["letter", KEY, "--issued", "7"], "--number 12/SNV-XDCQ --on YYYY-MM-DD"),
        (["letter", KEY, "--issued", "7", "--number", "1", "--on", "2020-11-10"], "has no letter 7"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(opened: Dondoc, words: list[str], says: str) -> None:
    opened.now = at(MORNING)
    done = opened(*words)
    assert done.status == 1
    assert says in done.err
    assert done.err.count("\n") == 1


def test_an_addendum_lists_what_came_after(opened: Dondoc) -> None:
    opened.now = at(MORNING)
    assert opened("report", KEY).status == 0
    opened.now = at("2020-11-12 10:00")
    step = f"{KEY}/1g/report/STP"
    assert (
        opened("record", step, "done", "--by", "bà Hạnh", "--on", "2020-11-11", "--doc", "9/BC-STP").status
        == 0
    )
    assert opened("report", KEY, "--addendum", "--out", "a.docx").status == 0
    assert [row[1] for row in Paper(Path("a.docx").read_bytes()).table("Trước")[1:]] == ["Sở Tư pháp"]


def test_a_letter_is_drafted_listed_and_recorded_as_sent(opened: Dondoc) -> None:
    opened.followed.live("2020-06-30")
    opened.followed.live("2020-08-14")
    opened.close()
    opened.now = at("2020-08-14 09:00")
    assert opened("letter", KEY, "--list").out == "no letter was drafted yet\n"
    assert opened("letter", KEY, "--out", "a.docx").status == 0
    assert "V/v đôn đốc" in Paper(Path("a.docx").read_bytes()).text
    (line,) = opened("letter", KEY, "--list").out.splitlines()
    number = line.split()[0]
    assert "2020-08-14  draft  cong-van-don-doc-thu-2020-20200814.docx" in line
    done = opened(
        "letter", KEY, "--issued", number, "--number", "12/SNV-XDCQ", "--on", "2020-08-14", "--by", "bà Hạnh"
    )
    assert done.out == f"letter {number} recorded: signed and sent on 2020-08-14 as 12/SNV-XDCQ\n"
    assert "signed 2020-08-14 as 12/SNV-XDCQ" in opened("letter", KEY, "--list").out
    assert opened("verify").status == 0


def test_without_libreoffice_it_names_the_package(opened: Dondoc, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    opened.now = at(MORNING)
    done = opened("report", KEY, "--pdf")
    assert done.status == 1
    assert "apt-get install libreoffice-writer" in done.err
    assert list(Path().iterdir()) == []


def test_a_pdf_is_not_written_under_a_word_files_name(opened: Dondoc) -> None:
    opened.now = at(MORNING)
    done = opened("report", KEY, "--pdf", "--out", "bao-cao.docx")
    assert done.status == 1
    assert "name a .pdf with --out" in done.err
    assert list(Path().iterdir()) == []


@pytest.mark.system
def test_with_libreoffice_it_is_a_pdf(opened: Dondoc) -> None:
    if shutil.which("soffice") is None:
        pytest.fail(
            "soffice is missing: apt-get update && apt-get install -y libreoffice-writer", pytrace=False
        )
    opened.now = at(MORNING)
    done = opened("report", KEY, "--pdf")
    assert done.status == 0, done.err
    assert Path("bao-cao-tong-hop-thu-2020-20201109.pdf").read_bytes().startswith(b"%PDF-")
