"""DONDOC_MAX_MAILS_PER_MINUTE, _PER_DAY and _PER_DOMAIN_MINUTE: what cannot leave now waits, the urgent leaves first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from directives.ledger.quotas import Limits
from notifications.delivery import AT_ONCE, Delivery, deliver
from notifications.transport import Connection, SmtpTransport
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.notifications.post_office import PostOffice
from tests.notifications.test_delivery import kinds, posted

SLOT = "2020-06-30 08:00"


@pytest.fixture
def followed(sqlite_engine: Engine, office: PostOffice) -> Followed:
    """Five first mails are waiting for the slot of 30/06/2020, all to one domain."""
    followed = posted(a_campaign(sqlite_engine), office)
    followed.passes("2020-06-30 07:05")
    return followed


@dataclass
class Hours:
    """A clock that only sleeping moves."""

    now: datetime
    slept: float = 0.0

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += timedelta(seconds=seconds)


def delivered(
    followed: Followed, hours: Hours, limits: Limits, patience: timedelta = timedelta(minutes=10)
) -> Delivery:
    post = replace(followed.post, limits=limits)
    return followed.run(
        deliver(followed.engine, post, followed.transport, hours, patience=patience, sleep=hours.sleep)
    )


def test_a_run_waits_for_the_next_minute_until_all_have_left(followed: Followed, office: PostOffice) -> None:
    hours = Hours(at(SLOT))
    done = delivered(followed, hours, Limits(minute=2))
    assert (done.sent, hours.slept, len(office.letters), done.waiting) == (5, 120.0, 5, "")
    assert len({one["Message-ID"] for one in office.letters}) == 5


def test_a_run_does_not_wait_into_the_next_one_and_says_why(followed: Followed, office: PostOffice) -> None:
    hours = Hours(at(SLOT))
    done = delivered(followed, hours, Limits(minute=1), timedelta(minutes=3))
    assert (done.sent, hours.slept) == (3, 120.0)
    assert "the quota of 1 mails a minute is used up" in done.waiting
    hours.now += timedelta(minutes=15)
    assert delivered(followed, hours, Limits(minute=1)).sent == 2


def test_who_has_other_work_meanwhile_does_not_wait_at_all(followed: Followed, office: PostOffice) -> None:
    """The mail loop reads the mailbox on: what is left goes with its next round."""
    hours = Hours(at(SLOT))
    done = delivered(followed, hours, Limits(minute=2), AT_ONCE)
    assert (done.sent, hours.slept) == (2, 0.0)
    assert "the quota of 2 mails a minute is used up" in done.waiting


def test_who_owes_is_written_to_before_who_stands_above(sqlite_engine: Engine, office: PostOffice) -> None:
    followed = posted(a_campaign(sqlite_engine), office).live("2020-06-30", "2020-11-12")
    before = len(office.letters)
    followed.passes("2020-11-13 07:05")
    delivered(followed, Hours(at("2020-11-13 08:00")), Limits(minute=1))
    left = kinds(office.letters[before:])
    assert left == sorted(left, key=["lead", "superior", "monitor"].index)
    assert len(set(left)) > 1


def test_a_clock_that_is_set_back_meanwhile_makes_no_run_wait_longer_than_a_minute(
    followed: Followed, office: PostOffice
) -> None:
    hours, closed = Hours(at(SLOT)), 0
    transport = followed.transport
    assert isinstance(transport, SmtpTransport)

    @asynccontextmanager
    async def connect() -> AsyncIterator[Connection]:
        nonlocal closed
        async with SmtpTransport.connect(transport) as connection:
            yield connection
        closed += 1
        if closed == 2:  # after it was found out that the minute is used up, before it is waited for
            hours.now -= timedelta(days=1)

    object.__setattr__(transport, "connect", connect)
    delivered(followed, hours, Limits(minute=2))
    assert 0 < hours.slept <= 60


def test_once_the_minute_is_used_up_nothing_more_is_composed(followed: Followed, office: PostOffice) -> None:
    """Else the least urgent would be at hand when the next minute begins, and all would be composed in each of them.

    Of what was claimed when it was found out, one mail here, nothing was lost.
    """
    delivered(followed, Hours(at(SLOT)), Limits(minute=1), AT_ONCE)
    waiting = [followed.message(unit) for unit in ("SNV", "STP", "NK", "NK1", "NK2")]
    assert sorted(row.state for row in waiting) == ["accepted", "deferred", "ready", "ready", "ready"]


def test_what_one_domain_cannot_take_waits_too(followed: Followed, office: PostOffice) -> None:
    hours = Hours(at(SLOT))
    assert (delivered(followed, hours, Limits(domain_minute=3)).sent, hours.slept) == (5, 60.0)


def test_a_day_that_is_used_up_ends_the_run_and_tomorrow_goes_on(
    followed: Followed, office: PostOffice
) -> None:
    hours = Hours(at(SLOT))
    done = delivered(followed, hours, Limits(day=3))
    assert (done.sent, len(office.letters)) == (3, 3)
    assert "the quota of 3 mails a day is used up" in done.waiting
    assert delivered(followed, hours, Limits(day=3)) == Delivery(waiting=done.waiting)
    assert delivered(followed, Hours(at("2020-07-01 08:00")), Limits(day=3)).sent == 2


def test_nothing_of_it_counts_as_a_failed_try(followed: Followed, office: PostOffice) -> None:
    delivered(followed, Hours(at(SLOT)), Limits(day=3))
    waiting = [followed.message(unit) for unit in ("SNV", "STP", "NK", "NK1", "NK2")]
    assert sorted(row.attempts for row in waiting) == [0, 0, 1, 1, 1]
    assert {row.uncertain for row in waiting} == {0}
