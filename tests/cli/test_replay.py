"""A replay lives a campaign day by day; one that was cut off goes on where it stood."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine

from cli.replay import Replay
from cli.up import Up
from cli.voices import Voices
from config.settings import Settings
from directives.errors import DondocError
from directives.ledger.engine import migrate
from directives.manners import Behaviour, Rehearsal
from tests.cli.commands import Dondoc
from tests.ledger.campaigns import CAMPAIGN, POST, Followed, a_definition, at, spec

BEHAVIOUR = Behaviour(seed=7, received=0.8, reported=0.5, late=0.2, late_days=5, accepted=0.5, prompted=0.3)
STANDS_AT = at("2020-11-14 07:30")


class PowerCut(Exception):
    pass


def rehearsed(engine: Engine) -> Followed:
    followed = Followed(engine, a_definition(), POST)
    followed.open("2020-06-30 07:00", rehearsal=True)
    return followed


def live(followed: Followed, cut_on: str = "", behaviour: Behaviour = BEHAVIOUR, **span: Any) -> None:
    def progress(day: datetime) -> None:
        if f"{day:%Y-%m-%d}" == cut_on:
            raise PowerCut

    span = {"start": followed.definition.opened_at, "until": STANDS_AT} | span
    voices = Voices.of(followed.definition, behaviour)
    Replay(followed.engine, followed.definition, POST, voices).live(progress=progress, **span)


def facts(followed: Followed) -> dict[str, Any]:
    steps = {
        name: (one.received_at, one.reported_at, one.accepted_at, one.first_mailed_at, one.next_action_at)
        for name, one in followed.steps().items()
    }
    mails = Counter((one.slot_on, one.target, one.unit_id) for one in followed.messages())
    return {"steps": steps, "mails": mails, "notices": {name: followed.notices(name) for name in steps}}


def test_one_that_was_cut_off_goes_on_and_ends_as_if_nothing_had_been(sqlite_files: Any) -> None:
    whole, cut = rehearsed(sqlite_files.ledger()), rehearsed(sqlite_files.ledger())
    live(whole)
    with pytest.raises(PowerCut):
        live(cut, cut_on="2020-10-13")
    stood_at = cut.campaign().clock_at
    assert stood_at is not None
    assert stood_at < at("2020-10-13 07:00")
    live(cut, start=stood_at, heard_to=stood_at)
    assert facts(cut) == facts(whole)
    assert whole.messages()
    sqlite_files.clear()


@pytest.fixture
def up(dondoc: Dondoc) -> Up:
    """`dondoc up` of the small campaign, without what needs Prefect."""
    (dondoc.home / "var").mkdir()
    migrate(dondoc.engine)
    dondoc.followed.open("2020-06-30 07:00", rehearsal=True)
    made = Up(Settings(home=dondoc.home / "var"), "dan-van-kheo-2020", Console(quiet=True))
    made.rehearsal = Rehearsal(
        rehearsal="thu", campaign=CAMPAIGN["campaign"], stands_at=STANDS_AT, behaviour=BEHAVIOUR
    )
    made.definition = a_definition()
    return made


def test_up_brings_a_rehearsal_that_was_cut_off_to_where_it_stands(dondoc: Dondoc, up: Up) -> None:
    engine = up.open_rehearsal(lambda _: None)
    engine.dispose()
    assert dondoc.followed.campaign().clock_at == STANDS_AT
    assert dondoc.followed.messages()


def test_up_never_takes_changed_files_over_by_itself(dondoc: Dondoc, up: Up) -> None:
    up.definition = a_definition(lambda data: spec(data, "1g/report").update(due={"before": "2020-11-12"}))
    with pytest.raises(DondocError, match="(?s)differ from the rehearsal that is open.*--fresh"):
        up.open_rehearsal(lambda _: None)
    assert dondoc.followed.step("1g/report/STP").deadline_number == 1
