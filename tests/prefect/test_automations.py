"""What automations hang on, made to happen: events of steps, a run that fails, a run whose process is killed."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import psutil
import pytest
from sqlmodel import col, select

from config.loader import CONFIG
from directives.ledger import happenings
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, make_engine, reading
from directives.ledger.states import campaign_row
from directives.ledger.tables import Audit, Campaign, Instruction, Notice, Step
from flows.deployments import PREFECT_YAML
from tests.prefect.trials import DONDOC, PORTS, Trial, environment, started
from tests.waiting import until

pytestmark = pytest.mark.system  # minutes: each run is a process that takes its time

CAMPAIGN, OPS = "dan-van-kheo-2020", "ops@dondoc.example"
PATIENCE = 180  # seconds


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with started(tmp_path_factory.mktemp("home")) as made:
        yield made


def ledger(trial: Trial) -> Any:
    return make_engine(f"sqlite:///{trial.home / 'ledger.db'}")


def get(trial: Trial, path: str) -> Any:
    answer = httpx.get(f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api{path}", timeout=120)
    answer.raise_for_status()
    return answer.json()


def events(trial: Trial, name: str = "dondoc.") -> list[dict[str, Any]]:
    """Every event of that name, page by page."""
    page = trial.prefect("/events/filter", filter={"event": {"prefix": [name]}}, limit=50)
    found = list(page["events"])
    while page["next_page"]:
        page = httpx.get(page["next_page"], timeout=120).json()
        found += page["events"]
    return found


def deployment(trial: Trial, name: str, tag: str = "dondoc") -> dict[str, Any]:
    (found,) = trial.prefect(
        "/deployments/filter", deployments={"name": {"any_": [name]}, "tags": {"all_": [tag]}}
    )
    return found


def run(trial: Trial, of: dict[str, Any], **parameters: object) -> str:
    return trial.prefect(f"/deployments/{of['id']}/create_flow_run", parameters=parameters)["id"]


def ended(trial: Trial, run_id: str, state: str) -> dict[str, Any]:
    """The run, once it is in that state."""

    def now() -> dict[str, Any]:
        return get(trial, f"/flow_runs/{run_id}")

    until(lambda: now()["state"]["name"] == state, PATIENCE, lambda: str(now()["state"]), pause=0.5)
    return now()


def said(trial: Trial, run_id: str) -> list[str]:
    """The lines of a run's log."""
    lines = trial.prefect("/logs/filter", logs={"flow_run_id": {"any_": [run_id]}})
    return [line["message"] for line in lines]


def alerts(trial: Trial) -> list[EmailMessage]:
    return [one for one in trial.inbox(OPS) if one["X-Dondoc-Kind"] == "alert"]


def alerted(trial: Trial, run_id: str) -> list[EmailMessage]:
    """The mails about a run, once there is one."""

    def mails() -> list[EmailMessage]:
        return [one for one in alerts(trial) if run_id in one["Message-ID"]]

    until(mails, PATIENCE, lambda: f"no mail about {run_id}", pause=0.5)
    return mails()


def alert_runs(trial: Trial, state: str) -> int:
    mine = {"id": {"any_": [deployment(trial, "alert", "alert")["id"]]}}
    return trial.prefect(
        "/flow_runs/count", deployments=mine, flow_runs={"state": {"name": {"any_": [state]}}}
    )


def dondoc(trial: Trial, *words: str) -> str:
    done = subprocess.run(
        [DONDOC, *words],
        env=environment(trial.home, trial.ports),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def open_reports(trial: Trial) -> list[str]:
    """Keys of reports that are still owed."""
    with reading(ledger(trial)) as session:
        book = Casebook(session, campaign_row(session, CAMPAIGN))
        rows = session.exec(
            select(Step)
            .join(Instruction, col(Instruction.id) == Step.instruction_id)
            .where(Instruction.key == "1g", Step.key == "report", col(Step.reported_at).is_(None))
        ).all()
        return [book.key(row) for row in rows]


# Events


def test_each_first_notice_of_the_morning_is_an_event_of_its_step(trial: Trial) -> None:
    with reading(ledger(trial)) as session:
        book = Casebook(session, campaign_row(session, CAMPAIGN))
        at = book.campaign.clock_at
        overdue = select(Notice.step_id).where(Notice.reason == "first_overdue", Notice.planned_at == at)
        steps = book.steps(list(session.exec(overdue)))
        wanted = {f"dondoc.step.{book.key(step).replace('/', '.')}" for step in steps.values()}
    until(lambda: len(events(trial, "dondoc.step.overdue")) >= len(wanted), PATIENCE, pause=1)
    found = events(trial, "dondoc.step.overdue")
    assert {one["resource"]["prefect.resource.id"] for one in found} == wanted != set()
    assert len(found) == len(wanted)
    roles = {frozenset(beside["prefect.resource.role"] for beside in one["related"]) for one in found}
    assert roles == {frozenset({"campaign", "instruction", "unit", "flow-run"})}


def test_told_again_prefect_is_sent_no_event_it_holds(trial: Trial) -> None:
    """Its SQLite writer fails on a batch in which it knows every event, and drops what is beside them."""
    before = Counter(one["id"] for one in events(trial))
    engine = ledger(trial)
    with begin(engine) as session:
        campaign = campaign_row(session, CAMPAIGN, lock=True)
        passes = select(Audit.seq).where(Audit.campaign_id == campaign.id, Audit.kind == "pass")
        campaign.events_seq = session.exec(passes.order_by(col(Audit.seq).desc())).first() or 0
        campaign.events_seq -= 1  # the last pass is told again
        session.add(campaign)
        assert happenings.news(session, CAMPAIGN).happenings
    run_id = run(trial, deployment(trial, "collect"))
    ended(trial, run_id, "Completed")
    with reading(engine) as session:
        row = session.exec(select(Campaign)).one()
        assert row.events_seq == row.audit_seq
    time.sleep(12)  # Prefect writes events every five seconds
    assert Counter(one["id"] for one in events(trial)) == before
    assert "events: 0 sent to Prefect" in said(trial, run_id)


def test_the_example_of_the_documentation_calls_its_webhook(trial: Trial) -> None:
    text = (CONFIG.parent / "docs" / "automations.md").read_text(encoding="utf-8")
    example = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert example
    step = open_reports(trial)[0]
    with Room() as room:
        subprocess.run(
            [sys.executable, "-c", example[1]],
            env=environment(trial.home, trial.ports)
            | {"PREFECT_API_URL": f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api", "ROOM_URL": room.url},
            check=True,
        )
        dondoc(trial, "record", step, "done", "--by", "Nguyễn Văn A", "--doc", "215/BC")
        ended(trial, run(trial, deployment(trial, "collect")), "Completed")
        until(lambda: room.heard, PATIENCE, lambda: "nothing was heard", pause=0.5)
        with reading(ledger(trial)) as session:
            book = Casebook(session, campaign_row(session, CAMPAIGN))
            (name,) = [unit.name for unit in book.units.values() if unit.code == step.rpartition("/")[2]]
        assert f"{name}: 215/BC" in room.heard[0]


class Room:
    """A chat room that takes webhooks."""

    def __init__(self) -> None:
        heard = self.heard = list[str]()

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(raw.decode("unicode_escape") if b"\\u" in raw else raw.decode())
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name above)
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = Thread(target=self.server.serve_forever)

    def __enter__(self) -> Room:
        self.thread.start()
        return self

    def __exit__(self, *details: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


# The alert


def test_a_run_that_fails_is_one_mail_however_often_it_fails(trial: Trial) -> None:
    of = deployment(trial, CAMPAIGN, "instruction:1a")
    run_id = run(trial, of, campaign=CAMPAIGN, instruction="1a", as_of="2035-01-01T07:00:00+07:00")
    failed = ended(trial, run_id, "Failed")
    (mail,) = alerted(trial, run_id)
    body = mail.get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().split())
    assert str(mail["Subject"]) == f"[Sự cố] {failed['name']}: không hoàn thành"
    assert "is still to come on the campaign's clock" in said
    assert f"/runs/flow-run/{run_id}" in said
    assert "Dân vận khéo · 01 · 1a · " in said
    before = alert_runs(trial, "Completed")
    trial.prefect(f"/flow_runs/{run_id}/set_state", state={"type": "SCHEDULED", "name": "AwaitingRetry"})
    until(lambda: alert_runs(trial, "Completed") > before, PATIENCE, pause=0.5)
    assert get(trial, f"/flow_runs/{run_id}")["run_count"] == 2
    assert len(alerted(trial, run_id)) == 1


def test_a_run_whose_process_is_killed_is_one_mail(trial: Trial) -> None:
    run_id = run(trial, deployment(trial, "collect"))
    found: list[psutil.Process] = []
    until(lambda: found.extend(_processes(trial, run_id)) or found, PATIENCE, pause=0.05)
    found[0].send_signal(signal.SIGKILL)
    ended(trial, run_id, "Crashed")
    (mail,) = alerted(trial, run_id)
    assert str(mail["Subject"]).endswith(": bị dừng đột ngột")


def _processes(trial: Trial, run_id: str) -> list[psutil.Process]:
    """Those in which a run runs."""
    found: list[psutil.Process] = []
    for process in psutil.Process(trial.process.pid).children(recursive=True):
        try:
            if process.environ().get("PREFECT__FLOW_RUN_ID") == run_id:
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_neither_an_alert_that_fails_nor_a_form_starts_an_alert(trial: Trial) -> None:
    """A refused form ends as Failed under the eyes of whoever submitted it."""
    forms = trial.prefect("/deployments/filter", deployments={"tags": {"all_": ["form"]}})
    (waive,) = [one for one in forms if ".waive_" in one["entrypoint"]]
    nonsense: list[tuple[dict[str, Any], dict[str, str]]] = [
        (deployment(trial, "alert", "alert"), {"run_id": "x", "at": "no time"}),
        (waive, {"step": "1g/report", "unit": "STP", "reason": "x", "by": "nobody"}),
    ]
    runs: list[str] = []
    for of, given in nonsense:
        body = {"parameters": given, "enforce_parameter_schema": False}
        runs.append(trial.prefect(f"/deployments/{of['id']}/create_flow_run", **body)["id"])
    for run_id in runs:
        ended(trial, run_id, "Failed")
    time.sleep(15)  # a run would have been made at once
    assert alert_runs(trial, "Scheduled") == alert_runs(trial, "Pending") == alert_runs(trial, "Running") == 0
    assert not [one for one in alerts(trial) if any(run_id in one["Message-ID"] for run_id in runs)]


def test_deployed_again_there_is_still_one_automation(trial: Trial) -> None:
    subprocess.run(
        [DONDOC.with_name("prefect"), "--no-prompt", "deploy", "--all", "--prefect-file", PREFECT_YAML],
        env=environment(trial.home, trial.ports)
        | {"PREFECT_API_URL": f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api"},
        cwd=Path(PREFECT_YAML).parent,
        capture_output=True,
        check=True,
    )
    names = [one["name"] for one in trial.prefect("/automations/filter", limit=200)]
    assert names.count("dondoc · báo sự cố") == 1


# Names


def test_runs_have_readable_names_and_say_what_they_did(trial: Trial) -> None:
    runs = trial.prefect(
        "/flow_runs/filter", flow_runs={"state": {"type": {"any_": ["COMPLETED"]}}}, limit=200
    )
    said = {one["name"]: one["state"]["message"] for one in runs}
    assert re.fullmatch(
        r"đến 07:30 10/11/2020: \d+ việc đến hạn xử lý · \d+ thông báo · \d+ bậc nhắc bỏ qua",
        said[f"{CAMPAIGN} · 1g · 10/11/2020"],
    )
    # By day the schedule delivers too, every quarter of an hour.
    sent = [message for name, message in said.items() if name.startswith("gửi thư · ")]
    assert sent
    assert all(re.match(r"\d+ thư đã gửi · 0 hoãn · 0 bị từ chối · 0 chưa rõ đã đến", one) for one in sent)
