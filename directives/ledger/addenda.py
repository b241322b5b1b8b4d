"""What an addendum adds to the paper before: what was reported after its cut-off, or recorded only later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from directives.errors import Refused
from directives.evaluate import late_days
from directives.ledger.casebook import Casebook
from directives.ledger.covering import covering_at
from directives.ledger.papers import Stand, head_of, marked, named, stand_at
from directives.ledger.submitted import submitted
from directives.papers import AddendumFacts, Change, ReportFacts


def addendum_facts(
    book: Casebook, before: ReportFacts | AddendumFacts, cut_off: datetime, drawn_on: date
) -> AddendumFacts:
    """What differs from the paper before: reported after its cut-off, or recorded only later. Errors: Refused."""
    stand = stand_at(book, cut_off)
    known = set(before.standing.answers)
    texts = tuple(
        one for one in submitted(book, stand.roots, stand.states, cut_off) if one.answer_id not in known
    )
    changes = _changes(stand, before, [one.answer_id for one in texts])
    if not changes and not texts:
        raise Refused(
            "nothing came after the paper before; there is nothing for an addendum to add", "paper_no_change"
        )
    return AddendumFacts(
        head=head_of(book, drawn_on),
        since=before.cut_off,
        cut_off=book.calendar.local(cut_off),
        before=before.counts,
        counts=stand.counts(stand.steps),
        changes=changes,
        submitted=texts,
        standing=marked(stand, sorted(known | {one.answer_id for one in texts})),
    )


def _changes(stand: Stand, before: ReportFacts | AddendumFacts, new: Sequence[int]) -> tuple[Change, ...]:
    marks = marked(stand, new).steps
    return tuple(
        _change(stand, step_id, before)
        for step_id in _named(stand, before)
        if (old := before.standing.steps.get(step_id)) and not old.same(marks[step_id])
    )


def _named(stand: Stand, before: ReportFacts | AddendumFacts) -> list[int]:
    """What the paper before named by itself, as it was frozen, and what stands by itself only since."""
    roots = before.standing.roots
    if roots is None:
        roots = tuple(one for one, above in covering_at(stand.book, before.cut_off).items() if above is None)
    return sorted({*roots, *stand.roots} & set(stand.steps))


def _change(stand: Stand, step_id: int, before: ReportFacts | AddendumFacts) -> Change:
    book, step, state = stand.book, stand.steps[step_id], stand.states[step_id]
    unit, (title, clause) = book.units[stand.owners[step_id]], named(book, step)
    reported_at = state.reported_at
    was = before.standing.steps[step_id]
    return Change(
        name=unit.name,
        kind=unit.kind,
        above=book.unit_name(unit.superior_id),
        title=title,
        clause=clause,
        before=was.status,
        now=stand.found[step_id],
        reported_at=book.calendar.local(reported_at) if reported_at else None,
        days_late=late_days(state, book.calendar, stand.at) if reported_at else 0,
        recorded_later=was.reported_at is None and reported_at is not None and reported_at <= before.cut_off,
    )
