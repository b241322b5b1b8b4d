"""Whether deliveries go on, as the outside heartbeat asks: due mail that stays is named with its reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from directives.ledger import health, relays
from directives.ledger.engine import begin, reading
from directives.ledger.tables import Message
from notifications.smtp import Fate
from tests.ledger.campaigns import Followed, Letterbox, a_campaign, at, box_of

PATIENCE = timedelta(minutes=45)


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Thursday 29/10/2020 is to come: seven working days before the report is due."""
    return a_campaign(engine).live("2020-06-30").live("2020-10-12").live("2020-10-28")


def why(followed: Followed, when: str) -> list[str]:
    with reading(followed.engine) as session:
        return [one.why for one in health.stalled(session, at(when), PATIENCE)]


def test_a_day_without_anything_due_is_healthy(followed: Followed) -> None:
    followed.passes("2020-10-28 07:05")
    for when in ("2020-10-28 07:00", "2020-10-28 10:00", "2020-10-28 23:00", "2020-10-31 10:00"):
        assert why(followed, when) == []


def test_what_was_delivered_is_healthy(followed: Followed) -> None:
    followed.live("2020-10-29")
    assert followed.messages("STP")[-1].state == "accepted"
    assert why(followed, "2020-10-29 10:00") == []


def test_passes_that_did_not_run_are_no_sign_of_life(followed: Followed) -> None:
    assert why(followed, "2020-10-29 08:59") == []
    assert why(followed, "2020-10-29 09:00") == ["3 instructions had no pass today"]


def test_notices_of_which_nobody_makes_mail_stall_it_after_a_while(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    assert why(followed, "2020-10-29 08:44") == []
    assert why(followed, "2020-10-29 08:45") == ["notices for 4 readers are due and no mail is made of them"]
    assert why(followed, "2020-10-29 12:00") == []  # nothing may leave now
    assert why(followed, "2020-10-29 13:30") == []  # nor was there time since noon
    assert why(followed, "2020-10-29 13:45") != []
    followed.deliver("2020-10-29 13:46")
    assert why(followed, "2020-10-29 13:47") == []


def test_digests_that_a_deliverer_took_and_never_sent_stall_it(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    followed.deliver("2020-10-29 08:00", Letterbox(says=lambda _: Fate.UNAVAILABLE))
    with begin(followed.engine) as session:
        for message in session.exec(select(Message).where(Message.state == "deferred")):
            message.state, message.next_attempt_at = "ready", None
            session.add(message)
    assert why(followed, "2020-10-29 08:30") == []
    assert "4 digests are due and have not left" in why(followed, "2020-10-29 08:50")


def test_one_recipients_server_that_asks_for_patience_stalls_nothing(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    box = Letterbox(says=lambda to: Fate.DEFERRED if to == box_of("STP") else Fate.ACCEPTED)
    for clock in ("08:00", "08:15", "08:30", "08:45", "09:00"):
        followed.deliver(f"2020-10-29 {clock}", box)
    assert followed.messages("STP")[-1].state == "deferred"
    assert why(followed, "2020-10-29 09:01") == []


def test_a_mail_server_that_refuses_every_try_stalls_it_however_often_it_is_tried(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    away = Letterbox(says=lambda _: Fate.UNAVAILABLE)
    found: list[bool] = []
    for clock in [*(f"09:{minute:02}" for minute in range(0, 60, 5)), "10:00", "10:05"]:
        followed.deliver(f"2020-10-29 {clock}", away)
        found.append(bool(why(followed, f"2020-10-29 {clock}")))
    assert found[0] is False
    assert found[-1] is True
    assert any("letterbox" in one.about for one in _stalled(followed, "2020-10-29 12:30"))  # at noon too
    followed.deliver("2020-10-29 11:20")
    assert why(followed, "2020-10-29 11:20") == []


def test_a_mail_server_that_is_away_for_weeks_stalls_it_still(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    followed.box.says = lambda _: Fate.UNAVAILABLE
    followed.deliver("2020-10-29 08:00")
    followed.change("UPDATE relays SET failures = 2000")
    assert "took nothing in 2000 tries" in why(followed, "2020-10-29 08:02")[0]


def test_a_server_that_was_away_while_nothing_waited_stalls_nothing(followed: Followed) -> None:
    with begin(followed.engine) as session:
        for minute in range(8):
            relays.pause(session, "letterbox", at(f"2020-10-28 10:{minute:02}"), "no route")
    assert why(followed, "2020-10-28 20:00") == []


def test_a_digest_that_waits_for_the_mailbox_or_an_address_is_held_on_purpose(engine: Engine) -> None:
    followed = a_campaign(engine, collector=True).live("2020-06-30").live("2020-10-12").live("2020-10-29")
    followed.passes("2020-11-10 07:05")
    followed.deliver("2020-11-10 08:00")
    assert followed.messages("STP")[-1].detail == "mailbox_unread"
    assert why(followed, "2020-11-10 11:00") == []


def test_a_runaway_that_lets_nothing_leave_stalls_it(followed: Followed) -> None:
    followed.passes("2020-10-29 07:05")
    followed.deliver("2020-10-29 08:00", max_mails_per_slot=1)
    assert why(followed, "2020-10-29 09:30") == ["notices for 4 readers are due and no mail is made of them"]


def test_a_rehearsal_whose_clock_stands_still_stalls_nothing(engine: Engine) -> None:
    followed = a_campaign(engine, rehearsal=True)
    followed.passes("2020-06-30 07:30")
    assert why(followed, "2020-06-30 10:00") == []


def _stalled(followed: Followed, when: str) -> tuple[health.Stalled, ...]:
    with reading(followed.engine) as session:
        return health.stalled(session, at(when), PATIENCE)
