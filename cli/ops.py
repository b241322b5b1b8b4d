"""For ops and coordinators at a terminal: `db upgrade`, `record`, `deployments`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails
from sqlmodel import col, select

from cli.access import ledger_engine
from cli.dates import day, written
from cli.files import put
from config.settings import load_settings
from directives import ledger
from directives.conversation import Answer, Channel, StepRef
from directives.errors import DondocError
from directives.evaluate import status
from directives.findings import nearest
from directives.ledger.answers import find_step
from directives.ledger.casebook import Casebook
from directives.ledger.engine import begin, reading
from directives.ledger.frozen import policy_of
from directives.ledger.states import campaign_now, campaign_row, ident
from directives.ledger.tables import Campaign
from tasks.workplace import machine_now

T = TypeVar("T")
KINDS = ("received", "in_progress", "done", "extension", "delegate", "question", "undo")


def register(app: typer.Typer) -> None:
    db = typer.Typer(help="The ledger's database.")
    db.command("upgrade")(upgrade)
    app.add_typer(db, name="db")
    app.command("record")(record)
    app.command("deployments")(deployments)


def upgrade() -> None:
    """Bring the ledger's tables to this version of dondoc."""
    settings = load_settings()
    ledger_engine(settings, make=True)
    print("the ledger is up to date")


def record(
    step: Annotated[
        str, typer.Argument(help="campaign/instruction/step/unit, e.g. dan-van-kheo-2020/1g/report/STP.")
    ],
    kind: Annotated[
        str,
        typer.Argument(
            help="received, in_progress, done, extension, delegate, question, undo (takes the unit's last answer back, "
            "within a day)."
        ),
    ],
    by: Annotated[str, typer.Option(help="Who says so.")],
    on: Annotated[str, typer.Option(help="The stated date, YYYY-MM-DD; now when not given.")] = "",
    channel: Annotated[Channel, typer.Option(help="How the answer came.")] = Channel.PHONE,
    doc: Annotated[str, typer.Option(help="done: the document's number, e.g. 215/BC-STP.")] = "",
    doc_date: Annotated[str, typer.Option(help="done: the document's date, YYYY-MM-DD.")] = "",
    percent: Annotated[int | None, typer.Option(help="in_progress: how far, 0 to 100.")] = None,
    reason: Annotated[str, typer.Option(help="Why (extension and delegate need it).")] = "",
    until: Annotated[str, typer.Option(help="extension: the date asked for, YYYY-MM-DD.")] = "",
    to: Annotated[
        str,
        typer.Option(
            help="delegate: a contact of the unit (address, name), or another unit to be asked for."
        ),
    ] = "",
    text: Annotated[str, typer.Option(help="The unit's own words (a question needs them).")] = "",
) -> None:
    """Record what a unit answered by telephone or on paper; covered steps follow."""
    if kind not in KINDS:
        raise DondocError(f"'{kind}' is no kind of answer{nearest(kind, KINDS)}")
    settings = load_settings()
    engine = ledger_engine(settings)
    ref = _ref(step)
    with begin(engine) as session:
        campaign = campaign_row(session, ref.campaign)
        now = campaign_now(campaign, machine_now())
        given = {
            "step": ref,
            "at": _stated(campaign, on, now),
            "by": by,
            "kind": kind,
            "reason": reason,
            "channel": channel,
            "doc_number": doc,
            "doc_date": doc_date,
            "percent": percent,
            "until": until,
            "to": to,
            "text": text,
        }
        ledger.answer(session, _answer(given), machine_now())
        session.flush()
        row = find_step(session, campaign, ref)
        book = Casebook(session, campaign)
        state = book.states({ident(row): row})[ident(row)]
        print(f"{step}: {kind} recorded; the step is now {status(state, book.calendar, now).value}")


def deployments(
    write: Annotated[bool, typer.Option("--write", help="Write prefect.yaml.")] = False,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune",
            help="Delete from Prefect what prefect.yaml no longer has; stop the schedules of closed campaigns.",
        ),
    ] = False,
    file: Annotated[
        Path | None, typer.Option(help="Where; the project's prefect.yaml when not given.")
    ] = None,
) -> None:
    """Print prefect.yaml as the campaign files want it, write it, or prune Prefect by it."""
    from flows.deployments import PREFECT_YAML, prefect_yaml  # Prefect takes seconds to import

    if prune:
        _prune(file or PREFECT_YAML)
        return
    text = prefect_yaml()
    if file and not write:
        raise DondocError("--file names what --write writes or --prune reads; add one of them")
    if not write:
        print(text, end="")
        return
    target = file or PREFECT_YAML
    put(target, text, "run it as the owner of that folder, or name another with --file")
    print(f"{target.name} written")


def _prune(file: Path) -> None:
    """`prefect deploy --all` never deletes: what a campaign no longer has would run on for ever."""
    from cli.stack import connected
    from flows.deployments import declared

    settings = load_settings()
    with reading(ledger_engine(settings)) as session:
        closed = session.exec(select(Campaign.key).where(col(Campaign.closed_at).is_not(None))).all()
    with connected(settings) as prefect:
        gone = prefect.prune(declared(file))
        # A deploy makes every schedule of the files active again.
        stopped = sum(prefect.rest(key) for key in closed)
    for name in gone:
        print(f"deleted {name}")
    print(f"{len(gone)} deployments deleted")
    if stopped:
        print(f"{stopped} schedules of closed campaigns stopped")


def _ref(step: str) -> StepRef:
    parts = step.split("/")
    try:
        return StepRef.model_validate(
            dict(zip(("campaign", "instruction", "step", "unit"), parts, strict=True))
        )
    except ValueError as error:  # too few or too many parts, or one that can be no key
        raise DondocError(
            f"'{step}' names no step; write campaign/instruction/step/unit, e.g. dan-van-kheo-2020/1g/report/STP"
        ) from error


def _answer(given: dict[str, object]) -> Answer:
    """Only what the kind knows of is passed on: an option left empty was not said."""
    said = {name: value for name, value in given.items() if value not in ("", None)}
    return _typed(TypeAdapter[Answer](Answer), said)


def _typed(adapter: TypeAdapter[T], given: dict[str, object]) -> T:
    try:
        return adapter.validate_python(given)
    except ValidationError as error:
        lines = [_mistyped(one, str(given.get("kind", ""))) for one in error.errors()]
        raise DondocError("; ".join(lines)) from error


def _mistyped(error: ErrorDetails, kind: str) -> str:
    """In the words of the command line: an option that is missing or does not belong, or what is wrong with its value."""
    option, bounds = f"--{str(error['loc'][-1]).replace('_', '-')}", error.get("ctx", {})
    if error["type"] in ("missing", "string_too_short"):
        return f"give {option} too"
    if error["type"] == "extra_forbidden":
        return f"'{kind}' takes no {option}; leave it out"
    if error["type"].startswith("date"):
        return f"{option}: '{error['input']}' is no date; write {written(str(error['input']))}"
    if "ge" in bounds or "le" in bounds:
        wanted = f"at least {bounds['ge']}" if "ge" in bounds else f"at most {bounds['le']}"
        return f"{option}: {error['input']} must be {wanted}"
    return f"{option}: {error['msg']}"


def _stated(campaign: Campaign, on: str, now: datetime) -> datetime:
    """Now, or the stated day: at noon, but never later than now. A date says no hour."""
    if not on:
        return now
    calendar = policy_of(campaign).calendar
    noon = calendar.at(day(on), datetime.min.time().replace(hour=12))
    return min(noon, now) if calendar.local(now).date() == noon.date() else noon
