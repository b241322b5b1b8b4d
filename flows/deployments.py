"""prefect.yaml, written from the campaign files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from config.loader import CONFIG, campaign_files, load_definition, load_series
from config.review import under_review
from directives.definition import Definition
from directives.model import Instruction, ReportSpec, Series, SeriesFlow
from flows import decide
from flows.description import NAMED, description, leads
from flows.instructions import entrypoint
from flows.wording import TIMEZONE
from notifications.decisions.forms import FORMS, Form
from notifications.words import say

PREFECT_YAML = CONFIG.parent / "prefect.yaml"
POOL = "dondoc"
OWN = "dondoc"  # the tag that every deployment of ours carries
ALERT = "alert"
SHARED = "shared"  # of no one campaign: links to the boards of all
# What the alert is told of a run that failed. As plain strings Prefect would pass them through JSON, which knows no UUID.
FAILED_RUN = {
    "run_id": "{{ flow_run.id }}",
    "at": "{{ event.occurred }}",
    "name": "{{ flow_run.name }}",
    "flow_name": "{{ flow.name }}",
    "deployment": "{{ deployment.name }}",
    "state": "{{ event.resource['prefect.state-name'] }}",
    "message": "{{ event.resource['prefect.state-message'][:2000] }}",
}
HEAD = """\
# Written by `dondoc deployments --write` from config/campaigns and config/series; a test fails when they differ.
# `prefect deploy --all` works on it as it is, once the project is installed and work pool "dondoc" exists.
"""
FIRST_MINUTE, LAST_MINUTE = 0, 25  # passes start between 07:00 and 07:25, before the send window opens


def prefect_yaml(files: Iterable[Path] | None = None) -> str:
    """The whole file as text: every instruction of every campaign, the delivery, the mailbox, the alert and next year."""
    series = {one.series: one for one in load_series()}
    deployments: list[dict[str, Any]] = []
    for file in files if files is not None else campaign_files():
        if under_review(file.read_text(encoding="utf-8")):
            continue  # what nobody has decided yet is not scheduled
        definition = load_definition(file)
        deployments += _campaign(definition, series[definition.campaign.series])
        deployments += [_board(definition), _brief(definition)]
        deployments += [_form(definition, form) for form in FORMS]
        deployments += [_report(definition, spec) for spec in (definition.campaign.report,) if spec]
    deployments += [_delivery(), _collection(), _alert(), _next_year(), _reminder()]
    # `pull: []`: the code is installed; with nothing said Prefect would write this machine's folder down.
    body = {"name": "dondoc", "prefect-version": "3.8.8", "pull": [], "deployments": deployments}
    return HEAD + yaml.dump(body, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stand as they are read: `|`."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def pools(file: Path = PREFECT_YAML) -> list[str]:
    """The work pools that the file's deployments name: dondoc's own first."""
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    return sorted({one["work_pool"]["name"] for one in listed}, key=lambda name: (name != POOL, name))


def declared(file: Path = PREFECT_YAML) -> set[tuple[str, str]]:
    """(entrypoint, name) of every deployment in the file."""
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))["deployments"]
    return {(one["entrypoint"], one["name"]) for one in listed}


def _campaign(definition: Definition, series: Series) -> list[dict[str, Any]]:
    flows = {flow.key: flow for flow in series.flows}
    instructions = definition.campaign.instructions
    spread = LAST_MINUTE - FIRST_MINUTE
    return [
        _deployment(
            definition,
            series,
            flows[one.key],
            one,
            FIRST_MINUTE + n * spread // max(1, len(instructions) - 1),
        )
        for n, one in enumerate(instructions)
    ]


def _deployment(
    definition: Definition, series: Series, flow: SeriesFlow, instruction: Instruction, minute: int
) -> dict[str, Any]:
    return _daily(
        definition,
        entrypoint(series, flow),
        description(definition, instruction),
        [f"instruction:{instruction.key}", *_lead_tags(definition, instruction)],
        f"{minute} 7",
        instruction=instruction.key,
    )


def _board(definition: Definition) -> dict[str, Any]:
    """The campaign's board: drawn each morning before the passes, and by hand."""
    about = f"**{say('board.flow')}** · {definition.campaign.title}"
    return _daily(definition, "flows.board.board", about, ["board"], "50 6")


def _brief(definition: Definition) -> dict[str, Any]:
    """The coordinators' brief: looked at every morning after the passes."""
    about = f"**{say('brief.flow')}** · {definition.campaign.title}\n\n{say('brief.about')}"
    return _daily(definition, "flows.brief.brief", about, ["brief"], "35 7")


def _daily(
    definition: Definition, entry: str, about: str, tags: list[str], at: str, **parameters: str
) -> dict[str, Any]:
    """Runs every day at `at` ("35 7"), no dates: the calendar decides whether there is anything to do."""
    campaign = definition.campaign.campaign
    zone = definition.calendar.timezone
    return {
        "name": campaign,
        "entrypoint": entry,
        "description": about,
        "tags": [OWN, f"campaign:{campaign}", *tags],
        "parameters": {"campaign": campaign, **parameters},
        "concurrency_limit": 1,
        "schedules": [{"slug": "daily", "cron": f"{at} * * *", "timezone": zone, "active": True}],
        "work_pool": {"name": definition.campaign.pool},
    }


def _form(definition: Definition, form: Form) -> dict[str, Any]:
    """A coordinators' form: run by hand only."""
    campaign = definition.campaign
    return {
        "name": campaign.campaign,
        "entrypoint": decide.entrypoint(campaign.campaign, form),
        "description": f"**{form.title}** · {campaign.title}\n\n{form.about}",
        "tags": [OWN, f"campaign:{campaign.campaign}", "form"],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [],
        "work_pool": {"name": campaign.pool},
    }


def _report(definition: Definition, spec: ReportSpec) -> dict[str, Any]:
    """The consolidated report: on the first working day that begins after its cut-off, and whenever asked for."""
    campaign, calendar = definition.campaign, definition.calendar
    cut_off = spec.cut_off
    after = cut_off.date() if isinstance(cut_off, datetime) else cut_off + timedelta(1)
    day = calendar.on_or_after(after)
    return {
        "name": campaign.campaign,
        "entrypoint": "flows.report.report",
        "description": say("paper.deployment", title=campaign.title),
        "tags": [OWN, f"campaign:{campaign.campaign}", "paper"],
        "parameters": {"campaign": campaign.campaign},
        "concurrency_limit": 1,
        "schedules": [
            {
                "slug": "cut-off",
                # In other years it gives the report back that was frozen in this one.
                "cron": f"15 8 {day.day} {day.month} *",
                "timezone": calendar.timezone,
                "active": True,
            }
        ],
        "work_pool": {"name": campaign.pool},
    }


def _lead_tags(definition: Definition, instruction: Instruction) -> list[str]:
    """To filter by who leads: each unit where a few do, otherwise each kind of unit."""
    codes = leads(definition, instruction)
    kinds = dict.fromkeys(definition.units[code].kind.value for code in codes)
    return [f"lead:{one}" for one in (codes if len(codes) <= NAMED else kinds)]


def _delivery() -> dict[str, Any]:
    return {
        "name": "deliver",
        "entrypoint": "flows.deliver.deliver",
        "description": "Gửi thư đang chờ trong khung giờ gửi: mỗi nơi nhận một thư mỗi ngày.",
        "tags": [OWN, SHARED, "mail"],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [
            # From the first possible slot on; outside the send window a run does nothing.
            {"slug": "window", "cron": "*/15 7-16 * * *", "timezone": TIMEZONE, "active": True}
        ],
        "work_pool": {"name": POOL},
    }


def _collection() -> dict[str, Any]:
    return {
        "name": "collect",
        "entrypoint": "flows.collect.collect",
        "description": (
            "Đọc hộp thư trả lời ngay bây giờ. Bình thường lệnh `dondoc mail` đọc liên tục; lượt chạy hằng giờ này để dự phòng."
        ),
        "tags": [OWN, SHARED, "mail"],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [{"slug": "hourly", "cron": "40 * * * *", "timezone": TIMEZONE, "active": True}],
        "work_pool": {"name": POOL},
    }


def _alert() -> dict[str, Any]:
    return {
        "name": ALERT,
        "entrypoint": "flows.alert.alert",
        "description": (
            "Gửi thư cho bộ phận vận hành khi một lượt chạy gặp sự cố: mỗi lượt chạy một thư. "
            "Prefect tự khởi động (xem Automations), không cần chạy bằng tay."
        ),
        "tags": [OWN, ALERT],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [],
        "triggers": [_failed_run()],
        "work_pool": {"name": POOL},
    }


def _next_year() -> dict[str, Any]:
    return {
        "name": "next-year",
        "entrypoint": "flows.next_year.next_year",
        "description": say("rerun.about"),
        "tags": [OWN, SHARED, "next-year"],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [],
        "work_pool": {"name": POOL},
    }


def _reminder() -> dict[str, Any]:
    """After New Year: one mail to ops for each series whose campaign of the year is not made yet."""
    return {
        "name": "remind",
        "entrypoint": "flows.next_year.remind",
        "description": say("rerun.remind_about"),
        "tags": [OWN, SHARED, "next-year"],
        "parameters": {},
        "concurrency_limit": 1,
        "schedules": [
            {"slug": "yearly", "cron": "0 8 5 1 *", "timezone": TIMEZONE, "active": True},
        ],
        "work_pool": {"name": POOL},
    }


def _failed_run() -> dict[str, Any]:
    """`prefect deploy` makes an automation of it, and makes it anew each time.

    An event is named by the state's name, so a time-out is not Failed there. What the alert does itself never starts it,
    nor does a form: a refused one ends as Failed too, under the eyes of whoever submitted it.
    """
    return {
        "type": "event",
        "name": "dondoc · báo sự cố",
        "description": "Một lượt chạy có thẻ dondoc hỏng, dừng đột ngột hoặc quá giờ: gửi thư cho bộ phận vận hành.",
        "posture": "Reactive",
        "expect": [f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "TimedOut")],
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "match_related": [
            {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{OWN}"},
            {"prefect.resource.role": "deployment", "prefect.resource.name": f"!{ALERT}"},
            {"prefect.resource.role": "flow", "prefect.resource.name": f"!{say('form.prefix', title='*')}"},
            {"prefect.resource.role": "flow", "prefect.resource.name": f"!{say('rerun.flow')}"},
        ],
        "threshold": 1,
        "within": 0,
        "parameters": {
            name: {"__prefect_kind": "jinja", "template": one} for name, one in FAILED_RUN.items()
        },
    }
