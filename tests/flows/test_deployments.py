"""prefect.yaml is what the campaign files want, and Prefect can run all of it."""

from __future__ import annotations

import importlib
import re
import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.schedules import CronSchedule
from prefect.flows import load_flow_from_entrypoint

import flows.instructions
from cli.ops import deployments
from config.loader import CONFIG, find_campaign, load_definition, load_series
from directives.errors import DondocError
from directives.ledger.frozen import freeze
from flows.deployments import PREFECT_YAML, pools, prefect_yaml
from notifications.decisions.forms import FORMS

CAMPAIGN = "dan-van-kheo-2020"
LABELS = ["1a", "1b", "1c", "1d", "1đ", "1e", "1g", "Tập huấn", "2", "3", "4"]
KEYS = ["1a", "1b", "1c", "1d", "1dd", "1e", "1g", "training", "2", "3", "4"]
Deployment = dict[str, Any]

WRITTEN: dict[str, Any] = yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))
DEPLOYMENTS: list[Deployment] = WRITTEN["deployments"]
INSTRUCTIONS = [one for one in DEPLOYMENTS if any(tag.startswith("instruction:") for tag in one["tags"])]
PAPERS = [one for one in DEPLOYMENTS if "paper" in one["tags"]]
FORM_DEPLOYMENTS = [one for one in DEPLOYMENTS if "form" in one["tags"]]
OTHERS = ["deliver", "collect", "alert", "next-year", "remind"]


def key(deployment: Deployment) -> str:
    if {"form", "paper", "board", "brief"} & set(deployment["tags"]):
        return deployment["entrypoint"].rpartition(".")[2]
    return deployment["parameters"].get("instruction", deployment["name"])


def flow_of(deployment: Deployment) -> Flow[Any, Any]:
    return load_flow_from_entrypoint(deployment["entrypoint"])


def test_prefect_yaml_is_what_the_campaign_files_want() -> None:
    """Mend it with `dondoc deployments --write`."""
    assert PREFECT_YAML.read_text(encoding="utf-8") == prefect_yaml()


def test_the_command_writes_the_file(tmp_path: Path) -> None:
    deployments(write=True, file=tmp_path / "prefect.yaml")
    assert (tmp_path / "prefect.yaml").read_text(encoding="utf-8") == prefect_yaml()


def test_a_file_to_do_nothing_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DondocError, match="--write writes or --prune reads"):
        deployments(file=tmp_path / "prefect.yaml")
    assert not list(tmp_path.iterdir())


def test_it_lists_every_instruction_form_and_report_of_the_campaign_the_mail_and_the_alert() -> None:
    forms = [f"{form.name}_dan_van_kheo_2020" for form in FORMS]
    assert [key(one) for one in DEPLOYMENTS] == [*KEYS, "board", "brief", *forms, "report", *OTHERS]


def test_the_report_is_drafted_on_the_morning_after_its_cut_off_and_offers_the_campaigns() -> None:
    (report,) = PAPERS
    (schedule,) = report["schedules"]
    assert (schedule["cron"], schedule["timezone"]) == ("15 8 10 11 *", "Asia/Ho_Chi_Minh")
    assert report["parameters"] == {"campaign": CAMPAIGN}
    fields = flow_of(report).parameters.properties
    assert fields["campaign"]["enum"] == [CAMPAIGN]
    assert {name: field["title"] for name, field in fields.items()} == {
        "campaign": "Đợt theo dõi",
        "cut_off": "Ngày chốt số liệu",
        "addendum": "Lập báo cáo bổ sung",
    }
    assert all(field["description"] for field in fields.values())


def test_it_says_nothing_of_the_machine_that_wrote_it() -> None:
    assert WRITTEN["pull"] == []
    assert str(PREFECT_YAML.parent) not in PREFECT_YAML.read_text(encoding="utf-8")


def test_only_the_campaigns_given_are_written() -> None:
    assert yaml.safe_load(prefect_yaml([find_campaign(CAMPAIGN)])) == WRITTEN
    assert [key(one) for one in yaml.safe_load(prefect_yaml([]))["deployments"]] == OTHERS


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=key)
def test_an_entrypoint_is_a_module_path_that_resolves_as_prefect_resolves_it(deployment: Deployment) -> None:
    module, _, name = deployment["entrypoint"].rpartition(".")
    assert ":" not in deployment["entrypoint"]
    assert isinstance(getattr(importlib.import_module(module), name), Flow)
    assert isinstance(flow_of(deployment), Flow)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=key)
def test_the_parameters_fit_the_flow(deployment: Deployment) -> None:
    flow = flow_of(deployment)
    if deployment in INSTRUCTIONS:
        assert flow.validate_parameters(deployment["parameters"])["instruction"] == key(deployment)
    elif deployment in PAPERS:
        assert flow.validate_parameters(deployment["parameters"])["campaign"] == CAMPAIGN
    elif {"board", "brief"} & set(deployment["tags"]):
        assert flow.validate_parameters(deployment["parameters"]) == {"campaign": CAMPAIGN}
    else:
        assert deployment["parameters"] == {}


def test_every_form_is_a_coordinators_and_runs_only_by_hand() -> None:
    for one in FORM_DEPLOYMENTS:
        assert flow_of(one).name.startswith("Điều phối · ")
        assert one["schedules"] == []


def test_every_instruction_is_a_flow_of_its_own() -> None:
    assert len({flow_of(one).name for one in DEPLOYMENTS}) == len(DEPLOYMENTS)


def test_flow_names_bear_the_two_digit_ordinal_and_the_label() -> None:
    """<series> · <ordinal> · <label> · <title>, as in DESIGN under *Keys*."""
    for n, (label, deployment) in enumerate(zip(LABELS, INSTRUCTIONS, strict=True), start=1):
        assert flow_of(deployment).name.startswith(f"Dân vận khéo · {n:02d} · {label} · ")


def test_flow_names_sort_by_code_point_in_the_directives_order() -> None:
    names = [flow_of(one).name for one in INSTRUCTIONS]
    assert sorted(names) == names


def test_a_name_that_no_series_has_is_no_flow() -> None:
    with pytest.raises(AttributeError, match="no series in config/series has a flow 'dan_van_kheo_9z'"):
        _ = flows.instructions.dan_van_kheo_9z
    assert not hasattr(flows.instructions, "__path__")


def test_flow_names_come_from_the_series_so_that_years_stand_side_by_side() -> None:
    (series,) = load_series()
    assert {one["entrypoint"] for one in INSTRUCTIONS} == {
        f"flows.instructions.dan_van_kheo_{flow.key}" for flow in series.flows
    }
    assert all("2020" not in flow_of(one).name for one in INSTRUCTIONS)
    assert {one["name"] for one in INSTRUCTIONS} == {CAMPAIGN}


@pytest.mark.parametrize("deployment", INSTRUCTIONS, ids=key)
def test_a_pass_starts_every_day_between_seven_and_seven_twenty_five(deployment: Deployment) -> None:
    (schedule,) = deployment["schedules"]
    assert re.fullmatch(r"([0-9]|1[0-9]|2[0-5]) 7 \* \* \*", schedule["cron"])
    assert schedule["timezone"] == "Asia/Ho_Chi_Minh"
    assert schedule["active"] is True
    assert CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])


def test_passes_are_staggered_over_the_whole_time() -> None:
    minutes = [int(one["schedules"][0]["cron"].split()[0]) for one in INSTRUCTIONS]
    assert minutes == sorted(set(minutes))
    assert (minutes[0], minutes[-1]) == (0, 25)
    assert min(later - earlier for earlier, later in pairwise(minutes)) >= 2


def test_the_delivery_looks_every_quarter_of_an_hour_of_the_send_window() -> None:
    (schedule,) = next(one for one in DEPLOYMENTS if one["name"] == "deliver")["schedules"]
    assert (schedule["cron"], schedule["timezone"]) == ("*/15 7-16 * * *", "Asia/Ho_Chi_Minh")


def test_whatever_of_ours_fails_starts_the_alert_but_itself_and_forms() -> None:
    (alert,) = [one for one in DEPLOYMENTS if "triggers" in one]
    (trigger,) = alert["triggers"]
    assert alert["name"] == "alert"
    assert alert["schedules"] == []
    assert {one.rpartition(".")[2] for one in trigger["expect"]} == {"Failed", "Crashed", "TimedOut"}
    ours, not_itself, no_form, not_next_year = trigger["match_related"]
    assert ours["prefect.resource.id"] == "prefect.tag.dondoc"
    assert not_itself["prefect.resource.name"] == "!alert"
    assert no_form["prefect.resource.name"] == "!Điều phối · *"
    assert not_next_year["prefect.resource.name"] == "!Vận hành · Lập đợt theo dõi năm sau"
    assert set(trigger["parameters"]) == set(flow_of(alert).parameters.properties)


@pytest.mark.parametrize("deployment", DEPLOYMENTS, ids=key)
def test_a_deployment_runs_one_at_a_time_in_the_pool(deployment: Deployment) -> None:
    assert deployment["concurrency_limit"] == 1
    assert deployment["work_pool"] == {"name": "dondoc"}


def test_a_campaign_may_have_a_pool_of_its_own(tmp_path: Path) -> None:
    config = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    file = config / "campaigns" / "dan-van-kheo-2020.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("calendar: vn\n", "calendar: vn\npool: toan-quoc\n"), encoding="utf-8")
    written = tmp_path / "prefect.yaml"
    written.write_text(prefect_yaml([file]), encoding="utf-8")
    of_campaign = {
        one["work_pool"]["name"]: one["name"]
        for one in yaml.safe_load(written.read_text(encoding="utf-8"))["deployments"]
        if one["name"] == "dan-van-kheo-2020"
    }
    assert of_campaign == {"toan-quoc": "dan-van-kheo-2020"}
    assert pools(written) == ["dondoc", "toan-quoc"]
    # Which machine runs it is nothing that units were promised.
    assert freeze(load_definition(file), []) == freeze(
        load_definition(find_campaign("dan-van-kheo-2020")), []
    )


def tags(deployment: Deployment, prefix: str) -> list[str]:
    return [tag.removeprefix(prefix) for tag in deployment["tags"] if tag.startswith(prefix)]


def test_tags_name_campaign_and_instruction_so_that_what_is_gone_can_be_pruned() -> None:
    assert all("dondoc" in one["tags"] for one in DEPLOYMENTS)
    assert [tags(one, "campaign:") for one in INSTRUCTIONS] == [[CAMPAIGN]] * 11
    assert [tags(one, "instruction:") for one in INSTRUCTIONS] == [[one] for one in KEYS]
    assert [tags(DEPLOYMENTS[-1], prefix) for prefix in ("campaign:", "instruction:")] == [[], []]


def test_tags_name_who_leads_a_few_units_each_and_many_by_kind() -> None:
    by_key = {key(one): Counter(tags(one, "lead:")) for one in INSTRUCTIONS}
    city = ["department", "agency", "urban_district", "rural_district"]
    assert by_key["2"] == Counter(["SNV"])
    assert by_key["4"] == Counter(["BAOCT", "DPTTH"])
    assert by_key["training"] == Counter(["urban_district", "rural_district"])
    assert by_key["3"] == Counter(city)
    assert by_key["1a"] == Counter([*city, "commune", "ward", "township"])


def test_descriptions_stand_in_the_file_as_they_are_read() -> None:
    text = PREFECT_YAML.read_text(encoding="utf-8")
    assert text.count("  description: |") == len(INSTRUCTIONS) + len(FORM_DEPLOYMENTS) + 1  # and the brief's
