"""The ledger as Prefect tasks: no rules here, only the step from a flow to a transaction."""

from __future__ import annotations

from datetime import date, datetime

from prefect import task

from directives.ledger.away import why_away
from directives.ledger.engine import begin, reading
from directives.ledger.frozen import policy_of
from directives.ledger.passes import PassResult, run_pass
from directives.ledger.states import campaign_now, campaign_row
from directives.workdays import looking_back
from tasks import workplace


def is_passing(_task: object, _run: object, state: object) -> bool:
    """Only a locked or restarting database gets better by itself."""
    error = getattr(state, "data", None)
    found = getattr(error, "exception", error)
    return isinstance(found, BaseException) and bool(why_away(found))


@task(retries=3, retry_delay_seconds=5, retry_condition_fn=is_passing)
def campaign_clock(campaign: str, as_of: datetime | None) -> datetime:
    """The campaign's now, read once a run: the instant given, a rehearsal's still clock, or the machine's."""
    return _clock(campaign, as_of)


def campaign_day(campaign: str, as_of: datetime | None) -> date:
    """The same as a day, for a run's name: before any task may run."""
    return _clock(campaign, as_of).date()


def _clock(campaign: str, as_of: datetime | None) -> datetime:
    with reading(workplace.engine()) as session:
        row = campaign_row(session, campaign)
        calendar = policy_of(row).calendar
        return calendar.local(looking_back(as_of, campaign_now(row, workplace.machine_now()), calendar))


@task(retries=3, retry_delay_seconds=5, retry_condition_fn=is_passing)
def plan_pass(campaign: str, instruction: str, now: datetime) -> PassResult:
    with begin(workplace.engine()) as session:
        return run_pass(session, campaign, instruction, now, workplace.machine_now())
