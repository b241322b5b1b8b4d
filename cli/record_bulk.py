"""`dondoc record-bulk`: many reports that came by e-office, previewed and then confirmed as they were seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.access import ledger_engine
from config.list_sheet import list_rows
from config.settings import load_settings
from directives.bulk import rows_of
from directives.errors import DondocError
from directives.ledger.bulk_record import Preview, preview, record
from directives.ledger.engine import begin, reading
from notifications.bulk_view import why
from tasks.workplace import machine_now

LONGEST = 1_000_000  # characters of a paste


def register(app: typer.Typer) -> None:
    app.command("record-bulk")(record_bulk)


def record_bulk(
    campaign: Annotated[str, typer.Argument(help="Campaign key.")],
    step: Annotated[str, typer.Argument(help="Instruction and step, such as 1g/report.")],
    by: Annotated[str, typer.Option(help="Who records it: one of the campaign's coordinators.")],
    lines: Annotated[
        str, typer.Option(help="A text file of lines or an .xlsx; '-' reads them from standard input.")
    ] = "-",
    confirm: Annotated[
        str, typer.Option(help="The fingerprint of the preview; without it nothing changes.")
    ] = "",
) -> None:
    """Record reports from a list: unit, document number, date received, one report a line."""
    rows = list_rows(Path(lines)) if lines.lower().endswith(".xlsx") else rows_of(_text(lines))
    engine, now = ledger_engine(load_settings()), machine_now()
    with reading(engine) as session:
        seen = preview(session, campaign, step, rows, now)
    if confirm:
        with begin(engine) as session:
            count = record(session, seen, rows, confirm, by, now)
        print(f"recorded: {count}")
        return
    _show(seen)


def _text(file: str) -> str:
    try:
        if file == "-":
            text = sys.stdin.read(LONGEST + 1)
        else:
            with open(file, encoding="utf-8-sig") as opened:
                text = opened.read(LONGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DondocError(
            f"'{file}' cannot be read ({getattr(error, 'strerror', None) or error}); give a UTF-8 text file"
        ) from error
    if len(text) > LONGEST:
        raise DondocError(f"the list is longer than {LONGEST} characters; split it")
    return text


def _show(seen: Preview) -> None:
    for one in seen.entries:
        mark = " (proposed: check the unit)" if one.proposed else ""
        own = f" of {one.doc_date:%d/%m/%Y}" if one.doc_date else ""
        print(
            f"line {one.line}: {one.unit} {seen.name(one.unit)}, {one.doc_number}{own}, "
            f"received {one.received:%d/%m/%Y}{mark}"
        )
    for one in seen.unread:
        print(f"line {one.line}: not recorded, {why(one)}: {one.text}")
    print(f"recognised {len(seen.entries)}, not recorded {len(seen.unread)}; nothing was changed")
    if seen.entries:
        print(f"to record it: --confirm {seen.fingerprint}")
