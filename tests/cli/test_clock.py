"""A rehearsal's clock stands still until `dondoc clock` moves it, and only ever forward."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from cli import clock as clock_command
from cli import stack
from config.settings import Settings
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


@pytest.mark.parametrize(
    ("text", "days", "seconds"),
    [("1d/min", 1, 60), ("2d/30s", 2, 30), ("7d/h", 7, 3600), ("1d/10min", 1, 600)],
)
def test_a_speed_is_days_of_the_rehearsal_in_a_time_of_ours(text: str, days: int, seconds: float) -> None:
    assert clock_command.pace_of(text) == clock_command.Pace(days, seconds)


@pytest.mark.parametrize("text", ["fast", "1d", "0d/min", "1d/0s", "d/min", "1h/min"])
def test_what_is_no_speed_is_named(rehearsed: Dondoc, text: str) -> None:
    done = rehearsed("clock", "--speed", text)
    assert done.status == 1
    assert done.err == f"dondoc: '{text}' is no speed; write days per time, such as 1d/min or 2d/30s\n"


def test_with_a_speed_it_steps_every_day_and_runs_passes_on_those_with_something_due(
    rehearsed: Dondoc,
) -> None:
    waits: list[float] = []
    rehearsed.patch.setattr(clock_command, "sleep", waits.append)
    rehearsed.patch.setattr(stack, "run_passes", rehearsed_day(rehearsed))
    done = rehearsed("clock", "--speed", "40d/s", "--to", "2020-07-05T08:00")
    assert done.status == 0, done.err
    assert done.out.splitlines() == [
        f"{KEY}: 2020-07-01 08:00",
        "lived",
        f"{KEY}: 2020-07-02 08:00",
        "lived",
        f"{KEY}: 2020-07-03 08:00",
        f"{KEY}: 2020-07-04 08:00",  # a Saturday
        f"{KEY}: 2020-07-05 08:00",
    ]
    assert waits == []
    assert clock_at(rehearsed) == at("2020-07-05 08:00")


def rehearsed_day(dondoc: Dondoc) -> Any:
    def lived(_settings: Any, _campaign: str) -> Iterator[str]:
        dondoc.followed.passes(clock_at(dondoc))
        dondoc.followed.deliver("2026-02-03 10:00")
        yield "lived"

    return lived


def test_between_two_days_it_waits_as_long_as_the_speed_has_it(rehearsed: Dondoc) -> None:
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if sum(waits) > 3:  # the real clock stands still here: leave as Ctrl-C does
            raise KeyboardInterrupt

    rehearsed.patch.setattr(clock_command, "sleep", wait)
    rehearsed.patch.setattr(stack, "run_passes", rehearsed_day(rehearsed))
    done = rehearsed("clock", "--speed", "1d/min")
    assert done.out.endswith("stopped; the clock stands at 2020-07-01 08:00\n")
    assert waits[0] == 1.0
    assert clock_at(rehearsed) == at("2020-07-01 08:00")


def test_a_speed_ends_when_nothing_is_due_any_more(rehearsed: Dondoc) -> None:
    followed = rehearsed.followed
    for step in followed.steps():
        if step != "2/monitoring/SNV":
            followed.decide(step, "waive", "2020-06-30 08:00", reason="thử")
    done = rehearsed("clock", "--speed", "1d/s")
    assert done.status == 0
    assert "nothing is due any more" in done.out


def test_answers_need_a_move(rehearsed: Dondoc) -> None:
    done = rehearsed("clock", "--answers", "dan-van-kheo-2020")
    assert done.status == 1
    assert "--answers needs a move: add --next, --to or --speed" in done.err


class PrefectThatNotes:
    """Stands in for the server: what is deployed under which tags, and in which order it was run."""

    ran: ClassVar[list[str]] = []

    def __enter__(self) -> PrefectThatNotes:
        return self

    def __exit__(self, *details: object) -> None:
        pass

    def passes(self, campaign: str) -> list[str]:
        return [f"1a of {campaign}", f"1g of {campaign}"]

    def deployments(self, *tags: str) -> list[str]:
        return [" ".join(tags)]

    def run_now(self, deployment: str) -> str:
        self.ran.append(deployment)
        return deployment

    def wait(self, ids: list[str], *_: object) -> list[Any]:
        return [SimpleNamespace(name=one, state=SimpleNamespace(name="Completed", message="")) for one in ids]


def test_a_move_ends_with_the_boards_picture_drawn_anew(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(stack, "connected", lambda _settings: PrefectThatNotes())
    lines = list(stack.run_passes(Settings(home=tmp_path), KEY))
    assert PrefectThatNotes.ran == [f"1a of {KEY}", f"1g of {KEY}", "mail", f"board campaign:{KEY}"]
    assert len(lines) == 4
