"""A rehearsal's clock stands still until `dondoc clock` moves it, and only ever forward."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cli import stack
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import a_definition, at, content


@pytest.fixture
def rehearsed(dondoc: Dondoc) -> Dondoc:
    """Stands at the slot of 30/06/2020, first mails sent; the passes that a move starts are only noted down."""
    dondoc("db", "upgrade")
    dondoc.followed.open("2020-06-30 08:00", rehearsal=True)
    dondoc.followed.passes("2020-06-30 08:00")
    dondoc.followed.deliver("2026-02-03 10:00")
    dondoc.patch.setattr(stack, "run_passes", _noted)
    dondoc.patch.setattr(stack, "is_healthy", lambda _settings: True)
    return dondoc


def _noted(_settings: Any, campaign: str) -> Iterator[str]:
    yield f"passes of {campaign}"


def clock_at(dondoc: Dondoc) -> Any:
    return dondoc.followed.campaign().clock_at


def test_it_shows_the_time_and_moves_nothing(rehearsed: Dondoc) -> None:
    before = content(rehearsed.engine)
    assert rehearsed("clock").out == f"{KEY}: 2020-06-30 08:00\n"
    assert content(rehearsed.engine) == before


def test_it_moves_to_a_stated_local_time_and_runs_the_passes(rehearsed: Dondoc) -> None:
    done = rehearsed("clock", "--to", "2020-07-02T07:30")
    assert done.out == f"{KEY}: 2020-07-02 07:30\npasses of {KEY}\n"
    assert clock_at(rehearsed) == at("2020-07-02 07:30")


def test_the_next_slot_is_the_one_at_which_something_is_due(rehearsed: Dondoc) -> None:
    for expected in ("2020-07-01 08:00", "2020-07-02 08:00", "2020-07-22 08:00"):
        assert rehearsed("clock", "--next").out.startswith(f"{KEY}: {expected}\n")
        rehearsed.followed.passes(clock_at(rehearsed))
        rehearsed.followed.deliver("2026-02-03 10:00")


def test_the_next_slot_is_tomorrows_while_a_notice_waits(rehearsed: Dondoc) -> None:
    rehearsed("clock", "--to", "2020-07-22T16:45")
    rehearsed.followed.passes(clock_at(rehearsed))  # planned after the window: waits for the morning
    assert rehearsed("clock", "--next").out.startswith(f"{KEY}: 2020-07-23 08:00\n")


@pytest.mark.parametrize("to", ["2020-06-30T07:59", "2020-06-01", "2020-06-29T23:00+00:00"])
def test_it_never_moves_back(rehearsed: Dondoc, to: str) -> None:
    done = rehearsed("clock", "--to", to)
    assert done.status == 1
    assert done.err == "dondoc: the clock stands at 2020-06-30 08:00; it only moves forward\n"
    assert clock_at(rehearsed) == at("2020-06-30 08:00")


def test_a_time_with_a_zone_of_its_own_is_that_instant(rehearsed: Dondoc) -> None:
    rehearsed("clock", "--to", "2020-07-02T00:30:00+00:00")
    assert clock_at(rehearsed) == at("2020-07-02 07:30")


def test_moving_to_where_it_stands_runs_nothing(rehearsed: Dondoc) -> None:
    assert rehearsed("clock", "--to", "2020-06-30T08:00").out == f"{KEY}: 2020-06-30 08:00\n"


def test_what_is_no_time_is_named(rehearsed: Dondoc) -> None:
    assert "'tomorrow' is no time; write YYYY-MM-DDTHH:MM" in rehearsed("clock", "--to", "tomorrow").err


def test_to_and_next_together_are_refused(rehearsed: Dondoc) -> None:
    done = rehearsed("clock", "--to", "2020-07-02T07:30", "--next")
    assert done.status == 1
    assert "either --to or --next" in done.err
    assert clock_at(rehearsed) == at("2020-06-30 08:00")


def test_a_time_outside_the_calendar_is_refused_and_the_clock_stays(rehearsed: Dondoc) -> None:
    done = rehearsed("clock", "--to", "2031-01-01T08:00")
    assert done.status == 1
    assert "outside the calendar" in done.err
    assert clock_at(rehearsed) == at("2020-06-30 08:00")


def test_when_nothing_is_due_any_more_the_clock_stays(rehearsed: Dondoc) -> None:
    followed = rehearsed.followed
    for step in followed.steps():
        if step != "2/monitoring/SNV" and not followed.step(step).waived_at:
            followed.decide(step, "waive", "2020-06-30 08:00", reason="thử")
    done = rehearsed("clock", "--next")
    assert done.status == 1
    assert done.err == "dondoc: nothing is due any more; the clock stays where it is\n"


def test_a_real_campaign_has_no_clock_to_move(dondoc: Dondoc) -> None:
    dondoc("db", "upgrade")
    dondoc.followed.open("2020-06-30 07:00")
    done = dondoc("clock", "--next")
    assert done.status == 1
    assert "name one rehearsal with --campaign (open: none)" in done.err


def test_among_several_rehearsals_one_must_be_named(rehearsed: Dondoc) -> None:
    rehearsed.followed.open(
        "2020-06-30 08:00", a_definition(lambda data: data.update(campaign="thu-2021")), rehearsal=True
    )
    assert f"(open: {KEY}, thu-2021)" in rehearsed("clock").err
    assert rehearsed("clock", "--campaign", KEY).out == f"{KEY}: 2020-06-30 08:00\n"


def test_without_prefect_the_clock_stays_where_it_is(rehearsed: Dondoc) -> None:
    rehearsed.patch.setattr(stack, "is_healthy", lambda _settings: False)
    before = clock_at(rehearsed)
    done = rehearsed("clock", "--next")
    assert done.status == 1
    assert "no Prefect server answers" in done.err
    assert clock_at(rehearsed) == before
