"""What Prefect's lists say of a run, in a coordinator's words: its name and what it did."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

import pendulum
from prefect.runtime import flow_run
from sqlalchemy.exc import SQLAlchemyError

from directives.errors import DondocError
from notifications import dates
from notifications.words import say
from tasks.ledger import campaign_day
from tasks.workplace import machine_now

if TYPE_CHECKING:  # the collector, say, is nothing that a pass needs
    from directives.ledger.passes import PassResult
    from notifications.delivery import Delivery
    from notifications.replies.collect import Collected

TIMEZONE = "Asia/Ho_Chi_Minh"


def pass_name() -> str:
    """`dan-van-kheo-2020 · 1g · 12/11/2020`: the campaign's day that the pass is for."""
    given = flow_run.parameters
    campaign, instruction = given["campaign"], given["instruction"]
    day: date | None = None
    with suppress(DondocError, SQLAlchemyError, ValueError):  # the pass itself will say what is wrong
        day = campaign_day(campaign, given.get("as_of"))
    if day is None:
        return f"{campaign} · {instruction}"
    return say("run.pass_name", campaign=campaign, instruction=instruction, day=dates.day(day))


def deliver_name() -> str:
    return say("run.deliver_name", at=moment(machine_now()))


def collect_name() -> str:
    return say("run.collect_name", at=moment(machine_now()))


def moment(at: datetime) -> str:
    """`10:15 12/11/2020`"""
    local = at.astimezone(pendulum.timezone(TIMEZONE))
    return say("run.moment", hour=f"{local:%H}", minute=f"{local:%M}", day=dates.day(local.date()))


def today() -> date:
    """The machine's day here."""
    return machine_now().astimezone(pendulum.timezone(TIMEZONE)).date()


def pass_said(now: datetime, done: PassResult) -> str:
    """`now`: the campaign's clock in its own zone."""
    if done.reason is not None:
        said = say(f"run.{done.reason}")
    elif not done.due:
        said = say("run.nothing_due")
    else:
        said = say("run.pass", due=done.due, notices=done.notices, superseded=done.superseded)
    at = say("run.moment", hour=f"{now:%H}", minute=f"{now:%M}", day=dates.day(now.date()))
    return say("run.until", at=at, said=said)


def delivery_said(done: Delivery) -> str:
    """Why nothing was tried is for ops: the server's own words."""
    said = say(
        "run.deliver", sent=done.sent, deferred=done.deferred, failed=done.failed, uncertain=done.uncertain
    )
    return f"{said} · {done.waiting}" if done.waiting else said


def collected_said(done: Collected, sent: int) -> str:
    return say(
        "run.collect",
        stored=done.new,
        applied=done.applied,
        queued=done.queued,
        automatic=done.auto,
        bounced=done.bounce,
        sent=sent,
    )
