"""The calendar file: what a calendar program reads from it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from icalendar import Calendar

from directives.digest import LeadDigest
from directives.plan import Reason
from notifications.calendar_file import calendar_file
from tests.notifications.builders import FRIDAY, a_campaign, a_digest, a_report, an_officer, at, overdue


def events(digest: LeadDigest) -> list[Any]:
    return list(Calendar.from_ical(calendar_file(digest)).walk("VEVENT"))


def one_event(**changes: Any) -> Any:
    return events(a_digest(a_report(**changes), now=FRIDAY))[0]


def test_a_deadline_is_the_whole_last_good_day() -> None:
    event = one_event()
    assert event.start == date(2020, 11, 9)
    assert event.end == date(2020, 11, 10)
    assert event["SUMMARY"] == "Hạn: Báo cáo kết quả công tác dân vận và “Năm dân vận khéo” 2020"
    assert "trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)" in event["DESCRIPTION"]


def test_a_deadline_with_an_hour_ends_at_that_hour() -> None:
    event = one_event(due_before=at(2020, 11, 9, 17))
    assert event.end == at(2020, 11, 9, 17)
    assert event.start == at(2020, 11, 9, 16, 30)
    assert event["SUMMARY"].startswith("Hạn 17 giờ 00: ")


def test_the_alarm_rings_one_working_day_before_at_the_digests_hour() -> None:
    (alarm,) = one_event().walk("VALARM")
    assert at(2020, 11, 9) + alarm["TRIGGER"].dt == FRIDAY
    (alarm,) = one_event(due_before=at(2020, 11, 9, 17)).walk("VALARM")
    assert at(2020, 11, 9, 16, 30) + alarm["TRIGGER"].dt == FRIDAY


def test_an_extension_moves_the_event_that_is_already_there() -> None:
    first, second = one_event(), one_event(due_before=at(2020, 11, 21), deadline_number=2)
    assert first["UID"] == second["UID"] == "dan-van-kheo-2020/1g/report/STP@dondoc"
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert second.start == date(2020, 11, 20)


def test_every_numbered_item_has_its_event() -> None:
    late = an_officer(n=2, **overdue(90))
    later = a_report(n=3, key="k/3", reason=Reason.WAITING)
    assert len(events(a_digest(a_report(), late, now=FRIDAY, open_items=(later,)))) == 3


def test_the_file_is_published_and_invites_nobody() -> None:
    text = calendar_file(a_digest(a_report(), now=FRIDAY))
    assert "\r\nMETHOD:PUBLISH\r\n" in text
    assert "ATTENDEE" not in text
    assert "mailto:dan-van.snv@cantho.example" in text
    assert "\r\nTRANSP:TRANSPARENT\r\n" in text


def test_lines_are_folded_at_75_octets() -> None:
    text = calendar_file(a_digest(a_report(title="Ủy ban nhân dân " * 30), now=FRIDAY))
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_the_same_digest_makes_the_same_bytes() -> None:
    digest = a_digest(a_report(), an_officer(n=2), now=FRIDAY)
    assert calendar_file(digest) == calendar_file(digest)
    assert "DTSTAMP:20201106T010000Z" in calendar_file(digest)


def test_a_hostile_title_adds_no_line() -> None:
    title = "x\r\nEND:VEVENT\r\nATTENDEE:mailto:a@evil.example"
    (event,) = events(a_digest(a_report(title=title), now=FRIDAY))
    assert "ATTENDEE" not in event


def test_a_rehearsal_says_so_in_the_calendar_too() -> None:
    (event,) = events(a_digest(a_report(), now=FRIDAY, campaign=a_campaign(rehearsal=True)))
    assert event["SUMMARY"].startswith("[DIỄN TẬP] ")
    assert event.duration == timedelta(1)
