"""What a check finds: cycles, near words, and what lies under a broken place."""

from __future__ import annotations

from itertools import pairwise

import pytest

from directives.findings import closest, cycles, nearest, under


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"], "c": []}, []),
        ({"a": ["a"]}, [["a", "a"]]),
        ({"a": ["b"], "b": ["a"]}, [["a", "b", "a"]]),
        ({"a": ["b", "c"], "b": ["c"], "c": []}, []),  # two ways to one place are no cycle
        ({"a": ["a"], "b": ["b"]}, [["a", "a"], ["b", "b"]]),
    ],
)
def test_cycles_are_named_along_their_way(edges: dict[str, list[str]], found: list[list[str]]) -> None:
    assert list(cycles(edges)) == found


def test_two_cycles_through_one_node_are_both_found() -> None:
    edges = {"a": ["b", "c"], "b": ["a"], "c": ["a"]}
    assert sorted(sorted(set(cycle)) for cycle in cycles(edges)) == [["a", "b"], ["a", "c"]]


def test_a_cycle_follows_the_edges_and_closes() -> None:
    edges = {"a": ["b"], "b": ["c"], "c": ["d", "b"], "d": []}
    (cycle,) = cycles(edges)
    assert cycle[0] == cycle[-1]
    assert all(target in edges[node] for node, target in pairwise(cycle))


def test_a_target_that_is_nowhere_makes_no_cycle() -> None:
    assert list(cycles({"a": ["gone"]})) == []


@pytest.mark.parametrize(
    ("word", "words", "said"),
    [
        ("SYTT", ["SYT", "STP", "SNV"], "; did you mean 'SYT'?"),
        ("stp", ["SYT", "STP"], "; did you mean 'STP'?"),
        ("nothing-like-it", ["SYT", "STP"], "; choose one of: STP, SYT"),
        ("nothing-like-it", [f"{n:03}" for n in range(13)], ""),
        ("anything", [], ""),
    ],
)
def test_the_nearest_right_word_is_offered_or_the_few_there_are(
    word: str, words: list[str], said: str
) -> None:
    assert nearest(word, words) == said


def test_the_same_word_in_another_case_is_closer_than_a_similar_one() -> None:
    assert closest("syt", ["syt1", "SYT"]) == "SYT"


@pytest.mark.parametrize(
    ("path", "is_under"),
    [
        (("instructions", 0), True),
        (("instructions", 0, "steps", 2), True),
        (("instructions", 1), False),
        (("instructions",), False),
    ],
)
def test_a_path_is_under_a_place_that_it_begins_with(path: tuple[str | int, ...], is_under: bool) -> None:
    assert under(path, {("instructions", 0)}) is is_under
