"""The rerun: a new directive laid over last year's campaign. Deterministic; decides nothing a person must decide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, cast

from directives.definition import Definition
from directives.findings import Path
from directives.model import AudienceSpec, Source, Unit, UnitKind
from directives.rerun.audiences import Audiences, written
from directives.rerun.moving import Dates
from directives.rerun.request import REMOVED, Change, Doubt, Mark, Request
from directives.rerun.texts import Issued, retold
from directives.rerun.units import TIERS, Fate, Succession, UnitFate, fates, newcomers
from directives.workdays import WorkCalendar

# Names, codes, dates and citations: no running text of the campaign.
NO_TEXT = frozenset(
    "campaign series key label calendar organisation ladder number audience audiences covered_by kinds units references "
    "address phone source accepts symbol letter_symbol kind signatory officer coordinators sign issuer clause "
    "opens due cut_off issued".split()
)
IN_TEXTS = (Doubt.TEXT_DATE, Doubt.PERIOD, Doubt.DAY_ALONE, Doubt.OLD_YEAR)


@dataclass(frozen=True, slots=True)
class Organisations:
    """This year's: units that exist on the day of issue, the calendar, and what became of last year's units."""

    units: Mapping[str, Unit]
    calendar: WorkCalendar
    crosswalk: tuple[Succession, ...] = ()


@dataclass(frozen=True, slots=True)
class Rerun:
    """What changes in the file, what a person must decide, what became of the units.

    `newcomers`: new units that none of last year's went into, with the place they came from where the crosswalk says so.
    """

    changes: tuple[Change, ...]
    marks: tuple[Mark, ...]
    fates: Mapping[str, UnitFate]
    newcomers: Mapping[str, str]


def rerun(old: Definition, data: Any, request: Request, new: Organisations) -> Rerun:
    """`data`: last year's file as plain values. Errors: ValueError where a date leaves the calendar's years."""
    return _Rerun(old, data, request, new).done()


@dataclass
class _Rerun:
    old: Definition
    data: Any
    request: Request
    new: Organisations
    changes: list[Change] = field(default_factory=list[Change])
    marks: list[Mark] = field(default_factory=list[Mark])

    def __post_init__(self) -> None:
        same = self.request.organisation == self.old.campaign.organisation
        self.fates = fates(self.old.units, self.new.units, self.new.crosswalk, same)
        self.audiences = Audiences(self.old, self.new.units, self.fates)

    def done(self) -> Rerun:
        self._head()
        dates = Dates(self.old, self.request, self.new.calendar)
        dates.moved()
        self._phrases(dates)
        self._texts()
        self._people()
        self._audiences()
        self._always()
        return Rerun(
            (*self.changes, *dates.changes),
            (*self.marks, *dates.marks),
            self.fates,
            newcomers(self.new.units, self.fates, self.new.crosswalk),
        )

    def _head(self) -> None:
        campaign, wanted = self.old.campaign, self.request
        for path, was, now in (
            (("campaign",), campaign.campaign, wanted.campaign),
            (("directive", "number"), campaign.directive.number, wanted.number),
            (("directive", "issued"), campaign.directive.issued, wanted.issued),
            (("organisation",), campaign.organisation, wanted.organisation),
        ):
            if was != now:
                self.changes.append(Change(path, was, now))

    def _phrases(self, dates: Dates) -> None:
        """The directive's own words stand as the basis of its dates."""
        for path, spec, name in dates.steps():
            if spec.basis is not None and spec.basis.source is Source.DIRECTIVE:
                phrase = dates.given(name).phrase
                self.changes.append(Change((*path, "basis", "text"), spec.basis.text, phrase))

    def _texts(self) -> None:
        was = self.old.campaign.directive
        old = Issued(was.number, was.issued)
        new = Issued(self.request.number, self.request.issued)
        phrases = {change.path for change in self.changes}
        gone: dict[Path, dict[str, dict[Path, None]]] = {}
        for path, text in texts(self.data):
            if path in phrases:
                continue
            told = retold(text, old, new, self.request.old_year, self.request.years)
            if told.text != text:
                self.changes.append(Change(path, text, told.text))
            named = (told.dates, told.periods, told.days, told.left)
            for doubt, parts in zip(IN_TEXTS, named, strict=True):
                if parts:
                    self.marks.append(Mark(_field(path), doubt, {"texts": ", ".join(parts)}))
            for name in self._gone(told.text):
                gone.setdefault(_around(path), {}).setdefault(name, {})[_field(path)] = None
        for around, named in gone.items():
            self.marks.append(_gone_mark(around, named))

    def _gone(self, text: str) -> list[str]:
        """What the text names that the new organisation does not have: tiers, and offices by their names."""
        low = text.casefold()
        kinds = {unit.kind for unit in self.new.units.values()}
        had = {unit.kind for unit in self.old.units.values()}
        tiers = [
            word
            for kind, word in TIERS.items()
            if kind in had - kinds and re.search(rf"\b{word}\b", low) is not None
        ]
        offices = [
            fate.name
            for code, fate in self.fates.items()
            if not fate.successors and self.old.units[code].kind not in TIERS and fate.name.casefold() in low
        ]
        return [*tiers, *offices]

    def _people(self) -> None:
        """Single units named outside audiences: the monitor, who it works with, and supporting units."""
        monitor = self.old.campaign.monitor
        self._unit(("monitor", "unit"), monitor.unit)
        self._list(("monitor", "with"), monitor.with_)
        for i, instruction in enumerate(self.old.campaign.instructions):
            self._list(("instructions", i, "support"), instruction.support)

    def _unit(self, path: Path, code: str) -> None:
        fate = self.fates.get(code)
        if fate is None or not fate.sure:
            self.marks.append(Mark(path, Doubt.UNIT, {"names": _named([fate] if fate else [], code)}))
        elif fate.successors[0] != code:
            self.changes.append(Change(path, code, fate.successors[0]))

    def _list(self, path: Path, codes: tuple[str, ...]) -> None:
        known = [self.fates[code] for code in codes if code in self.fates]
        now = [fate.successors[0] for fate in known if fate.sure]
        if now != list(codes):
            self.changes.append(Change(path, list(codes), now))
        if lost := [fate for fate in known if not fate.sure]:
            self.marks.append(Mark(path, Doubt.UNIT, {"names": _named(lost)}))

    def _audiences(self) -> None:
        for name, spec in self.old.campaign.audiences.items():
            path: Path = ("audiences", name)
            moved = self.audiences.carried(spec)
            if moved is None:
                self.changes.append(Change(path, written(spec), REMOVED))
                continue
            self._changed(path, spec, moved)
            self._members(path, moved, spec)
        for i, instruction in enumerate(self.old.campaign.instructions):
            for j, step in enumerate(instruction.steps):
                path = ("instructions", i, "steps", j, "audience")
                moved = self.audiences.carried(step.audience)
                if moved is None:
                    self.marks.append(Mark(path, Doubt.NOBODY, {"names": self._meant(step.audience)}))
                    moved = AudienceSpec()
                else:
                    self._members(path, AudienceSpec(), step.audience)
                self._changed(path, step.audience, moved)
                if step.copy_to_parent and self._superiors_changed(step.audience):
                    self.marks.append(Mark((*path[:-1], "copy_to_parent"), Doubt.SUPERIOR))

    def _changed(self, path: Path, spec: AudienceSpec, moved: AudienceSpec) -> None:
        if moved != spec:
            new: Any = written(moved) if moved != AudienceSpec() else {"units": []}
            self.changes.append(Change(path, written(spec), new))

    def _members(self, path: Path, moved: AudienceSpec, spec: AudienceSpec) -> None:
        """Offices of a kind come and go with a reform, and nothing says which took over from which."""
        lost = self.audiences.lost(spec)
        offices = [
            kind for kind in moved.kinds if kind not in TIERS and not _crossed(kind, self.fates, self.old)
        ]
        gone = [
            f for code, f in self.fates.items() if not f.successors and self.old.units[code].kind in offices
        ]
        came = [
            self.new.units[code].name
            for code in newcomers(self.new.units, self.fates, ())
            if self.new.units[code].kind in offices
        ]
        if lost or gone or came:
            values = {"gone": _named([*lost, *gone]) or "-", "came": ", ".join(came) or "-"}
            self.marks.append(Mark(path, Doubt.MEMBERS, values))

    def _meant(self, spec: AudienceSpec) -> str:
        units = [self.old.units[code] for code in self.old.audience(spec)]
        tiers = dict.fromkeys(TIERS[unit.kind] for unit in units if unit.kind in TIERS)
        return ", ".join([*tiers, *(unit.name for unit in units if unit.kind not in TIERS)])

    def _superiors_changed(self, spec: AudienceSpec) -> bool:
        """Whether some unit's level above is of another kind now."""
        return any(
            _level_above(self.old.units, code) != _level_above(self.new.units, now)
            for code in self.old.audience(spec)
            for now in self.fates[code].successors
        )

    def _always(self) -> None:
        """What no rule can know: who signed, what is cited, whether the clauses are still the same."""
        directive = self.old.campaign.directive
        number = {"number": directive.number}
        self.marks.append(Mark(("directive", "signatory"), Doubt.SIGNATORY, number))
        if directive.references:
            self.marks.append(Mark(("directive", "references"), Doubt.REFERENCES, number))
        if directive.notes:
            self.marks.append(Mark(("directive", "notes"), Doubt.DIRECTIVE_NOTES, number))
        if self.old.campaign.report is not None:
            self.marks.append(Mark(("report",), Doubt.PAPER))
        self.marks.append(Mark(("instructions",), Doubt.CLAUSES, number))


def texts(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every running text of a file with its path."""
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in cast(Mapping[str, Any], data).items():
            if key not in NO_TEXT:
                yield from texts(value, (*path, key))
    elif isinstance(data, list):
        for n, value in enumerate(cast(list[Any], data)):
            yield from texts(value, (*path, n))


def applied(data: Any, changes: Iterable[Change]) -> Any:
    """The file's values with the changes made; the given values stay as they are."""
    made = deepcopy(data)
    for change in changes:
        place = made
        for part in change.path[:-1]:
            place = place[part]
        if change.new is REMOVED:
            del place[change.path[-1]]
        else:
            place[change.path[-1]] = change.new
    return made


def _field(path: Path) -> Path:
    """The mapping's field that a value stands in: what a comment can stand above."""
    while path and isinstance(path[-1], int):
        path = path[:-1]
    return path


def _around(path: Path) -> Path:
    """The instruction, step or section that a text belongs to."""
    field = _field(path)
    return field[:-2] if field[-2:-1] == ("basis",) else field[:-1]


def _gone_mark(around: Path, named: Mapping[str, Mapping[Path, None]]) -> Mark:
    """One mark for all texts of a step, above the first of them, with the fields to look at."""
    places = [place for fields in named.values() for place in fields]
    fields = dict.fromkeys(str(place[len(around)]) for place in places)
    return Mark(
        (*around, next(iter(fields))), Doubt.GONE, {"names": ", ".join(named), "fields": ", ".join(fields)}
    )


def _named(lost: list[UnitFate], code: str = "") -> str:
    return ", ".join(f"{fate.code} ({fate.name})" for fate in lost) or code


def _level_above(units: Mapping[str, Unit], code: str) -> UnitKind | None:
    above = units.get(units[code].parent or "")
    return above.kind if above else None


def _crossed(kind: UnitKind, known: Mapping[str, UnitFate], old: Definition) -> bool:
    """Whether the crosswalk tells of units of that kind."""
    told = (Fate.KEPT, Fate.RENAMED, Fate.MERGED, Fate.SPLIT)
    return any(fate.fate in told for code, fate in known.items() if old.units[code].kind is kind)
