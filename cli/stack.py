"""Prefect as `dondoc up` runs it: server, worker, deployments, and the runs it lets happen once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.settings import PREFECT_API_URL, temporary_settings

from cli.answerers import TRIAL_PASSWORD
from cli.guarded import is_real, require_guarded
from cli.supervise import Children, environment
from config.settings import Settings
from directives.errors import DondocError
from flows.deployments import OWN, PREFECT_YAML, pools

BIN = Path(sys.executable).parent
RUN_SECONDS = 600
PORTS = "DONDOC_HOST and DONDOC_PREFECT_PORT"


def prefect_environment(settings: Settings) -> dict[str, str]:
    """For the server, the worker, its runs and the deploy command alike. No outbound calls."""
    home = settings.home.resolve()
    return environment(
        PREFECT_HOME=str(home / "prefect"),
        PREFECT_API_URL=settings.prefect_api_url,
        PREFECT_SERVER_API_HOST=settings.host,
        PREFECT_SERVER_API_PORT=str(settings.prefect_port),
        PREFECT_SERVER_UI_API_URL=settings.prefect_api_url,
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED="events,flow_runs",
        PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW="ignore",
        DO_NOT_TRACK="1",
        DONDOC_HOME=str(home),
        DONDOC_DATABASE_URL=settings.ledger_url,
        DONDOC_PAGE_URL=settings.trial_page_url,  # the trial's mails carry the link
    )


def trial_environment(settings: Settings) -> dict[str, str]:
    """The same with the trial mail's mailbox, which checks no sender: registered addresses are believed."""
    return prefect_environment(settings) | {
        "DONDOC_COLLECTOR": "true",
        "DONDOC_TRUST_UNCHECKED": "true",
        "DONDOC_IMAP_HOST": settings.host,
        "DONDOC_IMAP_SECURITY": "none",
        "DONDOC_IMAP_PASSWORD": TRIAL_PASSWORD,
    }


def start_server(children: Children, settings: Settings) -> None:
    command = [
        str(BIN / "prefect"),
        "server",
        "start",
        "--host",
        settings.host,
        "--port",
        str(settings.prefect_port),
    ]
    children.start("prefect-server", command, prefect_environment(settings))


def start_worker(children: Children, settings: Settings) -> None:
    # Three runs at a time: more only wait for the same two cores, and the first board comes later.
    for pool in pools():
        command = [
            str(BIN / "prefect"),
            "worker",
            "start",
            "--pool",
            pool,
            "--type",
            "process",
            "--limit",
            "3",
        ]
        children.start(f"prefect-worker-{pool}", command, trial_environment(settings))


def start_mail(children: Children, settings: Settings) -> None:
    """`dondoc mail`: reads the answers all the time."""
    children.start("mail", [str(BIN / "dondoc"), "mail"], trial_environment(settings))


def start_trial_mail(children: Children, settings: Settings) -> None:
    ports = [
        ("--smtp-port", settings.smtp_port),
        ("--imap-port", settings.imap_port),
        ("--web-port", settings.inbox_port),
    ]
    command = [
        sys.executable,
        "-m",
        "notifications.trial_mail",
        "--host",
        settings.host,
        "--service",
        settings.mail_from,
    ]
    command += [str(part) for pair in ports for part in pair]
    children.start("trial-mail", command, environment(MAIL_PASSWORD=TRIAL_PASSWORD))


def start_page(children: Children, settings: Settings) -> None:
    children.start("page", [str(BIN / "dondoc"), "page"], prefect_environment(settings))


def is_healthy(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def deploy(settings: Settings) -> None:
    """`prefect deploy --all` on prefect.yaml, as anyone would call it. Errors: DondocError with its last line."""
    done = subprocess.run(
        [str(BIN / "prefect"), "--no-prompt", "deploy", "--all", "--prefect-file", str(PREFECT_YAML)],
        env=prefect_environment(settings),
        cwd=PREFECT_YAML.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    log = settings.home / "logs" / "prefect-deploy.log"
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode != 0:
        raise DondocError(f"'prefect deploy --all' ended with status {done.returncode}; see {log}")


class Prefect:
    """What dondoc asks of a running Prefect server."""

    def __init__(self, api: str) -> None:
        self._scope = temporary_settings({PREFECT_API_URL: api})

    def __enter__(self) -> Prefect:
        self._scope.__enter__()
        self.client: SyncPrefectClient = get_client(sync_client=True)
        self.client.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self.client.__exit__(None, None, None)
        self._scope.__exit__(None, None, None)

    def ensure_pools(self) -> None:
        """The process work pools that the deployments name."""
        from prefect.client.schemas.actions import WorkPoolCreate

        known = {pool.name for pool in self.client.read_work_pools()}
        for name in pools():
            if name not in known:
                self.client.create_work_pool(WorkPoolCreate(name=name, type="process"))

    def deployments(self, *tags: str) -> list[DeploymentResponse]:
        wanted = DeploymentFilter(tags=DeploymentFilterTags(all_=[OWN, *tags]))
        found: list[DeploymentResponse] = []
        while page := self.client.read_deployments(deployment_filter=wanted, limit=200, offset=len(found)):
            found += page
        return found

    def passes(self, campaign: str) -> list[DeploymentResponse]:
        """The deployments that pass over one instruction each."""
        return [one for one in self.deployments(f"campaign:{campaign}") if "instruction" in one.parameters]

    def rest(self, campaign: str) -> int:
        """Deactivate every schedule of a campaign; returns how many were active."""
        active = [
            (one.id, schedule.id)
            for one in self.deployments(f"campaign:{campaign}")
            for schedule in one.schedules
            if schedule.active
        ]
        for deployment_id, schedule_id in active:
            self.client.update_deployment_schedule(deployment_id, schedule_id, active=False)
        return len(active)

    def prune(self, names: set[tuple[str, str]]) -> list[str]:
        """Delete deployments of ours that prefect.yaml no longer has: (entrypoint, name). Returns their names."""
        gone = [one for one in self.deployments() if (str(one.entrypoint), one.name) not in names]
        for one in gone:
            self.client.delete_deployment(one.id)
        return [f"{one.name} ({one.entrypoint})" for one in gone]

    def run_now(self, deployment: DeploymentResponse) -> UUID:
        return self.client.create_flow_run_from_deployment(deployment.id).id

    def scheduled(self, deployments: list[DeploymentResponse]) -> dict[UUID, int]:
        """How many runs the scheduler has planned for each deployment."""
        counts = {one.id: 0 for one in deployments}
        runs = self._runs(
            FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=list(counts)),
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            )
        )
        for run in runs:
            if run.deployment_id is not None and run.auto_scheduled:
                counts[run.deployment_id] += 1
        return counts

    def wait(
        self, ids: list[UUID], children: Children, seconds: float, seen: Callable[[int], None]
    ) -> list[FlowRun]:
        """The runs once all are final. `seen(n)` hears how many are. Errors: DondocError after the time-out."""
        ends = time.monotonic() + seconds
        while True:
            runs = self._runs(FlowRunFilter(id=FlowRunFilterId(any_=ids)))
            final = [run for run in runs if run.state and run.state.is_final()]
            seen(len(final))
            if len(final) == len(ids):
                return final
            children.check()
            if time.monotonic() > ends:
                raise DondocError(
                    f"{len(ids) - len(final)} runs are not finished after {seconds:.0f} s; see {children.logs}/"
                )
            time.sleep(0.5)

    def _runs(self, wanted: FlowRunFilter) -> list[FlowRun]:
        found: list[FlowRun] = []
        while page := self.client.read_flow_runs(flow_run_filter=wanted, limit=200, offset=len(found)):
            found += page
        return found


def require_prefect(api: str, named_by: str = PORTS) -> None:
    """Errors: DondocError when no Prefect server answers."""
    if not is_healthy(api):
        raise DondocError(
            f"no Prefect server answers at {api}; start it ('dondoc up' does for a trial), or check {named_by}"
        )


def connected(settings: Settings) -> Prefect:
    """Errors: DondocError when no Prefect server answers, or outside a rehearsal one that asks nobody who he is."""
    if not is_real(settings.ledger_url):
        require_prefect(settings.prefect_api_url)
        return Prefect(settings.prefect_api_url)
    # As the worker finds it: the server may be on another machine.
    named = os.environ.get(PREFECT_API_URL.name, "").rstrip("/")
    api = named or settings.prefect_api_url
    require_prefect(api, PREFECT_API_URL.name if named else PORTS)
    require_guarded(api)
    return Prefect(api)


def run_passes(settings: Settings, campaign: str) -> Iterator[str]:
    """Every instruction's flow once through the running Prefect, then the delivery, then the board's picture of it all.

    Yields one line a run.
    """
    with connected(settings) as prefect:
        for chosen in (
            prefect.passes(campaign),
            prefect.deployments("mail"),
            prefect.deployments("board", f"campaign:{campaign}"),
        ):
            ids = [prefect.run_now(one) for one in chosen]
            for run in prefect.wait(ids, Children(settings.home / "logs"), RUN_SECONDS, lambda _: None):
                assert run.state is not None
                yield f"{run.name}: {run.state.name} · {run.state.message}"
