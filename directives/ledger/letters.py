"""Urging letters: who still owes what after the ladder's letter rung, and how often a letter was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from directives.errors import DondocError
from directives.evaluate import Status, late_days
from directives.ledger.casebook import Casebook, root_of
from directives.ledger.gathering import reminders_of
from directives.ledger.papers import Stand, head_of, named, stand_at
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Notice, Paper, PaperStep, Step
from directives.model import Source
from directives.papers import LetterFacts, LetterItem


def letter_facts(book: Casebook, at: datetime) -> LetterFacts:
    """The letter at `at`: every item that reached a letter rung and is still overdue. Errors: DondocError when none is.

    The monitor writes no letter to itself: what it owes goes to its superior, by mail.
    """
    monitor = book.definition.campaign.monitor.unit
    stand = stand_at(book, at)
    named_by_root: defaultdict[int, list[int]] = defaultdict(list)
    for step_id in sorted(_reached(book, at)):
        root = ident(root_of(stand.steps[step_id], dict(stand.steps)))
        unit = book.units[stand.steps[root].unit_id]
        if stand.found[root] is Status.OVERDUE and unit.code != monitor:
            named_by_root[root].append(step_id)
    if not named_by_root:
        raise DondocError(
            "no item that is still overdue has reached the letter rung; there is nobody to urge"
        )
    reminders = reminders_of(book, named_by_root)
    order = {unit_id: n for n, unit_id in enumerate(book.units)}
    roots = sorted(named_by_root, key=lambda one: (order[stand.steps[one].unit_id], one))
    local = book.calendar.local(at)
    return LetterFacts(
        head=head_of(book, local.date()),
        at=local,
        items=tuple(_item(stand, root, named_by_root[root], reminders.get(root, 0)) for root in roots),
        answer_by=_answer_by(book, local.date()),
        late_from=_late_from(book),
    )


def letter_rung_came(book: Casebook, at: datetime) -> bool:
    """Whether a letter rung was planned for a step on that day, up to `at`."""
    midnight = book.calendar.begins(book.calendar.local(at).date())
    return bool(_reached(book, at, since=midnight))


def letters_of(session: Session, step_ids: Collection[int]) -> dict[int, int]:
    """How many urging letters that were signed and sent name each step. A draft is no letter, nor is a mail."""
    found: dict[int, int] = {}
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(PaperStep.step_id, func.count())
            .join(Paper, col(Paper.id) == PaperStep.paper_id)
            .where(
                col(PaperStep.step_id).in_(some), Paper.kind == "letter", col(Paper.issued_on).is_not(None)
            )
            .group_by(col(PaperStep.step_id))
        )
        found |= dict(rows.all())
    return found


def _reached(book: Casebook, at: datetime, since: datetime | None = None) -> set[int]:
    """The steps of whose present deadline a letter rung was planned and not passed over."""
    rungs = [rung.key for rung in book.policy.ladder.rungs if rung.letter]
    chosen = (
        select(Notice.step_id)
        .join(Step, col(Step.id) == Notice.step_id)
        .where(
            Notice.campaign_id == book.campaign.id,
            col(Notice.rung).in_(rungs),
            col(Notice.superseded).is_(False),
            Notice.deadline_number == Step.deadline_number,
            col(Notice.planned_at) <= at,
        )
    )
    if since is not None:
        chosen = chosen.where(col(Notice.planned_at) >= since)
    return set(book.session.exec(chosen))


def _item(stand: Stand, root: int, step_ids: Iterable[int], reminders: int) -> LetterItem:
    book, step, state = stand.book, stand.steps[root], stand.states[root]
    unit, (title, clause) = book.units[step.unit_id], named(book, step)
    assert state.due_before is not None
    return LetterItem(
        unit=unit.name,
        unit_kind=unit.kind,
        above=book.unit_name(unit.superior_id),
        title=title,
        clause=clause,
        due_before=book.calendar.local(state.due_before),
        by_directive=state.deadline_number == 1 and book.basis(step)[0] is Source.DIRECTIVE,
        days_late=late_days(state, book.calendar, stand.at),
        reminders=reminders,
        step_ids=tuple(sorted({root, *step_ids})),
    )


def _late_from(book: Casebook) -> int:
    """The working days after which the first letter rung comes."""
    days = [rung.after.working_days or 0 for rung in book.policy.ladder.rungs if rung.letter and rung.after]
    return min(days, default=0)


def _answer_by(book: Casebook, today: date) -> date | None:
    """The day before the ladder speaks again: a letter that asks for less would be overtaken by it."""
    repeats = [rung.repeat.working_days for rung in book.policy.ladder.rungs if rung.letter and rung.repeat]
    days = min((one for one in repeats if one), default=None)
    return book.calendar.on_or_before(book.calendar.add(today, days) - timedelta(1)) if days else None
