"""`dondoc draft`: a directive's text becomes a campaign file to review. `dondoc deadline`: what a sentence's dates mean."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cli.files import put
from config.directive_file import directive_text
from config.loader import CONFIG, load_model, work_calendar
from config.organisation import load_units
from directives.definition import units_on
from directives.drafting import phrases
from directives.drafting.campaign import Wanted, campaign_text
from directives.drafting.document import Document, read
from directives.drafting.explain import explained
from directives.drafting.instructions import groups
from directives.drafting.phrase import Phrase, Signing
from directives.drafting.series import flow_lines, missing, series_head
from directives.drafting.titles import was_cut
from directives.errors import DondocError
from directives.findings import nearest
from directives.model import CalendarSpec, Series, Unit
from directives.names import folded
from directives.workdays import SendWindow, WorkCalendar
from directives.written import DAY

CALENDAR = "vn"


def register(app: typer.Typer) -> None:
    app.command("draft")(draft)
    app.command("deadline")(deadline)


def draft(
    file: Annotated[Path, typer.Argument(help="The directive: .txt, .md, .docx or a PDF with text.")],
    units: Annotated[
        str | None,
        typer.Option(help="Whose units it speaks of: a file of config/units, such as can-tho-2020."),
    ] = None,
    series: Annotated[
        str | None,
        typer.Option(help="The series whose flows it uses: a file of config/series, there or new."),
    ] = None,
    campaign: Annotated[
        str | None, typer.Option(help="The campaign's key: the name of the file you write to, without .yaml.")
    ] = None,
    write_series: Annotated[
        bool, typer.Option("--write-series", help="Also write the flows it needs into the series file.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="What was read, as one JSON object, instead of a campaign file.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Each value with its sentence and the rule that read it.")
    ] = False,
) -> None:
    """Draft a campaign file from a directive's text, on standard output.

    dondoc draft cv.docx --units can-tho-2020 --series my-series > config/campaigns/my-campaign.yaml

    Every value that is not certain carries a comment "# RÀ SOÁT: why". Read the file beside the directive, settle and
    delete each of them, fill what is empty, then `dondoc check`: it refuses a file while one such comment is left.
    Reads the file only; nothing is sent anywhere. Exit status 1 and one line where the file cannot be drafted from.
    """
    calendar = _calendar()
    document = _document(file, calendar)
    if as_json:
        print(json.dumps(document.as_data(), ensure_ascii=False, indent=2))
        return
    if explain:
        print("\n".join(explained(document)))
        return
    if not document.duties:
        raise DondocError(f"'{file.name}' gives no instruction: no sentence asks anybody to do anything")
    known = _series(series)
    if campaign is not None:
        _checked_key("--campaign", campaign)
    organisation = _units(units, document)
    if write_series:
        known = _write_series(series, document, known)
    key = campaign or _key(series, document)
    flows = known.flows if known else ()
    cut = tuple(flow.key for flow in flows if was_cut(flow.title))
    wanted = Wanted(key, series, units, organisation, frozenset(flow.key for flow in flows), cut)
    print(campaign_text(document, wanted), end="")


def deadline(
    sentence: Annotated[str, typer.Argument(help="A sentence of a directive, in quotes.")],
    signed: Annotated[str, typer.Option(help="The day the directive was signed, such as 2020-06-30.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False,
) -> None:
    """Say what the dates of a sentence mean: each deadline phrase, from which instant it is late, and what is doubtful.

    A day alone ("vào ngày 15/9"), dates of cited documents and periods of data are no deadlines and give none.
    """
    signing = Signing(_signed(signed), _calendar())
    found = phrases.find(" ".join(sentence.split()), signing)
    if as_json:
        print(json.dumps([one.as_data() for one in found], ensure_ascii=False, indent=2))
        return
    print("\n".join(_line(one) for one in found) if found else "no deadline")


def _line(phrase: Phrase) -> str:
    when = f"late from {phrase.due_before:%Y-%m-%d %H:%M}" if phrase.due_before else phrase.rrule or "no date"
    days = f", {phrase.days} days" if phrase.days else ""
    doubt = f"  RÀ SOÁT: {phrase.doubt.value}" if phrase.doubt else ""
    return f"“{phrase.phrase}”: {phrase.kind.value}, {when}{days}{doubt}"


def _signed(text: str) -> date:
    try:
        if not DAY.fullmatch(text.strip()):
            raise ValueError
        return date.fromisoformat(text.strip())
    except ValueError:
        raise DondocError(f"--signed '{text}' is no day; write one like 2020-06-30") from None


def _calendar() -> WorkCalendar:
    return work_calendar(load_model(CalendarSpec, CONFIG / "calendars" / f"{CALENDAR}.yaml"), SendWindow())


def _document(file: Path, calendar: WorkCalendar) -> Document:
    try:
        return read(directive_text(file), calendar)
    except DondocError as error:
        message = str(error)
        raise DondocError(message if message.startswith("'") else f"'{file.name}' {message}") from error


def _units(name: str | None, document: Document) -> Mapping[str, Unit]:
    """The units that existed when the directive was signed."""
    if name is None:
        return {}
    file = CONFIG / "units" / f"{name}.csv"
    if not file.is_file():
        known = [one.stem for one in file.parent.glob("*.csv")]
        raise DondocError(f"--units '{name}' is not in config/units/{nearest(name, known)}")
    loaded = load_units(file)
    return units_on(loaded, document.head.issued) if document.head.issued else loaded


def _series(name: str | None) -> Series | None:
    if name is None:
        return None
    _checked_key("--series", name)
    file = CONFIG / "series" / f"{name}.yaml"
    return load_model(Series, file) if file.is_file() else None


def _checked_key(option: str, name: str) -> None:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise DondocError(f"{option} '{name}' is no key; write small letters, digits and single hyphens")


def _write_series(name: str | None, document: Document, known: Series | None) -> Series:
    """New flows go below those that stand there; none is changed. What was written is said on standard error."""
    if name is None:
        raise DondocError("--write-series needs the series' name; add --series NAME")
    file = CONFIG / "series" / f"{name}.yaml"
    new = missing(groups(document.duties), known)
    if new:
        first = max((flow.ordinal for flow in known.flows), default=0) + 1 if known else 1
        head = file.read_text(encoding="utf-8") if known else series_head(name, document.head.subject or name)
        text = head.rstrip("\n") + "\n" + flow_lines(new, first)
        put(file, text, "run it as the owner of the campaign files, or leave --write-series out")
        print(
            f"{file.name}: {len(new)} flows written: {', '.join(group.key for group in new)}", file=sys.stderr
        )
    return load_model(Series, file)


def _key(series: str | None, document: Document) -> str:
    """From the series and the year, else from the number."""
    year = f"-{document.head.issued.year}" if document.head.issued else ""
    return f"{series}{year}" if series else "-".join(_words(document)) + year


def _words(document: Document) -> Iterator[str]:
    yield from (one for one in folded(document.head.number or "draft") if one.isascii())
