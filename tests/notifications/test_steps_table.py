"""An instruction's steps as a table that can be searched: what a coordinator looks for stands first."""

from __future__ import annotations

from sqlalchemy import Engine

from directives.board import StepLine
from directives.evaluate import Status
from directives.ledger import boards
from directives.ledger.engine import reading
from notifications.board.steps_table import steps_table
from notifications.words import say
from tests.ledger.campaigns import a_campaign, at
from tests.notifications.builders import CALENDAR


def test_one_long_name_does_not_push_the_other_columns_out_of_sight() -> None:
    line = StepLine("Sở " + "X" * 200, "Báo cáo", None, Status.OVERDUE, 3, None, 1)
    (row,) = steps_table([line], CALENDAR)
    assert row["Đơn vị"] == "Sở " + "X" * 56 + "…"


def test_every_step_has_a_row_with_its_state_before_its_title(sqlite_engine: Engine) -> None:
    followed = a_campaign(sqlite_engine).live("2020-06-30")
    followed.answer("1g/plan/NK1", "done", "2020-07-30 09:00", doc_number="1/KH")
    with reading(sqlite_engine) as session:
        book = followed.book(session)
        row = next(one for one in book.instructions.values() if one.key == "1g")
        rows = steps_table(boards.steps_table(book, row, at("2020-08-03 09:00")), book.calendar)
    assert len(rows) == 8
    late = next(one for one in rows if one["Đơn vị"] == "Phường Cái Khế" and "Kế hoạch" in str(one["Việc"]))
    assert list(late.values()) == [
        "Phường Cái Khế",
        say("status.overdue"),
        3,
        "31/07/2020",
        "",
        1,
        0,
        "Kế hoạch năm 2020",
    ]
    done = next(one for one in rows if one["Đơn vị"] == "Phường An Hòa" and "Kế hoạch" in str(one["Việc"]))
    assert (done["Tình trạng"], done["Báo cáo ngày"]) == (say("status.completed_on_time"), "30/07/2020")
