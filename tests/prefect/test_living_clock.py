"""A rehearsal lives its days by itself: the clock steps, units answer by mail, and each pass is a run of Prefect."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from sqlmodel import col, select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Answer, Audit, Campaign, Message
from tests.ledger.campaigns import at
from tests.prefect.trials import DONDOC, Trial, environment, started

pytestmark = pytest.mark.system  # minutes: each pass is a run that takes its time

CAMPAIGN = "dan-van-kheo-2020"
BEGUN, DAY = at("2020-11-10 07:30"), at("2020-11-11 07:30")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with started(tmp_path_factory.mktemp("home")) as made:
        yield made


def test_a_day_passes_through_prefect_and_reminded_units_answer_by_mail(trial: Trial) -> None:
    behaviour = trial.home / "behaviour.yaml"
    behaviour.write_text(
        "seed: 7\nreceived: 0\nreported: 0\nprompted: 1\nprompted_days: 1\n", encoding="utf-8"
    )
    done = subprocess.run(
        [DONDOC, "clock", "--speed", "1d/s", "--to", "2020-11-11T08:00", "--answers", str(behaviour)],
        env=environment(trial.home, trial.ports),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"{CAMPAIGN}: 2020-11-11 07:30\n" in done.stdout
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        assert session.exec(select(Campaign.clock_at)).one() == DAY
        passes = session.exec(select(Audit.at).where(Audit.kind == "pass", col(Audit.at) > BEGUN)).all()
        answers = session.exec(select(Answer).where(Answer.channel == "mail")).all()
        mails = session.exec(select(Message).where(Message.slot_on == DAY.date())).all()
    assert set(passes) == {DAY}
    assert answers, done.stdout
    assert {answer.at for answer in answers} == {DAY}
    assert mails
    assert {mail.state for mail in mails} == {"accepted"}
    failed = {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}}
    assert trial.prefect("/flow_runs/count", flow_runs=failed) == 0
