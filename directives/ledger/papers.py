"""The facts of the papers that the monitor signs, as the ledger knows them at an instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from directives.errors import DondocError
from directives.evaluate import Status, StepState, late_days, reported_late, status
from directives.ledger import facts
from directives.ledger.casebook import Casebook
from directives.ledger.covering import covering_at
from directives.ledger.gathering import reminders_of
from directives.ledger.instants import owner_at, states_at
from directives.ledger.states import ident
from directives.ledger.submitted import submitted
from directives.ledger.tables import Step
from directives.model import ReportSpec
from directives.papers import (
    ClauseTally,
    Counts,
    Head,
    ItemFacts,
    Mark,
    Owing,
    PartTally,
    ReportFacts,
    Standing,
    UnitTally,
)

Remarks = Mapping[int, str]  # what is fair to say of a late step, by its id


@dataclass(frozen=True, slots=True)
class Stand:
    """Every step that a campaign asked at an instant, as it stood. `owners`: the unit that owed each then.

    `above`: by which other step each was carried then.
    """

    book: Casebook
    at: datetime
    steps: Mapping[int, Step]
    owners: Mapping[int, int]
    states: Mapping[int, StepState]
    found: Mapping[int, Status]
    above: Mapping[int, int | None]

    @property
    def roots(self) -> list[int]:
        """The steps that stood by themselves, in no other's report."""
        return [step_id for step_id in self.steps if self.above[step_id] is None]

    def counts(self, step_ids: Iterable[int]) -> Counts:
        counted = Counter(self.found[step_id] for step_id in step_ids)
        return {one: counted[one] for one in Status}


def stand_at(book: Casebook, at: datetime) -> Stand:
    above = covering_at(book, at)
    steps = {step_id: step for step_id, step in book.all_steps().items() if step_id in above}
    states = states_at(book, steps, at)
    found = {step_id: status(state, book.calendar, at) for step_id, state in states.items()}
    decided = facts.decisions(book.session, steps)
    owners = {step_id: owner_at(book, step, decided[step_id], at) for step_id, step in steps.items()}
    return Stand(book, at, steps, owners, states, found, above)


def spec_of(book: Casebook) -> ReportSpec:
    """Errors: DondocError when the campaign's file says nothing of the papers."""
    spec = book.definition.campaign.report
    if spec is None:
        raise DondocError(
            f"campaign '{book.campaign.key}' says nothing of its papers; add 'report:' to its file and open it again"
        )
    return spec


def cut_off_of(book: Casebook) -> datetime:
    """The campaign's own cut-off as an instant: the end of the day named, or the hour given."""
    written = spec_of(book).cut_off
    if isinstance(written, datetime):
        return book.calendar.instant(written)
    return book.calendar.ends(written)


def end_of(book: Casebook, day: date, now: datetime) -> datetime:
    """The end of a day as a cut-off; of today, what there is until now."""
    return now if day == book.calendar.local(now).date() else book.calendar.ends(day)


def head_of(book: Casebook, drawn_on: date) -> Head:
    facts = book.facts
    return Head(
        spec=spec_of(book),
        office=facts.monitor_name,
        drawn_on=drawn_on,
        rehearsal=facts.rehearsal,
        directive_kind=facts.directive_kind,
        directive_number=facts.directive_number,
        directive_issued=facts.directive_issued,
        directive_issuer=facts.directive_issuer,
        directive_subject=facts.directive_subject,
    )


def report_facts(book: Casebook, cut_off: datetime, drawn_on: date, remarks: Remarks) -> ReportFacts:
    """The consolidated report at its cut-off: its totals are the ledger's, covered steps counted too."""
    stand = stand_at(book, cut_off)
    parts, beside = _parts(stand)
    texts = submitted(book, stand.roots, stand.states, cut_off)
    return ReportFacts(
        head=head_of(book, drawn_on),
        cut_off=book.calendar.local(cut_off),
        counts=stand.counts(stand.steps),
        parts=parts,
        beside=beside,
        units=_units(stand, remarks),
        items=_items(stand, remarks),
        submitted=texts,
        extensions=_asked(stand),
        standing=marked(stand, [one.answer_id for one in texts]),
    )


def _parts(stand: Stand) -> tuple[tuple[PartTally, ...], PartTally]:
    """The report's parts, and what stands beside them; together every step once."""
    book, by_row = stand.book, _by(stand, lambda step: step.instruction_id)
    titles = spec_of(book).parts
    clauses: defaultdict[int, list[ClauseTally]] = defaultdict(list)
    for row_id, row in book.instructions.items():
        words = book.definition.instructions.get(row.key)
        if row_id in by_row:
            part = words.part if words and words.part and words.part <= len(titles) else 0
            clause = words.clause if words else row.key
            clauses[part].append(
                ClauseTally(
                    clause=clause,
                    title=words.title if words else row.key,
                    counts=stand.counts(by_row[row_id]),
                )
            )
    parts = tuple(
        PartTally(title=title, clauses=tuple(clauses[n])) for n, title in enumerate(titles, start=1)
    )
    return parts, PartTally(title="", clauses=tuple(clauses[0]))


def _units(stand: Stand, remarks: Remarks) -> tuple[UnitTally, ...]:
    by_unit = _by(stand, lambda step: stand.owners[ident(step)])
    return tuple(
        UnitTally(
            name=unit.name,
            kind=unit.kind,
            above=stand.book.unit_name(unit.superior_id),
            counts=stand.counts(by_unit[unit_id]),
            remark="; ".join(dict.fromkeys(remarks[one] for one in by_unit[unit_id] if remarks.get(one))),
        )
        for unit_id, unit in stand.book.units.items()
        if unit_id in by_unit
    )


def _items(stand: Stand, remarks: Remarks) -> tuple[ItemFacts, ...]:
    """Every deliverable that was asked for by itself and not as a part of another, in the directive's order."""
    grouped: dict[tuple[int, str], list[int]] = {}
    for step_id in stand.roots:
        step = stand.steps[step_id]
        if stand.states[step_id].due_before is not None:
            grouped.setdefault((step.instruction_id, step.key), []).append(step_id)
    order = {row_id: row.ordinal for row_id, row in stand.book.instructions.items()}
    reminders = reminders_of(stand.book, [one for ids in grouped.values() for one in ids], stand.at)
    return tuple(
        _item(stand, ids, remarks, reminders)
        for _, ids in sorted(grouped.items(), key=lambda one: (order[one[0][0]], one[1][0]))
    )


def _item(stand: Stand, ids: Sequence[int], remarks: Remarks, reminders: Mapping[int, int]) -> ItemFacts:
    title, clause = named(stand.book, stand.steps[ids[0]])
    reported = [one for one in ids if stand.states[one].reported_at is not None]
    late = [one for one in reported if reported_late(stand.states[one])]
    missing = [one for one in ids if stand.found[one] is Status.OVERDUE]
    return ItemFacts(
        title=title,
        clause=clause,
        units=len(ids),
        reported=len(reported),
        late=tuple(_owing(stand, one, remarks, reminders) for one in late),
        missing=tuple(_owing(stand, one, remarks, reminders) for one in missing),
    )


def _owing(stand: Stand, step_id: int, remarks: Remarks, reminders: Mapping[int, int]) -> Owing:
    book, state = stand.book, stand.states[step_id]
    unit = book.units[stand.owners[step_id]]
    assert state.due_before is not None
    return Owing(
        step_id=step_id,
        name=unit.name,
        kind=unit.kind,
        above=book.unit_name(unit.superior_id),
        due_before=state.due_before,
        days_late=late_days(state, book.calendar, stand.at),
        reported_at=state.reported_at,
        reminders=reminders.get(step_id, 0),
        remark=remarks.get(step_id, ""),
    )


def named(book: Casebook, step: Step) -> tuple[str, str]:
    """What a step asks for, and the clause it stands on."""
    spec = book.spec(step)
    return (spec.title if spec else step.key), book.clause(step).clause


def marked(stand: Stand, answers: Iterable[int]) -> Standing:
    """How every step stood, and which reports were known: what the next paper goes on from."""
    marks = {
        step_id: Mark(
            status=stand.found[step_id],
            reported_at=state.reported_at,
            accepted_at=state.accepted_at,
            waived_at=state.waived_at,
        )
        for step_id, state in stand.states.items()
    }
    return Standing(steps=marks, answers=tuple(answers), roots=tuple(stand.roots))


def _asked(stand: Stand) -> int:
    """How many requests for another date nobody had decided of."""
    return sum(
        1
        for step_id in stand.roots
        if stand.states[step_id].extension_requested_at is not None
        and stand.states[step_id].reported_at is None
    )


def _by(stand: Stand, key: Callable[[Step], int]) -> dict[int, list[int]]:
    grouped: dict[int, list[int]] = {}
    for step_id, step in stand.steps.items():
        grouped.setdefault(key(step), []).append(step_id)
    return grouped
