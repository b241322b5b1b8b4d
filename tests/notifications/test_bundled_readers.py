"""Superiors, the monitor and deputies who read of two campaigns: one mail a morning too, a section each."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from config.contacts import default_contacts
from directives.ledger import bounces
from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row, ident
from directives.ledger.why import why_day
from directives.model import Contact, ContactRole
from notifications.bundle import Sending, compose_bundle
from notifications.overview_view import MAX_ROWS
from notifications.smtp import Fate
from notifications.why_view import day_view
from tests.ledger.campaigns import POST, UNITS, Followed, Letterbox, a_definition, at, box_of
from tests.notifications.builders import a_campaign as facts
from tests.notifications.builders import a_row, an_overview, both
from tests.notifications.two_campaigns import Two, day, messages, plan_all, second, send, to, two_campaigns

CITY, MONITOR, DISTRICT = box_of("UBND"), box_of("SNV"), box_of("NK")
ANOTHER = Contact(unit="UBND", role=ContactRole.LEAD, name="", address="chu-tich@cantho.example")
HA = "ha.stp@cantho.example"
PEOPLE = [Contact(unit="STP", role=ContactRole.DEPUTY, name="Trần Thị Hà", address=HA)]


@pytest.fixture
def late(engine: Engine) -> Two:
    """The plan of both, due on Friday 31/07/2020, came from nobody: told to superiors on 05/08, to the monitor on 07/08."""
    two = two_campaigns(engine)
    day(two, "2020-06-30")
    return two


@pytest.fixture
def passed(engine: Engine) -> Two:
    """STP passed both reports, due on 09/11/2020, on to the deputy, who was told at once, by each campaign."""
    two = two_campaigns(engine, [*default_contacts(UNITS), *PEOPLE])
    day(two, "2020-06-30")
    for one in two:
        one.answer("1g/report/STP", "delegate", "2020-07-01 09:00", to=HA, reason="đi công tác")
    send(two, "2020-07-01 09:15")
    assert [one.kind for one in to(two, HA)] == ["passed_on"] * 2
    return two


# Superiors and the monitor


def test_a_superior_reads_of_both_campaigns_in_one_mail(late: Two) -> None:
    day(late, "2020-08-05")
    (letter,) = to(late, CITY)
    assert letter["Subject"] == (
        "[Báo cáo] 2 đơn vị quá hạn từ 3 ngày làm việc, đến ngày 05/08/2020 - Công văn số 1/UBND;"
        " 2 đơn vị theo Công văn số 2/UBND"
    )
    assert "Phần 1. Công văn số 1/UBND (2 đơn vị, 2 việc quá hạn)" in letter.text
    assert "Phần 2. Công văn số 2/UBND (2 đơn vị, 2 việc quá hạn)" in letter.text
    assert letter.text.count("Sở Tư pháp: quá hạn 5 ngày, đã nhắc 0 lần") == 2


def test_the_monitor_reads_of_both_campaigns_in_one_mail(late: Two) -> None:
    day(late, "2020-08-05")
    day(late, "2020-08-07")
    (letter,) = to(late, MONITOR, "monitor")
    assert letter["Subject"].startswith("[Tổng hợp] 4 đơn vị")
    assert "Phần 2. Công văn số 2/UBND (4 đơn vị, 4 việc quá hạn)" in letter.text


def test_what_a_reader_owes_himself_and_what_others_owe_stay_two_mails(late: Two) -> None:
    day(late, "2020-08-05")
    kinds = sorted(
        one.kind for one in to(late, DISTRICT) if "2020-08" in one.mail["Date"].datetime.isoformat()
    )
    assert kinds == ["lead", "superior"]


def test_each_campaign_keeps_its_own_overview_and_says_why(late: Two, engine: Engine) -> None:
    day(late, "2020-08-05")
    first, other = messages(engine, CITY)
    assert (first.within_id, other.within_id) == (None, first.id)
    assert (first.state, other.state) == ("accepted", "accepted")
    for one, message in zip(late, (first, other), strict=True):
        with reading(engine) as session:
            told = why_day(one.book(session), "STP", at("2020-08-05 00:00").date(), at("2020-08-05 12:00"))
        upward = [one.mail for one in told.mails if one.mail.upward]
        assert [(mail.id, mail.address) for mail in upward] == [(message.id, CITY)]
        ((other_key,),) = (mail.shared for mail in upward)
        assert {one.key, other_key} == {both.key for both in late}
        said = [mail.shared for mail in day_view(told).mails if mail.to]
        assert said == [f"Thư chung với đợt theo dõi {other_key}, mỗi đợt một phần."]
        assert one.broken() == one.unlike() == []


def test_a_campaign_with_nothing_late_has_no_section(late: Two) -> None:
    for unit in ("STP", "NK", "NK1", "NK2"):
        late[1].answer(f"1g/plan/{unit}", "done", "2020-07-20 09:00", doc_number="9/KH")
    day(late, "2020-08-05")
    (letter,) = to(late, CITY)
    assert "2/UBND" not in letter.text
    assert "Phần 1" not in letter.text


def test_the_next_overview_stands_in_the_thread_of_the_one_that_left(late: Two) -> None:
    day(late, "2020-08-05")
    late[1].passes("2020-08-07 07:05")  # the other campaign's alone
    send(late, "2020-08-07 08:00")
    first, other = to(late, CITY)
    assert "1/UBND" not in other["Subject"]
    assert other["References"] == first["Message-ID"]


def test_an_overview_lost_after_its_content_goes_once_more_unchanged(late: Two, engine: Engine) -> None:
    plan_all(late, "2020-08-05 07:05")
    lost = Letterbox(says=lambda to: Fate.UNCERTAIN if to == CITY else Fate.ACCEPTED)
    send(late, "2020-08-05 08:00", lost)
    send(late, "2020-08-05 08:15")
    (again,) = to(late, CITY)
    (before,) = [one for one in lost.letters if one.to == CITY]
    assert (again["Message-ID"], again.text) == (before["Message-ID"], before.text)
    assert {(one.state, one.uncertain) for one in messages(engine, CITY)} == {("accepted", 1)}


def test_an_overview_that_was_not_taken_leaves_without_the_campaign_that_was_held_meanwhile(
    late: Two, engine: Engine
) -> None:
    plan_all(late, "2020-08-05 07:05")
    send(late, "2020-08-05 08:00", Letterbox(says=lambda to: Fate.DEFERRED if to == CITY else Fate.ACCEPTED))
    late[1].decide("", "hold", "2020-08-05 08:10", from_on="2020-08-05", reason="chờ hướng dẫn")
    send(late, "2020-08-05 08:30")
    (letter,) = to(late, CITY)
    assert "2/UBND" not in letter.text
    late[1].decide("", "resume", "2020-08-06 09:00")
    for on in ("2020-08-07", "2020-08-10"):
        day(late, on)
    assert "2/UBND" in "".join(one["Subject"] for one in to(late, CITY)[1:])


def test_closing_the_campaign_in_whose_mail_it_was_to_leave_loses_no_overview(
    late: Two, engine: Engine
) -> None:
    plan_all(late, "2020-08-05 07:05")
    send(late, "2020-08-05 08:00", Letterbox(says=lambda to: Fate.DEFERRED if to == CITY else Fate.ACCEPTED))
    with begin(engine) as session:
        campaign_row(session, late[0].key).closed_at = at("2020-08-05 08:10")
    send(late, "2020-08-05 08:30")
    (letter,) = to(late, CITY)
    assert "1/UBND" not in letter.text
    assert "2/UBND" in letter["Subject"]


def test_an_overview_that_comes_back_is_brought_again_by_both_campaigns(late: Two, engine: Engine) -> None:
    day(late, "2020-08-05")
    carrier, _ = messages(engine, CITY)
    with begin(engine) as session:
        assert bounces.returned(session, ident(carrier), CITY, at("2020-08-05 09:00"))
    assert [one.state for one in messages(engine, CITY)] == ["bounced", "bounced"]
    for one in late:
        one.contacts("2020-08-05 10:00", [*default_contacts(UNITS), ANOTHER])
    send(late, "2020-08-06 08:00")
    (letter,) = to(late, ANOTHER.address)
    assert "Phần 1. Công văn số 1/UBND (2 đơn vị, 2 việc quá hạn)" in letter.text
    assert "Phần 2. Công văn số 2/UBND (2 đơn vị, 2 việc quá hạn)" in letter.text


def test_a_monitor_of_one_campaign_that_is_a_superior_in_the_other_reads_one_mail(engine: Engine) -> None:
    def watched_by_the_city(data: dict[str, Any]) -> None:
        data["monitor"]["unit"] = "UBND"

    two = two_campaigns(engine, edit=watched_by_the_city)
    day(two, "2020-06-30")
    day(two, "2020-08-07")
    (letter,) = [one for one in to(two, CITY) if one.kind in ("superior", "monitor")]
    assert "Phần 1. Công văn số 1/UBND" in letter.text
    assert "Phần 2. Công văn số 2/UBND" in letter.text


def test_long_overviews_share_what_one_mail_can_hold() -> None:
    many = [a_row(unit_name=f"Phường {n}") for n in range(200)]
    few = [a_row(unit_name=f"Phường {n}") for n in range(10)]
    other = facts(directive_number="2/UBND")
    mail = compose_bundle(
        [
            (an_overview(*many), Sending(True, "")),
            (an_overview(*few, campaign=other), Sending(True, "")),
        ]
    ).mail
    assert mail.text.count("quá hạn 5 ngày, đã nhắc") == MAX_ROWS
    for words in both(mail):
        assert f"{MAX_ROWS - 10} việc quá hạn nhiều ngày nhất" in words


def test_an_overview_without_rows_is_no_section() -> None:
    with pytest.raises(ValueError, match="without rows"):
        compose_bundle([(an_overview(a_row()), Sending(True, "")), (an_overview(), Sending(True, ""))])


# Deputies


def test_a_deputy_of_both_campaigns_gets_one_mail_numbered_through(passed: Two, engine: Engine) -> None:
    day(passed, "2020-10-12")  # 30 days before
    (letter,) = to(passed, HA, "deputy")
    assert "Phần 1. Công văn số 1/UBND (việc 1)" in letter.text
    assert "Phần 2. Công văn số 2/UBND (việc 2)" in letter.text
    assert letter.text.count("đầu mối thực hiện là Trần Thị Hà") == 2
    first, other = [one for one in messages(engine, HA) if one.target.startswith("deputy:")]
    assert other.within_id == first.id


def test_who_is_the_deputy_in_one_campaign_and_the_lead_in_the_other_gets_one_mail(engine: Engine) -> None:
    here = [*default_contacts(UNITS), *PEOPLE]
    there = [one for one in here if one.unit != "STP"]
    there.append(Contact(unit="STP", role=ContactRole.LEAD, name="Trần Thị Hà", address=HA))
    first = Followed(engine, a_definition(), POST)
    first.open("2020-06-30 07:00", contacts=here)
    other = Followed(engine, a_definition(second), POST)
    other.open("2020-06-30 07:00", contacts=there)
    two = first, other
    day(two, "2020-06-30")
    first.answer("1g/report/STP", "delegate", "2020-07-01 09:00", to=HA, reason="đi công tác")
    day(two, "2020-10-12")
    letter = to(two, HA)[-1]
    assert "Phần 1. Công văn số 1/UBND (việc 1)" in letter.text
    assert "Phần 2. Công văn số 2/UBND" in letter.text
    assert letter.text.count("đầu mối thực hiện là") == 1


def test_what_a_deputy_of_one_campaign_cannot_be_told_any_more_waits_for_the_lead(passed: Two) -> None:
    plan_all(passed, "2020-10-12 07:05")
    passed[1].change(
        "UPDATE contacts SET bounced_at = :at WHERE address = :address AND unit_id IN"
        " (SELECT u.id FROM units u JOIN campaigns c ON c.id = u.campaign_id WHERE c.key = :key)",
        at="2020-10-11 09:00:00.000000",
        address=HA,
        key=passed[1].key,
    )
    send(passed, "2020-10-12 08:00")
    (letter,) = to(passed, HA, "deputy")
    assert "2/UBND" not in letter.text
    day(passed, "2020-10-13")
    assert any("2/UBND" in one["Subject"] and "Báo cáo kết quả" in one.text for one in to(passed)[1:])
