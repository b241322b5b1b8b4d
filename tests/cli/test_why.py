"""`dondoc why` tells in Vietnamese why a unit was written to on a day and why not; `dondoc page-link` where to read on."""

from __future__ import annotations

import re

import pytest

from directives.ledger.engine import begin
from directives.ledger.states import campaign_row
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.followed.live("2020-06-30", "2020-07-02")
    dondoc.now = at("2020-07-06 09:00")
    return dondoc


def test_a_mail_with_its_rule_days_and_inputs(opened: Dondoc) -> None:
    done = opened("why", KEY, "--unit", "STP", "--on", "2020-07-02", "--step", "1g/report")
    assert (done.status, done.err) == (0, "")
    said = " ".join(done.out.split())
    assert "08 giờ 00 ngày 02/07/2020: Thư nhắc việc <van-thu.stp@cantho.example>" in said
    assert "quy tắc: Sau thư đầu tiên 2 ngày làm việc, nếu chưa có trả lời" in said
    assert "đến 02/07/2020 (thứ Năm) là 2 ngày làm việc" in said
    assert "thời hạn hết ngày 09/11/2020 theo văn bản; thư đầu tiên 08 giờ 00 ngày 30/06/2020" in said
    assert all(len(line) <= 78 for line in done.out.splitlines())


def test_a_day_without_mail_with_its_reason_and_the_rungs_around_it(opened: Dondoc) -> None:
    said = " ".join(opened("why", KEY, "--unit", "STP", "--on", "2020-07-04").out.split())
    assert (
        "Ngoài giờ gửi: thứ Bảy 04/07/2020 là ngày nghỉ; lượt gửi sau là 08 giờ 00 ngày 06/07/2020." in said
    )
    assert "nấc sau: Trước hạn 7 ngày làm việc, 22/07/2020 (thứ Tư)" in said


def test_one_object_for_scripts(opened: Dondoc) -> None:
    found = opened("why", KEY, "--unit", "STP", "--on", "2020-07-02", "--json").json
    (mail,) = found["mails"]
    assert (mail["kind"], mail["at"]) == ("lead", "2020-07-02T08:00:00+07:00")
    cause = next(one for one in mail["causes"] if one["step"] == "1g/report")
    assert (cause["rung"], cause["counted"]["working_days"]) == ("no-receipt", 2)
    assert cause["inputs"]["due_before"] == "2020-11-10T00:00:00+07:00"
    silent = opened("why", KEY, "--unit", "STP", "--on", "2020-07-03", "--step", "1g/plan", "--json").json[
        "silent"
    ]
    assert [(one["why"], one["coming"]["rung"]) for one in silent] == [("no_rung", "before-7")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--unit", "STQ", "--on", "2020-07-02"), "no unit 'STQ'"),
        (("--unit", "STP", "--on", "mai"), "'mai' is no date; write YYYY-MM-DD"),
        (("--unit", "STP", "--on", "2020-07-02", "--step", "1g/plann"), "'1g/plann' is not asked of 'STP'"),
    ],
)
def test_what_makes_no_sense_is_one_line(opened: Dondoc, words: tuple[str, ...], said: str) -> None:
    done = opened("why", KEY, *words)
    assert done.status == 1
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_the_coordinators_address_is_printed_while_the_campaign_is_open(opened: Dondoc) -> None:
    first = opened("page-link", KEY)
    assert re.fullmatch(r"http://127\.0\.0\.1:4280/c/[a-z2-7]{26}/\n", first.out)
    assert opened("page-link", KEY, "--unit", "STP").out == first.out.strip() + "units/STP\n"
    assert "no unit 'STQ'" in opened("page-link", KEY, "--unit", "STQ").err
    with begin(opened.engine) as session:
        row = campaign_row(session, KEY)
        row.closed_at = at("2020-07-06 08:00")
        session.add(row)
    assert "was closed" in opened("page-link", KEY).err
