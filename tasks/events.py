"""What happened to steps as Prefect events, so that ops can build automations on them (docs/automations.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from prefect import get_run_logger, task
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events import Event
from prefect.runtime import flow_run as running

from directives.ledger import happenings
from directives.ledger.engine import begin, reading
from directives.ledger.happenings import Happening, News
from tasks import workplace

PAGE = 50  # as many events as Prefect shows at once, so that one question tells which of them it has


@task
def tell_prefect() -> int:
    """Emit what happened since the last time; returns how many events. What Prefect did not take, the next run tells."""
    told = 0
    with reading(workplace.engine()) as session:
        campaigns = happenings.untold(session)
    try:
        with get_client(sync_client=True) as client:
            for campaign in campaigns:
                told += tell(client, campaign, str(running.id or ""))
    except httpx.HTTPError as error:
        get_run_logger().warning("events: Prefect did not take them (%s); the next run tells them", error)
    get_run_logger().info("events: %d sent to Prefect", told)
    return told


def tell(client: SyncPrefectClient, campaign: str, run_id: str = "") -> int:
    """One campaign's, in the order of its chain. Over HTTP: the answer says that Prefect has them.

    `emit_event` would queue them in this process, and whoever ends it early would lose them unnoticed.
    """
    told = 0
    while True:
        with reading(workplace.engine()) as session:
            news = happenings.news(session, campaign)
        if news.upto == news.after:
            return told
        told += _send(client, news, run_id)
        with begin(workplace.engine()) as session:
            if not happenings.told(session, news):
                return told  # another run is telling the same


def _send(client: SyncPrefectClient, news: News, run_id: str) -> int:
    sent = 0
    for some in _pages(news.happenings):
        # Prefect keeps an event once by its id, but its SQLite writer fails on a batch in which all are known.
        wanted = {"filter": {"id": {"id": [str(one.id) for one in some]}}, "limit": PAGE}
        answer = client.request("POST", "/events/filter", json=wanted).json()
        known = {UUID(one["id"]) for one in answer["events"]}
        fresh = [as_event(one, workplace.machine_now(), run_id) for one in some if one.id not in known]
        if fresh:
            client.request("POST", "/events", json=[one.model_dump(mode="json") for one in fresh])
        sent += len(fresh)
    return sent


def _pages(all_of_them: Sequence[Happening]) -> Iterator[Sequence[Happening]]:
    return (all_of_them[start : start + PAGE] for start in range(0, len(all_of_them), PAGE))


def as_event(one: Happening, machine_now: datetime, run_id: str = "") -> Event:
    """The step as the resource, its campaign, instruction and unit beside it, and the run that tells.

    `occurred` is the machine's time: Prefect ignores old events, and a rehearsal's clock stands in the past. When it
    happened on the campaign's clock says `dondoc.at`.
    """
    unit_id = f"dondoc.unit.{one.unit}"
    labels = {"dondoc.campaign": one.campaign, "dondoc.unit": one.unit, "dondoc.unit.name": one.unit_name}
    own = {"prefect.resource.id": unit_id, "prefect.resource.name": one.unit_name}
    if one.step:
        name = f"{one.campaign}/{one.instruction}/{one.step}/{one.unit}"
        own = {"prefect.resource.id": f"dondoc.step.{name.replace('/', '.')}", "prefect.resource.name": name}
        labels |= {"dondoc.instruction": one.instruction, "dondoc.step": one.step, "dondoc.due": one.due}
    details: dict[str, Any] = {"at": one.at.isoformat(), "seq": one.seq, **one.details}
    said = {
        "id": one.id,
        "occurred": machine_now,
        "event": f"dondoc.step.{one.kind}",
        "resource": {**own, **labels, "dondoc.at": one.at.isoformat()},
        "related": list(_related(one, unit_id, run_id)),
        "payload": details | {"campaign": one.campaign, "unit": one.unit},
    }
    return Event.model_validate(said)


def _related(one: Happening, unit_id: str, run_id: str) -> Iterator[dict[str, str]]:
    beside = [("campaign", f"dondoc.campaign.{one.campaign}", one.campaign)]
    if one.step:
        instruction = f"dondoc.instruction.{one.campaign}.{one.instruction}"
        beside += [("instruction", instruction, one.instruction), ("unit", unit_id, one.unit_name)]
    for role, resource_id, name in beside:
        yield {
            "prefect.resource.id": resource_id,
            "prefect.resource.role": role,
            "prefect.resource.name": name,
        }
    if run_id:
        yield {"prefect.resource.id": f"prefect.flow-run.{run_id}", "prefect.resource.role": "flow-run"}
