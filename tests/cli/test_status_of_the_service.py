"""`dondoc status` on the service itself: last passes, a calendar's gaps, and reasons that can be read."""

from __future__ import annotations

import pytest

from cli import lookout
from tests.cli.commands import KEY, Dondoc
from tests.ledger.campaigns import at


@pytest.fixture
def opened(dondoc: Dondoc) -> Dondoc:
    """Opened and passed over on 30/06/2020; nothing has left yet."""
    assert dondoc("db", "upgrade").status == 0
    dondoc.followed.open("2020-06-30 07:00")
    dondoc.followed.passes("2020-06-30 07:05")
    return dondoc


def test_from_october_a_next_year_without_its_decree_is_told(
    opened: Dondoc, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = opened.home / "config"
    monkeypatch.setattr(lookout, "CONFIG", root)
    file = root / "calendars" / "vn.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("2021: {decreed: true, source: no day was swapped}", "2021: {decreed: false}")
    )
    opened.now = at("2020-09-30 09:00")
    assert opened("status", "--json").json["undecreed"] == []
    opened.now = at("2020-10-01 09:00")
    assert opened("status", "--json").json["undecreed"] == [
        {"calendar": "vn", "year": 2021, "campaigns": [KEY]}
    ]
    shown = " ".join(opened("status").out.split())
    assert f"calendar vn: the days off of 2021 are only computed ({KEY}); when its decree is out" in shown
    file.unlink()
    assert opened("status", "--json").json["undecreed"] == []


def test_the_last_passes_are_told_and_those_that_never_ran(opened: Dondoc) -> None:
    opened.followed.change(
        "DELETE FROM passes WHERE instruction_id = (SELECT id FROM instructions WHERE key = '2')"
    )
    assert "last passes: 2020-06-30 07:05 (1a, 1g), never (2)\n" in opened("status").out


def test_the_reason_of_what_waits_keeps_its_room(opened: Dondoc) -> None:
    opened.followed.deliver("2020-06-30 08:00")
    opened.followed.change(
        "UPDATE messages SET state = 'uncertain', detail = 'restored', phase = '', attempts = 0"
    )
    shown = opened("status").out.partition("\nwaiting")[2]
    assert shown.count("restored: it may") == 5
    assert len(shown.splitlines()) <= 2 + 5 * 4
