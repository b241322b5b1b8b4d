"""A coordinator's own reminder: one step, at once, outside the ladder, once a day."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from directives.errors import Refused
from tests.ledger.campaigns import Followed, a_campaign
from tests.ledger.test_answers import REPORT


@pytest.fixture
def followed(engine: Engine) -> Followed:
    return a_campaign(engine).live("2020-06-30")


def test_it_leaves_at_once_about_that_step_alone(followed: Followed) -> None:
    before, rungs = len(followed.letters("STP")), followed.notices(REPORT)
    followed.decide(REPORT, "nudge", "2020-11-05 18:30")
    followed.deliver("2020-11-05 18:31")  # outside the send window
    (letter,) = followed.letters("STP")[before:]
    assert "Báo cáo kết quả" in letter.text
    assert "Kế hoạch năm 2020" not in letter.text
    assert followed.notices(REPORT) == rungs


def test_of_a_late_step_it_says_how_late(followed: Followed) -> None:
    before = len(followed.letters("STP"))
    followed.decide(REPORT, "nudge", "2020-11-12 09:00")
    followed.deliver("2020-11-12 09:01")
    (letter,) = followed.letters("STP")[before:]
    assert "đã quá hạn 3 ngày" in letter.text


def test_of_a_late_step_it_waits_until_the_mailbox_was_read(followed: Followed) -> None:
    before = len(followed.letters("STP"))
    followed.decide(REPORT, "nudge", "2020-11-12 09:00")
    followed.deliver("2020-11-12 09:01", collector=True)
    assert len(followed.letters("STP")) == before
    assert followed.messages("STP")[-1].detail == "mailbox_unread"


def test_what_is_answered_meanwhile_is_not_asked_for(followed: Followed) -> None:
    before = len(followed.letters("STP"))
    followed.decide(REPORT, "nudge", "2020-11-05 09:00")
    followed.answer(REPORT, "done", "2020-11-05 09:01")
    followed.deliver("2020-11-05 09:02")
    assert len(followed.letters("STP")) == before


def test_once_a_day_and_never_on_hold(followed: Followed) -> None:
    followed.decide(REPORT, "nudge", "2020-11-05 09:00")
    with pytest.raises(Refused, match="once a day is enough"):
        followed.decide(REPORT, "nudge", "2020-11-05 15:00")
    followed.decide("", "hold", "2020-11-06 08:00", from_on="2020-11-06", reason="bão")
    with pytest.raises(Refused, match="is on hold; resume it first"):
        followed.decide(REPORT, "nudge", "2020-11-06 09:00")
