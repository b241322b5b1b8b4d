"""`dondoc open` leaves ladder and calendar of an open campaign alone, until --migrate shows what moves and is confirmed."""

from __future__ import annotations

import csv

import pytest

from cli import open as opening
from config.contacts import contacts_of
from config.loader import load_definition
from directives.ledger.engine import begin
from directives.ledger.opening import open_campaign
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at, content, spec

SEVEN = "before: {working_days: 7}"


@pytest.fixture
def running(dondoc: Dondoc) -> Dondoc:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.followed.live("2020-06-30", "2020-07-02")
    dondoc.now = at("2020-09-15 09:00")
    return dondoc


def change_ladder(dondoc: Dondoc) -> None:
    file = dondoc.home / "config" / "escalations" / "standard.yaml"
    text = file.read_text(encoding="utf-8")
    assert SEVEN in text
    file.write_text(text.replace(SEVEN, "before: {working_days: 10}"), encoding="utf-8")


def decree(dondoc: Dondoc) -> None:
    file = dondoc.home / "config" / "calendars" / "vn.yaml"
    text = file.read_text(encoding="utf-8")
    plain = "2020: {decreed: true, source: no day was swapped}"
    assert plain in text
    changed = "2020: {decreed: true, days_off: [2020-11-05], days_worked: [2020-11-14]}"
    file.write_text(text.replace(plain, changed), encoding="utf-8")


def test_a_changed_ladder_is_said_and_stays_pinned(running: Dondoc) -> None:
    change_ladder(running)
    before = content(running.engine)
    done = running("open", str(running.file), "--yes")
    assert done.status == 0
    assert f"{KEY} is open already and nothing else has changed; nothing written" in done.out
    assert "ladder.rungs[before-7].before.working_days: 7 → 10" in done.out
    assert f"'dondoc open {KEY} --migrate --dry-run'" in done.out
    assert content(running.engine) == before


def test_other_changes_are_taken_over_and_the_pinned_ladder_is_said(running: Dondoc) -> None:
    change_ladder(running)
    running.edit(lambda data: spec(data, "1g/report").update(due={"before": "2020-11-12"}))
    done = running("open", str(running.file), "--yes")
    assert "keeps the ladder, calendar and send window" in done.out
    assert running.followed.step("1g/report/STP").deadline_number == 2
    again = running("open", str(running.file), "--yes")
    assert "nothing else has changed; nothing written" in again.out


def test_a_migration_shows_what_moves_in_groups_and_asks(running: Dondoc) -> None:
    change_ladder(running)
    before = content(running.engine)
    done = running("open", str(running.file), "--migrate", say="n\n")
    assert done.status == 1
    assert "ladder.rungs[before-7].before.working_days: 7 → 10" in done.out
    assert "  1g/report, 2 units (STP, NK): before-7 29/10/2020 07:30 → 26/10/2020 07:30" in done.out
    assert "Take the change over?" in done.out
    assert content(running.engine) == before


def test_a_confirmed_migration_is_what_was_shown(running: Dondoc) -> None:
    change_ladder(running)
    assert running("open", str(running.file), "--migrate", say="y\n").status == 0
    followed = running.followed
    followed.live("2020-10-12").live("2020-10-26")
    assert followed.notices("1g/report/STP")[-1] == "before-7"
    assert running("open", str(running.file), "--migrate").out.endswith("has changed; nothing written\n")
    assert followed.broken() == followed.unlike() == []


def test_each_step_is_shown_by_itself_and_written_to_a_file(running: Dondoc) -> None:
    change_ladder(running)
    file = running.home / "plans.csv"
    done = running("open", str(running.file), "--migrate", "--dry-run", "--all", "--plans", str(file))
    assert "  1g/report/NK: before-7 29/10/2020 07:30 → 26/10/2020 07:30" in done.out
    assert done.out.endswith("nothing written (--dry-run)\n")
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    moved = [row for row in rows if (row["step"], row["unit"]) == ("report", "NK")]
    assert [(row["rung"], row["was"], row["now"]) for row in moved] == [
        ("before-7", "2020-10-29T07:30:00+07:00", "2020-10-26T07:30:00+07:00")
    ]


def test_a_file_that_cannot_be_written_is_said_before_anything_is(running: Dondoc) -> None:
    change_ladder(running)
    before = content(running.engine)
    done = running(
        "open", str(running.file), "--migrate", "--yes", "--plans", str(running.home / "no" / "p.csv")
    )
    assert done.status == 1
    assert "cannot be written" in done.err
    assert content(running.engine) == before


def test_a_newly_decreed_day_shows_which_plans_move_and_is_confirmed(running: Dondoc) -> None:
    decree(running)
    done = running("open", str(running.file), "--yes")
    assert "calendar.days_off[2020-11-05]: (nothing) → 2020-11-05" in done.out
    assert running.followed.step("1g/report/STP").next_action_at == at("2020-10-12 07:30")
    done = running("open", str(running.file), "--migrate", "--yes")
    assert "before-7 29/10/2020 07:30 → 28/10/2020 07:30" in done.out
    assert "14/11/2020 07:30" in done.out
    assert done.out.endswith(f"\n{KEY}: taken over; steps: 9 with another plan\n")


def test_what_another_took_over_between_question_and_answer_is_not_undone(
    running: Dondoc, monkeypatch: pytest.MonkeyPatch
) -> None:
    def due(day: str) -> None:
        running.edit(lambda data: spec(data, "1g/report").update(due={"before": day}))

    def meanwhile(question: str) -> bool:
        monkeypatch.setattr(opening.typer, "confirm", lambda _: True)
        due("2020-11-14")
        definition = load_definition(running.file)
        with begin(running.engine) as session:
            open_campaign(
                session, definition, contacts_of(None, definition.units), at=running.now, confirmed=True
            )
        return True

    due("2020-11-12")
    monkeypatch.setattr(opening.typer, "confirm", meanwhile)
    done = running("open", str(running.file))
    assert done.status == 1
    assert done.err == (
        f"dondoc: campaign '{KEY}' was changed meanwhile; nothing written; look at the difference again\n"
    )
    assert running.followed.step("1g/report/STP").due_before == at("2020-11-14 00:00")


def test_a_decision_between_question_and_answer_that_moves_another_plan_is_looked_at_again(
    running: Dondoc, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(question: str) -> bool:
        running.followed.decide("1g/report/STP", "waive", "2020-09-15 08:59", reason="đã sáp nhập")
        return True

    change_ladder(running)
    monkeypatch.setattr(opening.typer, "confirm", meanwhile)
    done = running("open", str(running.file), "--migrate")
    assert "was changed meanwhile; nothing written" in done.err
    monkeypatch.setattr(opening.typer, "confirm", lambda _: True)
    assert running("open", str(running.file), "--migrate").status == 0


def test_a_change_of_the_send_window_needs_a_migration_too(running: Dondoc) -> None:
    running.patch.setenv("DONDOC_SLOT", "09:00")
    assert "calendar.slot: 08:00:00 → 09:00:00" in running("open", str(running.file)).out
    done = running("open", str(running.file), "--migrate", "--yes")
    assert "No step's plan moves" in done.out
    assert done.out.endswith(f"\n{KEY}: taken over; no step changed\n")


def test_to_list_plans_without_a_migration_makes_no_sense(running: Dondoc) -> None:
    done = running("open", str(running.file), "--all")
    assert (done.status, done.err) == (
        1,
        "dondoc: --all and --plans show what --migrate moves; add --migrate\n",
    )
