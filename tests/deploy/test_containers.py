"""Image and compose file, as far as they can be tried without an engine: keys, names, settings, programs, secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.settings import PREFIX, Settings
from tests.deploy.test_systemd import KNOWN

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = {"database", "prefect-server", "worker", "mail", "page"}
# Of the Compose Specification, what this file may use.
TOP = {"name", "services", "volumes", "secrets"}
SERVICE = set(
    "build image restart init read_only tmpfs cap_drop security_opt volumes environment secrets command ports "
    "depends_on healthcheck stop_grace_period".split()
)
HEALTH = {"test", "interval", "timeout", "retries", "start_period"}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
PINNED = re.compile(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z]+)*")
DURATION = re.compile(r"\d+(s|m|h)")
ENTRYPOINT = ROOT / "deploy" / "container" / "entrypoint"


def dockerfile() -> list[tuple[str, str]]:
    """(instruction, what follows it), continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines]


def test_only_keys_of_the_specification_are_used() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} <= TOP
    for service in SERVICES.values():
        assert set(service) <= SERVICE
        assert set(service.get("healthcheck", {})) <= HEALTH
        durations = [
            value for key, value in service.get("healthcheck", {}).items() if key not in ("test", "retries")
        ]
        assert all(DURATION.fullmatch(value) for value in durations)


def test_whatever_a_service_refers_to_is_there() -> None:
    for service in SERVICES.values():
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
            assert how["condition"] != "service_completed_successfully" or SERVICES[other]["restart"] == "no"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).is_file()
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])


def test_every_lasting_service_says_whether_it_is_well_and_starts_again() -> None:
    assert {name for name, one in SERVICES.items() if one["restart"] != "no"} == LASTING
    assert {name for name, one in SERVICES.items() if "healthcheck" in one} == LASTING


def test_images_are_pinned_and_name_no_registry() -> None:
    images = [one["image"] for one in SERVICES.values()] + [
        rest for word, rest in dockerfile() if word == "FROM"
    ]
    assert all(PINNED.fullmatch(image) for image in images), images
    assert any(image.startswith("python:3.11.") for image in images)


def test_nothing_is_reachable_from_outside_the_machine_but_through_a_proxy() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_settings_are_those_that_dondoc_knows_and_secrets_come_from_files_only() -> None:
    named = set(COMPOSE["x-dondoc"]["environment"]) | set(COMPOSE["secrets"])
    assert {name for name in named if name.startswith(PREFIX)} <= KNOWN
    secret = {
        f"{PREFIX}{name}".upper()
        for name, one in Settings.model_fields.items()
        if "Secret" in str(one.annotation)
    }
    assert secret <= set(COMPOSE["secrets"])
    assert not (secret | {"DONDOC_DATABASE_URL"}) & set(COMPOSE["x-dondoc"]["environment"])
    assert all(set(one) == {"file"} for one in COMPOSE["secrets"].values())


def test_what_ops_may_have_to_change_can_be_changed_without_editing_the_file() -> None:
    environment = COMPOSE["x-dondoc"]["environment"]
    taken = {name for name, value in environment.items() if f"${{{name}:" in str(value)}
    limits = {name for name in KNOWN if name.startswith(f"{PREFIX}MAX_MAILS_PER_")}
    others = "IMAP_SECURITY IMAP_FOLDER MAIL_NAME SEND_WINDOW SLOT TOKEN_DAYS".split()
    assert taken >= limits | {f"{PREFIX}{name}" for name in others}
    assert len(limits) == 4
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert "docker compose up --detach" in manual  # a changed .env is read by it, not by a restart


def test_only_what_speaks_with_a_mail_server_knows_its_password() -> None:
    everything = COMPOSE["x-dondoc"]["secrets"]
    knowing = {
        name
        for name, one in SERVICES.items()
        if {"DONDOC_SMTP_PASSWORD", "DONDOC_IMAP_PASSWORD"} & set(one.get("secrets", everything))
    }
    assert knowing == {"worker", "mail"}


def test_the_programs_of_the_commands_are_installed() -> None:
    for name, service in SERVICES.items():
        words = service.get("command", [])
        if name != "database":
            assert words[0] == "sh" or (Path(sys.executable).parent / words[0]).exists()


def test_the_image_runs_as_nobody_in_particular_and_copies_what_is_there() -> None:
    words = dockerfile()
    assert [rest for word, rest in words if word == "USER"] == ["dondoc"]
    assert [word for word, _ in words].index("USER") > [word for word, _ in words].index("RUN")
    (entry,) = [rest for word, rest in words if word == "ENTRYPOINT"]
    assert entry == '["/opt/dondoc/deploy/container/entrypoint"]'
    for script in ("entrypoint", "healthy"):
        assert (ROOT / "deploy" / "container" / script).stat().st_mode & 0o111
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", "var", "secrets", ".venv"} <= set(ignored)
    assert {".env", "*.dump", "*.xlsx"} <= set(ignored)  # settings, people's data


@pytest.mark.parametrize(
    ("name", "seen"), [("DONDOC_SMTP_PASSWORD", True), ("notes.txt", False), ("lower", False), ("A;B", False)]
)
def test_a_secret_is_a_file_named_like_its_variable(tmp_path: Path, name: str, seen: bool) -> None:
    (tmp_path / name).write_text("mật khẩu $HOME `id`\n", encoding="utf-8")
    done = subprocess.run(
        [ENTRYPOINT, "env"],
        env={"SECRETS_FOLDER": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=True,
    )
    assert (f"{name}=mật khẩu $HOME `id`\n".encode() in done.stdout) is seen


def test_without_secrets_the_command_runs_all_the_same(tmp_path: Path) -> None:
    done = subprocess.run(
        [ENTRYPOINT, "echo", "here"],
        env={"SECRETS_FOLDER": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (0, b"here\n")
