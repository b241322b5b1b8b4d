"""The whole installation behind a login, with secrets that are looked for in all that it writes, under the umask of anybody."""

from __future__ import annotations

import base64
import os
import re
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from sqlmodel import select

from directives.ledger.engine import make_engine, reading
from directives.ledger.tables import Decision, Message
from notifications.keys import PURPOSES
from tests.prefect.trials import DONDOC, PORTS, Trial, environment, started
from tests.waiting import until

pytestmark = pytest.mark.system
USER, PASSWORD = "dondoc", "canary-login-1b7e0c"
LOGIN = f"{USER}:{PASSWORD}"
# What a real mail server's password would be: the trial's takes nobody's.
SECRETS = {f"DONDOC_{purpose.upper()}_SECRET": f"canary-{purpose}-7f3a9d" for purpose in PURPOSES}
LOOKED_FOR = {**SECRETS, "login": PASSWORD, "login as sent": base64.b64encode(LOGIN.encode()).decode()}
SETTINGS = {**SECRETS, "PREFECT_SERVER_API_AUTH_STRING": LOGIN, "PREFECT_API_AUTH_STRING": LOGIN}
CAMPAIGN = "dan-van-kheo-2020"
DONE = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
PRIVATE = 0o077


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    before = os.umask(0o022)
    try:
        with started(tmp_path_factory.mktemp("home"), DONDOC_POLL_SECONDS="1", **SETTINGS) as made:
            yield made
    finally:
        os.umask(before)


def asked(
    trial: Trial, path: str, login: str = LOGIN, method: str = "POST", **query: object
) -> httpx.Response:
    user, _, password = login.partition(":")
    url = f"http://127.0.0.1:{trial.ports[PORTS[0]]}/api{path}"
    auth = (user, password) if login else None
    return httpx.request(method, url, json=query if method == "POST" else None, auth=auth, timeout=60)


def dondoc(trial: Trial, *words: str) -> subprocess.CompletedProcess[str]:
    env = environment(trial.home, trial.ports) | SETTINGS
    return subprocess.run([DONDOC, *words], env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def decided(trial: Trial) -> str:
    """The state in which the run of a coordinator's form ended."""
    forms = asked(trial, "/deployments/filter", limit=200).json()
    form = next(
        one for one in forms if one["entrypoint"] == f"flows.decide.hold_{CAMPAIGN.replace('-', '_')}"
    )
    officer = form["parameter_openapi_schema"]["properties"]["by"]
    said = {"by": officer.get("const") or officer["enum"][0], "reason": "bão", "from_on": "2020-11-11"}
    run = asked(trial, f"/deployments/{form['id']}/create_flow_run", parameters=said).json()
    ends = monotonic() + 120
    while True:
        found = asked(trial, f"/flow_runs/{run['id']}", method="GET").json()
        if found["state_type"] in DONE:
            return f"{found['state_type']} {found['state'].get('message') or ''}"
        assert monotonic() < ends, found
        sleep(0.5)


def test_without_the_login_nothing_is_answered(trial: Trial) -> None:
    for login in ("", f"{USER}:wrong", "someone:else"):
        for path in ("/deployments/filter", "/flow_runs/filter", "/artifacts/filter", "/variables/filter"):
            assert asked(trial, path, login).status_code == 401
    assert asked(trial, "/health", "", "GET").status_code == 200  # says only that it lives


def test_with_it_everything_works(trial: Trial, decided: str) -> None:
    assert trial.summary["failed_runs"] == 0
    assert trial.summary["completed_runs"] == 13
    boards = asked(trial, "/artifacts/latest/filter", limit=200).json()
    assert any(one["key"] == CAMPAIGN and "Công văn" in one["data"] for one in boards)
    assert decided.startswith("COMPLETED"), decided
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        assert "hold" in session.exec(select(Decision.kind)).all()
    done = dondoc(trial, "deployments", "--prune")
    assert (done.returncode, done.stdout) == (0, "0 deployments deleted\n")


def test_a_run_that_fails_reaches_ops_though_the_server_starts_that_mail_itself(trial: Trial) -> None:
    found = asked(trial, "/deployments/filter", limit=200).json()
    one = next(one for one in found if one["parameters"].get("instruction") == "1a")
    ahead = {**one["parameters"], "as_of": "2035-01-01T07:00:00+07:00"}  # no pass runs ahead of the clock
    run = asked(trial, f"/deployments/{one['id']}/create_flow_run", parameters=ahead).json()

    def told() -> bool:
        return any(run["id"] in mail["Message-ID"] for mail in trial.inbox("ops@dondoc.example"))

    until(told, 180, pause=1)


@pytest.mark.usefixtures("decided")
def test_no_secret_stands_in_anything_that_was_written_or_said(trial: Trial) -> None:
    link = visited(trial)
    commands = (
        ["status", "--json"],
        ["secrets", "show", "--json"],
        ["verify"],
        ["open", "nothing"],
        ["check", "x"],
    )
    said = [dondoc(trial, *words) for words in (*commands, ["backup", str(trial.home.parent / "copy")])]
    broken = (
        environment(trial.home, trial.ports) | SETTINGS | {"DONDOC_DATABASE_URL": "sqlite:////nowhere/x.db"}
    )
    program = (
        "from tasks import workplace; workplace.post_of(workplace.settings()); workplace.engine().connect()"
    )
    failed = subprocess.run(
        [sys.executable, "-X", "dev", "-c", program], env=broken, capture_output=True, text=True, check=False
    )
    assert "Traceback" in failed.stderr
    texts: dict[str, bytes] = {" ".join(one.args[1:3]): (one.stdout + one.stderr).encode() for one in said}
    texts |= {"traceback": failed.stderr.encode(), "up": (trial.home.parent / "up.log").read_bytes()}
    texts["prefect.yaml"] = (Path(__file__).parents[2] / "prefect.yaml").read_bytes()
    texts |= dict(written(trial.home)) | dict(written(trial.home.parent / "copy"))
    assert {name for name in texts if name.endswith("backup.json")}
    assert any(b"Traceback" in text for text in texts.values())
    for what, secret in LOOKED_FOR.items():
        assert [name for name, text in texts.items() if secret.encode() in text] == [], what
    everything = b"".join(text for name, text in texts.items() if "inbound" not in name)
    assert link.encode() not in everything  # of a unit's key only the hash is kept


def visited(trial: Trial) -> str:
    """The token of a unit's link, after its page was opened and answered."""
    with reading(make_engine(f"sqlite:///{trial.home / 'ledger.db'}")) as session:
        message = session.exec(
            select(Message).where(Message.state == "accepted", Message.target == "lead")
        ).all()[-1]
    body = trial.inbox(message.address)[-1].get_body(("plain",))
    assert body is not None
    link = re.search(r"http://127\.0\.0\.1:\d+/t/(\S+)", body.get_content())
    assert link
    page = httpx.get(link[0], timeout=30)
    form = re.search(r'name="form" value="([^"]+)"', page.text)
    step = re.search(r'name="step" value="([^"]+)"', page.text)
    version = re.search(r'name="version" value="([^"]+)"', page.text)
    assert form and step and version
    data = {"form": form[1], "step": step[1], "version": version[1], "kind": "received", "by": "chị Lan"}
    assert httpx.post(link[0], data=data, timeout=30).status_code == 303
    return link[1]


def written(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, those of SQLite with what their tables hold, and what zips hold."""
    for file in sorted(folder.rglob("*")):
        if not file.is_file() or (folder / "secrets") in file.parents or file.suffix in (".toml", ".js"):
            continue
        yield str(file), file.read_bytes()
        if file.suffix == ".db":
            yield f"{file} tables", tables(file)
        elif zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as zipped:
                yield f"{file} members", b"".join(zipped.read(name) for name in zipped.namelist())


def tables(file: Path) -> bytes:
    """Artifacts, parameters, logs and states of runs among them."""
    found: list[Any] = []
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            found += connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608 - its own names
    assert found
    return repr(found).encode()


def test_all_that_is_written_is_for_its_owner_alone(trial: Trial) -> None:
    visited_again = dondoc(trial, "status")
    assert visited_again.returncode == 0, visited_again.stderr
    for words in (
        ["report", CAMPAIGN],
        ["secrets", "rotate"],
        ["backup", str(trial.home.parent / "private")],
    ):
        dondoc(trial, *words)
    seen = [trial.home, *trial.home.rglob("*"), *(trial.home.parent / "private").rglob("*")]
    names = {one.relative_to(trial.home.parent).parts[1] for one in seen if one != trial.home}
    assert {"ledger.db", "logs", "prefect"} <= names
    assert [str(one) for one in seen if one.exists() and one.lstat().st_mode & PRIVATE] == []
