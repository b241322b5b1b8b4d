"""Texts and dates that a rerun could leave in the old year: each is moved, or named for a person."""

from __future__ import annotations

from datetime import date

import pytest

from directives.model import Due
from directives.rerun.plan import texts
from directives.rerun.request import EVERY, Doubt, Given
from directives.rerun.texts import Issued, retold
from tests.directives.builders import a_definition, a_spec, an_instruction
from tests.directives.test_rerun import DIRECTIVE, doubts, rerun_of

OLD, NEW = Issued("312/UBND-NC", date(2027, 3, 1)), Issued("99/UBND-NC", date(2028, 2, 29))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Báo cáo quý I/2027", "Báo cáo quý I/2028"),
        ("Quý IV/ 2027", "Quý IV/ 2028"),
        ("trong tháng 6/2027", "trong tháng 6/2028"),
        ("trong tháng 12-2027 và T6.2027", "trong tháng 12-2028 và T6.2028"),
        ("xong 9/2027", "xong 9/2028"),
        ("tháng 01/2028", "tháng 01/2029"),
    ],
)
def test_months_and_quarters_move_and_are_named(was: str, now: str) -> None:
    told = retold(was, OLD, NEW, 2027, 1)
    assert told.text == now
    assert told.dates


def test_a_date_is_written_as_it_was_written() -> None:
    def text(was: str) -> str:
        return retold(was, OLD, NEW, 2027, 1).text

    assert text("trước ngày 01 tháng 4 năm 2027") == "trước ngày 01 tháng 4 năm 2028"
    assert text("trước ngày 1/4/2027") == "trước ngày 1/4/2028"
    assert text("trước ngày 05/4/2027") == "trước ngày 05/4/2028"
    assert text("trước ngày 05/04/2027") == "trước ngày 05/04/2028"
    assert text("Công văn số 312/UBND-NC ngày 01/3/2027") == "Công văn số 99/UBND-NC ngày 29/02/2028"


def test_a_span_of_two_years_is_kept_and_named() -> None:
    told = retold("năm học 2027/2028", OLD, NEW, 2027, 1)
    assert (told.text, told.periods) == ("năm học 2027/2028", ("2027/2028",))


def test_a_day_without_a_year_is_named() -> None:
    for text, day in (
        ("gửi trước 30/9 hằng năm", "30/9"),
        ("gửi trước ngày 15 tháng 11", "15 tháng 11"),
        ("từ ngày 01/3 đến ngày 30/4", "01/3, 30/4"),
    ):
        assert ", ".join(retold(text, OLD, NEW, 2027, 1).days) == day
    for text in ("trực 24/24 giờ", "2/3 số hộ", "trước ngày 30/9/2027", "Nghị định 30/2020/NĐ-CP"):
        assert retold(text, OLD, NEW, 2027, 1).days == (), text


def test_what_still_bears_the_old_year_is_named() -> None:
    told = retold("mã 2027-A, x.2027.", OLD, NEW, 2027, 1)
    assert set(told.left) == {"2027-A", "x.2027"}


def test_an_opening_before_the_day_of_issue_is_put_up_for_decision() -> None:
    old = a_definition(opens="2020-07-06")
    assert Doubt.OPENING in doubts(rerun_of(old, issued=date(2027, 9, 1))[0])
    assert Doubt.OPENING not in doubts(rerun_of(old)[0])


def test_one_date_for_steps_that_had_several_is_put_up_for_decision() -> None:
    basis = {"source": "directive", "text": "chậm nhất ngày 01/8/2020"}
    old = a_definition(
        an_instruction("1g", a_spec("plan", due={"by": "2020-08-01"}, basis=basis), a_spec("report"))
    )
    assert Doubt.SAME_DATE in doubts(rerun_of(old)[0])
    plan = Given(Due(by=date(2027, 8, 1)), "chậm nhất ngày 01/8/2027")
    found, _ = rerun_of(old, deadlines={"1g/plan": plan, EVERY: DIRECTIVE})
    assert Doubt.SAME_DATE not in doubts(found)


def test_an_hour_written_as_text_is_a_date_and_no_text() -> None:
    file = {"opens": "2020-06-30T08:00", "steps": [{"due": {"by": "2020-10-30T17:00"}, "title": "Báo cáo"}]}
    assert [text for _, text in texts(file)] == ["Báo cáo"]
