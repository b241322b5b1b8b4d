"""Whether today's passes ran, asked after nine on working days of real campaigns; the clock is moved by hand."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from directives.ledger.engine import begin, reading
from directives.ledger.states import campaign_row
from directives.ledger.watch import Missed, missed
from tests.ledger.campaigns import Followed, a_campaign, at

ALL = ["1a", "1g", "2"]


@pytest.fixture
def followed(engine: Engine) -> Followed:
    """Passes ran on Wednesday 01/07/2020 for the last time."""
    return a_campaign(engine).live("2020-07-01")


def found(followed: Followed, when: str) -> list[Missed]:
    with reading(followed.engine) as session:
        return list(missed(session, at(when)))


def keys(followed: Followed, when: str) -> list[str]:
    return [one.key for campaign in found(followed, when) for one in campaign.passes]


@pytest.mark.parametrize(
    ("when", "instructions"),
    [
        ("2020-07-01 09:00", []),  # they ran
        ("2020-07-02 08:59", []),
        ("2020-07-02 09:00", ALL),
        ("2020-07-02 23:59", ALL),
        ("2020-07-03 08:59", []),
        ("2020-07-04 09:00", []),  # Saturday
        ("2020-07-06 09:00", ALL),
        ("2020-09-02 10:00", []),  # Quốc khánh, a Wednesday
        ("2020-09-03 10:00", ALL),
    ],
)
def test_instructions_without_a_pass_are_named_after_nine_on_a_working_day(
    followed: Followed, when: str, instructions: list[str]
) -> None:
    assert keys(followed, when) == instructions


def test_a_pass_today_counts_whatever_the_hour(followed: Followed) -> None:
    followed.passes("2020-07-02 06:10")
    assert keys(followed, "2020-07-02 09:00") == []
    followed.passes("2020-07-03 13:00")
    assert keys(followed, "2020-07-03 14:00") == []


def test_the_days_are_those_of_the_campaigns_own_zone(followed: Followed) -> None:
    followed.passes("2020-07-02 00:10")  # still the day before in UTC
    assert keys(followed, "2020-07-02 09:00") == []


def test_only_the_instructions_that_did_not_run_are_named_with_their_last_run(followed: Followed) -> None:
    followed.change(
        "UPDATE passes SET ran_at = :at WHERE instruction_id = (SELECT id FROM instructions WHERE key = '1g')",
        at="2020-07-02 00:07:00+00:00"
        if followed.engine.dialect.name == "postgresql"
        else "2020-07-02 00:07:00",
    )
    (campaign,) = found(followed, "2020-07-02 09:00")
    assert [(one.key, one.title, one.ran_at) for one in campaign.passes] == [
        ("1a", "Triển khai kế hoạch", at("2020-07-01 07:05")),
        ("2", "Báo cáo tổng hợp", at("2020-07-01 07:05")),
    ]
    assert (campaign.campaign.key, f"{campaign.day}") == (followed.key, "2020-07-02")


@pytest.mark.parametrize(
    ("opened", "instructions"),
    [("2020-07-01 17:00", ALL), ("2020-07-02 06:59", []), ("2020-07-02 08:30", [])],
)
def test_a_campaign_opened_today_is_waited_for_from_tomorrow(
    engine: Engine, opened: str, instructions: list[str]
) -> None:
    followed = a_campaign(engine, opened)
    assert keys(followed, "2020-07-02 09:00") == instructions
    assert keys(followed, "2020-07-03 09:00") == ALL
    assert {one.ran_at for one in found(followed, "2020-07-03 09:00")[0].passes} == {None}


def test_a_closed_campaign_is_not_waited_for(followed: Followed) -> None:
    with begin(followed.engine) as session:
        campaign = campaign_row(session, followed.key)
        campaign.closed_at = at("2020-07-01 17:00")
        session.add(campaign)
    assert found(followed, "2020-07-02 09:00") == []


def test_a_rehearsal_is_not_waited_for(engine: Engine) -> None:
    followed = a_campaign(engine, rehearsal=True)
    assert found(followed, "2020-07-02 09:00") == []


def test_where_the_calendar_ends_no_pass_is_expected(followed: Followed) -> None:
    assert found(followed, "2035-07-02 09:00") == []
