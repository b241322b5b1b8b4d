"""`dondoc up`: everything on one machine, the campaign as a rehearsal, in the order a newcomer sees it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from rich.console import Console
from sqlalchemy import Engine, func
from sqlmodel import col, select

from cli.replay import Replay
from cli.stack import (
    RUN_SECONDS,
    Prefect,
    deploy,
    is_healthy,
    start_mail,
    start_page,
    start_server,
    start_trial_mail,
    start_worker,
)
from cli.supervise import Children, require_free, wait_until
from cli.trial import refuse_real_campaigns, wipe
from cli.voices import Voices
from config.contacts import contacts_of
from config.loader import CONFIG, find_campaign, load_definition, load_model
from config.settings import Settings
from directives.errors import DondocError
from directives.evaluate import Status
from directives.ledger import boards, happenings
from directives.ledger.casebook import Casebook
from directives.ledger.digests import mailbox_read_to
from directives.ledger.engine import begin, make_engine, reading
from directives.ledger.opening import Opening, open_campaign
from directives.ledger.states import campaign_row
from directives.ledger.tables import Message, Notice
from directives.manners import Rehearsal
from flows.deployments import declared
from tasks.workplace import PRIVATE, post_of

SERVER_SECONDS, MAIL_SECONDS, SCHEDULE_SECONDS = 180, 30, 120


@dataclass
class Summary:
    """What `--json` prints. `seconds` by phase; `first_board` and `total` count from the start."""

    flows: int = 0
    deployments: int = 0
    scheduled_runs: int = 0
    completed_runs: int = 0
    failed_runs: int = 0
    units: int = 0
    steps: int = 0
    overdue: int = 0
    notices: int = 0
    mails: int = 0
    recipients: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])


class Up:
    """One start of the trial installation."""

    def __init__(self, settings: Settings, rehearsal: str, console: Console) -> None:
        self.settings = settings
        self.rehearsal = load_model(Rehearsal, CONFIG / "rehearsals" / f"{rehearsal}.yaml")
        self.file = find_campaign(self.rehearsal.campaign)
        self.definition = load_definition(self.file, settings.rehearsal_window)
        self.console = console
        self.summary = Summary()
        self.started = time.monotonic()
        self.unsent = 0

    def start(self, children: Children) -> None:
        """Bring everything up to the first pass of each instruction and the mails it makes. Errors: DondocError."""
        with self._phase("start", "starting the trial mail and the Prefect server"):
            start_trial_mail(children, self.settings)
            start_server(children, self.settings)
        with self._phase("replay", "replaying the campaign") as say:
            engine = self.open_rehearsal(say)
        # Not before: both would make the ledger at the same time.
        start_mail(children, self.settings)
        start_page(children, self.settings)
        with self._phase("server", "waiting for the Prefect server"):
            wait_until(
                lambda: is_healthy(self.settings.prefect_api_url),
                children,
                SERVER_SECONDS,
                "the Prefect server",
            )
        with Prefect(self.settings.prefect_api_url) as prefect:
            self._deploy(children, prefect)
            self._pass(children, prefect, engine)
        self._count(engine)
        self.summary.seconds["total"] = round(time.monotonic() - self.started, 1)

    def open_rehearsal(self, say: Callable[[str], None]) -> Engine:
        """Open the campaign and live it to where the rehearsal stands. Errors: DondocError when its files have changed."""
        refuse_real_campaigns(self.settings)
        engine = make_engine(self.settings.ledger_url)
        with begin(engine) as session:
            contacts = contacts_of(self.settings.contacts, self.definition.units)
            result = open_campaign(
                session, self.definition, contacts, at=self.definition.opened_at, rehearsal=True
            )
            clock_at = campaign_row(session, self.rehearsal.campaign).clock_at
        if result.outcome is Opening.CHANGED or result.pinned:
            changes = "\n  ".join((*result.differences, *result.pinned))
            raise DondocError(
                f"the files differ from the rehearsal that is open:\n  {changes}\nbegin anew with --fresh"
            )
        if result.contacts and self.settings.contacts:
            self.console.print(
                "DONDOC_CONTACTS was changed; the open rehearsal keeps its contacts (or --fresh)"
            )
        if clock_at is not None and clock_at >= self.rehearsal.stands_at:
            say("the rehearsal is open already; its clock stands still")
            return engine
        # Answers of the replay come in by themselves; no mailbox is read for it.
        post = replace(post_of(self.settings), collector=False, page_url=self.settings.trial_page_url)
        voices = Voices.of(self.definition, self.rehearsal.behaviour)
        Replay(engine, self.definition, post, voices).live(
            # A replay that was interrupted goes on where its clock stood.
            start=clock_at or self.definition.opened_at,
            heard_to=clock_at,
            until=self.rehearsal.stands_at,
            progress=lambda day: say(f"replaying {day:%d/%m/%Y}"),
        )
        with begin(engine) as session:
            campaign = campaign_row(session, self.definition.campaign.campaign)
            campaign.clock_at = self.rehearsal.stands_at
            session.add(campaign)
            happenings.nothing_to_tell(session, campaign.key)  # what was replayed is no news to Prefect
        return engine

    def _deploy(self, children: Children, prefect: Prefect) -> None:
        with self._phase("deploy", "deploying prefect.yaml"):
            prefect.ensure_pools()
            start_worker(children, self.settings)
            deploy(self.settings)
            prefect.prune(declared())
        with self._phase("schedule", "waiting for scheduled runs"):
            found = prefect.deployments()
            # Forms run only by hand, and a report's day may be further off than Prefect plans ahead.
            timed = [one for one in found if one.schedules and "paper" not in one.tags]
            scheduled: dict[UUID, int] = {}

            def all_scheduled() -> bool:
                scheduled.update(prefect.scheduled(timed))
                return all(scheduled.values())

            wait_until(
                all_scheduled,
                children,
                SCHEDULE_SECONDS,
                "a scheduled run of every deployment with a schedule",
                pause=1,
            )
        self.summary.flows = len({one.flow_id for one in found})
        self.summary.deployments = len(found)
        self.summary.scheduled_runs = sum(scheduled.values())

    def _pass(self, children: Children, prefect: Prefect, engine: Engine) -> None:
        found = prefect.deployments()
        # The board flow last: its picture is published again by the delivery, whoever comes first now.
        drawing = [one for one in found if {"board", f"campaign:{self.rehearsal.campaign}"} <= set(one.tags)]
        passes = [*prefect.passes(self.rehearsal.campaign), *drawing]
        with self._phase("passes", "passes through Prefect") as say:

            def seen(done: int) -> None:
                say(f"passes through Prefect: {done} of {len(passes)} done")
                if "first_board" not in self.summary.seconds and self._has_board(engine):
                    self.summary.seconds["first_board"] = round(time.monotonic() - self.started, 1)

            runs = prefect.wait([prefect.run_now(one) for one in passes], children, RUN_SECONDS, seen)
        with self._phase("deliver", "delivering the mails"):
            # Nothing overdue leaves before the mailbox was read.
            wait_until(
                lambda: self._has_read(engine), children, MAIL_SECONDS, "the first reading of the mailbox"
            )
            runs += prefect.wait(
                [prefect.run_now(one) for one in found if one.name == "deliver"],
                children,
                RUN_SECONDS,
                lambda _: None,
            )
        self.summary.completed_runs = sum(run.state is not None and run.state.is_completed() for run in runs)
        self.summary.failed_runs = len(runs) - self.summary.completed_runs

    def _has_board(self, engine: Engine) -> bool:
        with reading(engine) as session:
            return campaign_row(session, self.rehearsal.campaign).board_artifact is not None

    def _has_read(self, engine: Engine) -> bool:
        with reading(engine) as session:
            return mailbox_read_to(session, self.settings.mail_from) is not None

    def _count(self, engine: Engine) -> None:
        with reading(engine) as session:
            book = Casebook(session, campaign_row(session, self.rehearsal.campaign))
            now = book.campaign.clock_at or self.rehearsal.stands_at
            board = boards.campaign_board(book, now)
            today = book.calendar.local(now).date()
            mails = session.exec(select(Message.state, Message.address).where(Message.slot_on == today)).all()
            notices = select(func.count()).where(Notice.planned_at == now, col(Notice.superseded).is_(False))
            self.summary.notices = session.exec(notices).one()
        self.summary.units = len({step.unit for step in self.definition.steps})
        self.summary.steps = sum(row.total for row in board.rows)
        self.summary.overdue = board.count(Status.OVERDUE)
        self.summary.mails = sum(state == "accepted" for state, _ in mails)
        self.summary.recipients = len({address for state, address in mails if state == "accepted"})
        self.unsent = sum(state not in ("accepted", "cancelled") for state, _ in mails)

    @property
    def worked(self) -> bool:
        """Every pass ran and every mail was accepted."""
        return self.summary.failed_runs == 0 and self.summary.completed_runs > 0 and self.unsent == 0

    @contextmanager
    def _phase(self, name: str, what: str) -> Iterator[Callable[[str], None]]:
        begun = time.monotonic()
        with self.console.status(what) as status:
            if not self.console.is_terminal:
                self.console.print(f"{what} …")
            yield lambda text: status.update(text)
        took = time.monotonic() - begun
        self.summary.seconds[name] = round(took, 1)
        self.console.print(f"{what}: {took:.1f} s", highlight=False)

    def addresses(self, engine: Engine) -> list[tuple[str, str]]:
        ui = self.settings.ui_url
        with reading(engine) as session:
            board = campaign_row(session, self.rehearsal.campaign).board_artifact
        return [
            ("Prefect UI", ui),
            ("board", f"{ui}/artifacts/artifact/{board}"),
            ("inbox", self.settings.trial_inbox_url),
            ("page", f"{self.settings.trial_page_url} (units open it by the link in their mail)"),
        ]


def run_up(settings: Settings, rehearsal: str, *, once: bool, fresh: bool, as_json: bool) -> int:
    """Start everything; stay until Ctrl-C unless `once`. Returns the exit status."""
    console = Console(stderr=True, markup=False, emoji=False)
    up = Up(settings, rehearsal, console)
    require_free(
        settings.host,
        {
            "DONDOC_PREFECT_PORT": settings.prefect_port,
            "DONDOC_SMTP_PORT": settings.smtp_port,
            "DONDOC_IMAP_PORT": settings.imap_port,
            "DONDOC_INBOX_PORT": settings.inbox_port,
            "DONDOC_PAGE_PORT": settings.page_port,
        },
    )
    settings.require_loopback()
    again = not fresh and (settings.home / "ledger.db").exists()
    if fresh:
        wipe(settings)
    os.umask(PRIVATE)  # for all that is started, too
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        with Children(settings.home / "logs") as children:
            up.start(children)
            if as_json:
                print(json.dumps(asdict(up.summary), ensure_ascii=False, indent=2), flush=True)
            report(up, console, again)
            if not once:
                stay(children, console)
    except KeyboardInterrupt:
        console.print("stopped; nothing is left running")
        return 0 if not once else 130
    return 0 if up.worked else 1


def report(up: Up, console: Console, again: bool) -> None:
    one = up.summary
    console.print(
        f"\n{one.completed_runs} runs completed, {one.failed_runs} failed · {one.steps} steps, {one.overdue} overdue · "
        f"{one.notices} notices, {one.mails} mails to {one.recipients} recipients · {one.seconds['total']} s"
    )
    if up.unsent:
        console.print(f"{up.unsent} mails were not accepted; 'dondoc status' says why", style="bold")
    if again:
        console.print("The trial inbox keeps mail in memory only: what was there before this start is gone.")
    for name, address in up.addresses(make_engine(up.settings.ledger_url)):
        console.print(f"  {name:<11}{address}", highlight=False, soft_wrap=True)


def stay(children: Children, console: Console) -> None:
    console.print("Running. Press Ctrl-C to stop everything.")
    while True:
        children.check()
        time.sleep(1)
