"""dondoc on several machines, of which one dies: a worker, an API server, Redis, the services, PostgreSQL. `make machines`.

    .venv/bin/python -m tests.machines.kills [--small] [--json]

Two campaigns, each in a work pool of its own, live one morning after another through real workers. On each of them
something is killed while runs are under way, and started again some seconds later, as systemd would; then the next
scheduled runs come, as they do every day. In the end every morning must have been planned and mailed exactly as in a
ledger that lived them undisturbed. The price is in the table: how long the morning took.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import yaml
from rich.console import Console
from sqlalchemy import Engine
from sqlmodel import col, select

from bench import ledgers
from bench.drain import POST
from config.contacts import default_contacts
from directives.definition import Definition
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.passes import run_pass
from directives.ledger.tables import Campaign, Message, Notice
from flows.deployments import PREFECT_YAML
from notifications.delivery import deliver
from notifications.transport import Recorder
from tests.chaos.mail_sink import MailSink
from tests.chaos.printing import report
from tests.machines.installation import API, PAGES, PASSWORD, USER, WORKERS, Installation, installed, missing
from tests.waiting import until

OWN, OTHER = "dan-van-kheo-2020", "dan-van-kheo-toan-quoc"
DAYS = ("2020-06-30", "2020-07-03", "2020-10-12", "2020-10-30", "2020-11-02", "2020-11-10", "2020-11-13")
VICTIMS: tuple[str, ...] = ("", "worker-1", API[1], "redis", "services", "postgresql", "page-1")
SMALL = ("worker-1",)
CONNECTIONS = 4  # of a delivery: as many mails one death may double
SOME = 3  # instructions of a campaign in a reduced run
AWAY_SECONDS, MORNING_SECONDS, SETTLED_SECONDS = 8.0, 900.0, 60.0
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass(frozen=True)
class Figures:
    """One morning. `planned` and `expected`: notices. `again`: mails that came more than once on it, `unflagged` those so far
    that nobody was told of. `crashed`: runs that did not complete, and were made good by the next."""

    killed: str
    planned: int
    expected: int
    mailed: int
    lost: int
    again: int
    unflagged: int
    crashed: int
    seconds: float
    green: bool

    @property
    def holds(self) -> bool:
        return (
            self.planned == self.expected
            and self.mailed > 0
            and self.lost == self.unflagged == 0
            and self.again <= CONNECTIONS
            and self.green
        )


class Api:
    """Prefect's API through whichever server answers."""

    def __init__(self, machines: Installation) -> None:
        self.machines = machines

    def post(self, path: str, **body: Any) -> Any:
        for _ in range(60):
            for name in API:
                address = f"http://127.0.0.1:{self.machines.ports[name]}/api{path}"
                try:
                    answer = httpx.post(address, json=body, auth=(USER, PASSWORD), timeout=30)
                except httpx.HTTPError:
                    continue
                if answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR:
                    answer.raise_for_status()
                    return answer.json()
            time.sleep(1)
        raise RuntimeError("no API server answers")

    def deployments(self) -> list[dict[str, Any]]:
        return self.post("/deployments/filter", limit=200)

    def start(self, deployments: Sequence[dict[str, Any]]) -> list[str]:
        return [self.post(f"/deployments/{one['id']}/create_flow_run")["id"] for one in deployments]

    def states(self, runs: Sequence[str]) -> Counter[str]:
        found = self.post("/flow_runs/filter", flow_runs={"id": {"any_": list(runs)}}, limit=200)
        return Counter(str(one["state_type"]) for one in found)


@dataclass
class Trial:
    machines: Installation
    engine: Engine  # the ledger
    undisturbed: Engine  # one that lives the same mornings in peace
    sink: MailSink
    definitions: list[Definition]
    api: Api
    passes: list[dict[str, Any]]
    delivery: list[dict[str, Any]]
    doubled: set[str] = field(default_factory=set)  # on earlier mornings

    def morning(self, day: str, victim: str) -> Figures:
        now = self._stand(day)
        self._in_peace(now)
        begun = time.monotonic()
        runs = self.api.start(self.passes)
        if victim:
            self._kill(victim, runs)
        self._settled(runs)
        # The next scheduled runs: whoever lost his work to the dead does it now.
        again = self.api.start(self.passes)
        self._settled(again)
        mails = self.api.start(self.delivery)
        self._settled(mails)
        taken = time.monotonic() - begun
        states = self.api.states(again) + self.api.states(mails)
        crashed = self.api.states(runs)
        return self._figures(victim, taken, crashed, green=set(states) == {"COMPLETED"})

    def _stand(self, day: str) -> datetime:
        """Both ledgers' clocks at that morning's slot."""
        calendar = self.definitions[0].calendar
        now = calendar.next_slot(calendar.begins(date.fromisoformat(day)))
        for engine in (self.engine, self.undisturbed):
            with begin(engine) as session:
                for row in session.exec(select(Campaign)):
                    row.clock_at = now
        return now

    def _in_peace(self, now: datetime) -> None:
        for definition in self.definitions:
            for key in definition.instructions:
                with begin(self.undisturbed) as session:
                    run_pass(session, definition.campaign.campaign, key, now, now)
        asyncio.run(deliver(self.undisturbed, POST, Recorder(), lambda: now))

    def _kill(self, victim: str, runs: Sequence[str]) -> None:
        """While something runs."""
        until(lambda: self.api.states(runs)["RUNNING"], 120, pause=0.2)
        self.machines.kill(victim)
        time.sleep(AWAY_SECONDS)
        if victim in PAGES:  # the other one serves
            (other,) = set(PAGES) - {victim}
            httpx.get(f"http://127.0.0.1:{self.machines.ports[other]}/robots.txt").raise_for_status()
        self.machines.start(victim)

    def _settled(self, runs: Sequence[str]) -> None:
        """All are final, or stand where the dead left them: Prefect does not look after such runs by itself."""
        ends, moved = time.monotonic() + MORNING_SECONDS, time.monotonic()
        states = before = Counter[str]()
        while time.monotonic() < ends:
            states = self.api.states(runs)
            if all(state in FINAL for state in states):
                return
            if states != before:
                before, moved = states, time.monotonic()
            if not states["SCHEDULED"] and time.monotonic() - moved > SETTLED_SECONDS:
                return
            time.sleep(0.5)
        raise RuntimeError(f"after {MORNING_SECONDS:.0f} s: {dict(states)}")

    def _figures(self, victim: str, seconds: float, states: Counter[str], *, green: bool) -> Figures:
        with reading(self.engine) as session:
            mails = session.exec(select(Message)).all()
        uids = {one.id: one.uid for one in mails}
        # What two campaigns say to one reader is one mail, under the name of the first.
        arrived = {one.uid: self._arrivals(uids[one.within_id or one.id]) for one in mails}
        again = {uid for uid, count in arrived.items() if count > 1} - self.doubled
        self.doubled |= again
        return Figures(
            killed=victim or "nothing",
            planned=len(notices(self.engine) & notices(self.undisturbed)),
            expected=len(notices(self.engine) | notices(self.undisturbed)),
            mailed=sum(count > 0 for count in arrived.values()),
            lost=sum(not arrived[one.uid] for one in mails),
            again=len(again),
            unflagged=sum(arrived[one.uid] > 1 and not one.uncertain for one in mails),
            crashed=states.total() - states["COMPLETED"],
            seconds=round(seconds, 1),
            green=green,
        )

    def _arrivals(self, uid: str) -> int:
        return sum(count for name, count in self.sink.taken.items() if uid in name)


def notices(engine: Engine) -> set[tuple[int, int, str, int]]:
    """(step, deadline, rung, repeat) of all that were planned to be mailed; the ledger itself lets none in twice.

    Both ledgers were opened alike, and number their steps alike.
    """
    with reading(engine) as session:
        rows = session.exec(
            select(Notice.step_id, Notice.deadline_number, Notice.rung, Notice.repeat).where(
                col(Notice.superseded).is_(False)
            )
        ).all()
    return set(rows)


def campaigns(small: bool) -> list[Definition]:
    """Directive 1914, and the same for another audience of machines: a pool of its own."""
    like = ledgers.directive()
    campaign = like.campaign
    if small:
        campaign = campaign.model_copy(update={"instructions": _some(like), "report": None})
    other = campaign.model_copy(update={"campaign": OTHER, "pool": "toan-quoc"})
    return [replace(like, campaign=one) for one in (campaign, other)]


def _some(like: Definition) -> tuple[Any, ...]:
    alone = [one for one in like.campaign.instructions if not any(step.covered_by for step in one.steps)]
    return tuple(alone[:SOME])


def deployed(machines: Installation, folder: Path, definitions: Sequence[Definition]) -> None:
    """The passes of both campaigns, and the delivery."""
    written = yaml.safe_load(PREFECT_YAML.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = [one for one in written["deployments"] if one["name"] == "deliver"]
    for one in written["deployments"]:
        if "instruction" not in one["parameters"]:
            continue
        for definition in definitions:
            campaign = definition.campaign
            if one["parameters"]["instruction"] in definition.instructions:
                found.append(
                    one
                    | {
                        "name": campaign.campaign,
                        "tags": ["dondoc", f"campaign:{campaign.campaign}", "pass"],
                        "parameters": one["parameters"] | {"campaign": campaign.campaign},
                        "work_pool": {"name": campaign.pool},
                        "schedules": [],
                    }
                )
    file = folder / "prefect.yaml"
    file.write_text(yaml.safe_dump(written | {"deployments": found}, allow_unicode=True), encoding="utf-8")
    machines.run("prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file))


@contextmanager
def trial(folder: Path, *, small: bool) -> Iterator[Trial]:
    with ExitStack() as stack:
        sink = stack.enter_context(closing(MailSink()))
        given = {"DONDOC_SMTP_PORT": str(sink.port), "DONDOC_SECRET": "for this trial only"}
        given["DONDOC_SMTP_CONNECTIONS"] = str(CONNECTIONS)
        machines = stack.enter_context(installed(folder / "machines", **given))
        definitions = campaigns(small)
        engines = [make_engine(machines.ledger_url), make_engine(f"sqlite:///{folder / 'in-peace.db'}")]
        for engine in engines:
            stack.callback(engine.dispose)
            migrate(engine)
            for definition in definitions:
                contacts = default_contacts(definition.units)
                with begin(engine) as session:
                    open_campaign(session, definition, contacts, at=definition.opened_at, rehearsal=True)
        deployed(machines, folder, definitions)
        for name in (*WORKERS, *PAGES):
            machines.start(name)
        api = Api(machines)
        listed = api.deployments()
        passes = [one for one in listed if "pass" in one["tags"]]
        delivery = [one for one in listed if one["name"] == "deliver"]
        yield Trial(machines, engines[0], engines[1], sink, definitions, api, passes, delivery)


def tried(folder: Path, *, small: bool, seen: Callable[[Figures], None] = lambda _: None) -> list[Figures]:
    found: list[Figures] = []
    with trial(folder, small=small) as started:
        for day, victim in zip(DAYS, SMALL if small else VICTIMS, strict=False):
            found.append(started.morning(day, victim))
            seen(found[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--small", action="store_true", help="a reduced run")
    wanted = parser.parse_args()
    if why := missing():
        parser.error(why)
    console = Console(stderr=True)
    with TemporaryDirectory(prefix="dondoc-machines-") as folder:
        found = tried(Path(folder), small=wanted.small, seen=lambda one: console.print(f"{one}"))
    return report("several machines, of which one dies", found, as_json=wanted.json)


if __name__ == "__main__":
    raise SystemExit(main())
