"""`dondoc up`, the newcomer's command: a real Prefect server and worker, real SMTP, read back over IMAP."""

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest
from sqlmodel import select

from cli.stack import connected
from config.settings import Settings
from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Instruction, Message
from tests.prefect.trials import DONDOC, PORTS, Trial, environment, started
from tests.waiting import free_ports


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with started(tmp_path_factory.mktemp("home")) as made:
        yield made


def test_every_instruction_is_a_flow_with_scheduled_runs(trial: Trial) -> None:
    deployments = trial.prefect("/deployments/filter", limit=200)
    campaign = [one for one in deployments if "instruction" in one["parameters"]]
    assert len(campaign) == len({one["flow_id"] for one in campaign}) == 11
    for one in campaign:
        runs = trial.prefect(
            "/flow_runs/filter",
            flow_runs={"deployment_id": {"any_": [one["id"]]}, "state": {"type": {"any_": ["SCHEDULED"]}}},
        )
        assert any(run["auto_scheduled"] for run in runs), one["tags"]


def test_every_pass_ran_through_prefect_and_published_its_board(trial: Trial) -> None:
    assert trial.summary["completed_runs"] == 13  # eleven passes, the board, the delivery
    assert trial.summary["failed_runs"] == 0
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        boards = list(session.exec(select(Instruction.board_artifact)))
    assert len(boards) == 11
    for board in boards:
        artifact = httpx.get(
            f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api/artifacts/{board}", timeout=30
        ).json()
        assert artifact["type"] == "markdown"
        assert "Công văn" in artifact["data"]


def test_the_board_has_its_picture_and_is_linked_first_from_every_deployment(trial: Trial) -> None:
    ours = [one for one in trial.prefect("/deployments/filter", limit=200) if "dondoc" in one["tags"]]
    assert len(ours) > 30
    for one in ours:
        assert "alert" in one["tags"] or one["description"].startswith("[Bảng"), one["entrypoint"]
    latest = {one["key"]: one for one in trial.prefect("/artifacts/latest/filter", limit=200)}
    assert "](data:image/png;base64," in latest["dan-van-kheo-2020"]["data"]
    tables = [one for key, one in latest.items() if key.endswith("-steps")]
    assert [one["type"] for one in tables] == ["table"] * 11


def test_the_mails_of_the_day_arrive_over_smtp_and_are_read_over_imap(trial: Trial) -> None:
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        sent = session.exec(select(Message).where(Message.slot_on == date(2020, 11, 10))).all()
    assert len(sent) == trial.summary["mails"] > 0
    for message in sent:
        [mail] = [one for one in trial.inbox(message.address) if message.uid in one["Message-ID"]]
        assert str(mail["Subject"]).startswith("[DIỄN TẬP]")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert str(mail["Reply-To"]).count("dondoc+") == 1
        assert mail["Delivered-To"] == message.address
        body = mail.get_body(("plain",))
        assert body is not None
        assert "1914/UBND-KGVX" in body.get_content()


def test_the_link_in_a_mail_opens_the_page_of_its_unit(trial: Trial) -> None:
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        message = session.exec(
            select(Message).where(Message.state == "accepted", Message.target == "lead")
        ).all()[-1]
    body = trial.inbox(message.address)[-1].get_body(("plain",))
    assert body is not None
    link = re.search(rf"http://127\.0\.0\.1:{trial.ports['DONDOC_PAGE_PORT']}/t/\S+", body.get_content())
    assert link
    page = httpx.get(link[0], timeout=30)
    assert page.status_code == 200
    assert "[DIỄN TẬP]" in page.text
    assert "Tình hình đến 07 giờ 30 ngày 10/11/2020" in page.text


def test_what_prefect_yaml_no_longer_has_is_pruned(trial: Trial) -> None:
    known = trial.prefect("/deployments/filter", limit=200)
    flow_id, entrypoint = known[0]["flow_id"], known[0]["entrypoint"]
    for tags in (["dondoc"], ["somebody-elses"]):
        body = {"name": f"old-{tags[0]}", "flow_id": flow_id, "entrypoint": entrypoint, "tags": tags}
        trial.prefect("/deployments/", **body)
    done = subprocess.run(
        [DONDOC, "deployments", "--prune"],
        env=environment(trial.home, trial.ports),
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"deleted old-dondoc ({entrypoint})" in done.stdout
    assert "1 deployments deleted" in done.stdout
    left = {one["name"] for one in trial.prefect("/deployments/filter", limit=200)}
    assert left == {one["name"] for one in known} | {"old-somebody-elses"}


def test_a_closed_campaigns_schedules_stop_and_no_others(trial: Trial) -> None:
    known = trial.prefect("/deployments/filter", limit=200)
    made = trial.prefect(
        "/deployments/",
        name="closed",
        flow_id=known[0]["flow_id"],
        tags=["dondoc", "campaign:closed"],
        schedules=[{"active": True, "schedule": {"cron": "0 7 * * *"}}],
    )
    settings = Settings(home=trial.home, prefect_port=trial.ports[PORTS[0]])
    with connected(settings) as prefect:
        assert [prefect.rest("closed"), prefect.rest("closed")] == [1, 0]
        prefect.client.delete_deployment(UUID(made["id"]))
    left = {one["id"]: one["schedules"] for one in trial.prefect("/deployments/filter", limit=200)}
    assert [left[one["id"]] for one in known] == [one["schedules"] for one in known]


def test_a_second_start_names_the_busy_ports_and_their_settings(trial: Trial) -> None:
    done = subprocess.run(
        [DONDOC, "up", "--once"],
        env=environment(trial.home, trial.ports),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    for setting in PORTS:
        assert (
            f"port {trial.ports[setting]} on 127.0.0.1 is busy; choose another with {setting}=" in done.stderr
        )


def test_ctrl_c_leaves_no_process_behind(tmp_path: Path) -> None:
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    with (
        closing((tmp_path / "log").open("wb")) as log,
        subprocess.Popen([DONDOC, "up"], env=environment(tmp_path / "var", ports), stderr=log) as process,
    ):
        family: set[psutil.Process] = set()
        while len(family) < 2:  # the trial mail and the Prefect server
            family |= set(psutil.Process(process.pid).children(recursive=True))
            assert process.poll() is None, (tmp_path / "log").read_text()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert [one for one in family if one.is_running()] == []
