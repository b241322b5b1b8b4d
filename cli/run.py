"""Running: `dondoc up`, `dondoc simulate`, and the rehearsal's `dondoc clock`."""

from __future__ import annotations

import json
import tempfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from cli.dates import day
from cli.replay import replay, slots
from config.contacts import contacts_of
from config.loader import CONFIG, find_campaign, load_definition, load_model
from config.settings import load_settings
from directives.behaviour import Behaviour, Rehearsal
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, make_engine, migrate, reading
from directives.ledger.opening import open_campaign
from directives.ledger.states import campaign_row
from directives.ledger.tables import Addressee, Message, MessageItem, Notice
from notifications.writer import Post


def register(app: typer.Typer) -> None:
    app.command("up")(up)
    app.command("simulate")(simulate)


def up(
    once: Annotated[bool, typer.Option(help="Stop when every pass has run and every mail was sent.")] = False,
    fresh: Annotated[
        bool, typer.Option(help="Empty the trial's ledger and Prefect's database first.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
    rehearsal: Annotated[str, typer.Option(help="A file of config/rehearsals.")] = "dan-van-kheo-2020",
) -> None:
    """Start everything on this machine and rehearse: Prefect server, worker, trial mail, the campaign on its own clock.

    With --json, one object: flows, deployments, scheduled_runs, completed_runs, failed_runs, units, steps, overdue,
    notices, mails, recipients, seconds (by phase). Exit status 0 only if every pass ran and every mail was accepted.
    """
    from cli.up import run_up  # Prefect takes seconds to import; the other commands do without

    raise typer.Exit(run_up(load_settings(), rehearsal, once=once, fresh=fresh, as_json=as_json))


def simulate(
    campaign: Annotated[str, typer.Argument(help="Campaign key or file.")],
    since: Annotated[
        str, typer.Option("--from", help="First day, YYYY-MM-DD; the opening when not given.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", help="Last day; the end of the opening's year when not given.")
    ] = "",
    answers: Annotated[
        str, typer.Option(help="A rehearsal (key or file) whose seeded answers come in; none: silence.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every mail.")] = False,
) -> None:
    """Live a campaign on a virtual clock through the production code and show every mail that would leave.

    Uses a ledger of its own that is thrown away; opens no connection and sends nothing.
    """
    settings = load_settings()
    definition = load_definition(find_campaign(campaign), settings.window)
    behaviour = behaviour_of(answers) if answers else None
    start, end = _span(definition, since, until)
    with tempfile.TemporaryDirectory(prefix="dondoc-") as folder:
        result = lived(
            definition,
            settings.contacts,
            start,
            end,
            behaviour,
            Path(folder),
        )
    if as_json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        _print(result)


def behaviour_of(name: str) -> Behaviour:
    file = Path(name) if name.endswith(".yaml") else CONFIG / "rehearsals" / f"{name}.yaml"
    return load_model(Rehearsal, file).behaviour


def lived(
    definition: Definition,
    contacts: Path | None,
    start: datetime,
    until: datetime,
    behaviour: Behaviour | None,
    folder: Path,
) -> dict[str, Any]:
    """The year as plain data. Shape: campaign, from, until, counts {status: steps}, notices {rung: n}, mails [...]."""
    engine = make_engine(f"sqlite:///{folder / 'ledger.db'}")
    migrate(engine)
    with begin(engine) as session:
        open_campaign(session, definition, contacts_of(contacts, definition.units), at=start)
    days = len(list(slots(definition, start, until)))
    with Console(stderr=True).status("") as status:
        seen = iter(range(1, days + 1))
        replay(
            engine,
            definition,
            Post("dondoc@dondoc.example", "dondoc", "ops@dondoc.example", secret=b"simulated"),
            start=start,
            until=until,
            behaviour=behaviour,
            progress=lambda day: status.update(f"{day:%d/%m/%Y} ({next(seen)} of {days} days)"),
        )
    with reading(engine) as session:
        book = Casebook(session, campaign_row(session, definition.campaign.campaign))
        result = _result(session, book, start, until)
    engine.dispose()
    return result


def _result(session: Session, book: Casebook, start: datetime, until: datetime) -> dict[str, Any]:
    board = boards.campaign_board(book, until)
    statuses = {status.value: board.count(status) for status in board.rows[0].counts}
    notices: dict[str, int] = {}
    for rung in session.exec(select(Notice.rung).where(col(Notice.superseded).is_(False))):
        notices[rung] = notices.get(rung, 0) + 1
    return {
        "campaign": book.campaign.key,
        "from": book.calendar.local(start).isoformat(),
        "until": book.calendar.local(until).isoformat(),
        "counts": statuses,
        "notices": notices,
        "mails": _mails(session, book),
    }


def _mails(session: Session, book: Casebook) -> list[dict[str, Any]]:
    items: dict[int, list[MessageItem]] = {}
    for item in session.exec(select(MessageItem).order_by(col(MessageItem.n))):
        items.setdefault(item.message_id, []).append(item)
    mails: list[dict[str, Any]] = []
    told = _told(session)
    asked_of = {item.step_id for some in items.values() for item in some}
    steps = book.steps(sorted(asked_of | {step_id for some in told.values() for _, step_id in some}))
    for message in session.exec(select(Message).where(Message.state == "accepted").order_by(col(Message.id))):
        assert message.id is not None
        assert message.sent_at is not None
        asked = [(item.rung, item.step_id) for item in items.get(message.id, []) if item.rung]
        asked = asked or told.get(message.id, [])  # an overview numbers nothing
        mails.append(
            {
                "at": book.calendar.local(message.sent_at).isoformat(),
                "to": message.address,
                "unit": book.units[message.unit_id].code,
                "target": message.target,
                "rung": list(dict.fromkeys(rung for rung, _ in asked)),
                "items": [book.key(steps[step_id]).split("/", 1)[1] for _, step_id in asked],
            }
        )
    return mails


def _told(session: Session) -> dict[int, list[tuple[str, int]]]:
    """(rung, step) of every notice that a mail carried."""
    found: dict[int, list[tuple[str, int]]] = {}
    rows = select(Addressee.message_id, Notice.rung, Notice.step_id).join(Notice).order_by(col(Addressee.id))
    for message_id, rung, step_id in session.exec(rows.where(Addressee.state == "sent")):
        if message_id is not None:
            found.setdefault(message_id, []).append((rung, step_id))
    return found


def _print(result: dict[str, Any]) -> None:
    table = Table(
        "day", "to units", "to superiors", "to the monitor", title="Mails by day", title_justify="left"
    )
    days: dict[str, dict[str, int]] = {}
    for mail in result["mails"]:
        day = days.setdefault(mail["at"][:10], {})
        day[mail["target"]] = day.get(mail["target"], 0) + 1
    for day, counts in days.items():
        table.add_row(day, *(str(counts.get(target, "")) for target in ("lead", "superior", "monitor")))
    console = Console()
    console.print(table)
    console.print(f"{len(result['mails'])} mails; steps at the end: ", end="")
    console.print(", ".join(f"{count} {status}" for status, count in result["counts"].items() if count))


def _span(definition: Definition, since: str, until: str) -> tuple[datetime, datetime]:
    """The first and last instant to live. Errors: DondocError where there is nothing, or no calendar."""
    calendar, opened_at = definition.calendar, definition.opened_at
    first = day(since) if since else calendar.local(opened_at).date()
    last = day(until) if until else date(calendar.local(opened_at).year, 12, 31)
    for one in (first, last):
        try:
            calendar.is_workday(one)
        except ValueError as error:
            raise DondocError(str(error)) from error
    start = max(calendar.at(first, time(0)), opened_at)
    end = calendar.at(last, time(23, 59))
    if end < start:
        raise DondocError(
            f"nothing to simulate: the last day, {last}, is before the first, {calendar.local(start).date()}"
        )
    return start, end
