"""YAML and CSV → models. An error names file, line and field, what is wrong and the way out; all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import holidays
from pydantic import ValidationError

from config.organisation import read_units
from config.salvage import read_campaign
from config.sentences import sentences
from config.yaml_lines import Located, Unreadable, read_yaml, shown
from directives.check import calendar_findings, campaign_findings, ladder_findings, series_findings
from directives.definition import Definition, units_on
from directives.errors import BadInput, Problem
from directives.findings import Finding, nearest
from directives.model import CalendarSpec, Campaign, Ladder, Model, Rung, Series, Unit
from directives.workdays import SendWindow, WorkCalendar

CONFIG = Path(__file__).parent
# What a campaign is checked against where the file it names is wrong itself.
ANY_LADDER = Ladder(ladder="unknown", title="?", rungs=(Rung(key="assigned", at_assignment=True),))
ANY_CALENDAR = WorkCalendar(
    "Asia/Ho_Chi_Minh", date(1900, 1, 1), date(2199, 12, 31), frozenset(), frozenset()
)
ARCHIVE = "archive"  # below campaigns/: what was put away is deployed no more, and still last year's campaign
M = TypeVar("M", bound=Model)


def campaign_files(root: Path = CONFIG) -> list[Path]:
    """The campaigns in use."""
    return sorted((root / "campaigns").glob("*.yaml"))


def archived_files(root: Path = CONFIG) -> list[Path]:
    """The campaigns that `dondoc archive` put away."""
    return sorted((root / "campaigns" / ARCHIVE).glob("*.yaml"))


def find_campaign(name: str, root: Path = CONFIG) -> Path:
    """The file of a campaign, in use or put away, given its path or its key. Errors: BadInput with the nearest key."""
    if name.endswith((".yaml", ".yml")) or "/" in name:
        return Path(name)
    files = {file.stem: file for file in (*archived_files(root), *campaign_files(root))}
    if name not in files:
        file = shown(root / "campaigns" / f"{name}.yaml")
        raise BadInput([Problem(file, 1, "", f"there is no campaign '{name}'{nearest(name, files)}")])
    return files[name]


def campaigns_folder(file: Path) -> Path:
    """Where the campaigns in use lie beside this one, which may be put away."""
    folder = file.resolve().parent
    return folder.parent if folder.name == ARCHIVE else folder


def load_definition(file: Path, window: SendWindow | None = None, root: Path | None = None) -> Definition:
    """A campaign's file with all it refers to, checked. Errors: BadInput with every problem found."""
    root = root or config_of(file)
    located = read_yaml(file)
    problems = list(located.problems)
    campaign, broken = read_campaign(located, problems)
    if campaign and ("campaign",) not in broken:
        problems += _misnamed(campaign, file, located)
    data: dict[str, Any] = located.data if isinstance(located.data, dict) else {}
    # The files a campaign names are read even when its own shape is wrong: all errors in one go.
    ladder = _named(Ladder, "escalations", data.get("ladder"), "ladder", located, root, problems)
    calendar = _named(CalendarSpec, "calendars", data.get("calendar"), "calendar", located, root, problems)
    series = _named(Series, "series", data.get("series"), "series", located, root, problems)
    units = _units(data.get("organisation"), located, root, problems)
    if campaign:
        existing = units if ("directive", "issued") in broken else units_on(units, campaign.directive.issued)
        definition = Definition(
            campaign,
            ladder or ANY_LADDER,
            existing,
            work_calendar(calendar, window or SendWindow()) if calendar else ANY_CALENDAR,
            {code: unit for code, unit in units.items() if code not in existing},
        )
        findings = campaign_findings(definition, series, broken)
        problems += [located.problem(located.known(path), message) for path, message in findings]
        if not problems:
            return definition
    raise BadInput(problems)


def known_units(file: Path) -> Mapping[str, Unit]:
    """The organisation of a campaign whose file may be wrong elsewhere; empty when it cannot be read whole."""
    try:
        located = read_yaml(file)
    except BadInput:
        return {}
    data: dict[str, Any] = located.data if isinstance(located.data, dict) else {}
    return _units(data.get("organisation"), located, config_of(file), [])


def load_model(model: type[M], file: Path) -> M:
    """One YAML file as one model. Errors: BadInput."""
    located = read_yaml(file)
    problems = list(located.problems)
    value = validated(model, located, problems)
    problems += [located.problem(located.known(path), message) for path, message in _findings(value)]
    if value is None or problems:
        raise BadInput(problems)
    return value


def _findings(value: Model | None) -> Iterable[Finding]:
    """What is wrong with a file beyond its shape, for the kinds of file that have more to say."""
    match value:
        case Ladder():
            return ladder_findings(value)
        case CalendarSpec():
            return calendar_findings(value)
        case Series():
            return series_findings(value)
        case _:
            return ()


def load_series(root: Path = CONFIG) -> list[Series]:
    return [load_model(Series, file) for file in sorted((root / "series").glob("*.yaml"))]


def load_calendar(campaign: Campaign, file: Path) -> CalendarSpec:
    """The calendar that a campaign's file names, as written. Errors: BadInput."""
    return load_model(CalendarSpec, config_of(file) / "calendars" / f"{campaign.calendar}.yaml")


def work_calendar(spec: CalendarSpec, window: SendWindow) -> WorkCalendar:
    """The `holidays` package for Việt Nam, with the decrees of the file laid over it."""
    years = sorted(spec.years)
    off = set(holidays.country_holidays("VN", years=years, language="vi"))
    off |= {day for year in spec.years.values() for day in year.days_off}
    worked = {day for year in spec.years.values() for day in year.days_worked}
    return WorkCalendar(
        timezone=spec.timezone,
        first=date(years[0], 1, 1),
        last=date(years[-1], 12, 31),
        days_off=frozenset(off - worked),
        days_worked=frozenset(worked),
        window=window,
    )


def _misnamed(campaign: Campaign, file: Path, located: Located) -> Iterable[Problem]:
    """Commands find a campaign by its file's name: a copy that keeps the old key would change the old campaign."""
    if file.resolve().parent.name == "campaigns" and campaign.campaign != file.stem:
        message = f"'{campaign.campaign}' is not the file's name; write '{file.stem}', or rename the file"
        yield located.problem(("campaign",), message)


def config_of(file: Path) -> Path:
    """A campaign in a `campaigns/` folder beside `units/` has its own config; any other uses the shipped one."""
    root = campaigns_folder(file).parent
    return root if (root / "units").is_dir() and (root / "escalations").is_dir() else CONFIG


def _named(
    model: type[M], folder: str, name: Any, field: str, located: Located, root: Path, problems: list[Problem]
) -> M | None:
    file = _existing(root / folder, name, ".yaml", field, located, problems)
    if file is None:
        return None
    try:
        return load_model(model, file)
    except BadInput as bad:
        problems += bad.problems
        return None


def _units(name: Any, located: Located, root: Path, problems: list[Problem]) -> Mapping[str, Unit]:
    """The organisation; empty when it cannot be trusted to be whole, so that nothing is checked against it."""
    file = _existing(root / "units", name, ".csv", "organisation", located, problems)
    if file is None:
        return {}
    organisation = read_units(file)
    problems += organisation.problems
    return organisation.units if organisation.whole else {}


def _existing(
    folder: Path, name: Any, suffix: str, field: str, located: Located, problems: list[Problem]
) -> Path | None:
    if not isinstance(name, str):
        return None  # missing or of a wrong type: the model says so
    file = folder / f"{name}{suffix}"
    if file.is_file() and file.parent == folder:
        return file
    known = [path.stem for path in folder.glob(f"*{suffix}")]
    problems.append(located.problem((field,), f"'{name}' is not in {shown(folder)}/{nearest(name, known)}"))
    return None


def validated(model: type[M], located: Located, problems: list[Problem]) -> M | None:
    try:
        return model.model_validate(located.data)
    except ValidationError as error:
        for loc, sentence, found in sentences(error, model):
            if not isinstance(found, Unreadable):
                problems.append(located.problem(located.place(loc), sentence))
        return None
