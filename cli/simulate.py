"""`dondoc simulate`: a campaign's year before anybody gets it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from cli.dates import day
from cli.files import make_folder, put
from cli.recall import answers_again
from cli.simulate_print import comparison, plain, print_comparison, print_mails, print_year, shown
from cli.simulated import Scenario, kept, lived
from cli.voices import Said
from config.loader import find_campaign, load_definition
from config.settings import Settings, load_settings
from config.variants import load_behaviour, load_ladder
from directives.definition import Definition
from directives.errors import DondocError
from directives.findings import nearest
from directives.simulated import BUSY, SimulatedMail, SimulatedYear, warnings
from notifications.keys import Keys
from notifications.writer import Post


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    campaign: Annotated[str, typer.Argument(help="Campaign key or file.")],
    since: Annotated[
        str, typer.Option("--from", help="First day, YYYY-MM-DD; the opening when not given.")
    ] = "",
    until: Annotated[
        str, typer.Option("--until", help="Last day; the end of the opening's year when not given.")
    ] = "",
    answers: Annotated[
        str,
        typer.Option(
            help="How units behave: a behaviour's file or a rehearsal (docs/simulate.md); none: silence."
        ),
    ] = "",
    answers_of: Annotated[
        str, typer.Option(help="An earlier campaign in this ledger, whose answers come in again.")
    ] = "",
    ladder: Annotated[
        str, typer.Option(help="Another ladder than the campaign's: key or file of config/escalations.")
    ] = "",
    compare: Annotated[
        bool,
        typer.Option("--compare", help="Beside the same year without --ladder, or without --answers-of."),
    ] = False,
    mails: Annotated[bool, typer.Option("--mails", help="List every mail: when, to whom, why.")] = False,
    unit: Annotated[str, typer.Option(help="List only the mails to this unit, e.g. STP.")] = "",
    show: Annotated[int, typer.Option(min=0, help="Print the mail of this number in the list.")] = 0,
    render: Annotated[
        Path | None, typer.Option(help="Write every mail (of --unit) as an .eml file into this folder.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="Write the load of each day and unit as a picture (PNG).")
    ] = None,
    busy: Annotated[int, typer.Option(min=1, help="Warn of a unit with so many mails in a week.")] = BUSY,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with every mail.")] = False,
) -> None:
    """Live a campaign on a virtual clock through the production code and show every mail that would leave.

    Uses a ledger of its own that is thrown away; opens no connection and sends nothing.
    """
    settings = load_settings()
    definition = load_definition(file := find_campaign(campaign), settings.window)
    said = answers_again(definition, file, settings, answers_of).said if answers_of else None
    scenarios = _scenarios(definition, said, answers, answers_of, ladder, compare=compare)
    _require_sense(definition, unit, picture, render)
    start, end = span(definition, since, until)
    post = post_of(settings)
    with ExitStack() as stack:
        keep = Path(stack.enter_context(tempfile.TemporaryDirectory())) if show or render else None
        *others, last = scenarios
        before = [lived(one, settings.contacts, start, end, post=post) for one in others]
        year = lived(last, settings.contacts, start, end, post=post, keep=keep)
        if keep:
            _render(year, keep, unit, show, render)
    if picture:
        _draw(year, last.definition, busy, picture)
    if show:
        return
    labels = [one.label for one in scenarios]
    if as_json:
        found = plain(year, last.definition, busy, unit)
        if before:
            found["compared"] = comparison(labels, [*before, year])
        print(json.dumps(found, ensure_ascii=False, indent=1))
    elif before:
        print_comparison(labels, [*before, year], last.definition)
    else:
        if mails or unit:
            print_mails(year, unit)
        print_year(year, warnings(year, last.definition, busy))


def _require_sense(definition: Definition, unit: str, picture: Path | None, render: Path | None) -> None:
    """What is asked for is said to be wrong before a year is lived, not after. Errors: DondocError."""
    if unit and unit not in definition.units:
        raise DondocError(f"'{unit}' is no unit of the campaign{nearest(unit, definition.units)}")
    if picture and not picture.parent.is_dir():
        raise DondocError(f"there is no folder {picture.parent} for --picture; make it, or name another")
    if render:
        make_folder(render, "name another folder with --render")


def _scenarios(
    definition: Definition,
    said: Sequence[Said] | None,
    answers: str,
    answers_of: str,
    ladder: str,
    *,
    compare: bool,
) -> list[Scenario]:
    """What is lived: one scenario, or two that differ in their ladder, else in who answers."""
    if answers and answers_of and not (compare and not ladder):
        raise DondocError("give either --answers or --answers-of, or both with --compare")
    if compare and not (ladder or answers_of):
        raise DondocError("--compare needs --ladder, another ladder, or --answers-of, an earlier campaign")
    behaviour = load_behaviour(answers, definition) if answers else None
    other = replace(definition, ladder=load_ladder(ladder)) if ladder else definition
    last = Scenario(f"ladder {other.ladder.ladder}", other, behaviour, said)
    if not compare:
        return [replace(last, label=definition.campaign.campaign)]
    if ladder:
        return [Scenario(_named(definition, other), definition, behaviour, said), last]
    return [
        Scenario(answers or "silence", definition, behaviour),
        replace(last, label=f"answers of {answers_of}", behaviour=None),
    ]


def _named(definition: Definition, other: Definition) -> str:
    """Two ladders may bear one key: a copy that was edited."""
    own = f"ladder {definition.ladder.ladder}"
    return f"{own} (now)" if definition.ladder.ladder == other.ladder.ladder else own


def _draw(year: SimulatedYear, definition: Definition, busy: int, picture: Path) -> None:
    from notifications.board.load import draw_load  # matplotlib takes a second to import

    put(picture, draw_load(year, definition, busy), "name another with --picture")


def _render(year: SimulatedYear, keep: Path, unit: str, show: int, render: Path | None) -> None:
    if show:
        if show > len(year.mails):
            raise DondocError(f"there is no mail {show}; they are numbered 1 to {len(year.mails)}")
        print(shown(year.mails[show - 1], kept(year.mails[show - 1], keep)), end="")
    if render:
        for mail in year.mails:
            if unit in ("", mail.unit):
                put(render / _file_name(mail), kept(mail, keep), "name another folder with --render")


def _file_name(mail: SimulatedMail) -> str:
    """0012-2020-11-10-STP-lead.eml: in the order of the list."""
    return f"{mail.n:04}-{mail.at:%Y-%m-%d}-{mail.unit}-{mail.target.replace(':', '-').partition('@')[0]}.eml"


def post_of(settings: Settings) -> Post:
    """As this installation writes, with a secret of its own: no token of a simulation is ever good. No mailbox is read."""
    return Post(
        settings.mail_from,
        settings.mail_name,
        settings.ops_address,
        keys=Keys.of("simulated"),
        max_mails_per_slot=settings.max_mails_per_slot,
        page_url=settings.page_url,
    )


def span(definition: Definition, since: str, until: str) -> tuple[datetime, datetime]:
    """The first and last instant to live. Errors: DondocError where there is nothing, or no calendar."""
    calendar, opened_at = definition.calendar, definition.opened_at
    first = day(since) if since else calendar.local(opened_at).date()
    last = day(until) if until else date(calendar.local(opened_at).year, 12, 31)
    for one in (first, last):
        try:
            calendar.is_workday(one)
        except ValueError as error:
            raise DondocError(str(error)) from error
    start = max(calendar.begins(first), opened_at)
    end = calendar.at(last, time(23, 59))
    if end < start:
        raise DondocError(
            f"nothing to simulate: the last day, {last}, is before the first, {calendar.local(start).date()}"
        )
    return start, end
