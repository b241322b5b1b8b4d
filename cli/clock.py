"""`dondoc clock`: a rehearsal's still clock is shown or moved, once or day by day, with units that answer by themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from cli.access import ledger_engine
from cli.answerers import Answerers, trial_program
from config.settings import Settings, load_settings
from config.variants import load_behaviour
from directives.errors import DondocError
from directives.ledger.engine import begin, reading
from directives.ledger.frozen import definition_of, policy_of
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Campaign, Step
from directives.workdays import WorkCalendar
from tasks.workplace import post_of

SPEED = re.compile(r"(\d{1,3})d/(\d{0,4})(s|min|h)")
SECONDS = {"s": 1, "min": 60, "h": 3600}
sleep = time.sleep


def register(app: typer.Typer) -> None:
    app.command("clock")(clock)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many days of the rehearsal in so many seconds of ours."""

    days: int
    seconds: float


def clock(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="Move to this local time, e.g. 2020-11-12T07:30; with --speed, go on until then."
        ),
    ] = "",
    forward: Annotated[
        bool, typer.Option("--next", help="Move to the next slot at which something is due.")
    ] = False,
    speed: Annotated[
        str, typer.Option(help="Go on day by day, e.g. 1d/min or 2d/30s, until nothing is due or Ctrl-C.")
    ] = "",
    answers: Annotated[
        str,
        typer.Option(
            help="Units answer by mail as this behaviour has it: a file or a rehearsal (docs/simulate.md)."
        ),
    ] = "",
    campaign: Annotated[str, typer.Option(help="The rehearsal; the only one when not given.")] = "",
) -> None:
    """Show or move a rehearsal's clock; when it moves, its passes run through Prefect and the mails go out.

    With --answers the units reply to the digests in the trial inbox before the passes of each move.
    """
    if (to and forward) or (speed and forward):
        raise DondocError("give either --to or --next, and --speed with --to or alone")
    pace = pace_of(speed) if speed else None
    settings = load_settings()
    engine = ledger_engine(settings)
    with reading(engine) as session:
        row = _rehearsal(session, campaign)
        key, calendar, before = row.key, policy_of(row).calendar, row.clock_at
        assert before is not None
        moment = _local(to, calendar) if to else _next_slot(session, row, before) if forward else before
    if moment < before:
        raise DondocError(
            f"the clock stands at {calendar.local(before):%Y-%m-%d %H:%M}; it only moves forward"
        )
    if answers and not (to or forward or speed):
        raise DondocError("--answers needs a move: add --next, --to or --speed")
    if moment == before and pace is None:
        print(f"{key}: {calendar.local(moment):%Y-%m-%d %H:%M}")
        return
    moving = Moving(settings, engine, key, calendar, _answerers(settings, engine, key, before, answers))
    if pace is None:
        moving.move(moment)
    else:
        moving.run(pace, moment if to else None)


class Moving:
    """The clock of one rehearsal on its way. Errors: DondocError without a Prefect server; the clock stays then."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        key: str,
        calendar: WorkCalendar,
        answerers: Answerers | None,
    ) -> None:
        from cli.stack import require_prefect  # Prefect takes seconds to import

        require_prefect(settings.prefect_api_url)
        self.settings, self.engine, self.key, self.calendar = settings, engine, key, calendar
        self.answerers = answerers

    def move(self, moment: datetime, *, passes: bool = True) -> None:
        """To that moment: the units answer, the passes run, the mails go out."""
        from cli.stack import run_passes

        with begin(self.engine) as session:
            row = campaign_row(session, self.key)
            row.clock_at = moment
            session.add(row)
        print(f"{self.key}: {self.calendar.local(moment):%Y-%m-%d %H:%M}", flush=True)
        if self.answerers and (sent := self.answerers.answer(moment)):
            print(f"{sent} units answered by mail", flush=True)
        if passes:
            for line in run_passes(self.settings, self.key):
                print(line, flush=True)

    def run(self, pace: Pace, until: datetime | None) -> None:
        """Day by day, as fast as the pace has it or the passes allow. Ctrl-C leaves the clock where it stands."""
        try:
            self._live(pace, until)
        except KeyboardInterrupt:
            with reading(self.engine) as session:
                stands_at = campaign_row(session, self.key).clock_at
            assert stands_at is not None
            print(f"stopped; the clock stands at {self.calendar.local(stands_at):%Y-%m-%d %H:%M}")

    def _live(self, pace: Pace, until: datetime | None) -> None:
        begun, days = time.monotonic(), 0
        with Console(stderr=True).status("") as status:
            for slot, due in self._days(until):
                if days and days % pace.days == 0:
                    self._pause(begun + days // pace.days * pace.seconds, slot, status.update)
                days += 1
                status.update(f"living {self.calendar.local(slot):%d/%m/%Y}")
                self.move(slot, passes=due)

    def _days(self, until: datetime | None) -> Iterator[tuple[datetime, bool]]:
        """Each slot to come, and whether something is due then; ends when nothing is due any more, or after `until`."""
        while True:
            with reading(self.engine) as session:
                row = campaign_row(session, self.key)
                assert row.clock_at is not None
                local = self.calendar.local(row.clock_at)
                try:
                    due_at = _next_slot(session, row, row.clock_at)
                except NothingDue as end:
                    print(f"{self.key}: {end}")
                    return
            slot = self.calendar.at(local.date() + timedelta(1), self.calendar.window.slot)
            if slot.date() > self.calendar.last or (until is not None and slot > until):
                return
            yield slot, due_at <= slot

    def _pause(self, ends: float, slot: datetime, say: Callable[[str], None]) -> None:
        while (left := ends - time.monotonic()) > 0:
            say(f"{self.calendar.local(slot):%d/%m/%Y} begins in {left:.0f} s")
            sleep(min(left, 1.0))


class NothingDue(DondocError):
    """The clock has nowhere to go."""


def pace_of(text: str) -> Pace:
    """`1d/min`, `2d/30s`. Errors: DondocError."""
    found = SPEED.fullmatch(text)
    if not found or not int(found[1]) or found[2] == "0":
        raise DondocError(f"'{text}' is no speed; write days per time, such as 1d/min or 2d/30s")
    return Pace(int(found[1]), int(found[2] or 1) * SECONDS[found[3]])


def _answerers(
    settings: Settings, engine: Engine, key: str, clock_at: datetime, name: str
) -> Answerers | None:
    if not name:
        return None
    with reading(engine) as session:
        definition = definition_of(campaign_row(session, key))
    behaviour = load_behaviour(name, definition)
    # `dondoc mail` may have just begun to wait.
    patience = 2 * settings.poll_seconds + 30
    program = trial_program(settings)
    return Answerers(engine, key, program, post_of(settings), behaviour, clock_at, print, patience)


def _rehearsal(session: Session, key: str) -> Campaign:
    rows = session.exec(select(Campaign).where(col(Campaign.rehearsal).is_(True))).all()
    chosen = [row for row in rows if key in ("", row.key)]
    if len(chosen) != 1:
        known = ", ".join(row.key for row in rows) or "none"
        raise DondocError(f"name one rehearsal with --campaign (open: {known})")
    return chosen[0]


def _next_slot(session: Session, row: Campaign, after: datetime) -> datetime:
    """The first slot after `after` at which a step is looked at again or a notice waits. Errors: NothingDue."""
    calendar = policy_of(row).calendar
    coming = session.exec(
        select(func.min(Step.next_action_at)).where(
            Step.campaign_id == row.id, col(Step.next_action_at) > after
        )
    ).one()
    waiting = session.exec(
        select(Addressee.id).where(Addressee.campaign_id == row.id, Addressee.state == "pending")
    ).first()
    tomorrow = calendar.next_slot(after + timedelta(minutes=1))
    if waiting is not None:
        return tomorrow
    if coming is None:
        raise NothingDue("nothing is due any more; the clock stays where it is")
    return max(tomorrow, calendar.next_slot(coming))


def _local(text: str, calendar: WorkCalendar) -> datetime:
    try:
        written = datetime.fromisoformat(text)
    except ValueError as error:
        raise DondocError(f"'{text}' is no time; write YYYY-MM-DDTHH:MM") from error
    moment = calendar.instant(written)
    try:
        calendar.is_workday(calendar.local(moment).date())
    except ValueError as error:  # outside the calendar: no pass could tell a working day there
        raise DondocError(str(error)) from error
    return moment
