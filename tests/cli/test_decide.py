"""`dondoc decide …` takes the same forms as Prefect's UI, and says who is told."""

from __future__ import annotations

import pytest

from directives.evaluate import Status
from tests.cli.commands import KEY, Dondoc
from tests.decisions.desk import OFFICER
from tests.ledger.campaigns import at, box_of, content
from tests.ledger.test_answers import status_of

OF = ("--step", "1g/report", "--unit", "STP", "--by", OFFICER)


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    """First mails left on 30/06/2020; STP reported; it is Monday 05/10/2020, 10:00."""
    assert dondoc("db", "upgrade").status == 0
    dondoc.followed.open("2020-06-30 07:00")
    dondoc.followed.live("2020-06-30")
    dondoc.followed.answer("1g/report/STP", "done", "2020-10-01 09:00")
    dondoc.now = at("2020-10-05 10:00")
    return dondoc


def test_a_report_is_accepted_and_the_unit_told(opened: Dondoc) -> None:
    done = opened("decide", "accept", KEY, *OF)
    assert (done.status, done.err) == (0, "")
    assert done.out.splitlines()[0] == "accept: decided"
    assert box_of("STP") in done.out
    assert status_of(opened.followed, "1g/report/STP", "2020-10-05 10:00") is Status.COMPLETED_ON_TIME
    assert opened("verify").status == 0


def test_a_report_is_returned_with_a_new_day(opened: Dondoc) -> None:
    assert opened("decide", "return", KEY, *OF, "--until", "2020-11-20", "--reason", "thiếu").status == 0
    assert status_of(opened.followed, "1g/report/STP", "2020-10-06 10:00") is Status.RETURNED


def test_a_nudge_is_shown_first_and_sent_when_asked(opened: Dondoc) -> None:
    before = content(opened.engine)
    of = ("--step", "1g/plan", "--unit", "NK1", "--by", OFFICER)
    shown = opened("decide", "nudge", KEY, *of)
    assert shown.status == 0
    assert "Kế hoạch năm 2020" in shown.out
    assert shown.out.splitlines()[-1] == "nothing was sent; add --send"
    assert content(opened.engine) == before
    assert opened("decide", "nudge", KEY, *of, "--send").status == 0
    assert opened.followed.messages("NK1")[-1].target.startswith("nudge:")


REFUSED = [
    (["return", KEY, *OF, "--until", "2020-10-01", "--reason", "x"], "01/10/2020 is past"),
    (["return", KEY, *OF, "--until", "01/11/2020", "--reason", "x"], "'01/11/2020' is no date"),
    (["waive", KEY, *OF, "--reason", ""], "'reason' is missing"),
    (["accept", KEY, *OF[:-1], "Phòng Tổng họp"], "is no coordinator of campaign"),
    (["accept", "thu-2021", *OF], "is not open in this ledger"),
    (["accept", KEY, "--step", "report", *OF[2:]], "'report' is no step; write one like 1g/report"),
]


def test_what_makes_no_sense_is_one_line_with_status_1_and_changes_nothing(opened: Dondoc) -> None:
    before = content(opened.engine)
    for command, why in REFUSED:
        done = opened("decide", *command)
        assert done.status == 1, command
        assert why in done.err
        assert len(done.err.splitlines()) == 1
    assert content(opened.engine) == before
