"""One digest a recipient and day over real SMTP: what it lists, when it leaves, what the ledger keeps of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from directives.ledger.engine import reading
from directives.ledger.tables import MessageItem, Token
from tests.ledger.campaigns import Followed, Letter, a_campaign, a_definition, at, box_of, content, spec
from tests.notifications.post_office import PostOffice


@pytest.fixture
def followed(sqlite_engine: Engine, office: PostOffice) -> Followed:
    """Opened on Tuesday 30/06/2020; mail goes over real SMTP."""
    return posted(a_campaign(sqlite_engine), office)


def posted(followed: Followed, office: PostOffice) -> Followed:
    followed.transport, followed.run = office.transport(), office.run
    return followed


def kinds(letters: list[Letter]) -> list[str]:
    return [one.kind for one in letters]


def test_every_recipient_gets_one_digest_with_all_its_items(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30")
    assert sorted(one.to for one in office.letters) == sorted(map(box_of, ["SNV", "STP", "NK", "NK1", "NK2"]))
    (letter,) = office.to(box_of("STP"))
    assert "Kế hoạch năm 2020" in letter.text
    assert "Báo cáo kết quả" in letter.text


def test_a_second_delivery_on_the_same_day_sends_nothing(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30")
    assert followed.deliver("2020-06-30 15:00").sent == 0
    assert len(office.letters) == 5


def test_what_comes_up_after_todays_digest_waits_for_tomorrows_slot(
    followed: Followed, office: PostOffice
) -> None:
    followed.live("2020-06-30")
    followed.passes("2020-07-01 07:05")  # planned early: the plan, thirty days before
    assert followed.deliver("2020-06-30 16:00").sent == 0
    assert followed.deliver("2020-07-01 07:59").sent == 0
    assert followed.deliver("2020-07-01 08:00").sent == 4
    assert len(office.letters) == 9


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        ("2020-06-30 07:59", "2020-06-30 08:00"),
        ("2020-06-30 11:30", "2020-06-30 13:00"),
        ("2020-06-30 16:30", "2020-07-01 08:00"),
        ("2020-07-04 10:00", "2020-07-06 08:00"),  # Saturday
        ("2020-07-05 10:00", "2020-07-06 08:00"),
        ("2020-09-02 10:00", "2020-09-03 08:00"),  # Quốc khánh
    ],
)
def test_outside_slot_window_and_working_days_a_digest_is_deferred_and_not_dropped(
    followed: Followed, office: PostOffice, asked: str, leaves: str
) -> None:
    followed.passes("2020-06-30 07:05")
    assert followed.deliver(asked).sent == 0
    assert followed.deliver(at(leaves) - timedelta(minutes=1)).sent == 0
    assert followed.deliver(leaves).sent == 5
    assert len(office.letters) == 5


def test_nothing_done_stays_listed(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30")
    followed.answer("1g/plan/STP", "done", "2020-06-30 15:00", doc_number="5/KH-STP")
    followed.live("2020-10-12")
    last = office.to(box_of("STP"))[-1]
    assert last["Date"].startswith("Mon, 12 Oct 2020")
    assert "Báo cáo kết quả" in last.text
    assert "Kế hoạch năm 2020" not in last.text


def test_what_is_done_between_the_pass_and_the_slot_does_not_leave(
    followed: Followed, office: PostOffice
) -> None:
    followed.passes("2020-06-30 07:05")
    for step in ("1g/plan/STP", "1g/report/STP"):
        followed.answer(step, "done", "2020-06-30 07:30", doc_number="5/KH-STP")
    assert followed.deliver("2020-06-30 08:00").sent == 4
    assert office.to(box_of("STP")) == []
    assert followed.message("STP").state == "cancelled"


def test_a_part_that_was_reported_by_itself_is_no_clause_of_the_item_any_more(
    followed: Followed, office: PostOffice
) -> None:
    followed.live("2020-06-30")
    assert "điểm a khoản 1" in office.to(box_of("STP"))[-1].text
    followed.answer("1a/result/STP", "done", "2020-07-01 15:00", doc_number="6/BC-STP")
    followed.passes("2020-07-06 07:05")
    followed.deliver("2020-07-06 08:00")
    last = office.to(box_of("STP"))[-1]
    assert "điểm g khoản 1" in last.text
    assert "điểm a khoản 1" not in last.text


def test_what_else_is_open_is_listed_below_and_numbered_on(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30", "2020-07-01")
    (_, message) = followed.messages("STP")
    with reading(followed.engine) as session:
        items = session.exec(
            select(MessageItem).where(MessageItem.message_id == message.id).order_by(col(MessageItem.n))
        ).all()
    steps = followed.steps()
    assert [(one.n, one.step_id, one.rung) for one in items] == [
        (1, steps["1g/plan/STP"].id, "before-30"),
        (2, steps["1g/report/STP"].id, ""),
    ]


def test_the_first_accepted_mail_starts_the_wait_for_a_receipt(followed: Followed) -> None:
    followed.passes("2020-06-30 07:05")
    assert followed.step("1g/report/STP").first_mailed_at is None
    followed.deliver("2020-06-30 10:15")
    for step in ("1g/report/STP", "1a/result/STP"):
        assert followed.step(step).first_mailed_at == at("2020-06-30 10:15")
        assert followed.step(step).next_action_at == at("2020-07-02 07:30")


def test_being_listed_as_still_open_is_no_first_mail(sqlite_engine: Engine, office: PostOffice) -> None:
    def plan_of_stp(data: dict[str, Any]) -> None:
        spec(data, "1g/plan").update(audience=["STP"])

    early = a_definition(plan_of_stp, lambda data: data["audiences"]["reporting"].remove("STP"))
    followed = posted(a_campaign(sqlite_engine, definition=early), office).live("2020-06-30")
    followed.passes("2020-07-01 07:05")  # a reminder of the plan is due
    followed.open("2020-07-01 07:30", a_definition(plan_of_stp), confirmed=True)  # STP owes a report, too
    followed.deliver("2020-07-01 08:00")
    assert "Báo cáo kết quả" in office.to(box_of("STP"))[-1].text
    assert followed.step("1g/report/STP").first_mailed_at is None
    followed.passes("2020-07-01 08:30")
    followed.deliver("2020-07-02 08:00")
    assert followed.step("1g/report/STP").first_mailed_at == at("2020-07-02 08:00")


def test_superior_and_monitor_get_digests_of_their_own(followed: Followed, office: PostOffice) -> None:
    """Last good day of the communes' report: Friday 30/10."""
    followed.live("2020-06-30")
    for unit in ("STP", "NK", "NK1", "NK2"):
        followed.answer(f"1g/plan/{unit}", "done", "2020-07-01 09:00", doc_number="1/KH")
    followed.live("2020-11-02", "2020-11-06")
    upward = [(one["Date"][:7], one.kind, one.to) for one in office.letters if one.kind != "lead"]
    assert upward == [
        ("Wed, 04", "superior", box_of("NK")),
        ("Fri, 06", "superior", box_of("NK")),
        ("Fri, 06", "monitor", box_of("SNV")),
    ]
    last = office.to(box_of("SNV"))[-1]
    assert "An Hòa" in last.text
    assert "Cái Khế" in last.text
    assert all(one["Cc"] == one["Bcc"] == "None" for one in office.letters)


def test_a_superior_is_not_told_of_what_was_done_meanwhile(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30").live("2020-11-02", "2020-11-04")
    for step in ("1g/plan/NK1", "1g/commune-report/NK1", "1a/result/NK2"):
        followed.answer(step, "done", "2020-11-05 09:00", doc_number="1/KH")
    followed.live("2020-11-06")
    (letter,) = [one for one in office.to(box_of("NK")) if one.kind == "superior"][-1:]
    assert letter["Date"].startswith("Fri, 06 Nov")
    assert "An Hòa" not in letter.text
    assert "Cái Khế" in letter.text
    assert "1a" not in letter.text


def test_the_headers_let_mail_programs_thread_and_leave_it_alone(
    followed: Followed, office: PostOffice
) -> None:
    followed.live("2020-06-30", "2020-07-02")
    first, second, third = office.to(box_of("STP"))
    ids = [one["Message-ID"] for one in (first, second, third)]
    assert len(set(ids)) == 3
    assert first["References"] == "None"
    assert (second["In-Reply-To"], second["References"]) == (ids[0], ids[0])
    assert (third["In-Reply-To"], third["References"]) == (ids[1], f"{ids[0]} {ids[1]}")
    assert third["Auto-Submitted"] == "auto-generated"
    assert third["List-Id"] == "<thu-2020.dondoc.example>"
    assert third["From"].endswith("<dondoc@dondoc.example>")


def test_references_stay_within_one_recipients_digests(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30", "2020-07-02")
    others = {one["Message-ID"] for one in office.letters if one.to != box_of("STP")}
    for letter in office.to(box_of("STP")):
        assert not others & set(letter["References"].split())


def test_the_replys_token_is_in_the_mail_and_only_its_hash_in_the_ledger(
    followed: Followed, office: PostOffice
) -> None:
    followed.live("2020-06-30")
    (letter,) = office.to(box_of("STP"))
    token = letter["Reply-To"].partition("+")[2].partition("@")[0]
    assert len(token) == 26
    with reading(followed.engine) as session:
        row = session.exec(
            select(Token).where(Token.sha256 == hashlib.sha256(token.encode()).hexdigest())
        ).one()
    message = followed.message("STP")
    assert (row.message_id, row.unit_id) == (message.id, message.unit_id)
    assert row.expires_at == at("2020-06-30 08:00") + timedelta(days=180)
    whole = repr(content(followed.engine))
    assert token not in whole
    assert "for tests only" not in whole


def test_every_digest_has_a_token_of_its_own(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30", "2020-07-02")
    assert len({one["Reply-To"] for one in office.letters}) == len(office.letters)


def test_a_calendar_file_comes_with_the_dates(followed: Followed, office: PostOffice) -> None:
    followed.live("2020-06-30")
    (letter,) = office.to(box_of("STP"))
    (attached,) = letter.mail.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert "BEGIN:VEVENT" in attached.get_content()


def test_a_rehearsals_digests_leave_at_its_still_clock_and_say_so(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    followed = posted(a_campaign(sqlite_engine, "2020-06-30 08:00", rehearsal=True), office)
    followed.passes("2020-06-30 08:00")
    assert followed.deliver("2026-02-03 23:00").sent == 5  # the machine's clock is a night of another year
    assert all(one["Subject"].startswith("[DIỄN TẬP]") for one in office.letters)
    message = followed.message("STP")
    assert (message.sent_at, message.accepted_at) == (at("2020-06-30 08:00"), at("2026-02-03 23:00"))


def test_campaigns_that_are_closed_send_nothing(followed: Followed, office: PostOffice) -> None:
    followed.passes("2020-06-30 07:05")
    followed.change("UPDATE campaigns SET closed_at = '2020-06-30 00:00:00'")
    assert followed.deliver("2020-06-30 08:00").sent == 0
    assert office.letters == []
