"""The year 2020 on a virtual clock, with the rehearsal's answers, against a summary that was read and committed.

A rule that is meant to change changes the summary: write it anew with
`.venv/bin/python tests/cli/test_simulate.py`, and read the difference before you commit it.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from cli.simulate import simulate
from cli.simulate_print import plain
from cli.simulated import Scenario, lived
from config.loader import find_campaign, load_definition
from config.variants import load_behaviour
from directives.errors import DondocError
from directives.model import Target
from directives.simulated import BUSY

SUMMARY = Path(__file__).parent / "simulated-2020.json"
CAMPAIGN = "dan-van-kheo-2020"


def a_year() -> dict[str, Any]:
    definition = load_definition(find_campaign(CAMPAIGN))
    until = definition.calendar.at(date(2021, 1, 1), time(0))
    refused = AssertionError("a simulation opens no connection")
    with patch.object(socket.socket, "connect", side_effect=refused):
        scenario = Scenario("2020", definition, load_behaviour(CAMPAIGN, definition))
        year = lived(scenario, None, definition.opened_at, until)
    return plain(year, definition, BUSY)


def summary(year: dict[str, Any]) -> dict[str, Any]:
    """Steps by status, notices by rung, and mails with the items they ask for: by day and whom they go to."""
    mails: dict[str, Counter[str]] = {}
    for mail in year["mails"]:
        kind = mail["target"].partition(":")[0]
        mails.setdefault(mail["at"][:10], Counter()).update({kind: 1, "items": len(mail["items"])})
    return {
        "counts": year["counts"],
        "notices": year["notices"],
        "mails": {day: dict(sorted(counts.items())) for day, counts in mails.items()},
    }


@pytest.fixture(scope="module")
def year() -> dict[str, Any]:
    return a_year()


def test_the_year_is_as_it_was_read_and_committed(year: dict[str, Any]) -> None:
    assert summary(year) == json.loads(SUMMARY.read_text(encoding="utf-8"))


def digests(year: dict[str, Any]) -> list[dict[str, Any]]:
    """Without the mails that tell of a decision and the coordinators' briefs: these leave at once."""
    return [mail for mail in year["mails"] if mail["target"] in tuple(Target)]


def test_digests_leave_at_the_slot_of_working_days_only(year: dict[str, Any]) -> None:
    calendar = load_definition(find_campaign(CAMPAIGN)).calendar
    for at in {datetime.fromisoformat(mail["at"]) for mail in digests(year)}:
        assert calendar.is_workday(at.date())
        assert at.time() == calendar.window.slot


def test_a_recipient_gets_one_digest_a_day(year: dict[str, Any]) -> None:
    seen = Counter((mail["at"][:10], mail["unit"], mail["target"]) for mail in digests(year))
    assert set(seen.values()) == {1}


def test_a_silent_unit_is_reminded_on_the_ladders_days_and_then_weekly(year: dict[str, Any]) -> None:
    """L = 09/11/2020. Nobody answers for Sở Xây dựng in this rehearsal."""
    days = [
        date.fromisoformat(mail["at"][:10])
        for mail in year["mails"]
        if mail["target"] == "lead" and "1g/report/SXD" in mail["items"]
    ]
    before = [date(2020, 10, 12), date(2020, 10, 29), date(2020, 11, 6)]
    after = [date(2020, 11, 10), date(2020, 11, 12), date(2020, 11, 16), date(2020, 11, 23)]
    weekly = [after[-1] + timedelta(7 * n) for n in range(1, 6)]
    assert days[-12:] == before + after + weekly


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("2020-08-01", "2020-07-01", "the last day, 2020-07-01, is before the first, 2020-08-01"),
        ("", "2019-01-01", "2019-01-01"),
        ("2035-01-01", "", "2035"),
        ("", "2035-01-01", "2035"),
    ],
)
def test_a_span_without_a_day_or_a_calendar_is_no_empty_year_but_an_error(
    since: str, until: str, says: str
) -> None:
    with pytest.raises(DondocError, match=says):
        simulate(CAMPAIGN, since=since, until=until)


def test_every_mail_to_a_unit_says_for_which_rungs_and_steps_it_was(year: dict[str, Any]) -> None:
    assert {mail["target"].partition(":")[0] for mail in year["mails"]} == {*Target, "decided", "brief"}
    others = [mail for mail in year["mails"] if not mail["target"].startswith("brief:")]
    assert [mail for mail in others if not mail["rung"] or not mail["items"]] == []


if __name__ == "__main__":
    text = json.dumps(summary(a_year()), indent=1, ensure_ascii=False)
    SUMMARY.write_text(text + "\n", encoding="utf-8")
