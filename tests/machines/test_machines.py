"""Several machines, started on one: `make machines` at a reduced size."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.machines import deliverers, kills
from tests.machines.installation import DEPLOY, missing, settings_of

system = pytest.mark.system  # Debian's PostgreSQL and Redis, minutes


@system
def test_deliverers_share_an_outbox_and_a_quota_and_no_mail_leaves_twice() -> None:
    found = deliverers.tried(deliverers.SMALL, deliverers.SMALL_PER_MINUTE)
    assert found.holds, found


@system
def test_what_dies_costs_delay_only(tmp_path: Path) -> None:
    if why := missing():
        pytest.fail(why, pytrace=False)
    found = kills.tried(tmp_path, small=True)
    assert [one.killed for one in found] == ["worker-1"]
    assert all(one.holds for one in found), found


def test_the_settings_files_hold_no_value_but_examples() -> None:
    for file in DEPLOY.glob("*.example"):
        for name, value in settings_of(file.name, {}).items():
            secret = "AUTH_STRING" in name or "DATABASE" in name
            assert not secret or "PASSWORD" in value, f"{file.name}: {name}"
