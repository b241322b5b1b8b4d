"""With Prefect away nothing is lost: a run goes on, and the mark of what was told stays where it was."""

from __future__ import annotations

import pytest
from prefect.logging import disable_run_logger
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import Engine

from directives.ledger import happenings
from directives.ledger.engine import reading
from tasks import workplace
from tasks.events import as_event, tell_prefect
from tests.ledger.campaigns import Followed, a_campaign, at
from tests.waiting import free_ports


@pytest.fixture
def followed(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Followed:
    """A report is still to be told."""
    monkeypatch.setattr(workplace, "engine", lambda: sqlite_engine)
    followed = a_campaign(sqlite_engine).live("2020-06-30")
    followed.answer("1g/report/STP", "done", "2020-07-02 09:00", doc_number="215/BC-STP", by="ông Bình")
    return followed


def test_with_prefect_away_the_next_run_tells(followed: Followed) -> None:
    away = f"http://127.0.0.1:{free_ports(1)[0]}/api"
    with temporary_settings({PREFECT_API_URL: away}), disable_run_logger():
        assert tell_prefect.fn() == 0
    assert followed.campaign().events_seq == 0


def test_an_event_names_the_step_and_who_and_what_stands_beside_it(followed: Followed) -> None:
    with reading(followed.engine) as session:
        news = happenings.news(session, followed.key)
    one = next(one for one in news.happenings if one.step == "report")
    event = as_event(one, at("2020-07-02 09:05"), "0f5e1c9a")
    assert (event.id, event.event, event.occurred) == (one.id, "dondoc.step.reported", at("2020-07-02 09:05"))
    assert event.resource.model_dump() == {
        "prefect.resource.id": "dondoc.step.thu-2020.1g.report.STP",
        "prefect.resource.name": "thu-2020/1g/report/STP",
        "dondoc.campaign": "thu-2020",
        "dondoc.instruction": "1g",
        "dondoc.step": "report",
        "dondoc.unit": "STP",
        "dondoc.unit.name": "Sở Tư pháp",
        "dondoc.due": "2020-11-09",
        "dondoc.at": "2020-07-02T02:00:00+00:00",
    }
    assert [(beside.role, beside.id) for beside in event.related] == [
        ("campaign", "dondoc.campaign.thu-2020"),
        ("instruction", "dondoc.instruction.thu-2020.1g"),
        ("unit", "dondoc.unit.STP"),
        ("flow-run", "prefect.flow-run.0f5e1c9a"),
    ]
    assert event.payload["document"] == "215/BC-STP"
    assert event.payload["seq"] == one.seq
