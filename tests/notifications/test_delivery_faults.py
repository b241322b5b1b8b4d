"""What a server does to a mail, or to all of them, and what becomes of it: never lost, never silently doubled."""

from __future__ import annotations

import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from config.contacts import default_contacts
from directives.ledger import marks
from directives.ledger.engine import reading
from directives.ledger.tables import Relay
from notifications.smtp import Fate
from tests.ledger.campaigns import HANOI, UNITS, Followed, a_campaign, a_definition, at, box_of
from tests.notifications.post_office import DROP, PostOffice
from tests.notifications.test_delivery import posted

OFFICER = "tong-hop.snv@cantho.example"
STP, NK = box_of("STP"), box_of("NK")


@pytest.fixture
def followed(sqlite_engine: Engine, office: PostOffice) -> Followed:
    """Five first mails are waiting for the slot of 30/06/2020."""
    followed = posted(a_campaign(sqlite_engine), office)
    followed.passes("2020-06-30 07:05")
    return followed


def relay(followed: Followed) -> Relay | None:
    with reading(followed.engine) as session:
        return session.exec(select(Relay)).one_or_none()


def server(followed: Followed) -> str:
    return followed.transport.server


def minutes_after(when: str, minutes: float) -> datetime:
    return at(when) + timedelta(minutes=minutes)


# However often


def test_a_relay_that_is_away_for_weeks_is_paused_as_ever(followed: Followed, office: PostOffice) -> None:
    """Two hours at most, also where doubling that often has no name any more."""
    followed.change("INSERT INTO relays (server, failures, detail) VALUES (:s, 2000, '')", s=server(followed))
    office.at_mail = ["421 4.3.2 closing for maintenance"]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.deferred) == (0, 5)
    paused = relay(followed)
    assert paused is not None
    assert paused.paused_until == at("2020-06-30 10:00")


def test_a_mailbox_that_is_full_for_weeks_is_tried_as_ever_and_costs_no_other_its_mark(
    followed: Followed, office: PostOffice
) -> None:
    office.at_rcpt = {STP: ["452 4.2.2 mailbox full"]}
    followed.deliver("2020-06-30 08:00")
    followed.change("UPDATE messages SET attempts = 2000 WHERE id = :id", id=followed.message("STP").id)
    done = followed.deliver("2020-06-30 10:30")
    assert (done.sent, done.deferred) == (0, 1)
    row = followed.message("STP")
    assert (row.state, row.attempts) == ("deferred", 2001)
    assert row.next_attempt_at == at("2020-06-30 12:30")


# The relay itself


@pytest.mark.parametrize("answer", ["421 4.3.2 closing for maintenance", "530 5.7.0 authentication required"])
def test_a_relay_that_speaks_of_itself_is_paused_and_nothing_else_is_tried(
    followed: Followed, office: PostOffice, answer: str
) -> None:
    office.at_mail = ["250 ok", answer]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.deferred) == (1, 4)
    assert answer in done.waiting
    paused = relay(followed)
    assert paused is not None
    assert (paused.paused_until, paused.failures) == (at("2020-06-30 08:01"), 1)
    assert [one.attempts for one in followed.messages()] == [1, 0, 0, 0, 0]  # it was not the mails' fault


def test_a_refused_login_pauses_the_relay_and_keeps_the_password_to_itself(
    followed: Followed, office: PostOffice
) -> None:
    office.logins = False
    followed.transport = office.transport(username="dondoc", password="Tr4ngAn!")
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.deferred) == (0, 5)
    paused = relay(followed)
    assert paused is not None
    assert "535" in paused.detail
    assert "Tr4ngAn!" not in paused.detail
    assert office.connections == 1


def test_nothing_is_tried_while_the_relay_is_paused(followed: Followed, office: PostOffice) -> None:
    office.at_mail = ["421 closing"]
    followed.deliver("2020-06-30 08:00")
    known = office.connections
    done = followed.deliver(minutes_after("2020-06-30 08:00", 0.9))
    assert done.waiting.startswith(f"127.0.0.1:{office.port} is paused until 01:01:00 UTC")
    assert office.connections == known


def test_the_pause_grows_to_two_hours_and_ends_with_the_first_accepted_mail(
    followed: Followed, office: PostOffice
) -> None:
    office.at_mail = ["421 closing"]
    now, pauses = at("2020-06-30 08:00"), list[float]()
    for _ in range(9):
        followed.deliver(now)
        paused = relay(followed)
        assert paused is not None
        assert paused.paused_until is not None
        pauses.append((paused.paused_until - now).total_seconds() / 60)
        now = paused.paused_until
        while not followed.definition.calendar.digest_may_leave(now):
            now += timedelta(minutes=15)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    office.at_mail = []
    assert followed.deliver(now).sent == 5
    works = relay(followed)
    assert works is not None
    assert (works.failures, works.paused_until, works.detail) == (0, None, "")


def test_a_paused_relay_is_not_tried_for_the_next_campaign_either(
    followed: Followed, office: PostOffice
) -> None:
    second = a_campaign(
        followed.engine, definition=a_definition(lambda data: data.update(campaign="thu-2021"))
    )
    second.passes("2020-06-30 07:05")
    office.at_mail = ["421 closing"]
    done = followed.deliver("2020-06-30 08:00")
    assert done.sent == 0
    assert "421 closing" in done.waiting
    paused = relay(followed)
    assert paused is not None
    assert paused.failures == 1
    assert office.connections == 1


def test_a_server_that_is_down_fails_nothing_and_every_mail_leaves_once_when_it_is_back(
    followed: Followed, office: PostOffice
) -> None:
    office.close()
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.deferred, done.failed) == (0, 5, 0)
    assert "is paused until" in done.waiting
    followed.passes("2020-07-01 07:05")
    office.open()
    followed.deliver("2020-07-01 08:00")
    assert sorted(one.to for one in office.letters) == sorted(
        [STP, NK, box_of("NK1"), box_of("NK2"), box_of("SNV")]
    )


def test_an_outage_of_days_never_multiplies_mail(followed: Followed, office: PostOffice) -> None:
    office.close()
    followed.live("2020-06-30", "2020-07-10")
    office.open()
    followed.live("2020-07-13", "2020-07-14")
    assert len(office.to(STP)) == 1
    assert len(followed.messages("STP")) == 1


def test_a_line_lost_before_the_content_is_the_relays_trouble(followed: Followed, office: PostOffice) -> None:
    office.at_mail = ["nonsense"]
    assert followed.deliver("2020-06-30 08:00").deferred == 5
    assert {one.uncertain for one in followed.messages()} == {0}


# One mail


def test_a_temporary_no_defers_that_mail_alone(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[STP] = ["450 4.2.1 mailbox busy"]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.deferred, done.waiting) == (4, 1, "")
    message = followed.message("STP")
    assert (message.state, message.code, message.phase) == ("deferred", 450, "rcpt")
    assert message.next_attempt_at == at("2020-06-30 08:01")
    assert followed.step("1g/plan/STP").first_mailed_at is None


def test_a_deferred_mail_is_tried_again_after_a_growing_pause(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[STP] = ["450 busy", "450 busy", "450 busy", "250 ok"]
    now, tries = at("2020-06-30 08:00"), list[float]()
    for _ in range(3):
        followed.deliver(now)
        again = followed.message("STP").next_attempt_at
        assert again is not None
        tries.append((again - now).total_seconds() / 60)
        assert followed.deliver(again - timedelta(seconds=1)).sent == 0
        now = again
    assert tries == [1, 2, 4]
    assert followed.deliver(now).sent == 1
    assert len(office.to(STP)) == 1


def test_a_deferred_mail_says_what_holds_when_it_leaves_under_its_first_message_id(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = ["451 try later", "250 ok"]
    followed.deliver("2020-06-30 08:00")
    uid = followed.message("STP").uid
    followed.answer("1g/plan/STP", "done", "2020-06-30 08:30", doc_number="1/KH")
    followed.deliver("2020-06-30 09:00")
    (letter,) = office.to(STP)
    assert letter["Message-ID"] == f"<{uid}@dondoc.example>"
    assert letter["Date"] == "Tue, 30 Jun 2020 09:00:00 +0700"
    assert "Kế hoạch năm 2020" not in letter.text


def test_a_deferred_mail_with_nothing_left_to_say_is_never_sent(
    followed: Followed, office: PostOffice
) -> None:
    office.at_rcpt[STP] = ["450 busy", "250 ok"]
    followed.deliver("2020-06-30 08:00")
    for step in ("1g/plan/STP", "1g/report/STP"):
        followed.answer(step, "done", "2020-06-30 08:30", doc_number="1/KH")
    followed.deliver("2020-06-30 09:00")
    assert followed.message("STP").state == "cancelled"
    assert office.to(STP) == []


def test_a_permanent_no_fails_that_mail_and_tells_the_monitors_box_once(
    followed: Followed, office: PostOffice
) -> None:
    office.at_rcpt[STP] = ["550 5.1.1 no such mailbox"]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.failed) == (5, 1)  # four digests and the mail about the fifth
    assert followed.messages("STP")[0].state == "failed"
    (letter,) = office.to(OFFICER)
    assert letter.kind == "refused"
    assert STP in letter.text
    assert letter.text.count("550") == 1
    for when in ("2020-06-30 10:00", "2020-07-01 08:00"):
        followed.deliver(when)
    assert len(office.to(OFFICER)) == 1


def test_the_next_rung_tries_a_refused_address_again(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[STP] = ["550 no such mailbox", "250 ok"]
    followed.deliver("2020-06-30 08:00")
    followed.live("2020-07-01")
    (letter,) = office.to(STP)
    assert "Kế hoạch năm 2020" in letter.text


def test_a_refused_mail_about_a_refused_mail_is_the_end_of_it(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[STP] = office.at_rcpt[OFFICER] = ["550 no such mailbox"]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.failed) == (4, 2)
    assert followed.deliver("2020-06-30 10:00").failed == 0


def test_a_refused_mail_to_ops_tells_nobody_else(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt["ops@dondoc.example"] = ["550 no such mailbox"]
    assert followed.deliver("2020-06-30 08:00", max_mails_per_slot=4).failed == 1
    assert office.letters == []


def test_the_mail_about_a_refusal_may_leave_at_night(followed: Followed, office: PostOffice) -> None:
    office.at_rcpt[STP] = ["550 no such mailbox"]
    office.at_rcpt[OFFICER] = ["450 busy", "250 ok"]
    followed.deliver("2020-06-30 16:29")
    followed.deliver("2020-06-30 23:00")
    assert len(office.to(OFFICER)) == 1


def test_a_name_that_no_mail_can_carry_fails_that_mail_alone(
    sqlite_engine: Engine, office: PostOffice
) -> None:
    contacts = [
        one.model_copy(update={"name": "Văn\x07 thư"}) if one.unit == "STP" else one
        for one in default_contacts(UNITS)
    ]
    followed = posted(a_campaign(sqlite_engine, contacts=contacts), office)
    followed.passes("2020-06-30 07:05")
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.failed) == (5, 1)
    assert followed.messages("STP")[0].state == "failed"
    assert len(office.to(OFFICER)) == 1


# Perhaps delivered


def test_a_mail_lost_after_its_content_is_sent_once_more_with_the_same_bytes(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP, "250 ok"]
    done = followed.deliver("2020-06-30 08:00")
    assert (done.sent, done.uncertain) == (4, 1)
    assert (followed.message("STP").state, followed.message("STP").uncertain) == ("deferred", 1)
    assert followed.deliver("2020-06-30 08:01").sent == 1
    first, second = office.to(STP)
    assert first.raw == second.raw
    message = followed.message("STP")
    assert (message.state, message.uncertain, message.attempts) == ("accepted", 1, 2)


def test_the_same_bytes_go_again_whatever_was_answered_meanwhile(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP, "250 ok"]
    followed.deliver("2020-06-30 08:00")
    followed.answer("1g/plan/STP", "done", "2020-06-30 08:00", doc_number="1/KH")
    followed.passes("2020-07-01 07:05")
    followed.deliver("2020-06-30 09:00")
    first, second = office.to(STP)
    assert first.raw == second.raw


def test_a_temporary_no_to_the_resend_keeps_the_bytes_too(followed: Followed, office: PostOffice) -> None:
    office.at_data[STP] = [DROP, "451 later", "250 ok"]
    for when in ("2020-06-30 08:00", "2020-06-30 08:01", "2020-06-30 09:00"):
        followed.deliver(when)
    first, second = office.to(STP)
    assert first.raw == second.raw
    followed.deliver("2020-07-01 08:00")  # its notices are not said again
    assert len(office.to(STP)) == 2


def test_a_mail_lost_again_and_again_goes_at_growing_distances_then_is_left_and_shown(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP]
    now, distances = at("2020-06-30 08:00"), list[timedelta]()
    while followed.deliver(now).uncertain:
        again = followed.message("STP").next_attempt_at
        if followed.message("STP").state == "uncertain" or again is None:
            break
        assert followed.deliver(again - timedelta(seconds=1)).tried == 0
        distances.append(again - now)
        now = again if followed.definition.calendar.digest_may_leave(again) else next_morning(again)
    assert distances == list(marks.AGAIN_AFTER)
    assert now.date() == at("2020-07-02 08:00").date()
    assert followed.deliver(now + timedelta(days=2)).tried == 0
    message = followed.message("STP")
    assert (message.state, message.uncertain) == ("uncertain", len(marks.AGAIN_AFTER) + 1)
    assert {one.raw for one in office.to(STP)} == {office.to(STP)[0].raw}
    assert len(office.to(STP)) == len(marks.AGAIN_AFTER) + 1


def next_morning(when: datetime) -> datetime:
    return at(f"{when.astimezone(HANOI):%Y-%m-%d} 08:00")


def test_a_mail_lost_twice_arrives_when_the_fault_has_passed(followed: Followed, office: PostOffice) -> None:
    office.at_data[STP] = [DROP, DROP, "250 ok"]
    for when in ("2020-06-30 08:00", "2020-06-30 08:01", "2020-06-30 08:16"):
        followed.deliver(when)
    message = followed.message("STP")
    assert (message.state, message.uncertain) == ("accepted", 2)


def test_a_mail_that_may_have_arrived_is_not_sent_again_once_all_it_asked_is_done(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP, "250 ok"]
    followed.deliver("2020-06-30 08:00")
    for step in ("1g/plan/STP", "1g/report/STP"):
        followed.answer(step, "done", "2020-06-30 08:30", doc_number="1/KH")
    followed.deliver("2020-06-30 09:00")
    assert len(office.to(STP)) == 1
    message = followed.message("STP")
    assert (message.state, message.uncertain) == ("uncertain", 1)


def test_a_mail_that_may_have_arrived_waits_while_all_it_asked_is_on_hold(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP, "250 ok"]
    followed.deliver("2020-06-30 08:00")
    followed.decide("", "hold", "2020-06-30 08:10", unit="STP", from_on=date(2020, 6, 30), reason="bão")
    followed.deliver("2020-06-30 09:00")
    assert len(office.to(STP)) == 1
    followed.decide("", "resume", "2020-06-30 09:10", unit="STP")
    followed.deliver("2020-06-30 09:30")
    assert len(office.to(STP)) == 2


def test_a_relay_that_loses_mail_after_mail_is_paused_and_then_tried_with_one(
    followed: Followed, office: PostOffice
) -> None:
    """It may take each of them: a thousand mails are not to come twice because of it."""
    followed.transport = office.transport(connections=4)
    for unit in UNITS:
        office.at_data[box_of(unit)] = [DROP]
    lost = followed.deliver("2020-06-30 08:00")
    assert (lost.sent, lost.uncertain, lost.deferred) == (0, 4, 1)  # one a connection
    assert "is paused until" in lost.waiting
    again = followed.deliver("2020-06-30 08:15")
    assert (again.sent, again.uncertain) == (0, 1)
    office.at_data.clear()
    assert followed.deliver("2020-06-30 09:30").sent == 5


def test_a_mail_that_is_resent_on_a_later_day_is_that_days_digest(
    followed: Followed, office: PostOffice
) -> None:
    office.at_data[STP] = [DROP, "250 ok"]
    followed.deliver("2020-06-30 16:29")
    followed.live("2020-07-01")  # a reminder of the plan has come up meanwhile
    first, second = office.to(STP)
    assert first.raw == second.raw
    followed.deliver("2020-07-01 15:00")
    assert len(office.to(STP)) == 2
    followed.deliver("2020-07-02 08:00")
    assert len(office.to(STP)) == 3


def test_the_ladder_goes_on_after_an_uncertain_mail(followed: Followed, office: PostOffice) -> None:
    office.at_data[STP] = [DROP]
    followed.live("2020-06-30", "2020-07-09")  # once a day
    office.at_data[STP] = ["250 ok"]
    followed.live("2020-07-10", "2020-07-13")
    assert [one.state for one in followed.messages("STP")] == ["uncertain", "accepted"]


# A deliverer that dies


class Killed(BaseException):
    """Ends a deliverer as a signal would: nothing after it is written."""


def die(_: str) -> Fate:
    raise Killed


def test_a_deliverer_that_died_before_the_mark_leaves_an_uncertain_mail_that_is_resent_once(
    followed: Followed,
) -> None:
    followed.transport = followed.box
    followed.box.says = die
    with pytest.raises(BaseExceptionGroup):
        followed.deliver("2020-06-30 08:00")
    assert {one.state for one in followed.messages()} == {"sending"}
    followed.box.says = lambda _: Fate.ACCEPTED
    assert followed.deliver("2020-06-30 08:09").sent == 0  # its lease still runs
    assert followed.deliver("2020-06-30 08:11").sent == 5
    assert {(one.state, one.uncertain) for one in followed.messages()} == {("accepted", 1)}


def test_a_process_killed_while_the_server_has_the_mail_is_found_out_and_the_mail_resent(
    followed: Followed, office: PostOffice
) -> None:
    """A real process and a real SIGKILL, between the content and its 250."""

    async def scene() -> int:
        child = await _a_deliverer(followed, office)
        office.on_mail = lambda: os.kill(child.pid, signal.SIGKILL)
        return await child.wait()

    assert office.run(scene()) == -signal.SIGKILL
    office.on_mail = lambda: None
    (lost,) = office.letters
    states = [one.state for one in followed.messages()]
    assert states == ["sending"] * 5
    assert followed.deliver("2020-06-30 08:30").sent == 5
    again = [one for one in office.letters[1:] if one.to == lost.to]
    assert [one.raw for one in again] == [lost.raw]
    assert {one.uncertain for one in followed.messages()} == {1}
    assert followed.broken() == []


DELIVERER = """
import asyncio, sys
from tests.ledger.campaigns import POST, at
from directives.ledger.engine import make_engine
from notifications.delivery import deliver
from notifications.transport import SmtpTransport
from notifications.relay import Relay
transport = SmtpTransport(Relay("127.0.0.1", int(sys.argv[2]), timeout=5), 1)
asyncio.run(deliver(make_engine(sys.argv[1]), POST, transport, lambda: at("2020-06-30 08:00")))
"""


async def _a_deliverer(followed: Followed, office: PostOffice) -> Process:
    url = followed.engine.url.render_as_string(hide_password=False)
    return await create_subprocess_exec(
        sys.executable, "-c", DELIVERER, url, str(office.port), stdout=DEVNULL, stderr=DEVNULL
    )
