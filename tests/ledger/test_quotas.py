"""What a mail server takes of all deliverers together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from directives.ledger.engine import begin
from directives.ledger.quotas import Full, Limits, day_full, take

NOON = datetime(2026, 3, 2, 5, 0, 30, tzinfo=UTC)
SERVER, UNIT = "smtp.example:587", "van-thu@stp.cantho.example"


def taken(engine: Engine, limits: Limits, addresses: Sequence[str], at: datetime = NOON) -> list[Full | None]:
    found: list[Full | None] = []
    for address in addresses:
        with begin(engine) as session:
            found.append(take(session, SERVER, limits, address, at))
    return found


def test_so_many_mails_leave_in_a_minute_and_the_next_ones_in_the_next(engine: Engine) -> None:
    *granted, full = taken(engine, Limits(minute=3), [UNIT] * 4)
    assert granted == [None] * 3
    assert full is not None and full.until == NOON.replace(second=0) + timedelta(minutes=1)
    assert taken(engine, Limits(minute=3), [UNIT] * 3, full.until) == [None] * 3


def test_a_domain_that_has_had_its_mails_does_not_keep_others_waiting(engine: Engine) -> None:
    limits, other = Limits(domain_minute=1), "xa@vinhlong.example"
    first, second, third = taken(engine, limits, [UNIT, "other@STP.cantho.example", other])
    assert (first, third) == (None, None)
    assert second is not None and second.domain == "stp.cantho.example"


def test_a_mail_that_one_limit_refuses_counts_against_none(engine: Engine) -> None:
    limits = Limits(minute=2, domain_minute=1)
    taken(engine, limits, [UNIT, UNIT, UNIT])
    assert taken(engine, limits, ["xa@vinhlong.example"]) == [None]


def test_the_day_ends_at_seven_in_the_morning_in_vietnam(engine: Engine) -> None:
    limits = Limits(day=1)
    _, full = taken(engine, limits, [UNIT, UNIT])
    assert full is not None and full.until == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    with begin(engine) as session:
        assert day_full(session, SERVER, limits, NOON) == full
        assert day_full(session, SERVER, limits, full.until) is None
        assert day_full(session, "other.example:25", limits, NOON) is None


def test_a_clock_that_was_set_back_blocks_nothing(engine: Engine) -> None:
    taken(engine, Limits(minute=1, day=1), [UNIT], NOON + timedelta(days=400))
    assert taken(engine, Limits(minute=1, day=1), [UNIT]) == [None]


def test_clocks_that_differ_a_little_count_together(engine: Engine) -> None:
    """Else each of two machines would begin the minute anew after the other, and neither would ever find it used up."""
    ahead, limits = NOON + timedelta(minutes=3), Limits(minute=4)
    found = [one for _ in range(10) for at in (ahead, NOON) for one in taken(engine, limits, [UNIT], at)]
    assert found.count(None) == 4
    full = found[-1]
    assert full is not None and full.until == NOON.replace(second=0) + timedelta(minutes=1)


def test_at_midnight_a_clock_that_is_behind_does_not_begin_the_day_anew(engine: Engine) -> None:
    midnight, limits = datetime(2026, 3, 3, tzinfo=UTC), Limits(day=2)
    taken(engine, limits, [UNIT, UNIT], midnight)
    behind = midnight - timedelta(seconds=5)
    (full,) = taken(engine, limits, [UNIT], behind)
    assert full is not None and full.day
    with begin(engine) as session:
        assert day_full(session, SERVER, limits, behind) is not None
    (full,) = taken(engine, limits, [UNIT], midnight)
    assert full is not None and full.until == midnight + timedelta(days=1)


def test_deliverers_that_ask_at_once_get_no_more_than_the_limit(engine: Engine) -> None:
    limits = Limits(minute=25, domain_minute=40)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: taken(engine, limits, [UNIT] * 10), range(4)))
    assert sum(one is None for each in found for one in each) == 25


def test_no_limit_is_no_limit(engine: Engine) -> None:
    assert not Limits()
    assert taken(engine, Limits(), [UNIT] * 5) == [None] * 5
