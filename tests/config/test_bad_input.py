"""A mistake in a file is one line: file, line, field, what is wrong and the nearest right value; all in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loader import find_campaign, load_definition
from directives.errors import BadInput
from tests.config.config_tree import CAMPAIGN, LADDER, UNITS, ConfigTree
from tests.config.mistakes import MISTAKES


@pytest.mark.parametrize("kind", MISTAKES)
def test_one_mistake_is_one_line_with_file_line_field_and_the_way_out(tmp_path: Path, kind: str) -> None:
    mistake = MISTAKES[kind]
    tree = ConfigTree(tmp_path / "config").edit(mistake.old, mistake.new, mistake.file)
    file = mistake.said_of or mistake.file
    field = f"{mistake.field}: " if mistake.field else ""
    says = mistake.says.replace("{root}", str(tree.root))
    assert [str(problem) for problem in tree.problems()] == [
        f"{tree.path(file)}:{tree.line(mistake.at, file)} {field}{says}"
    ]


def test_the_shipped_files_have_no_problem(tmp_path: Path) -> None:
    assert ConfigTree(tmp_path / "config").problems() == []


def test_a_covering_cycle_over_two_instructions_is_said_once(tmp_path: Path) -> None:
    report, third = "trước ngày 10 tháng 11 năm 2020", "đúng thời gian và lộ trình"
    tree = ConfigTree(tmp_path / "config")
    tree.edit(f'{report}"}}\n', f'{report}"}}\n        covered_by: 3/result\n')
    tree.edit(f'{third}”"}}\n', f'{third}”"}}\n        covered_by: 1g/report\n')
    (problem,) = tree.problems()
    assert problem.line == tree.line("covered_by: 3/result")
    assert problem.path == "instructions[6].steps[1].covered_by"
    assert problem.message == (
        "covering forms a cycle: 1g/report → 3/result → 1g/report; take one 'covered_by' out"
    )


def test_all_errors_of_all_files_come_in_one_go_in_the_order_of_the_lines(tmp_path: Path) -> None:
    tree = ConfigTree(tmp_path / "config")
    kinds = [
        "unknown monitor",
        "address that is none",
        "unknown calendar",
        "neither deadline nor continuing",
        "misspelt field",
        "date before the directive's",
        "empty audience",
        "duplicate instruction",
        "ladder out of order before the deadline",
        "cycle in the organisation",
    ]
    for kind in kinds:
        tree.edit(MISTAKES[kind].old, MISTAKES[kind].new, MISTAKES[kind].file)
    said = [(problem.file, problem.path) for problem in tree.problems()]
    assert sorted(said) == sorted(
        (str(tree.path(MISTAKES[kind].file)), MISTAKES[kind].field) for kind in kinds
    )
    lines = [(problem.file, problem.line) for problem in tree.problems()]
    assert lines == sorted(lines)


def test_a_mistake_of_shape_does_not_hide_one_of_meaning_in_the_same_step(tmp_path: Path) -> None:
    tree = ConfigTree(tmp_path / "config")
    tree.edit(
        "send_to: Sở Nội vụ\n        due: {by: 2020-09-30}", "send_to: 7\n        due: {by: 2020-05-30}"
    )
    assert [problem.path for problem in tree.problems()] == [
        "instructions[7].steps[0].send_to",
        "instructions[7].steps[0].due",
    ]


def test_every_step_of_an_instruction_may_be_wrong_at_once(tmp_path: Path) -> None:
    tree = ConfigTree(tmp_path / "config")
    tree.edit("due: {by: 2020-09-30}", "due: {by: 2020-09-31}")
    tree.edit("title: Kết quả tập huấn\n", "titel: Kết quả tập huấn\n")
    told = [problem.path for problem in tree.problems()]
    assert told == ["instructions[7].steps[0].due.by", "instructions[7].steps[1].titel"]


@pytest.mark.parametrize("due", ["within_days: 99999999999", "within_working_days: 4000"])
def test_a_distance_of_more_than_ten_years_is_a_slip(tmp_path: Path, due: str) -> None:
    tree = ConfigTree(tmp_path / "config").edit("{by: 2020-11-20}", f"{{{due}}}")
    assert [problem.message for problem in tree.problems()] == [
        f"must be at most 3660, not {due.partition(': ')[2]}"
    ]


def test_a_mistake_brings_no_others_that_only_follow_from_it(tmp_path: Path) -> None:
    """With the organisation unreadable, hundreds of units would be unknown; only the reason is said."""
    tree = ConfigTree(tmp_path / "config").edit(
        "TU,Thành ủy Cần Thơ,party", "TU,Thành ủy Cần Thơ,parti", UNITS
    )
    assert [(problem.line, problem.path) for problem in tree.problems()] == [(2, "kind")]


def test_a_misspelt_column_of_the_organisation_is_said_once_and_not_for_every_unit(tmp_path: Path) -> None:
    tree = ConfigTree(tmp_path / "config").edit("name,kind,parent", "name,kinde,parent", UNITS)
    assert [str(problem) for problem in tree.problems()] == [
        f"{tree.path(UNITS)}:1 kinde: is no column; did you mean 'kind'?"
    ]


def test_a_unit_that_ends_before_it_begins_is_an_error(tmp_path: Path) -> None:
    tree = ConfigTree(tmp_path / "config").edit(
        "SXD,Sở Xây dựng,department,UBND-TP,,2025-06-30",
        "SXD,Sở Xây dựng,department,UBND-TP,2025-07-01,2025-06-30",
        UNITS,
    )
    (problem,) = tree.problems()
    assert problem.message == "valid_to 2025-06-30 is before valid_from 2025-07-01; swap them"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no fields; begin with 'campaign: KEY'"),
        (b"- a\n- list\n", "holds no fields; begin with 'campaign: KEY'"),
        ("Công văn".encode("utf-16"), "is not UTF-8; save it as UTF-8"),
        (b"a: &a [*a]\n", "is nested too deeply, or an alias stands inside itself; write it out flat"),
    ],
    ids=["empty", "a list", "not UTF-8", "an alias inside itself"],
)
def test_a_file_that_is_no_campaign_says_how_to_begin(tmp_path: Path, content: bytes, says: str) -> None:
    tree = ConfigTree(tmp_path / "config")
    tree.path(CAMPAIGN).write_bytes(content)
    assert [str(problem) for problem in tree.problems()] == [f"{tree.path()}:1 {says}"]


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    tree = ConfigTree(tmp_path / "config")
    tree.path(CAMPAIGN).write_text("\n".join(lines))
    (problem,) = tree.problems()
    assert problem.message == "expands to too many values; write the aliases out"


def test_a_file_that_is_not_there_is_said_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as bad:
        load_definition(tmp_path / "gone.yaml")
    assert (
        str(bad.value) == f"{tmp_path}/gone.yaml:1 cannot be read (No such file or directory); check the path"
    )


def test_an_unknown_campaign_is_said_with_the_nearest_key() -> None:
    with pytest.raises(BadInput) as bad:
        find_campaign("dan-van-kheo-2021")
    assert str(bad.value).endswith(
        "there is no campaign 'dan-van-kheo-2021'; did you mean 'dan-van-kheo-2020'?"
    )


def test_a_ladder_in_order_is_accepted_in_either_kind_of_days(tmp_path: Path) -> None:
    """Seven working days are a little less than ten calendar days."""
    tree = ConfigTree(tmp_path / "config").edit("before: {days: 30}", "before: {days: 10}", LADDER)
    assert tree.problems() == []
