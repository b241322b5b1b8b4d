"""Outside a rehearsal Prefect asks who comes: a command makes the secrets, another checks them before a start."""

from __future__ import annotations

import stat
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.guarded import CLIENT, SERVER, wrong_with
from tests.cli.commands import Dondoc
from tests.deploy.test_systemd import UNITS

LOGIN = "dondoc:a-password-of-some-length"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (SERVER, CLIENT):
        monkeypatch.delenv(name, raising=False)


def test_the_example_is_filled_in_by_one_command_and_then_checks(dondoc: Dondoc, tmp_path: Path) -> None:
    file = tmp_path / "dondoc.env"
    file.write_bytes((UNITS / "dondoc.env.example").read_bytes())
    file.chmod(0o640)
    done = dondoc("secrets", "fill", str(file))
    assert "6 secrets made" in done.out
    lines = file.read_text().splitlines()
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    secret = [value for name, value in found.items() if name.endswith("_SECRET")]
    assert len(set(secret)) == len(secret) == 4
    assert found[SERVER] == found[CLIENT]
    assert not any(value in done.out for value in (*secret, found[SERVER]))
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "0 secrets made" in dondoc("secrets", "fill", str(file)).out
    assert file.read_text().splitlines() == lines
    for name in (*(one for one in found if one.endswith("_SECRET")), SERVER, CLIENT):
        dondoc.patch.setenv(name, found[name])
    assert dondoc("secrets", "check").status == dondoc("secrets", "check", "--server").status == 0


def test_a_login_that_one_side_has_is_given_to_the_other(dondoc: Dondoc, tmp_path: Path) -> None:
    file = tmp_path / "dondoc.env"
    file.write_text(f"{CLIENT}={LOGIN}\n{SERVER}=\n#DONDOC_SEAL_SECRET=\n")
    assert f"{SERVER} filled in" in dondoc("secrets", "fill", str(file)).out
    assert file.read_text() == f"{CLIENT}={LOGIN}\n{SERVER}={LOGIN}\n#DONDOC_SEAL_SECRET=\n"


def test_what_a_file_does_not_name_is_said_and_how_it_is_made(dondoc: Dondoc, tmp_path: Path) -> None:
    file = tmp_path / "dondoc.env"
    file.write_text(f"{CLIENT}=\n#DONDOC_SEAL_SECRET=\nDONDOC_REPLY_SECRET_FILE=/etc/dondoc/reply\n")
    done = dondoc("secrets", "fill", str(file))
    assert done.status == 0
    missing = f"DONDOC_PAGE_SECRET, DONDOC_COORDINATORS_SECRET, {SERVER}"
    assert f"not in the file, so not made: {missing}; to have one made, add a line 'NAME='" in done.out


def test_a_file_that_is_not_there_is_not_called_somebody_elses(dondoc: Dondoc, tmp_path: Path) -> None:
    done = dondoc("secrets", "fill", str(tmp_path / "dondoc.env"))
    assert "is not there; copy deploy/systemd/dondoc.env.example there first" in done.err


@pytest.mark.parametrize(
    ("environment", "server", "said"),
    [
        ({}, True, [f"{SERVER} is not set"]),
        ({SERVER: LOGIN}, False, [f"{CLIENT} is not set"]),
        ({CLIENT: "dondoc:short"}, False, ["the password of at least 16 characters"]),
        ({CLIENT: "a-password-of-some-length"}, False, ["must be user:password"]),
        ({CLIENT: LOGIN, SERVER: f"{LOGIN}-else"}, True, ["differ; both must be the same"]),
        ({CLIENT: LOGIN}, False, []),
        ({SERVER: LOGIN}, True, []),
    ],
)
def test_what_is_missing_weak_or_unlike_is_named(
    environment: dict[str, str], server: bool, said: list[str]
) -> None:
    found = wrong_with(environment, server=server)
    assert len(found) == len(said)
    assert all(part in line for line, part in zip(found, said, strict=True))
    assert not any(value in line for value in environment.values() for line in found)


def test_a_start_without_a_login_ends_with_a_line_for_each_and_exit_status_1(dondoc: Dondoc) -> None:
    dondoc.patch.setenv("DONDOC_SEAL_SECRET", "old@2027-05-25")
    done = dondoc("secrets", "check")
    assert done.status == 1
    assert f"{CLIENT} is not set" in done.err
    assert "DONDOC_SEAL_SECRET: the first secret is the one in use" in done.err


def test_a_start_with_a_secret_that_can_be_guessed_ends_too(dondoc: Dondoc) -> None:
    """Whoever guesses it makes links for every unit; what one holds of his own is enough to try."""
    dondoc.patch.setenv(CLIENT, LOGIN)
    dondoc.patch.setenv("DONDOC_SECRET", "dondoc2026")
    dondoc.patch.setenv("DONDOC_SEAL_SECRET", "x" * 32)
    done = dondoc("secrets", "check")
    assert done.status == 1
    assert done.err.count("is shorter than 32 characters") == 1
    assert "DONDOC_SECRET is shorter than 32 characters; write one of 32 random bytes" in done.err
    assert "dondoc2026" not in done.err
    dondoc.patch.setenv("DONDOC_SECRET", "y" * 32 + " dondoc2026@2027-05-25")
    assert dondoc("secrets", "check").status == 0


class _Answers(BaseHTTPRequestHandler):
    """A Prefect server as far as it is asked here. `login`: whom it knows; empty: everybody may."""

    login = b""

    def do_GET(self) -> None:
        self._say(200)

    def do_POST(self) -> None:
        wanted = f"Basic {b64encode(self.login).decode()}"
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(200 if not self.login or self.headers.get("Authorization") == wanted else 401)

    def _say(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(b"0")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Not on the terminal."""


@contextmanager
def answering(login: str) -> Iterator[int]:
    handler = type("Answers", (_Answers,), {"login": login.encode()})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        ("", "", "lets everybody decide and read; set PREFECT_SERVER_API_AUTH_STRING for it"),
        ("", LOGIN, "lets everybody decide and read"),
        (LOGIN, "", f"the Prefect server does not take {CLIENT}"),
        (LOGIN, "dondoc:another-of-that-length", f"the Prefect server does not take {CLIENT}"),
    ],
)
def test_a_real_installation_deploys_to_no_server_that_asks_nobody(
    dondoc: Dondoc, theirs: str, ours: str, said: str
) -> None:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    dondoc.patch.setenv(CLIENT, ours)
    with answering(theirs) as port:
        dondoc.patch.setenv("DONDOC_PREFECT_PORT", str(port))
        done = dondoc("deployments", "--prune")
    assert done.status == 1
    assert said in done.err
    assert len(done.err.splitlines()) == 1
    assert "of-that-length" not in done.err


def test_a_real_installation_asks_the_server_that_prefect_s_own_setting_names(dondoc: Dondoc) -> None:
    assert dondoc("open", str(dondoc.file), "--yes").status == 0
    with answering("") as port:
        dondoc.patch.setenv("PREFECT_API_URL", f"http://localhost:{port}/api/")
        done = dondoc("deployments", "--prune")
    assert done.status == 1
    assert f"the Prefect server at http://localhost:{port}/api lets everybody decide" in done.err
    dondoc.patch.setenv("PREFECT_API_URL", "http://localhost:1/api")
    done = dondoc("deployments", "--prune")
    assert "no Prefect server answers at http://localhost:1/api" in done.err
    assert "check PREFECT_API_URL" in done.err
