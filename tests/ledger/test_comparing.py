"""Rows that no event names by its key: what differs is named, however many differ, and a changed row is no surplus one."""

from __future__ import annotations

from directives.ledger.comparing import Row, unlike_in_any_order


def rows(count: int, **changed: object) -> list[Row]:
    return [Row(f"evidence {n}", {"answer": n, "file": f"{n}.pdf", "day": 1} | changed) for n in range(count)]


def test_each_row_is_compared_with_the_one_that_is_most_like_it() -> None:
    found = rows(3)
    found[1] = Row("evidence 1", {"answer": 1, "file": "x.pdf", "day": 1})
    found[2] = Row("evidence 2", {"answer": 2, "file": "y.pdf", "day": 9})
    assert list(unlike_in_any_order(found, rows(3))) == [
        "evidence 1: file is x.pdf in the ledger, 1.pdf by the events",
        "evidence 2: file is y.pdf in the ledger, 2.pdf by the events",
        "evidence 2: day is 9 in the ledger, 1 by the events",
    ]


def test_what_is_left_over_on_either_side_is_named() -> None:
    assert list(unlike_in_any_order(rows(2), rows(1))) == [
        "evidence 1 is in the ledger, but no event wrote it"
    ]
    assert list(unlike_in_any_order([], rows(1))) == [
        "evidence 0 was written by an event, but is not in the ledger"
    ]


def test_thousands_of_changed_rows_are_each_named_once() -> None:
    lines = list(unlike_in_any_order(rows(5_000, day=2), rows(5_000)))
    assert len(lines) == len(set(lines)) == 5_000
