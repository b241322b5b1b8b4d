"""Whether audiences mean somebody, nobody is asked the same twice, and covering leads to a dated step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from directives.definition import Definition, StepKey
from directives.findings import Finding, Path, cycles, nearest, under
from directives.model import AudienceSpec, StepSpec

Name = tuple[str, str]  # instruction key, step key


def audience_findings(definition: Definition, broken: Collection[Path]) -> Iterator[Finding]:
    checked = _Audiences(definition, broken)
    yield from checked.own
    yield from _twice_or_nobody(checked)
    yield from _covering(checked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One step of the file, with the units it is asked of."""

    path: Path
    instruction: str
    spec: StepSpec
    units: tuple[str, ...]
    sure: bool

    @property
    def name(self) -> Name:
        return (self.instruction, self.spec.key)

    @property
    def wanted(self) -> Name:
        instruction, _, step = (self.spec.covered_by or "").partition("/")
        return (instruction, step)


@dataclass(frozen=True)
class _Audiences:
    definition: Definition
    broken: Collection[Path]

    @cached_property
    def own(self) -> list[Finding]:
        """What is wrong with the audiences as written, in the list of names and in the steps."""
        named = self.definition.campaign.audiences
        found: list[Finding] = [
            (
                ("audiences", cycle[0]),
                f"the audiences form a cycle: {' → '.join(cycle)}; take one of them out",
            )
            for cycle in cycles({name: self._refers(spec) for name, spec in named.items()})
        ]
        for name, spec in named.items():
            found += self._spec(spec, ("audiences", name))
        for i, instruction in enumerate(self.definition.campaign.instructions):
            for j, step in enumerate(instruction.steps):
                found += self._spec(step.audience, ("instructions", i, "steps", j, "audience"))
        return found

    @cached_property
    def asked(self) -> list[_Asked]:
        return [
            _Asked(
                path=(path := ("instructions", i, "steps", j)),
                instruction=instruction.key,
                spec=step,
                units=tuple(self.definition.audience(step.audience)),
                sure=self._sure((*path, "audience"), step.audience),
            )
            for i, instruction in enumerate(self.definition.campaign.instructions)
            for j, step in enumerate(instruction.steps)
        ]

    def _sure(self, path: Path, spec: AudienceSpec) -> bool:
        """Whether the units it means are those that were meant: nothing it is made of is wrong."""
        wrong = any(under(finding[0], {path}) for finding in self.own) or under(path, self.broken)
        return not wrong and not self._unsure.intersection(self._refers(spec))

    @cached_property
    def _unsure(self) -> set[str]:
        """Named audiences that are wrong, or made of one that is."""
        places = [*self.broken, *(path for path, _ in self.own)]
        found = {str(path[1]) for path in places if path[0] == "audiences" and len(path) > 1}
        named = self.definition.campaign.audiences
        while more := {n for n, spec in named.items() if found & set(self._refers(spec))} - found:
            found |= more
        return found

    def _refers(self, spec: AudienceSpec) -> list[str]:
        named = self.definition.campaign.audiences
        return [name for name in (*spec.audiences, *spec.except_, *spec.units) if name in named]

    def _spec(self, spec: AudienceSpec, path: Path) -> Iterator[Finding]:
        definition, named = self.definition, self.definition.campaign.audiences
        for n, name in enumerate(spec.audiences):
            if name not in named:
                yield (*path, "audiences", n), f"'{name}' is no audience of this file{nearest(name, named)}"
        for field, codes in (("units", spec.units), ("except", spec.except_)):
            for n, code in enumerate(codes):
                if code not in definition.units and code not in named:
                    yield (*path, field, n), unknown_unit(code, definition, named)
        if not (spec.kinds or spec.audiences or spec.units):
            yield path, "names no kind, audience or unit; an empty audience obliges nobody"


def _twice_or_nobody(checked: _Audiences) -> Iterator[Finding]:
    taken: dict[tuple[int | str, StepKey], Path] = {}
    for one in checked.asked:
        if not one.sure:
            continue
        if not one.units:
            yield (
                (*one.path, "audience"),
                "means no unit at all; name a kind, an audience or a unit that exists",
            )
        keys = [(one.path[1], (*one.name, unit)) for unit in one.units]
        if twice := [key for key in keys if key in taken]:
            first = taken[twice[0]]
            yield (
                (*one.path, "key"),
                f"'{one.spec.key}' is asked of {twice[0][1][2]} twice (steps[{first[-1]}] too); "
                "use another key or narrow an audience",
            )
        taken.update(dict.fromkeys(keys, one.path))


def _covering(checked: _Audiences) -> Iterator[Finding]:
    steps = {(*one.name, unit): one for one in checked.asked for unit in one.units}
    names = {one.name for one in checked.asked}
    unsure = {one.name for one in checked.asked if not one.sure}
    for one in checked.asked:
        path: Path = (*one.path, "covered_by")
        if one.spec.covered_by is None:
            continue
        if one.wanted not in names:
            if not _keys_unsure(checked.broken):
                known = {"/".join(name) for name in names if name != one.name}
                yield (
                    path,
                    f"'{one.spec.covered_by}' is no step of this campaign{nearest(one.spec.covered_by, known)}",
                )
            continue
        covering = [steps.get((*one.wanted, unit)) for unit in one.units]
        if None in covering and one.sure and one.wanted not in unsure:
            unit = one.units[covering.index(None)]
            known = {"/".join(key[:2]) for key in steps if key[2] == unit and key[:2] != one.name}
            yield (
                path,
                f"'{one.spec.covered_by}' is not asked of {unit}{nearest(one.spec.covered_by, known)}",
            )
        elif any(
            by and by.spec.due is None and not under((*by.path, "due"), checked.broken) for by in covering
        ):
            yield (
                path,
                f"'{one.spec.covered_by}' has no deadline, so nothing would ever be asked; cover by a dated step",
            )
    yield from _circles(steps)


def _keys_unsure(broken: Collection[Path]) -> bool:
    """Whether a step may be there whose key could not be read."""
    places = [path for path in broken if path[0] == "instructions"]
    return any(path[-1] in ("key", "steps") or len(path) in (1, 2, 4) for path in places)


def _circles(steps: dict[StepKey, _Asked]) -> Iterator[Finding]:
    targets = {key: (*one.wanted, key[2]) for key, one in steps.items() if one.spec.covered_by}
    said: set[Path] = set()
    for cycle in cycles({key: [target] for key, target in targets.items() if target in steps}):
        path = min(steps[key].path for key in cycle)
        if path not in said:  # one unit's circle is every unit's
            said.add(path)
            shown = " → ".join("/".join(key[:2]) for key in cycle)
            yield (*path, "covered_by"), f"covering forms a cycle: {shown}; take one 'covered_by' out"


def unknown_unit(code: str, definition: Definition, others: Iterable[str] = ()) -> str:
    said = f"'{code}' is no unit of {definition.campaign.organisation} on {definition.day:%d/%m/%Y}"
    if unit := definition.others.get(code):
        return f"{said}; it exists from {unit.valid_from or 'the beginning'} to {unit.valid_to or 'now'}"
    return f"{said}{nearest(code, [*definition.units, *others])}"
