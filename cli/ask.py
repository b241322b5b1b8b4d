"""Asking the ledger: `dondoc status`, `dondoc verify`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlmodel import Session, col, select

from cli.access import ledger_engine
from cli.lookout import calendars_followed
from config.settings import Settings, load_settings
from directives.errors import DondocError
from directives.evaluate import status as status_of
from directives.ledger import outbox, verifying
from directives.ledger.casebook import Casebook
from directives.ledger.counting import counts_by_status
from directives.ledger.engine import reading
from directives.ledger.states import campaign_now, campaign_row
from directives.ledger.tables import Campaign, Pass, Relay
from directives.ledger.undecided import Undecided, strangers, undecided
from directives.ledger.waiting import Waiting, waiting
from directives.ledger.watch import undecreed_years
from directives.workdays import WorkCalendar
from notifications.words import one_line
from tasks.workplace import machine_now

WHY, ROOM = "why", 28  # the column that is a sentence, and how narrow it may become


def register(app: typer.Typer) -> None:
    app.command("status")(status)
    app.command("verify")(verify)


def status(
    campaign: Annotated[str, typer.Option(help="Only this campaign.")] = "",
    instruction: Annotated[str, typer.Option(help="Only this instruction's steps.")] = "",
    unit: Annotated[str, typer.Option(help="Only this unit's steps and mails.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """What stands, what waits, and why: steps by status, requests to decide, mails by state, relays, last passes."""
    settings = load_settings()
    engine = ledger_engine(settings)
    with reading(engine) as session:
        if campaign:
            campaign_row(session, campaign)
        rows = session.exec(select(Campaign).order_by(col(Campaign.id))).all()
        found = {
            "collector": _collector(settings),
            "relays": [_relay(row, machine_now()) for row in session.exec(select(Relay))],
            "undecreed": _undecreed(session),
            "strangers": [_request(one, one.at) for one in strangers(session)],
            "campaigns": [
                _campaign(session, row, instruction, unit) for row in rows if campaign in ("", row.key)
            ],
        }
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)


def verify() -> None:
    """Check that no audit event was changed, deleted or moved, and that the events lead to the ledger as it is.

    Exit status 1, and one line for every event and every step that is wrong.
    """
    engine = ledger_engine(load_settings())
    wrong: list[str] = []
    with reading(engine) as session:
        for key, found in verified(session):
            wrong += [f"{key}: {line}" for line in found]
            if not found:
                print(f"{key}: the chain is whole, and its replay gives the same ledger")
    if wrong:
        raise DondocError("\ndondoc: ".join(wrong))


def verified(session: Session) -> Iterator[tuple[str, list[str]]]:
    """Each campaign with a sentence for everything that is wrong with its chain or its rows."""
    for campaign in session.exec(select(Campaign).order_by(col(Campaign.id))).all():
        yield campaign.key, verifying.faults(session, campaign)


def _collector(settings: Settings) -> str:
    if settings.collector:
        return "on: no notice after a deadline leaves before the mailbox was read past it"
    return "off: replies wait unread in the mailbox, and overdue notices do not wait for it to be read"


def _undecreed(session: Session) -> list[dict[str, Any]]:
    """The years whose days off are only computed although it is time to have their decree."""
    calendars, _ = calendars_followed(session)
    return [
        {"calendar": one.calendar, "year": one.year, "campaigns": list(one.campaigns)}
        for one in undecreed_years(session, calendars, machine_now())
    ]


def _relay(row: Relay, now: datetime) -> dict[str, Any]:
    paused = row.paused_until is not None and row.paused_until > now
    return {
        "server": row.server,
        "paused_until": row.paused_until.isoformat() if paused and row.paused_until else None,
        "failures": row.failures,
        "detail": row.detail,
    }


def _campaign(session: Session, row: Campaign, instruction: str, unit: str) -> dict[str, Any]:
    book = Casebook(session, row)
    now = campaign_now(row, machine_now())
    if instruction and instruction not in book.definition.instructions:
        raise DondocError(
            f"campaign '{row.key}' has no instruction '{instruction}'; see 'dondoc check {row.key}'"
        )
    if unit and unit not in book.definition.units:
        raise DondocError(f"campaign '{row.key}' has no unit '{unit}'; see 'dondoc check {row.key}'")
    passes = {one.instruction_id: one for one in session.exec(select(Pass))}
    unit_id = next((key for key, one in book.units.items() if one.code == unit), None)
    found: dict[str, Any] = {
        "campaign": row.key,
        "rehearsal": row.rehearsal,
        "now": book.calendar.local(now).isoformat(),
        "closed": row.closed_at is not None,
        "steps": _steps(book, instruction, unit_id, now),
        "mails": outbox.counts_by_state(session, row, unit_id),
        "perhaps_twice": outbox.perhaps_twice(session, row, unit_id),
        "waiting": [
            _plain(one, book.calendar)
            for one in waiting(book, now)
            if unit in ("", one.unit) and (not instruction or instruction in one.instructions)
        ],
        "undecided": [
            _request(one, book.calendar.local(one.at))
            for one in undecided(book)
            if unit in ("", one.unit) and (not instruction or one.step.split("/")[1:2] == [instruction])
        ],
        "last_passes": {
            one.key: book.calendar.local(passes[key].at).isoformat() if key in passes else None
            for key, one in book.instructions.items()
            if instruction in ("", one.key)
        },
    }
    if unit:
        found["unit"] = _unit(book, unit, instruction, now)
    return found


def _steps(book: Casebook, instruction: str, unit_id: int | None, now: datetime) -> dict[str, int]:
    """How many of the chosen steps have each status."""
    instruction_id = next((key for key, one in book.instructions.items() if one.key == instruction), None)
    found = counts_by_status(book, now, instruction_id=instruction_id, unit_id=unit_id)
    return {one.value: count for one, count in found.items()}


def _plain(one: Waiting, calendar: WorkCalendar) -> dict[str, Any]:
    """A row without what does not apply to it."""
    row: dict[str, Any] = {"unit": one.unit, "target": one.target, "instructions": list(one.instructions)}
    row |= {"state": one.state, "why": one.why}
    if one.day is not None:
        again = calendar.local(one.next_attempt_at).isoformat() if one.next_attempt_at else None
        row |= {"day": one.day.isoformat(), "attempts": one.attempts, "uncertain": one.uncertain}
        row["next_attempt_at"] = again
    return row


def _request(one: Undecided, at: datetime) -> dict[str, Any]:
    """A row without what does not apply to it; `at` in the zone it is shown in."""
    row: dict[str, Any] = {"kind": one.kind, "at": at.isoformat(), "unit": one.unit, "step": one.step}
    row |= {"said": one.said.splitlines(), "until": one.until and one.until.isoformat(), "to": one.to}
    row["mail"] = one.inbound_sha256
    return {name: value for name, value in row.items() if value}


def _unit(book: Casebook, code: str, instruction: str, now: datetime) -> list[dict[str, Any]]:
    unit_id = next(key for key, row in book.units.items() if row.code == code)
    steps = book.steps_of_units([unit_id])[unit_id]
    states = book.states(steps)
    return [
        {
            "step": book.key(step),
            "status": status_of(states[key], book.calendar, now).value,
            "due_before": book.calendar.local(step.due_before).isoformat() if step.due_before else None,
            "next_action_at": book.calendar.local(step.next_action_at).isoformat()
            if step.next_action_at
            else None,
            "next_reason": step.next_reason,
            **({"deputy": step.deputy} if step.deputy else {}),
        }
        for key, step in steps.items()
        if instruction in ("", book.instructions[step.instruction_id].key)
    ]


def _print(found: dict[str, Any]) -> None:
    console = Console(markup=False, emoji=False)  # what units write may look like markup
    console.print(f"collector: {found['collector']}", highlight=False)
    for relay in found["relays"]:
        state = (
            f"paused until {relay['paused_until']}: {relay['detail']}" if relay["paused_until"] else "works"
        )
        console.print(f"relay {relay['server']}: {state}", highlight=False)
    for missing in found["undecreed"]:
        console.print(
            f"calendar {missing['calendar']}: the days off of {missing['year']} are only computed "
            f"({', '.join(missing['campaigns'])}); when its decree is out, enter it in "
            f"config/calendars/{missing['calendar']}.yaml, then 'dondoc open CAMPAIGN --migrate'",
            highlight=False,
        )
    _print_rows("mails that answer nothing known", _shortly(found["strangers"]), console)
    if not found["campaigns"]:
        console.print("no campaign is open; run 'dondoc open CAMPAIGN' or 'dondoc up'")
    for one in found["campaigns"]:
        kind = " (rehearsal)" if one["rehearsal"] else ""
        console.print(Text.assemble("\n", (one["campaign"], "bold"), f"{kind} at {one['now']}"))
        console.print(
            "steps: " + ", ".join(f"{count} {name}" for name, count in one["steps"].items() if count)
        )
        console.print(
            "mails: " + (", ".join(f"{count} {state}" for state, count in one["mails"].items()) or "none")
        )
        if one["perhaps_twice"]:
            console.print(f"perhaps delivered twice: {one['perhaps_twice']}", highlight=False)
        console.print(f"last passes: {_passes(one['last_passes'])}", highlight=False)
        _print_rows("waits for a coordinator", _shortly(one["undecided"]), console)
        _print_rows("waiting", _with_why_last(one["waiting"]), console)
        _print_rows("steps of the unit", one.get("unit", []), console)


def _shortly(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Requests as a terminal can hold them: what is asked for in one column, a mail by the start of its SHA-256."""
    return [
        {
            "kind": row["kind"],
            "at": row["at"],
            "of": row.get("step") or row.get("unit", ""),
            "asks for": row.get("until") or row.get("to") or row.get("mail", "")[:12],
            "said": " · ".join(row.get("said", [])),
        }
        for row in rows
    ]


def _passes(last: dict[str, str | None]) -> str:
    """`2020-06-30 07:05 (1a, 1g), never (2)`."""
    keys: dict[str, list[str]] = {}
    for key, at in last.items():
        keys.setdefault(_shown(at) or "never", []).append(key)
    return ", ".join(f"{when} ({', '.join(some)})" for when, some in keys.items())


def _with_why_last(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the columns in which nothing stands, so that the reason has room."""
    said = {name for row in rows for name, value in row.items() if value}
    return [
        {name: value for name, value in row.items() if name in said and name != WHY} | {WHY: row[WHY]}
        for row in rows
    ]


def _print_rows(title: str, rows: list[dict[str, Any]], console: Console) -> None:
    if not rows:
        return
    columns = list(dict.fromkeys(column for row in rows for column in row))
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold", min_width=ROOM if column == WHY else None)
    for row in rows[:50]:
        table.add_row(*(one_line(_shown(row.get(column))) for column in columns))
    console.print(table)
    if len(rows) > 50:
        console.print(f"… and {len(rows) - 50} more (--json lists all)")


def _shown(value: object) -> str:
    """Instants to the minute and steps without their campaign, so that a row fits a terminal."""
    text = "" if value is None else ", ".join(value) if isinstance(value, list) else str(value)
    if text.count("/") == 3:
        return text.split("/", 1)[1]
    return text[:16].replace("T", " ") if text[4:5] == "-" and text[10:11] == "T" else text
