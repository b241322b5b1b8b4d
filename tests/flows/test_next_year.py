"""Next year in Prefect: a form that previews by default, and one mail a year to ops."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

import pytest

from config import loader
from flows.next_year import next_year
from notifications.alerts import Unprepared, compose_alert
from tasks import next_year as tasks
from tests.config.config_tree import ConfigTree

GIVEN = {
    "campaign": "dan-van-kheo-2020",
    "year": 2027,
    "directive": "215/UBND-NC",
    "issued": "2027-03-01",
    "deadline": "trước ngày 10/11/2027",
}


def test_the_form_offers_what_is_there_and_only_looks_unless_told_otherwise() -> None:
    fields = next_year.parameters.properties
    assert fields["campaign"]["enum"] == ["dan-van-kheo-2020"]
    assert fields["organisation"]["enum"] == ["can-tho-2025", "can-tho-2020"]
    assert fields["dry_run"]["default"] is True
    assert all(field["title"] and field["description"] for field in fields.values())
    given = next_year.validate_parameters(GIVEN)
    assert (given["issued"], given["organisation"], given["dry_run"]) == (
        date(2027, 3, 1),
        "can-tho-2025",
        True,
    )


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_preview_shows_the_page_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    tree = ConfigTree(tmp_path / "config")
    shown: dict[str, str] = {}
    monkeypatch.setattr(
        tasks, "create_markdown_artifact", lambda text, key, description: shown.update({key: text})
    )
    wanted = tasks.Wanted(
        str(tree.path()), 2027, "215/UBND-NC", date(2027, 3, 1), ("trước ngày 10/11/2027",), "can-tho-2025"
    )
    done = tasks.prepare_next_year.fn(wanted, dry_run)
    assert list(shown) == ["dan-van-kheo-2027-review"]
    assert shown["dan-van-kheo-2027-review"].startswith(
        "# Rà soát: Công tác dân vận và “Năm dân vận khéo” 2027"
    )
    assert done.file.exists() is not dry_run
    assert done.page.exists() is not dry_run


@pytest.mark.parametrize(("year", "missing"), [(2020, []), (2027, ["dan-van-kheo"])])
def test_a_series_without_a_campaign_of_the_year_is_unprepared(year: int, missing: list[str]) -> None:
    found = tasks.unprepared(year)
    assert [one.series for one in found] == missing
    assert all(one.last == "dan-van-kheo-2020" for one in found)


def test_a_series_whose_campaigns_are_all_put_away_is_reminded_of_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = ConfigTree(tmp_path / "config")
    put_away = tree.path("campaigns/archive/dan-van-kheo-2020.yaml")
    put_away.parent.mkdir()
    tree.path().rename(put_away)
    for name in ("campaign_files", "archived_files"):
        monkeypatch.setattr(tasks, name, partial(getattr(loader, name), tree.root))
    assert [(one.series, one.last) for one in tasks.unprepared(2027)] == [
        ("dan-van-kheo", "dan-van-kheo-2020")
    ]


def test_the_reminder_says_what_to_do_and_is_told_once_a_year() -> None:
    one = Unprepared("dan-van-kheo", "Dân vận khéo", 2027, "dan-van-kheo-2020")
    said = compose_alert(one)
    assert said.subject.strip() == "[Nhắc việc] Lập đợt theo dõi năm 2027: Dân vận khéo"
    for part in (said.text, said.html):
        assert "dondoc rerun dan-van-kheo-2020 --year 2027" in part
        assert "không gửi thư cho đơn vị nào" in " ".join(part.split())
    # Copied as it stands, it is one command.
    command = said.text[said.text.index("dondoc rerun") : said.text.index("--dry-run")].splitlines()
    assert [line.endswith(" \\") for line in command[:-1]] == [True, True]
    assert one.told_id == "next-year-dan-van-kheo-2027"
