"""What keeps mail back or turns it aside: a redirection, the limit for a slot, an unread mailbox, a missing address."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from config.contacts import default_contacts
from directives.ledger.engine import begin
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Hold, Mailbox
from tests.ledger.campaigns import UNITS, Followed, a_campaign, a_definition, at, box_of, spec
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import kinds, posted

OPS, TRIAL = "ops@dondoc.example", "thu-nghiem@dondoc.example"


@pytest.fixture
def followed(sqlite_engine: Engine, office: PostOffice) -> Followed:
    """Five first mails are waiting for the slot of 30/06/2020."""
    followed = posted(a_campaign(sqlite_engine), office)
    followed.passes("2020-06-30 07:05")
    return followed


# DONDOC_REDIRECT_TO


def test_a_redirection_takes_every_mail_and_says_whose_it_was(followed: Followed, office: PostOffice) -> None:
    followed.deliver("2020-06-30 08:00", redirect_to=TRIAL)
    assert {one.to for one in office.letters} == {TRIAL}
    subjects = [one["Subject"] for one in office.letters]
    for unit in ("SNV", "STP", "NK", "NK1", "NK2"):
        assert sum(one.startswith(f"[Chuyển hướng: {box_of(unit)}] ") for one in subjects) == 1
    assert {one["To"].rpartition("<")[2] for one in office.letters} == {f"{TRIAL}>"}
    assert followed.message("STP").address == box_of("STP")


def test_mails_about_mail_are_redirected_too(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[TRIAL] = ["550 not this one", "250 ok"]
    followed.deliver("2020-06-30 08:00", redirect_to=TRIAL)
    assert {one.to for one in office.letters} == {TRIAL}
    assert kinds(office.letters).count("refused") == 1


def test_a_redirected_rehearsal_still_says_first_that_it_is_one(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    followed = posted(a_campaign(sqlite_engine, "2020-06-30 08:00", rehearsal=True), office)
    followed.passes("2020-06-30 08:00")
    followed.deliver("2020-06-30 08:00", redirect_to=TRIAL)
    assert all(one["Subject"].startswith("[DIỄN TẬP] [Chuyển hướng: ") for one in office.letters)
    assert all(one["Subject"].count("[DIỄN TẬP]") == 1 for one in office.letters)


# DONDOC_MAX_MAILS_PER_SLOT


def test_too_many_mails_for_a_slot_send_none_and_tell_ops_once(
    followed: Followed, office: PostOffice
) -> None:
    for when in ("2020-06-30 08:00", "2020-06-30 08:15", "2020-06-30 15:00"):
        done = followed.deliver(when, max_mails_per_slot=4)
        assert done.waiting == "5 mails for this slot exceed DONDOC_MAX_MAILS_PER_SLOT=4"
    (letter,) = office.letters
    assert (letter.to, letter.kind) == (OPS, "runaway")
    assert "5" in letter["Subject"]
    assert "4" in letter["Subject"]


def test_as_many_mails_as_the_limit_leave(followed: Followed, office: PostOffice) -> None:
    assert followed.deliver("2020-06-30 08:00", max_mails_per_slot=5).sent == 5


def test_a_raised_limit_lets_the_same_mails_leave(followed: Followed, office: PostOffice) -> None:
    followed.deliver("2020-06-30 08:00", max_mails_per_slot=4)
    assert followed.deliver("2020-06-30 09:00").sent == 5
    assert len(office.letters) == 6


def test_digests_that_were_made_before_do_not_leave_during_a_runaway_either(
    followed: Followed, office: PostOffice
) -> None:
    office.at_rcpt[box_of("STP")] = ["450 busy", "250 ok"]
    followed.deliver("2020-06-30 08:00")
    before = len(office.letters)
    followed.passes("2020-07-01 07:05")
    followed.deliver("2020-07-01 08:00", max_mails_per_slot=3)
    assert kinds(office.letters[before:]) == ["runaway"]


def test_a_runaway_of_the_next_day_is_told_again(followed: Followed, office: PostOffice) -> None:
    followed.deliver("2020-06-30 08:00", max_mails_per_slot=4)
    followed.passes("2020-07-01 07:05")
    followed.deliver("2020-07-01 08:00", max_mails_per_slot=4)
    assert kinds(office.letters) == ["runaway", "runaway"]


# The mailbox rule


def read_to(followed: Followed, when: str) -> None:
    with begin(followed.engine) as session:
        session.merge(Mailbox(address=followed.post.mail_from, read_to=at(when)))


def overdue(followed: Followed) -> Followed:
    """First mails are out and acknowledged; on Monday 03/08 the plan (due to the end of 31/07) is one day late."""
    followed.deliver("2020-06-30 08:00")
    for step in followed.steps():
        followed.answer(step, "received", "2020-06-30 09:00")
    followed.passes("2020-08-03 07:05")
    return followed


def test_no_overdue_notice_leaves_before_the_mailbox_was_read_past_the_deadline(
    followed: Followed, office: PostOffice
) -> None:
    overdue(followed)
    before = len(office.letters)
    for reading in ("", "2020-07-31 23:59"):
        if reading:
            read_to(followed, reading)
        followed.deliver("2020-08-03 08:00" if not reading else "2020-08-03 09:00", collector=True)
        assert len(office.letters) == before
        waiting = [one for one in followed.messages("STP") if one.state == "deferred"]
        assert [one.detail for one in waiting] == ["mailbox_unread"]
    read_to(followed, "2020-08-01 00:00")
    followed.deliver("2020-08-03 10:00", collector=True)
    assert len(office.letters) == before + 4


def test_a_mailbox_that_stays_unread_keeps_escalation_back_too(
    followed: Followed, office: PostOffice
) -> None:
    overdue(followed)
    followed.deliver("2020-08-03 08:00", collector=True)
    before = len(office.letters)
    for day in ("04", "05", "06", "07"):
        followed.passes(f"2020-08-{day} 07:05")
        followed.deliver(f"2020-08-{day} 08:00", collector=True)
    assert len(office.letters) == before
    read_to(followed, "2020-08-07 12:00")
    followed.passes("2020-08-07 12:30")
    followed.deliver("2020-08-07 13:00", collector=True)
    leads = [one for one in office.letters[before:] if one.kind == "lead"]
    assert len(leads) == 4  # one each, although three rungs had come


def test_reminders_before_the_deadline_do_not_wait_for_the_mailbox(
    followed: Followed, office: PostOffice
) -> None:
    assert followed.deliver("2020-06-30 08:00", collector=True).sent == 5


def test_an_overdue_item_is_not_listed_beside_another_before_the_mailbox_was_read(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    """ "Quá hạn" in the list of what else is open would accuse just as well."""
    definition = a_definition(lambda data: spec(data, "1g/report").update(due={"by": "2020-08-04"}))
    followed = posted(a_campaign(sqlite_engine, definition=definition), office).live("2020-06-30")
    followed.passes("2020-08-03 07:05")  # the plan is one day late, the report due tomorrow
    followed.deliver("2020-08-03 08:00", collector=True)
    last = office.to(box_of("STP"))[-1]
    assert "Báo cáo kết quả" in last.text
    assert "Kế hoạch năm 2020" not in last.text


def test_without_a_collector_nothing_waits_for_the_mailbox(followed: Followed, office: PostOffice) -> None:
    overdue(followed)
    assert followed.deliver("2020-08-03 08:00", collector=False).sent == 4


# A hold


def test_a_unit_on_hold_gets_nothing_and_one_digest_when_it_ends(
    followed: Followed, office: PostOffice
) -> None:
    (stp,) = {step.unit_id for key, step in followed.steps().items() if key.endswith("/STP")}
    with begin(followed.engine) as session:
        campaign = campaign_row(session, followed.key)
        hold = {"from_on": date(2020, 6, 30), "until_on": date(2020, 7, 2), "reason": "bão"}
        session.add(Hold(campaign_id=ident(campaign), unit_id=stp, **hold))
    followed.deliver("2020-06-30 08:00")
    followed.live("2020-07-01", "2020-07-02")
    assert office.to(box_of("STP")) == []
    assert len(office.to(box_of("NK"))) == 3
    followed.live("2020-07-03")
    assert len(office.to(box_of("STP"))) == 1


# No address


def test_a_unit_without_address_waits_with_the_reason_and_is_written_to_when_it_has_one(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    contacts = [one for one in default_contacts(UNITS) if one.unit != "STP"]
    followed = posted(a_campaign(sqlite_engine, contacts=contacts), office)
    followed.passes("2020-06-30 07:05")
    assert followed.deliver("2020-06-30 08:00").sent == 4
    assert (followed.message("STP").state, followed.message("STP").detail) == ("deferred", "no_address")
    followed.contacts("2020-06-30 10:00", default_contacts(UNITS))
    assert followed.deliver("2020-06-30 10:15").sent == 1
    assert len(office.to(box_of("STP"))) == 1
