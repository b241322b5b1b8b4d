"""`dondoc record` takes what a unit said, and says what became of the step."""

from __future__ import annotations

import pytest

from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at, content

REPORT = f"{KEY}/1g/report/STP"


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    """First mails left on 30/06/2020; it is Monday 05/10/2020, 10:00."""
    assert dondoc("db", "upgrade").status == 0
    dondoc.followed.open("2020-06-30 07:00")
    dondoc.followed.live("2020-06-30")
    dondoc.now = at("2020-10-05 10:00")
    return dondoc


def test_a_report_is_recorded_with_its_document_and_stated_day(opened: Dondoc) -> None:
    done = opened("record", REPORT, "done", "--by", "chị Lan", "--doc", "215/BC-STP", "--on", "2020-10-01")
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{REPORT}: done recorded; the step is now awaiting_acceptance\n"
    assert opened.followed.step("1g/report/STP").reported_at == at("2020-10-01 12:00")
    assert opened.followed.step("1a/result/STP").reported_at == at("2020-10-01 12:00")


def test_without_a_day_it_is_now(opened: Dondoc) -> None:
    opened("record", REPORT, "received", "--by", "chị Lan")
    assert opened.followed.step("1g/report/STP").received_at == at("2020-10-05 10:00")


def test_today_before_noon_is_now_and_not_later(opened: Dondoc) -> None:
    assert opened("record", REPORT, "received", "--by", "chị Lan", "--on", "2020-10-05").status == 0
    assert opened.followed.step("1g/report/STP").received_at == at("2020-10-05 10:00")


def test_each_kind_says_the_status_it_leads_to(opened: Dondoc) -> None:
    def said(step: str, kind: str, *more: str) -> str:
        done = opened("record", f"{KEY}/{step}", kind, "--by", "bà Hạnh", *more)
        assert done.status == 0, done.err
        return done.out.rpartition(" ")[2].strip()

    assert said("1g/report/STP", "received") == "in_progress"
    assert said("1g/report/STP", "in_progress", "--percent", "0") == "in_progress"
    asked = ("--until", "2020-11-20", "--reason", "thiếu người")
    assert said("1g/report/STP", "extension", *asked) == "in_progress"
    assert said("1g/report/STP", "delegate", "--to", "SNV", "--reason", "đi vắng") == "in_progress"
    assert said("1g/report/STP", "question", "--text", "Gửi ở đâu?") == "in_progress"
    assert said("1g/report/STP", "done") == "awaiting_acceptance"
    assert said("1g/report/STP", "undo") == "in_progress"
    assert said("1g/report/STP", "done") == "awaiting_acceptance"
    assert said("1g/plan/NK", "done", "--doc", "1/KH", "--doc-date", "2020-10-01") == "completed_late"


REFUSED = [
    (REPORT, "done", ["--on", "2020-10-06"], "is still to come on the campaign's clock"),
    (REPORT, "done", ["--on", "2020-06-29"], "is before the directive itself"),
    (REPORT, "done", ["--on", "5/10/2020"], "'5/10/2020' is no date; write 2020-10-05"),
    (REPORT, "done", ["--doc-date", "x"], "--doc-date: "),
    (REPORT, "done", ["--doc-date", "2020-13-30"], "--doc-date: '2020-13-30' is no date; write YYYY-MM-DD"),
    (REPORT, "done", ["--percent", "30"], "'done' takes no --percent; leave it out"),
    (REPORT, "accept", [], "is no kind of answer"),
    (REPORT, "in_progress", ["--percent", "101"], "--percent: 101 must be at most 100"),
    (REPORT, "extension", ["--reason", "thiếu người"], "give --until too"),
    (REPORT, "extension", ["--until", "2020-11-09", "--reason", "x"], "is not after the present deadline"),
    (REPORT, "delegate", ["--to", "SNV"], "give --reason too"),
    (REPORT, "delegate", ["--to", "STP", "--reason", "x"], "is the unit itself"),
    (REPORT, "question", [], "needs its words"),
    (REPORT, "undo", [], "nothing was answered"),
    (REPORT, "finished", [], "is no kind of answer"),
    (f"{KEY}/1g/report/ABC", "done", [], "has no unit 'ABC'"),
    (f"{KEY}/1g/report", "done", [], "names no step; write campaign/instruction/step/unit"),
    (f"{KEY}/1g/Report 1/STP", "done", [], "names no step; write campaign/instruction/step/unit"),
    (f"{KEY}/1g/report/", "done", [], "names no step; write campaign/instruction/step/unit"),
    ("dan-van/1g/report/STP", "done", [], f"is not open in this ledger (open: {KEY})"),
]


def test_what_makes_no_sense_is_one_line_with_status_1_and_changes_nothing(opened: Dondoc) -> None:
    before = content(opened.engine)
    for step, kind, more, why in REFUSED:
        done = opened("record", step, kind, "--by", "bà Hạnh", *more)
        assert done.status == 1, (kind, more)
        assert why in done.err
        assert done.err.startswith("dondoc: ")
        assert len(done.err.splitlines()) == 1
    assert content(opened.engine) == before


def test_a_rehearsals_answers_are_of_its_own_clock(dondoc: Dondoc) -> None:
    dondoc("db", "upgrade")
    dondoc.followed.open("2020-06-30 07:30", rehearsal=True)
    dondoc.now = at("2026-02-03 10:00")
    assert dondoc("record", REPORT, "received", "--by", "chị Lan").status == 0
    assert dondoc.followed.step("1g/report/STP").received_at == at("2020-06-30 07:30")


def test_what_was_recorded_stands_in_a_whole_chain(opened: Dondoc) -> None:
    opened("record", REPORT, "done", "--by", "chị Lan")
    assert opened("verify").status == 0


def test_a_kind_that_is_none_is_told_the_kinds(opened: Dondoc) -> None:
    done = opened("record", f"{KEY}/1g/report/STP", "recieved", "--by", "A")
    assert done.status == 1
    assert "'recieved' is no kind of answer; did you mean 'received'?" in done.err


def test_an_option_that_is_missing_is_named(opened: Dondoc) -> None:
    done = opened("record", f"{KEY}/1g/report/STP", "extension", "--by", "A", "--until", "2020-11-20")
    assert done.err == "dondoc: give --reason too\n"


def test_a_unit_that_is_none_is_told_the_nearest(opened: Dondoc) -> None:
    done = opened("record", f"{KEY}/1g/report/STX", "received", "--by", "A")
    assert "has no unit 'STX'; did you mean 'STP'?" in done.err


def test_what_a_unit_asks_for_waits_for_a_coordinator(opened: Dondoc) -> None:
    opened(
        "record", REPORT, "extension", "--by", "chị Lan", "--until", "2020-11-20", "--reason", "thiếu người"
    )
    opened(
        "record", REPORT, "delegate", "--by", "chị Lan", "--to", "Sở Nội vụ", "--reason", "không đúng việc"
    )
    opened("record", REPORT, "question", "--by", "chị Lan", "--text", "Gửi ở đâu?")
    (campaign,) = opened("status", "--json").json["campaigns"]
    assert [(one["kind"], one["said"]) for one in campaign["undecided"]] == [
        ("extension", ["chị Lan", "thiếu người"]),
        ("delegate", ["chị Lan", "Sở Nội vụ", "không đúng việc"]),
        ("question", ["chị Lan", "Gửi ở đâu?"]),
    ]


def test_a_report_recorded_by_mistake_is_taken_back(opened: Dondoc) -> None:
    opened("record", REPORT, "done", "--by", "chị Lan", "--doc", "215/BC-STP")
    assert opened("record", REPORT, "undo", "--by", "bà Hạnh").status == 0
    assert opened.followed.step("1g/report/STP").reported_at is None
    assert opened("verify").status == 0
