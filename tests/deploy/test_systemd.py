"""The units for systemd start what this version has, with settings that it knows."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from config.settings import PREFIX, Settings

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = DEPLOY / "systemd"
BIN = "/opt/dondoc/.venv/bin/"
KNOWN = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
SERVICES = sorted(UNITS.glob("*.service"))
EXAMPLES = sorted(DEPLOY.glob("*/*.env.example"))


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: str(file.relative_to(DEPLOY)))
def test_every_setting_of_an_example_is_one_that_is_read(file: Path) -> None:
    from prefect import settings  # it takes seconds

    named = settings_in(file.read_text(encoding="utf-8")) - {"DO_NOT_TRACK"}
    ours = {name for name in named if name.startswith(PREFIX)}
    assert ours <= KNOWN
    prefects = named - ours - {name for name in named if name.startswith("PREFECT_REDIS_")}
    assert prefects
    assert [name for name in prefects if not hasattr(settings, name)] == []
    assert not hasattr(settings, "PREFECT_NO_SETTING")


def test_what_is_said_of_redis_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect_redis.cleanup_queue import RedisWorkerCleanupQueueSettings
    from prefect_redis.client import RedisMessagingSettings

    text = (DEPLOY / "machines" / "server.env.example").read_text(encoding="utf-8")
    named = dict(re.findall(r"^(PREFECT_REDIS_\w+)=(.*)$", text, re.MULTILINE))
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    read = [one().url for one in (RedisMessagingSettings, RedisWorkerCleanupQueueSettings)]
    assert read == list(named.values())
    for module in set(re.findall(r"=(prefect_redis\.\w+)$", text, re.MULTILINE)):
        importlib.import_module(module)


@pytest.mark.parametrize("file", SERVICES, ids=lambda file: file.stem)
def test_each_service_starts_a_program_that_is_installed_as_somebody_who_may_little(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    programs = re.findall(rf"{BIN}(\w+)", text)
    assert programs
    assert all((Path(sys.executable).parent / name).exists() for name in programs)
    for line in ("User=dondoc", "NoNewPrivileges=yes", "ProtectSystem=strict", "UMask=0077"):
        assert f"\n{line}\n" in text


def test_what_speaks_with_no_mail_server_knows_no_password_of_one() -> None:
    line = "UnsetEnvironment=DONDOC_SMTP_PASSWORD DONDOC_IMAP_PASSWORD\n"
    without = {file.stem for file in SERVICES if line in file.read_text(encoding="utf-8")}
    assert without == {"dondoc-page", "dondoc-prefect-server"}


def test_the_target_starts_and_stops_what_is_enabled_and_wants_nothing_else() -> None:
    lasting = [file for file in SERVICES if file.stem != "dondoc-backup"]  # which the timer starts
    for file in lasting:
        text = file.read_text(encoding="utf-8")
        assert "\nWantedBy=dondoc.target\n" in text
        assert "\nPartOf=dondoc.target\n" in text
    # One machine of several has only some of them.
    assert "Wants=" not in (UNITS / "dondoc.target").read_text(encoding="utf-8")
    manual = (UNITS.parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")
    (enabled,) = re.findall(r"systemctl enable --now (dondoc\.target .*)$", manual, re.MULTILINE)
    assert {file.stem for file in lasting} | {"dondoc.target", "dondoc-backup.timer"} == set(enabled.split())


@pytest.mark.system
def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    copied(UNITS.glob("dondoc*.*"), tmp_path)
    assert (
        said_of(
            [file for file in sorted(tmp_path.iterdir()) if file.suffix in (".service", ".timer", ".target")]
        )
        == ""
    )


@pytest.mark.system
@pytest.mark.parametrize("drop_in", sorted(DEPLOY.glob("machines/*.conf")), ids=lambda file: file.stem)
def test_systemd_takes_the_server_as_it_is_on_one_of_several_machines(drop_in: Path, tmp_path: Path) -> None:
    copied(UNITS.glob("dondoc*.*"), tmp_path)
    unit = tmp_path / "dondoc-prefect-server.service"
    (folder := tmp_path / f"{unit.name}.d").mkdir()
    copied([drop_in], folder)
    assert said_of([unit]) == ""
    with (folder / drop_in.name).open("a", encoding="utf-8") as out:
        out.write("ExecStart=/nowhere\n")
    assert "more than one ExecStart=" in said_of([unit])  # it was read


def copied(files: Iterable[Path], folder: Path) -> None:
    """With the programs of here for those of the installation."""
    for file in files:
        text = file.read_text(encoding="utf-8").replace(BIN, f"{Path(sys.executable).parent}/")
        (folder / file.name).write_text(text, encoding="utf-8")


def said_of(units: Sequence[Path]) -> str:
    """What systemd has to say of them."""
    verify = shutil.which("systemd-analyze")
    assert verify, "the package systemd is missing"
    done = subprocess.run([verify, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    return done.stderr + done.stdout if done.returncode else done.stderr
