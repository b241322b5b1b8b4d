"""The units for systemd start what this version has, with settings that it knows."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings import PREFIX, Settings

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
BIN = "/opt/dondoc/.venv/bin/"
KNOWN = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
SERVICES = sorted(UNITS.glob("*.service"))


def settings_in(text: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", text, re.MULTILINE))


def test_every_setting_of_the_example_is_one_that_is_read() -> None:
    from prefect import settings  # it takes seconds

    named = settings_in((UNITS / "dondoc.env.example").read_text(encoding="utf-8"))
    assert {name for name in named if name.startswith(PREFIX)} <= KNOWN
    prefect = {name for name in named if name.startswith("PREFECT_")}
    assert prefect
    assert all(hasattr(settings, name) for name in prefect)
    assert not hasattr(settings, "PREFECT_NO_SETTING")


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


def test_the_target_wants_what_is_there() -> None:
    (wanted,) = re.findall(
        r"^Wants=(.*)$", (UNITS / "dondoc.target").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert all((UNITS / name).is_file() for name in wanted.split())


@pytest.mark.system
def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    assert verify, "the package systemd is missing"
    for file in UNITS.glob("dondoc*.*"):
        text = file.read_text(encoding="utf-8").replace(BIN, f"{Path(sys.executable).parent}/")
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    units = sorted(
        str(file) for file in tmp_path.iterdir() if file.suffix in (".service", ".timer", ".target")
    )
    done = subprocess.run([verify, "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
