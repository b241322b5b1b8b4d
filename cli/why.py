"""`dondoc why`: every mail of a unit's day with its rule and inputs, and why nothing left; in Vietnamese, for coordinators."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

import typer

from cli.access import ledger_engine
from cli.dates import day
from config.settings import load_settings
from directives.explain import Counted, Inputs
from directives.ledger.casebook import Casebook
from directives.ledger.engine import reading
from directives.ledger.states import campaign_now, campaign_row
from directives.ledger.why import Explained, WhyDay, WhyMail, WhySilent, why_day
from directives.plan import RungTime
from directives.workdays import WorkCalendar
from notifications.render import render_text
from notifications.why_view import DayView, day_view
from notifications.words import one_line, say
from tasks.workplace import machine_now


def register(app: typer.Typer) -> None:
    app.command("why")(why)


def why(
    campaign: Annotated[str, typer.Argument(help="Campaign key.")],
    unit: Annotated[str, typer.Option(help="Code of the unit, e.g. STP.")],
    on: Annotated[str, typer.Option(help="The day, YYYY-MM-DD.")],
    step: Annotated[str, typer.Option(help="Only this step, e.g. 1g/report.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Why a unit was written to on a day, and why not: each mail with rung, rule, days counted and inputs.

    Facts are those that were known then: an answer recorded only later does not explain a mail away.
    """
    engine = ledger_engine(load_settings())
    with reading(engine) as session:
        book = Casebook(session, campaign_row(session, campaign))
        found = why_day(book, unit, day(on), campaign_now(book.campaign, machine_now()), step)
    view = day_view(found)
    if as_json:
        print(json.dumps(_plain(found, view), ensure_ascii=False, indent=2))
        return
    listed = say("why.listed")
    print(
        render_text("why/day.txt.j2", {"unit": one_line(found.unit_name), "day": view, "listed": listed}),
        end="",
    )


def _plain(found: WhyDay, view: DayView) -> dict[str, Any]:
    """Keys and instants for scripts; the words that people read under `words`."""
    calendar = found.campaign.calendar
    return {
        "campaign": found.campaign.key,
        "unit": found.unit_code,
        "on": found.on.isoformat(),
        "now": calendar.local(found.now).isoformat(),
        "mails": [_mail(one, calendar) for one in found.mails],
        "silent": [_silent(one, calendar) for one in found.silent],
        "words": asdict(view),
    }


def _mail(one: WhyMail, calendar: WorkCalendar) -> dict[str, Any]:
    mail = one.mail
    return {
        "kind": mail.kind,
        "to": mail.to_code,
        "address": mail.address,
        "at": _local(mail.at, calendar),
        "state": mail.state,
        "detail": mail.detail,
        "upward": mail.upward,
        "causes": [_cause(cause, calendar) for cause in one.causes],
        "listed": [step.step for step in one.listed],
        "decision": {"kind": mail.told.kind, "by": mail.told.by, "steps": [step.step for step in one.told]}
        if mail.told
        else None,
    }


def _cause(one: Explained, calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "step": one.step.step,
        "rung": one.cause.rung,
        "repeat": one.cause.repeat,
        "reason": one.cause.reason.value,
        "rung_at": _local(one.cause.rung_at, calendar),
        "planned_at": _local(one.cause.planned_at, calendar),
        "counted": _counted(one.counted) if one.counted else None,
        "inputs": _inputs(one.inputs, calendar),
    }


def _counted(days: Counted) -> dict[str, Any]:
    return {
        "since": days.since.value,
        "from": days.start.isoformat(),
        "to": days.end.isoformat(),
        "calendar_days": days.calendar_days,
        "working_days": days.working_days,
        "days_off": [one.isoformat() for one in days.days_off],
        "wanted": days.wanted and days.wanted.isoformat(),
    }


def _inputs(read: Inputs, calendar: WorkCalendar) -> dict[str, Any]:
    return {
        name: _local(value, calendar)
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in asdict(read).items()
    }


def _silent(one: WhySilent, calendar: WorkCalendar) -> dict[str, Any]:
    found = one.silence
    return {
        "step": one.step.step,
        "why": found.why.value,
        "at": _local(found.at, calendar),
        "until": _local(found.until, calendar),
        "rung": list(found.rung) if found.rung else None,
        "detail": found.detail,
        "last": _rung(found.last, calendar),
        "coming": _rung(found.coming, calendar),
        "listed": one.listed,
        "last_pass": _local(one.last_pass, calendar),
        "inputs": _inputs(one.inputs, calendar),
    }


def _rung(time: RungTime | None, calendar: WorkCalendar) -> dict[str, Any] | None:
    return {"rung": time.rung.key, "repeat": time.repeat, "at": _local(time.at, calendar)} if time else None


def _local(at: datetime | None, calendar: WorkCalendar) -> str | None:
    return calendar.local(at).isoformat() if at else None
