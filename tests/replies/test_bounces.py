"""An address that refuses mail is marked once it is certain; the alternate is written to, and nothing was reminded of."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from config.contacts import default_contacts
from directives.ledger import boards
from directives.ledger.engine import reading
from directives.ledger.tables import Contact as ContactRow
from directives.model import Contact, ContactRole
from tests.ledger.campaigns import Letter, a_definition, box_of
from tests.notifications.post_office import PostOffice
from tests.replies.desks import Answered, answering

REPORT = "1g/report/STP"
ALTERNATE = "du-phong.stp@cantho.example"


@pytest.fixture
def unit(engine: Engine, tmp_path: Path) -> Answered:
    followed = Answered(engine, tmp_path)
    alternate = Contact(unit="STP", role=ContactRole.ALTERNATE, name="Bà Dự phòng", address=ALTERNATE)
    followed.open("2020-06-30 07:00", contacts=[*default_contacts(a_definition().units), alternate])
    followed.live("2020-06-30")
    return followed


def bounce_of(
    unit: Answered,
    letter: Letter,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    to: str = "",
    forged: bool = False,
    sender: str = "",
) -> bytes:
    """What a mail server reports (RFC 3464), sent to the message's own envelope address."""
    (message,) = [one for one in unit.messages() if one.uid in letter["Message-ID"]]
    envelope = unit.post.envelope(message.uid)
    if forged:
        envelope = envelope.replace(".", ".x", 1)
    report = EmailMessage()
    report["Return-Path"] = f"<{sender}>"
    report["Delivered-To"] = report["To"] = envelope
    report["From"] = "MAILER-DAEMON@mx.cantho.example"
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report.set_content("This is the mail system. I could not deliver your message.")
    report.make_mixed()
    report.replace_header("Content-Type", 'multipart/report; report-type=delivery-status; boundary="b"')
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nI could not deliver your message.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.cantho.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to or letter.to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {status.replace('.', '')[0]}50 {status} no such user\r\n--b--\r\n"
    )
    head = "".join(f"{name}: {value}\r\n" for name, value in report.items())
    return (head + "\r\n" + body).encode()


def marked(unit: Answered) -> list[str]:
    with reading(unit.engine) as session:
        return [one.address for one in session.exec(select(ContactRow)) if one.bounced_at is not None]


def test_a_hard_bounce_marks_the_address_and_writes_to_the_alternate_at_once(unit: Answered) -> None:
    letter = unit.digest("STP")
    assert dict(unit.hears(bounce_of(unit, letter), "2020-06-30 22:00")) == {"bounce": 1}
    assert marked(unit) == [box_of("STP")]
    (again,) = [one for one in unit.letters() if one.to == ALTERNATE]
    assert "Báo cáo kết quả" in again.text
    assert again["Message-ID"] != letter["Message-ID"]
    assert [one.state for one in unit.messages("STP")] == ["bounced", "accepted"]


def test_what_came_back_was_no_reminder_and_no_first_mail(unit: Answered) -> None:
    before = unit.step(REPORT)
    assert before.first_mailed_at is not None
    alternates = [one for one in unit.letters() if one.to == ALTERNATE]
    unit.hears(bounce_of(unit, unit.digest("STP")), "2020-07-01 10:00")
    after = unit.step(REPORT)
    assert after.first_mailed_at is not None
    assert after.first_mailed_at > before.first_mailed_at
    assert alternates == []
    assert unit.notices(REPORT) == ["assigned"]


def test_the_next_digest_goes_to_the_alternate_too(unit: Answered) -> None:
    unit.hears(bounce_of(unit, unit.digest("STP")), "2020-06-30 22:00")
    unit.live("2020-07-01", "2020-07-06")
    first, *later = [one.kind for one in unit.letters() if one.to == ALTERNATE]
    assert first == "again"
    assert set(later) == {"lead"}
    assert len(unit.letters("STP")) == 1


def test_the_alternate_may_answer_for_the_unit(unit: Answered) -> None:
    unit.hears(bounce_of(unit, unit.digest("STP")), "2020-06-30 22:00")
    (again,) = [one for one in unit.letters() if one.to == ALTERNATE]
    assert dict(unit.hears(answering(again, "tất cả đã tiếp nhận"), "2020-07-01 09:00")) == {"applied": 1}


@pytest.mark.parametrize(
    "how",
    [
        {"status": "4.2.2"},
        {"status": "5.2.2", "action": "delayed"},
        {"to": "nguoi-la@cantho.example"},
        {"forged": True},
        {"sender": "ai-do@x.example"},
    ],
)
def test_what_is_not_certain_marks_nothing(unit: Answered, how: dict[str, Any]) -> None:
    letters = len(unit.letters())
    unit.hears(bounce_of(unit, unit.digest("STP"), **how), "2020-06-30 22:00")
    assert marked(unit) == []
    assert len(unit.letters()) == letters
    assert [one.state for one in unit.messages("STP")] == ["accepted"]


def test_the_same_bounce_in_other_words_is_taken_once(unit: Answered) -> None:
    letter = unit.digest("STP")
    unit.hears([bounce_of(unit, letter), bounce_of(unit, letter, status="5.1.10")], "2020-06-30 22:00")
    assert len([one for one in unit.letters() if one.to == ALTERNATE]) == 1


def test_the_board_shows_who_is_not_reached_and_who_is_written_to_instead(unit: Answered) -> None:
    unit.hears(bounce_of(unit, unit.digest("STP")), "2020-06-30 22:00")
    with reading(unit.engine) as session:
        (one,) = boards.unreached(unit.book(session), unit.step(REPORT).first_mailed_at)  # type: ignore[arg-type]
    assert (one.address, one.instead) == (box_of("STP"), ALTERNATE)


def test_a_unit_without_another_address_waits_for_one(unit: Answered) -> None:
    (message,) = unit.messages("NK")
    unit.hears(bounce_of(unit, unit.digest("NK")), "2020-06-30 22:00")
    assert [one.state for one in unit.messages("NK")] == ["bounced", "deferred"]
    assert unit.messages("NK")[-1].detail == "no_address"
    assert message.uid != unit.messages("NK")[-1].uid


def test_an_address_refused_at_once_is_marked_too_and_the_alternate_written_to(
    engine: Engine, tmp_path: Path, office: PostOffice
) -> None:
    office.at_rcpt[box_of("STP")] = ["550 5.1.1 no such user"]
    unit = Answered(engine, tmp_path)
    alternate = Contact(unit="STP", role=ContactRole.ALTERNATE, name="Bà Dự phòng", address=ALTERNATE)
    unit.open("2020-06-30 07:00", contacts=[*default_contacts(a_definition().units), alternate])
    unit.transport, unit.run = office.transport(), office.run
    unit.live("2020-06-30")
    unit.deliver("2020-06-30 08:15")
    assert marked(unit) == [box_of("STP")]
    assert len(office.to(ALTERNATE)) == 1
    assert [one.state for one in unit.messages("STP") if one.target != "refused"] == ["failed", "accepted"]


def test_who_writes_from_a_marked_address_can_be_written_to_again(unit: Answered) -> None:
    letter = unit.digest("STP")
    unit.hears(bounce_of(unit, letter), "2020-06-30 22:00")
    unit.hears(answering(letter, "tất cả đã tiếp nhận"), "2020-07-01 09:00")
    assert marked(unit) == []
