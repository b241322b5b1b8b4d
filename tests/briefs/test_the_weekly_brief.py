"""The coordinators' brief: on its days, to each once, with something to say, its picture and its annex."""

from __future__ import annotations

import io
from datetime import date
from email.message import EmailMessage

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from directives.brief import BriefDay, brief_day
from directives.ledger import boards
from directives.ledger.engine import begin
from directives.ledger.states import campaign_row
from directives.workdays import WorkCalendar
from notifications.board.forms import FormLinks
from notifications.brief import BriefLinks
from notifications.briefing import Briefed, brief
from tests.ledger.campaigns import CALENDAR, Followed, Letter, a_campaign, a_definition, at

DUE = [at("2020-11-10 00:00")]  # a Tuesday: its last good day is Monday, 09/11/2020
OFFICER = "tong-hop.snv@cantho.example"
SECOND = {"name": "Bà Hạnh", "phone": "0292 1", "address": "hanh.snv@cantho.example"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)

DAYS = [
    ("2020-09-01", BriefDay.OTHER_DAY),  # a Tuesday
    ("2020-08-31", BriefDay.FIRST_OF_THE_WEEK),  # a Monday
    ("2020-09-02", BriefDay.DAY_OFF),
    ("2020-09-05", BriefDay.DAY_OFF),  # a Saturday
    ("2020-11-02", BriefDay.FIRST_OF_THE_WEEK),
    ("2020-11-03", BriefDay.OTHER_DAY),
    ("2020-11-09", BriefDay.DEADLINE_WEEK),
    ("2020-11-10", BriefDay.DEADLINE_WEEK),
    ("2020-11-13", BriefDay.DEADLINE_WEEK),
    ("2020-11-14", BriefDay.DAY_OFF),
]


@pytest.mark.parametrize(("day", "kind"), DAYS)
def test_it_comes_on_the_weeks_first_working_day_and_daily_in_the_deadlines_week(
    day: str, kind: BriefDay
) -> None:
    assert brief_day(date.fromisoformat(day), DUE, CALENDAR) is kind


def test_after_a_holiday_on_monday_it_comes_on_tuesday() -> None:
    monday = date(2020, 8, 31)
    calendar = WorkCalendar(
        "Asia/Ho_Chi_Minh", date(2020, 1, 1), date(2021, 12, 31), frozenset({monday}), frozenset()
    )
    assert brief_day(monday, DUE, calendar) is BriefDay.DAY_OFF
    assert brief_day(date(2020, 9, 1), DUE, calendar) is BriefDay.FIRST_OF_THE_WEEK


@pytest.fixture
def followed(engine: Engine) -> Followed:
    definition = a_definition(lambda data: data["monitor"].update(coordinators=[SECOND]))
    return a_campaign(engine, definition=definition).live("2020-06-30")


def briefed(followed: Followed, when: str, links: BriefLinks | None = None) -> Briefed:
    with begin(followed.engine) as session:
        return brief(followed.book(session), at(when), at(when), links or BriefLinks())


def letters(followed: Followed, when: str) -> list[Letter]:
    before = len(followed.box.letters)
    followed.deliver(when)
    return [one for one in followed.box.letters[before:] if one.kind == "brief"]


def test_every_coordinator_gets_it_once_a_day_whatever_reruns(followed: Followed) -> None:
    assert briefed(followed, "2020-11-09 07:35").to == (OFFICER, SECOND["address"])
    assert briefed(followed, "2020-11-09 09:00") == Briefed(why="already")
    assert sorted(one.to for one in letters(followed, "2020-11-09 09:00")) == sorted(
        [OFFICER, SECOND["address"]]
    )
    assert letters(followed, "2020-11-09 09:30") == []
    assert briefed(followed, "2020-11-10 07:35").to == (OFFICER, SECOND["address"])


def test_on_other_days_nobody_gets_it(followed: Followed) -> None:
    assert briefed(followed, "2020-11-04 07:35") == Briefed(why="other_day")
    assert briefed(followed, "2020-11-07 07:35") == Briefed(why="day_off")


def test_with_nothing_to_say_nothing_is_sent(engine: Engine) -> None:
    followed = a_campaign(engine).live("2020-06-30")
    for step in followed.steps():
        if step != "2/monitoring/SNV" and not followed.step(step).waived_at:
            followed.decide(step, "waive", "2020-06-30 10:00", reason="thử")
    assert briefed(followed, "2020-08-03 07:35") == Briefed(why="nothing")


def test_it_says_what_waits_with_links_and_what_is_late(followed: Followed) -> None:
    followed.answer(
        "1g/report/STP", "extension", "2020-11-06 09:00", until="2020-11-20", reason="thiếu người"
    )
    forms = FormLinks("http://prefect.example", {"grant_extension": "id-1"}, "http://trang.example/c/abc/")
    briefed(followed, "2020-11-10 07:35", BriefLinks(forms, "http://prefect.example/artifacts/artifact/b"))
    letter = letters(followed, "2020-11-10 07:40")[0]
    text = " ".join(letter.text.split())
    assert (
        "CHỜ XỬ LÝ: 1 1. Đề nghị gia hạn: Sở Tư pháp, 1g · Báo cáo kết quả, đến hết ngày 20/11/2020" in text
    )
    assert "http://prefect.example/deployments/deployment/id-1/run?parameters=" in letter.text
    assert "http://prefect.example/artifacts/artifact/b" in letter.text
    assert "http://trang.example/c/abc/" in letter.text
    assert "[Bản tin]" in letter["Subject"]


def test_the_picture_stands_in_the_html_and_the_annex_is_attached(followed: Followed) -> None:
    with begin(followed.engine) as session:
        boards.keep_picture(followed.book(session), PNG, at("2020-11-09 06:50"))
    briefed(followed, "2020-11-09 07:35")
    mail: EmailMessage = letters(followed, "2020-11-09 07:40")[0].mail
    kinds = {part.get_content_type(): part for part in mail.walk()}
    assert kinds["image/png"]["Content-ID"] == "<ban-do@dondoc>"
    assert kinds["image/png"].get_content() == PNG
    assert 'src="cid:ban-do@dondoc"' in kinds["text/html"].get_content()
    (annex,) = [part for part in mail.iter_attachments() if part.get_filename() == "thu-2020.xlsx"]
    book = load_workbook(io.BytesIO(annex.get_content()))
    assert book.sheetnames == ["Tổng hợp", "1a", "1g", "2"]


def test_without_a_picture_no_broken_image_is_shown(followed: Followed) -> None:
    briefed(followed, "2020-11-09 07:35")
    assert "cid:" not in letters(followed, "2020-11-09 07:40")[0].mail.as_string()


def test_a_rehearsals_brief_says_so(engine: Engine) -> None:
    followed = a_campaign(engine)
    with begin(engine) as session:
        row = campaign_row(session, followed.key)
        row.rehearsal, row.clock_at = True, at("2020-11-09 07:35")
    briefed(followed, "2020-11-09 07:35")
    assert letters(followed, "2020-11-09 07:40")[0]["Subject"].startswith("[DIỄN TẬP] [Bản tin]")


def test_the_changes_told_are_those_since_the_last_brief(followed: Followed) -> None:
    briefed(followed, "2020-08-03 07:35")
    letters(followed, "2020-08-03 07:40")
    followed.answer("1g/report/STP", "done", "2020-08-05 09:00")
    briefed(followed, "2020-08-10 07:35")
    text = letters(followed, "2020-08-10 07:40")[0].text
    assert "THAY ĐỔI TỪ NGÀY 03/08/2020" in text
    assert "báo cáo" in text.partition("THAY ĐỔI TỪ NGÀY")[2]
