"""Several deliverers share one outbox: each mail is one's at a time, and a mark counts only while its lease holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session

from directives.ledger import accepting, leasing, marks, outbox, relays
from directives.ledger.engine import begin
from directives.ledger.marks import Answered, Claim
from directives.ledger.states import campaign_row
from directives.ledger.tables import Message
from notifications.delivery import deliver
from notifications.smtp import Fate
from tests.conftest import until_one_waits
from tests.ledger.campaigns import POST, Followed, Letterbox, a_campaign, at, content

SLOT = at("2020-06-30 08:00")
EXPIRED = SLOT + leasing.LEASE + timedelta(seconds=1)


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Five messages are ready at the slot of 30/06/2020."""
    followed = a_campaign(engine)
    followed.passes("2020-06-30 07:05")
    with begin(engine) as session:
        outbox.prepare(session, campaign_row(session, followed.key), SLOT, 500)
    return followed


def claim_in(session: Session, followed: Followed, now: datetime, size: int) -> list[Claim]:
    return outbox.claim(session, campaign_row(session, followed.key), now, size)


def claim(followed: Followed, now: datetime = SLOT, size: int = 50) -> list[Claim]:
    with begin(followed.engine) as session:
        return claim_in(session, followed, now, size)


def test_two_deliverers_one_after_the_other_claim_different_messages(followed: Followed) -> None:
    first, second = claim(followed, size=3), claim(followed, size=50)
    assert (len(first), len(second)) == (3, 2)
    assert not {one.message_id for one in first} & {one.message_id for one in second}
    assert claim(followed) == []


def test_a_deliverer_does_not_wait_for_one_that_is_still_claiming(postgres_engine: Engine) -> None:
    """SKIP LOCKED: while the first transaction is open, the second takes the rest at once."""
    followed = a_campaign(postgres_engine)
    followed.passes("2020-06-30 07:05")
    with begin(postgres_engine) as session:
        outbox.prepare(session, campaign_row(session, followed.key), SLOT, 500)
    with begin(postgres_engine) as one, begin(postgres_engine) as other:
        first = claim_in(one, followed, SLOT, 3)
        other.connection().execute(text("SET LOCAL lock_timeout = '2s'"))  # or this test would wait for ever
        second = claim_in(other, followed, SLOT, 50)
    assert (len(first), len(second)) == (3, 2)


def test_deliverers_that_start_at_once_send_each_mail_once(engine: Engine) -> None:
    followed = a_campaign(engine)
    followed.passes("2020-06-30 07:05")
    boxes, together = [Letterbox() for _ in range(3)], Barrier(3)
    failures: list[BaseException] = []

    def run(box: Letterbox) -> None:
        deliverer = Followed(engine, followed.definition, POST)
        together.wait()
        try:
            deliverer.deliver(SLOT, box)
        except BaseException as error:
            failures.append(error)

    threads = [Thread(target=run, args=(box,)) for box in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    sent = [letter.to for box in boxes for letter in box.letters]
    assert len(sent) == len(set(sent)) == 5
    assert {one.state for one in followed.messages()} == {"accepted"}


def test_a_deliverer_that_prepares_while_another_does_finds_what_was_made(postgres_engine: Engine) -> None:
    followed = a_campaign(postgres_engine)
    followed.passes("2020-06-30 07:05")
    planned: list[int | Exception] = []

    def prepare(session: Session) -> int:
        return outbox.prepare(session, campaign_row(session, followed.key), SLOT, 500)

    def second() -> None:
        try:
            with begin(postgres_engine) as session:
                planned.append(prepare(session))
        except Exception as error:
            planned.append(error)

    thread = Thread(target=second)
    with begin(postgres_engine) as session:
        planned.append(prepare(session))
        thread.start()
        until_one_waits(postgres_engine)
    thread.join()
    assert planned == [5, 5]
    assert len(followed.messages()) == 5


def test_a_lease_that_still_runs_is_left_alone(followed: Followed) -> None:
    claim(followed)
    assert claim(followed, SLOT + leasing.LEASE) == []


def test_an_expired_lease_of_a_mail_that_never_left_is_taken_over_as_new(followed: Followed) -> None:
    first = claim(followed)
    second = claim(followed, EXPIRED)
    assert [one.message_id for one in second] == [one.message_id for one in first]
    assert not any(one.resend for one in second)
    assert {one.uncertain for one in followed.messages()} == {0}
    assert not {one.lease for one in first} & {one.lease for one in second}


def test_an_expired_lease_of_a_mail_that_may_have_left_is_a_resend_and_counted(followed: Followed) -> None:
    for one in claim(followed, size=1):
        hand_over(followed, one)
    (again,) = claim(followed, EXPIRED, size=1)
    assert again.resend
    assert followed.messages()[0].uncertain == 1


def test_a_mail_that_two_deliverers_may_have_sent_waits_before_a_third_sends_it(followed: Followed) -> None:
    for one in claim(followed, size=1):
        hand_over(followed, one)
    claim(followed, EXPIRED, size=1)
    later = EXPIRED + leasing.LEASE + timedelta(seconds=1)
    assert claim(followed, later, size=1) == []
    message = followed.messages()[0]
    assert (message.state, message.uncertain) == ("deferred", 2)
    assert message.next_attempt_at == later + timedelta(minutes=15)
    (third,) = claim(followed, later + timedelta(minutes=15), size=1)
    assert (third.message_id, third.resend) == (message.id, True)


def hand_over(followed: Followed, one: Claim) -> None:
    with begin(followed.engine) as session:
        assert set(marks.still_held(session, [one])) == {one.message_id}
        message = session.get_one(Message, one.message_id)
        message.state, message.address, message.handed_over_at = "sending", "somebody@b.example", SLOT
        session.add(message)


NEXT_YEAR = SLOT + timedelta(days=365)


def test_a_lease_of_a_clock_that_was_set_back_holds_nobody_up(followed: Followed) -> None:
    taken = claim(followed, NEXT_YEAR)
    assert [one.message_id for one in claim(followed, SLOT)] == [one.message_id for one in taken]


def test_a_lease_of_a_machine_whose_clock_is_a_little_ahead_is_left_alone(followed: Followed) -> None:
    claim(followed, SLOT + marks.CLOCKS_DIFFER)
    assert claim(followed, SLOT) == []


def test_what_a_clock_put_off_that_was_set_back_is_tried_at_once(followed: Followed) -> None:
    for one in claim(followed, NEXT_YEAR):
        with begin(followed.engine) as session:
            marks.deferred(session, one, NEXT_YEAR, SAID)
    assert len(claim(followed, SLOT)) == 5


def test_a_relay_that_a_clock_paused_that_was_set_back_is_tried_at_once(followed: Followed) -> None:
    with begin(followed.engine) as session:
        relays.pause(session, "mx", NEXT_YEAR, "421 closing")
        assert relays.paused(session, "mx", NEXT_YEAR) is not None
        assert relays.paused(session, "mx", SLOT) is None


SAID = Answered("content", 250, "250 ok")
MARKS: list[Callable[[Session, Claim], object]] = [
    lambda session, one: accepting.accepted(session, [(one, SAID)], EXPIRED, EXPIRED),
    lambda session, one: marks.deferred(session, one, EXPIRED, SAID),
    lambda session, one: marks.released(session, one, EXPIRED, "away"),
    lambda session, one: marks.held_back(session, one, EXPIRED, "no_address"),
    lambda session, one: marks.failed(session, one, SAID),
    lambda session, one: marks.uncertain(session, one, EXPIRED, SAID),
    lambda session, one: marks.cancelled(session, one),
]


def test_no_mark_of_a_deliverer_whose_lease_was_taken_over_counts(followed: Followed) -> None:
    (stale,) = claim(followed, size=1)
    claim(followed, EXPIRED, size=1)
    before = content(followed.engine)
    for mark in MARKS:
        with begin(followed.engine) as session:
            mark(session, stale)
        assert content(followed.engine) == before
    with begin(followed.engine) as session:
        assert marks.still_held(session, [stale]) == {}


def test_every_mark_of_a_deliverer_that_holds_the_lease_counts(followed: Followed) -> None:
    """Or the test above would prove nothing."""
    for mark in MARKS:
        (held,) = claim(followed, size=1)
        before = content(followed.engine)
        with begin(followed.engine) as session:
            mark(session, held)
        assert content(followed.engine) != before
        followed.change(
            "UPDATE messages SET state = 'ready', next_attempt_at = NULL, uncertain = 0, lease = NULL"
        )


def test_a_deliverer_that_overslept_its_lease_sends_nothing_more(followed: Followed) -> None:
    """Another may have taken its mails over: what it still holds in its hands would arrive twice."""
    clock, other = [SLOT], Letterbox()

    def sleep_on_the_first(_: str) -> Fate:
        if clock[0] == SLOT:
            clock[0] = EXPIRED
            rescue = Thread(
                target=Followed(followed.engine, followed.definition, POST).deliver, args=(EXPIRED, other)
            )
            rescue.start()
            rescue.join()
        return Fate.ACCEPTED

    followed.box.says = sleep_on_the_first
    followed.run(deliver(followed.engine, followed.post, followed.box, lambda: clock[0]))
    assert len(other.letters) == 5
    assert (
        len(followed.letters()) == 1
    )  # the one that it was sending: the server cannot be asked to forget it
    assert {one.state for one in followed.messages()} == {"accepted"}
