"""What the lists of the Prefect UI say of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect.runtime import flow_run
from sqlalchemy import Engine

from directives.errors import UnknownCampaign
from directives.ledger.passes import PassResult
from directives.plan import Reason
from flows import wording
from flows.alert import alert
from flows.collect import collect
from flows.deliver import deliver
from flows.follow_up import follow_up
from notifications.delivery import Delivery
from notifications.replies.collect import Collected
from tasks import ledger, workplace
from tests.ledger.campaigns import a_campaign, at

NOW = at("2020-11-10 07:30")


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (PassResult(5, 3, 2), "5 việc đến hạn xử lý · 3 thông báo · 2 bậc nhắc bỏ qua"),
        (PassResult(), "không có việc đến hạn xử lý"),
        (PassResult(note="…", reason=Reason.NOT_OPEN), "đợt theo dõi chưa mở, không làm gì"),
        (PassResult(note="…", reason=Reason.CLOSED), "đợt theo dõi đã đóng, không làm gì"),
    ],
)
def test_a_pass_says_its_moment_and_its_counts(done: PassResult, said: str) -> None:
    assert wording.pass_said(NOW, done) == f"đến 07:30 10/11/2020: {said}"


def test_a_delivery_says_its_counts_and_why_it_waits() -> None:
    said = "2 thư đã gửi · 1 hoãn · 0 bị từ chối · 0 chưa rõ đã đến"
    assert wording.delivery_said(Delivery(2, 1)) == said
    assert wording.delivery_said(Delivery(2, 1, waiting="paused")) == f"{said} · paused"


def test_a_reading_says_what_became_of_the_mails() -> None:
    assert wording.collected_said(Collected(5, 2, 1, 1, 1), 4) == (
        "5 thư mới · 2 ghi nhận · 1 chờ xem xét · 1 tự động · 1 bị trả lại · 4 thư đã gửi"
    )


@pytest.mark.parametrize("flow", [follow_up, deliver, collect, alert], ids=lambda flow: flow.fn.__name__)
def test_every_flow_names_its_runs(flow: Any) -> None:
    assert flow.flow_run_name


def test_the_alerts_run_bears_the_name_of_the_run_that_failed() -> None:
    assert str(alert.flow_run_name).format(name="đọc thư · 10:40 12/11/2020") == (
        "báo sự cố · đọc thư · 10:40 12/11/2020"
    )


def given(monkeypatch: pytest.MonkeyPatch, **parameters: object) -> None:
    """As Prefect shows a run's parameters while it is named."""
    monkeypatch.setattr(flow_run, "parameters", parameters, raising=False)


def test_a_pass_is_named_by_the_campaigns_day(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = a_campaign(sqlite_engine, "2020-06-30 08:00", rehearsal=True)
    monkeypatch.setattr(ledger.workplace, "engine", lambda: sqlite_engine)
    given(monkeypatch, campaign=followed.key, instruction="1g", as_of=None)
    assert wording.pass_name() == "thu-2020 · 1g · 30/06/2020"
    given(monkeypatch, campaign=followed.key, instruction="1g", as_of=at("2020-06-29 23:00"))
    assert wording.pass_name() == "thu-2020 · 1g · 29/06/2020"


@pytest.mark.parametrize("as_of", [None, at("2035-01-01 07:00")])
def test_what_fails_later_has_a_name_all_the_same(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, as_of: object
) -> None:
    """No such campaign, no ledger at all, a day still to come."""
    monkeypatch.setattr(ledger.workplace, "engine", lambda: sqlite_engine)
    given(monkeypatch, campaign="thu-2020", instruction="1g", as_of=as_of)
    with pytest.raises(UnknownCampaign):
        ledger.campaign_day("thu-2020", None)
    assert wording.pass_name() == "thu-2020 · 1g"
    a_campaign(sqlite_engine, "2020-06-30 08:00", rehearsal=True)
    assert wording.pass_name() == ("thu-2020 · 1g" if as_of else "thu-2020 · 1g · 30/06/2020")


def test_the_mails_runs_are_named_by_the_minute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(wording, "machine_now", lambda: at("2020-11-12 10:15"))
    assert wording.deliver_name() == "gửi thư · 10:15 12/11/2020"
    assert wording.collect_name() == "đọc thư · 10:15 12/11/2020"
    assert workplace.machine_now() != at("2020-11-12 10:15")
