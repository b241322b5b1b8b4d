"""Next year's campaign: last year's file and a new directive make a new file and its review page. Opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact

from config.crosswalk import load_crosswalk
from config.loader import (
    archived_files,
    campaign_files,
    campaigns_folder,
    find_campaign,
    load_calendar,
    load_definition,
    load_series,
    work_calendar,
)
from config.organisation import load_units
from config.rewriting import rewritten
from config.yaml_lines import parse_yaml, read_yaml, shown
from directives.deadline import last_good_day
from directives.definition import Definition, units_on
from directives.drafting import phrases
from directives.drafting.doubts import Doubt
from directives.drafting.phrase import Phrase, Signing
from directives.errors import DondocError
from directives.findings import nearest
from directives.model import Campaign, Due
from directives.rerun.asked import KEY_YEAR, request_for, sorted_phrases, wrong_with
from directives.rerun.comparison import compare
from directives.rerun.plan import Organisations, Rerun, applied, rerun
from directives.rerun.request import Request
from directives.workdays import SendWindow, WorkCalendar
from notifications.alerts import Unprepared
from notifications.board.escape import md
from notifications.rerun_page import Review, date_rows, head, mark_rows, review_page, why


@dataclass(frozen=True, slots=True)
class Wanted:
    """What ops gives. `deadlines`: phrases, plain or as "1g/report=trước ngày …"; no organisation: last year's."""

    campaign: str
    year: int
    number: str
    issued: date
    deadlines: Sequence[str]
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The new file's place and text, the page's place and text, and their figures."""

    file: Path
    text: str
    page: Path
    review: str
    marks: int
    dates: int
    lost: int


def prepare(wanted: Wanted, *, dry_run: bool) -> Prepared:
    """Nothing is written. Errors: DondocError with every mistake; BadInput for files that are wrong themselves."""
    source = find_campaign(wanted.campaign)
    old = load_definition(source)
    folder = campaigns_folder(source)
    root = folder.parent
    request = _request(wanted, old, root)
    file = folder / f"{request.campaign}.yaml"
    if file.exists():
        raise DondocError(f"{shown(file)} is there already; move it away to make it anew")
    new = _organisations(request, old, source, root)
    data = parse_yaml(shown(source), source.read_text(encoding="utf-8")).data
    found = rerun(old, data, request, new)
    text = _text(source, old, request, found)
    return _prepared(old, new, request, found, file, text, data, dry_run=dry_run)


def write(prepared: Prepared) -> None:
    """Both files, the page first: a campaign's file without its page would look finished. Errors: DondocError."""
    try:
        prepared.page.write_text(prepared.review, encoding="utf-8")
        prepared.file.write_text(prepared.text, encoding="utf-8")
    except OSError as error:
        raise DondocError(
            f"{shown(prepared.file)} cannot be written ({error.strerror}); run 'dondoc rerun' as the owner of the campaign "
            "files"
        ) from error


@task
def prepare_next_year(wanted: Wanted, dry_run: bool) -> Prepared:
    """Prepare it, show its review page, and write it unless it is only looked at."""
    prepared = prepare(wanted, dry_run=dry_run)
    create_markdown_artifact(
        prepared.review, key=f"{prepared.file.stem}-review", description=md(prepared.file.name)
    )
    if not dry_run:
        write(prepared)
    return prepared


def unprepared(year: int) -> tuple[Unprepared, ...]:
    """The series that have campaigns, put away or not, but none of this year, each with its latest one."""
    latest: dict[str, tuple[int, str]] = {}
    for file in (*campaign_files(), *archived_files()):
        spoken = KEY_YEAR.findall(file.stem)
        data = read_yaml(file).data
        if spoken and isinstance(data, dict) and isinstance(series := data.get("series"), str):
            latest[series] = max(latest.get(series, (0, "")), (int(spoken[-1]), file.stem))
    titles = {one.series: one.title for one in load_series()}
    return tuple(
        Unprepared(series, titles.get(series, series), year, last)
        for series, (known, last) in sorted(latest.items())
        if known < year
    )


def _request(wanted: Wanted, old: Definition, root: Path) -> Request:
    given, wrong = sorted_phrases(old, wanted.deadlines)
    dues: dict[str, tuple[str, Due]] = {}
    for name, phrase in given.items():
        if due := _given(phrases.find(phrase, Signing(wanted.issued, old.calendar)), old.calendar):
            dues[name] = (phrase, due)
        else:
            wrong.append(f"'{phrase}' gives no one date; write one like 'trước ngày 10/11/{wanted.year}'")
    organisation = wanted.organisation or old.campaign.organisation
    known = [file.stem for file in (root / "units").glob("*.csv")]
    if organisation not in known:
        wrong.append(
            f"there is no organisation '{organisation}' in config/units{nearest(organisation, known)}"
        )
    wrong += wrong_with(old, wanted.year, wanted.number, wanted.issued, dues, old.calendar)
    if wrong:
        raise DondocError("\n".join(wrong))
    return request_for(old, wanted.year, wanted.number, wanted.issued, organisation, dues)


def _given(found: Sequence[Phrase], calendar: WorkCalendar) -> Due | None:
    """The one date that the words give. That it lies before the day of issue is said beside the other mistakes.

    Days counted from the signing are a day: the campaign may open on another than that of issue.
    """
    if len(found) != 1 or found[0].due is None:
        return None
    if found[0].doubt is Doubt.FROM_SIGNING and found[0].due_before is not None:
        return Due(by=last_good_day(found[0].due_before, calendar))
    return found[0].due if found[0].doubt in (None, Doubt.PAST) else None


def _organisations(request: Request, old: Definition, source: Path, root: Path) -> Organisations:
    everyone = load_units(root / "units" / f"{request.organisation}.csv")
    units = units_on(everyone, request.issued)
    if not units:
        raise DondocError(
            f"no unit of {request.organisation} exists on {request.issued}; choose the organisation of that day with --units"
        )
    calendar = work_calendar(load_calendar(old.campaign, source), SendWindow())
    same = request.organisation == old.campaign.organisation
    crosswalk = () if same else load_crosswalk(root / "crosswalks" / f"{request.organisation}.csv", everyone)
    return Organisations(units, calendar, crosswalk)


def _text(source: Path, old: Definition, request: Request, found: Rerun) -> str:
    marks = [(mark.path, why(mark)) for mark in found.marks]
    return rewritten(source.read_text(encoding="utf-8"), found.changes, marks, head(old, request))


def _prepared(
    old: Definition,
    new: Organisations,
    request: Request,
    found: Rerun,
    file: Path,
    text: str,
    data: object,
    *,
    dry_run: bool,
) -> Prepared:
    read = parse_yaml(shown(file), text)
    if read.data != applied(data, found.changes):
        raise DondocError(
            f"{shown(file)} cannot be written so that it says what it should: an alias of last year's file stands for "
            "steps that differ now; write them out there"
        )
    definition = Definition(Campaign.model_validate(read.data), old.ladder, new.units, new.calendar)
    comparison = compare(old, definition, found.fates)
    review = Review(old, definition, request, found, comparison, shown(file), read.lines, dry_run)
    return Prepared(
        file,
        text,
        file.with_suffix(".review.md"),
        review_page(review),
        len(mark_rows(review)),
        len(date_rows(review)),
        len(comparison.lost),
    )
