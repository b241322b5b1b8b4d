"""A campaign's file made from another: what changes changes, marks stand where they belong, the rest is as it was."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from config.review import open_questions, under_review
from config.rewriting import rewritten
from directives.rerun.request import REMOVED, Change

TEXT = """\
# Of the old directive.
title: Năm 2020   # so it is called
shared: &shared {due: 2020-11-10}
instructions:
  - key: 1a
    summary: >-
      Lãnh đạo, chỉ đạo thực hiện Kế hoạch số 1447-KH/BCSĐCP và Kế hoạch số 201-KH/TU; tiếp tục thực hiện Kết luận số
      114-KL/TW, gắn với quy chế dân chủ ở cơ sở năm 2020.
    steps:
      - &one
        key: result
        due: {before: 2020-11-10}
        note: "để lập danh sách"
      - key: other
        audience: [SNV, STP]
  - key: 1b
    steps: [*one]
audiences:
  press: {units: [BAOCT]}
"""


def made(*changes: Change, marks: tuple[tuple[tuple[str | int, ...], str], ...] = ()) -> str:
    return rewritten(TEXT, changes, marks, ["Lập từ năm trước."])


def test_nothing_changed_is_the_same_values_without_the_old_comments() -> None:
    text = made()
    assert yaml.safe_load(text) == yaml.safe_load(TEXT)
    assert text.startswith("# Lập từ năm trước.\ntitle: Năm 2020\n")
    assert text.count("#") == 1


def test_a_shared_step_is_changed_once_and_stays_shared() -> None:
    paths = [("instructions", 0, "steps", 0, "due"), ("instructions", 1, "steps", 0, "due")]
    due = {"before": date(2027, 11, 10)}
    text = made(*(Change(path, None, due) for path in paths))
    steps = [one["steps"][0]["due"] for one in yaml.safe_load(text)["instructions"]]
    assert steps == [due, due]
    assert text.count("2027-11-10") == 1
    assert "steps: [*one]" in text
    assert "&id" not in text


def test_one_date_in_two_places_is_written_twice_and_never_as_an_alias() -> None:
    day = date(2027, 11, 9)
    text = made(
        Change(("instructions", 0, "steps", 0, "due"), None, {"by": day}),
        Change(("instructions", 0, "steps", 1, "audience"), None, [day]),
        Change(("title",), None, day),
    )
    assert text.count("2027-11-09") == 3
    assert "&id" not in text


def test_folded_text_stays_folded_and_quotes_stay() -> None:
    words = "Lãnh đạo, chỉ đạo thực hiện kế hoạch năm 2027 và tổng hợp kết quả, " * 4
    text = made(
        Change(("instructions", 0, "summary"), "", words.strip()),
        Change(("instructions", 0, "steps", 0, "note"), "", "để theo dõi"),
    )
    assert yaml.safe_load(text)["instructions"][0]["summary"] == words.strip()
    assert "summary: >-\n" in text
    assert 'note: "để theo dõi"' in text
    assert max(map(len, text.splitlines())) <= 125


def test_what_is_removed_is_gone_and_lists_stay_on_their_line() -> None:
    text = made(
        Change(("audiences", "press"), None, REMOVED),
        Change(("instructions", 0, "steps", 1, "audience"), None, []),
    )
    assert yaml.safe_load(text)["audiences"] == {}
    assert "audience: []" in text


@pytest.mark.parametrize(
    ("path", "above"),
    [
        (("title",), "title: Năm 2020"),
        (("instructions", 0, "summary"), "summary: >-"),
        (("instructions", 0, "steps", 0, "due", "before"), "due: {before"),  # nothing can stand inside {…}
        (("instructions", 1, "steps", 0, "due"), "due: {before"),  # the alias: where it was written first
        (
            ("instructions", 0, "steps", 0, "key"),
            "steps:",
        ),  # above an item's first field there is only the dash
        (("audiences", "press"), "press: {units"),
        (("audiences",), "audiences:"),
    ],
)
def test_a_mark_stands_above_the_field_it_is_about(path: tuple[str | int, ...], above: str) -> None:
    text = made(marks=((path, "xem lại"),))
    lines = text.splitlines()
    [at] = [n for n, line in enumerate(lines) if "RÀ SOÁT" in line]
    assert lines[at].strip() == "# RÀ SOÁT: xem lại"
    assert lines[at + 1].strip().startswith(above)
    assert yaml.safe_load(text) == yaml.safe_load(TEXT)


def test_the_same_mark_of_an_alias_stands_once_and_others_one_above_the_other() -> None:
    first, again = ("instructions", 0, "steps", 0, "due"), ("instructions", 1, "steps", 0, "due")
    text = made(marks=((first, "một"), (again, "một"), (first, "hai")))
    assert [line.strip() for line in text.splitlines() if "RÀ SOÁT" in line] == [
        "# RÀ SOÁT: một",
        "# RÀ SOÁT: hai",
    ]


def test_every_mark_is_an_open_question_with_its_line() -> None:
    text = made(marks=((("title",), "một"), (("audiences",), "hai")))
    problems = list(open_questions("x.yaml", text))
    lines = text.splitlines()
    assert [lines[one.line - 1].strip() for one in problems] == ["# RÀ SOÁT: một", "# RÀ SOÁT: hai"]
    assert "is still to be settled (RÀ SOÁT: một); settle it and delete the comment" in str(problems[0])
    assert under_review(text)
    assert not under_review(TEXT)


@pytest.mark.parametrize(
    "line",
    ["# RÀ SOÁT: x", "due: 1  # RÀ SOÁT: x", "    #RÀ SOÁT x", "# rà soát: x", "# RA\u0300 SOA\u0301T: x"],
)
def test_a_mark_is_found_however_it_is_typed(line: str) -> None:
    assert under_review(f"a: 1\n{line}\n")


@pytest.mark.parametrize("line", ["note: cần rà soát lại", "# rà lại", "title: '#1 RÀ SOÁT'"])
def test_the_words_alone_are_no_mark(line: str) -> None:
    assert not under_review(line)
