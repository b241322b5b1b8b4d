"""`dondoc rerun`: next year's campaign from last year's."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.dates import day
from config.yaml_lines import shown
from tasks.next_year import Wanted, prepare, write


def register(app: typer.Typer) -> None:
    app.command("rerun")(rerun)


def rerun(
    campaign: Annotated[str, typer.Argument(help="Last year's campaign: its key or file.")],
    year: Annotated[int, typer.Option(help="The new campaign's year.")],
    directive: Annotated[str, typer.Option(help="The new directive's number and symbol, e.g. 215/UBND-NC.")],
    issued: Annotated[str, typer.Option(help="The day it was issued, YYYY-MM-DD.")],
    deadline: Annotated[
        list[str] | None,
        typer.Option(
            help="The directive's own date in its own words, e.g. 'trước ngày 10/11/2027'; it is never moved. Where several "
            "steps have dates of their own: '1g/report=trước ngày …', once for each."
        ),
    ] = None,
    units: Annotated[
        str, typer.Option(help="The organisation now, e.g. can-tho-2025; last year's when not given.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the review page; write nothing.")] = False,
) -> None:
    """Make next year's campaign file from last year's, and a page to review it. Opens nothing, mails nobody.

    Every date is moved by a stated rule, audiences go to the units of the new organisation, and what a person must decide is
    marked '# RÀ SOÁT' in the file: `dondoc check` and `dondoc open` refuse it while a mark is left.
    """
    wanted = Wanted(campaign, year, directive, day(issued), tuple(deadline or ()), units)
    prepared = prepare(wanted, dry_run=dry_run)
    if dry_run:
        print(prepared.review, end="")
        return
    write(prepared)
    print(f"{shown(prepared.file)} written: {prepared.marks} marks to decide, {prepared.dates} dates")
    print(f"{shown(prepared.page)} says what changed and why; nothing was opened, nobody was mailed")
