"""On hold nothing leaves and deadlines stay; resumed, one digest, and escalation upward a working day later."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from directives.errors import Refused
from directives.evaluate import Status
from tests.ledger.campaigns import Followed, a_campaign, at, content
from tests.ledger.test_answers import REPORT, status_of


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def test_a_held_unit_gets_nothing_while_others_do(followed: Followed) -> None:
    followed.decide("", "hold", "2020-11-02 09:00", unit="STP", from_on="2020-11-02", reason="bão số 12")
    before = len(followed.letters("STP"))
    followed.live("2020-11-06", "2020-11-12")
    assert len(followed.letters("STP")) == before
    assert followed.letters("NK")
    assert status_of(followed, REPORT, "2020-11-12 09:00") is Status.ON_HOLD
    assert followed.step(REPORT).due_before == at("2020-11-10 00:00")


def test_resumed_it_gets_one_digest(followed: Followed) -> None:
    followed.decide("", "hold", "2020-11-02 09:00", unit="STP", from_on="2020-11-02", reason="bão số 12")
    followed.live("2020-11-06", "2020-11-12")
    before = len(followed.letters("STP"))
    followed.decide("", "resume", "2020-11-12 10:00", unit="STP")
    assert status_of(followed, REPORT, "2020-11-12 10:00") is Status.OVERDUE
    assert status_of(followed, REPORT, "2020-11-12 09:59") is Status.ON_HOLD
    followed.live("2020-11-13")
    assert len(followed.letters("STP")) == before + 1


def test_a_hold_with_a_last_day_ends_by_itself(followed: Followed) -> None:
    days: dict[str, Any] = {"from_on": "2020-11-09", "until_on": "2020-11-11"}
    followed.decide("", "hold", "2020-11-02 09:00", reason="diễn tập", **days)
    assert status_of(followed, REPORT, "2020-11-08 12:00") is Status.DUE_SOON
    assert status_of(followed, REPORT, "2020-11-11 23:59") is Status.ON_HOLD
    assert status_of(followed, REPORT, "2020-11-12 00:00") is Status.OVERDUE


def test_an_instruction_is_held_alone(followed: Followed) -> None:
    followed.decide(
        "", "hold", "2020-11-02 09:00", instruction="1a", from_on="2020-11-02", reason="chờ hướng dẫn"
    )
    assert status_of(followed, "1a/result/STP", "2020-11-03 09:00") is Status.ON_HOLD
    assert status_of(followed, REPORT, "2020-11-03 09:00") is Status.DUE_SOON


def test_a_later_hold_that_shares_no_day_with_an_earlier_one_is_taken(followed: Followed) -> None:
    first: dict[str, Any] = {"from_on": "2020-11-16", "until_on": "2020-11-18"}
    second: dict[str, Any] = {"from_on": "2020-11-23", "until_on": "2020-11-25"}
    followed.decide("", "hold", "2020-11-02 09:00", reason="diễn tập", **first)
    with pytest.raises(Refused, match="on hold already"):
        followed.decide("", "hold", "2020-11-02 09:00", reason="bão", from_on="2020-11-18")
    followed.decide("", "hold", "2020-11-02 09:00", reason="bão", **second)
    with pytest.raises(Refused, match="on hold already"):
        followed.decide("", "hold", "2020-11-02 09:00", reason="bão", from_on="2020-11-20")
    assert status_of(followed, REPORT, "2020-11-20 09:00") is Status.OVERDUE
    assert status_of(followed, REPORT, "2020-11-24 09:00") is Status.ON_HOLD


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("hold", {"from_on": "2020-11-03"}, "needs a reason"),
    ("hold", {"from_on": "2020-11-01", "reason": "x"}, "01/11/2020, which is past"),
    ("hold", {"from_on": "2020-11-05", "until_on": "2020-11-04", "reason": "x"}, "is before its first"),
    ("hold", {"from_on": "2020-11-05", "instruction": "1x", "reason": "x"}, "no instruction '1x'"),
    ("hold", {"from_on": "2020-11-05", "unit": "STQ", "reason": "x"}, "no unit 'STQ'"),
    ("hold", {"from_on": "2020-11-05", "unit": "NK", "reason": "x"}, "on hold already"),
    ("resume", {"unit": "STP"}, "nothing of that is on hold"),
]


def test_a_hold_that_makes_no_sense_is_refused_and_changes_nothing(followed: Followed) -> None:
    followed.decide("", "hold", "2020-11-02 09:00", unit="NK", from_on="2020-11-02", reason="sáp nhập")
    before = content(followed.engine)
    for kind, more, why in WRONG:
        with pytest.raises(Refused, match=why):
            followed.decide("", kind, "2020-11-02 10:00", **more)
    assert content(followed.engine) == before
    assert followed.broken() == []
