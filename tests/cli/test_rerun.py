"""`dondoc rerun` on the campaign that ships: a file to decide on, a page to read, nothing opened."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.loader import find_campaign, load_definition
from flows.deployments import prefect_yaml
from tests.cli.commands import Dondoc, Done
from tests.config.config_tree import ConfigTree

WORDS = ("--year", "2027", "--directive", "215/UBND-NC", "--issued", "2027-03-01", "--units", "can-tho-2025")
DEADLINE = ("--deadline", "trước ngày 10/11/2027")


@pytest.fixture
def tree(tmp_path: Path) -> ConfigTree:
    return ConfigTree(tmp_path / "real" / "config")


@pytest.fixture
def rerun(dondoc: Dondoc, tree: ConfigTree) -> Done:
    return dondoc("rerun", str(tree.path()), *WORDS, *DEADLINE)


def new_file(tree: ConfigTree) -> Path:
    return tree.path("campaigns/dan-van-kheo-2027.yaml")


def decided(tree: ConfigTree) -> str:
    """What a person makes of the draft: the press and the districts' training dropped, the marks deleted."""
    lines = [
        line for line in new_file(tree).read_text(encoding="utf-8").splitlines() if "RÀ SOÁT" not in line
    ]
    text = "\n".join(lines) + "\n"
    training, rest = text.index("  - key: training"), text.index("  - key: '2'")
    press = text.index("  - key: '4'")
    return text[:training] + text[rest:press]


def test_it_writes_a_file_and_a_page_and_opens_nothing(rerun: Done, tree: ConfigTree, dondoc: Dondoc) -> None:
    assert rerun.status == 0
    assert "22 marks to decide, 13 dates" in rerun.out
    page = new_file(tree).with_suffix(".review.md").read_text(encoding="utf-8")
    assert "đã ghi; đợt theo dõi **chưa mở**, chưa có thư nào gửi đi" in page
    assert (
        "- 1g · Kế hoạch công tác dân vận và “Năm dân vận khéo” 2027: chậm nhất ngày 31/07/2020 (thứ Sáu) → "
        "**chậm nhất ngày 30/07/2027 (thứ Sáu)** (cùng ngày là ngày nghỉ, lùi về ngày làm việc liền trước)"
    ) in page
    assert "Phường Ninh Kiều (31135) ← Phường Thới Bình" in page
    assert not (dondoc.home / "var" / "ledger.db").exists()


def test_the_page_gives_each_decision_with_its_line(rerun: Done, tree: ConfigTree) -> None:
    lines = new_file(tree).read_text(encoding="utf-8").splitlines()
    page = new_file(tree).with_suffix(".review.md").read_text(encoding="utf-8")
    rows = re.findall(r"^- Dòng (\d+) · `([^`]+)`: ", page, flags=re.MULTILINE)
    decisions = [(int(line), path) for line, path in rows]
    assert len(decisions) == 22 == sum("# RÀ SOÁT" in line for line in lines[3:])
    for line, path in decisions:
        assert lines[line - 1].strip().startswith(path.rpartition(".")[2].partition("[")[0])
        assert "# RÀ SOÁT" in lines[line - 2]


def test_check_refuses_it_and_names_every_mark_until_a_person_has_decided(
    rerun: Done, tree: ConfigTree, dondoc: Dondoc
) -> None:
    refused = dondoc("check", str(new_file(tree)))
    assert refused.status == 2
    assert refused.err.count("is still to be settled") == 22
    new_file(tree).write_text(decided(tree), encoding="utf-8")
    definition = load_definition(new_file(tree))
    assert len(definition.steps) == 1079
    assert {step.due_before.year for step in definition.steps if step.due_before} == {2027}


def test_a_file_under_review_has_no_deployments_and_a_decided_one_stands_beside_last_years(
    rerun: Done, tree: ConfigTree
) -> None:
    both = [tree.path(), new_file(tree)]
    assert "dan-van-kheo-2027" not in prefect_yaml(both)
    new_file(tree).write_text(decided(tree), encoding="utf-8")
    written = prefect_yaml(both)
    assert written.count("entrypoint: flows.instructions.dan_van_kheo_1a\n") == 2


def test_a_dry_run_prints_the_page_and_writes_nothing(dondoc: Dondoc, tree: ConfigTree) -> None:
    done = dondoc("rerun", str(tree.path()), *WORDS, *DEADLINE, "--dry-run")
    assert done.status == 0
    assert "chưa ghi (xem trước)" in done.out
    assert not list(tree.root.glob("campaigns/*2027*"))


def test_a_second_rerun_does_not_write_over_what_was_decided(
    rerun: Done, tree: ConfigTree, dondoc: Dondoc
) -> None:
    again = dondoc("rerun", str(tree.path()), *WORDS, *DEADLINE)
    assert again.status == 1
    assert "dan-van-kheo-2027.yaml is there already; move it away to make it anew" in again.err


def test_every_mistake_is_said_at_once(dondoc: Dondoc, tree: ConfigTree) -> None:
    given = (
        "--year",
        "2020",
        "--directive",
        "1914/UBND-KGVX",
        "--issued",
        "2027-03-01",
        "--units",
        "can-tho-2026",
    )
    done = dondoc("rerun", str(tree.path()), *given, "--deadline", "sớm nhất")
    assert done.status == 1
    assert [line for line in done.err.splitlines() if line] == [
        "dondoc: 'sớm nhất' gives no one date; write one like 'trước ngày 10/11/2020'",
        "there is no organisation 'can-tho-2026' in config/units; did you mean 'can-tho-2025'?",
        "2020 is not after 2020, the year of 'dan-van-kheo-2020'; give the new campaign's year",
        "1914/UBND-KGVX is last year's own directive; give the new one's number and symbol",
        "a directive for 2020 is issued in 2020 or the year before, not on 2027-03-01; check --issued",
    ]


@pytest.mark.parametrize(
    ("deadlines", "says"),
    [
        ((), "the directive's own date of 1g/report is not given; add --deadline 'trước ngày …'"),
        (
            ("1g/raport=trước ngày 10/11/2027",),
            "'1g/raport' has no date of the directive's own; did you mean '1g/report'?",
        ),
        (("trước ngày 10/11/2027", "trước ngày 11/11/2027"), "two dates for every step"),
        (
            ("trước ngày 01/3/2027",),
            "'trước ngày 01/3/2027' is not after the day of issue 2027-03-01; check both",
        ),
    ],
)
def test_the_directives_own_date_must_be_given_and_make_sense(
    dondoc: Dondoc, tree: ConfigTree, deadlines: tuple[str, ...], says: str
) -> None:
    done = dondoc(
        "rerun", str(tree.path()), *WORDS, *(word for one in deadlines for word in ("--deadline", one))
    )
    assert done.status == 1
    assert says in done.err


def test_an_organisation_that_is_no_more_on_the_day_of_issue_is_told_and_not_hidden(
    dondoc: Dondoc, tree: ConfigTree
) -> None:
    late = ("--year", "2027", "--directive", "215/UBND-NC", "--issued", "2027-03-01")
    done = dondoc("rerun", str(tree.path()), *late, *DEADLINE, "--dry-run")
    assert done.status == 0
    assert "0 việc chuyển tiếp, **1059 việc không còn đơn vị thực hiện**" in done.out


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("trước ngày 10 tháng 11 năm 2027", "due: {before: 2027-11-10}"),
        ("chậm nhất là ngày 09/11/2027", "due: {by: 2027-11-09}"),
        ("đến hết ngày 09/11/2027", "due: {by: 2027-11-09}"),
        ("trong tháng 10 năm 2027", "due: {by: 2027-10-31}"),
    ],
)
def test_the_directives_own_words_are_read_as_a_draft_reads_them(
    dondoc: Dondoc, tree: ConfigTree, phrase: str, due: str
) -> None:
    assert dondoc("rerun", str(tree.path()), *WORDS, "--deadline", phrase).status == 0
    text = new_file(tree).read_text(encoding="utf-8")
    report = text.index("- key: report")
    assert due in text[report:]
    assert f'text: "{phrase}"' in text[report:]


def test_last_years_campaign_may_have_been_put_away(dondoc: Dondoc, tree: ConfigTree) -> None:
    put_away = tree.path("campaigns/archive/dan-van-kheo-2020.yaml")
    put_away.parent.mkdir()
    tree.path().rename(put_away)
    assert find_campaign("dan-van-kheo-2020", tree.root) == put_away
    done = dondoc("rerun", str(put_away), *WORDS, *DEADLINE)
    assert (done.status, done.err) == (0, "")
    assert new_file(tree).is_file()


def test_a_folder_that_cannot_be_written_is_one_line(dondoc: Dondoc, tree: ConfigTree) -> None:
    new_file(tree).with_suffix(".review.md").mkdir()
    done = dondoc("rerun", str(tree.path()), *WORDS, *DEADLINE)
    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert "dan-van-kheo-2027.yaml cannot be written (Is a directory)" in done.err
    assert not new_file(tree).exists()


def test_days_counted_from_the_signing_are_a_day(dondoc: Dondoc, tree: ConfigTree) -> None:
    done = dondoc(
        "rerun", str(tree.path()), *WORDS, "--deadline", "trong thời hạn 30 ngày kể từ ngày ký", "--dry-run"
    )
    assert done.status == 0
    assert "**chậm nhất ngày 31/03/2027 (thứ Tư)** (theo văn bản mới)" in done.out
