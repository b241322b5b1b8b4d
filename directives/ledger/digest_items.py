"""One step as an item of a mail or of the page: what is asked, by when, on whose word, and what it carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import select

from directives.digest import DigestItem, LeadDigest, Recipient
from directives.evaluate import StepState, late_days, status
from directives.ledger.casebook import Casebook, root_of
from directives.ledger.gathering import by_day, is_owed
from directives.ledger.tables import Deadline, Step
from directives.model import Source
from directives.plan import Reason


def item_of(
    book: Casebook,
    n: int,
    steps: dict[int, Step],
    states: Mapping[int, StepState],
    step_id: int,
    reason: Reason,
    now: datetime,
    told: set[int] | None = None,
) -> DigestItem:
    """One step that has a date, with what it carries: `steps` and `states` are its unit's.

    `told`: of what the reader was asked before; not given, it is what the unit was.
    """
    step = steps[step_id]
    planned = book.planned(step)
    spec = planned.spec if planned else None
    source, basis = book.basis_of(planned)
    assert step.due_before is not None
    covered = [one for one in steps.values() if one.covered_by_id is not None and is_owed(one)]
    covered = [one for one in covered if root_of(one, steps) is step]
    covered.sort(key=lambda one: book.instructions[one.instruction_id].ordinal)
    return DigestItem(
        n=n,
        step_id=step_id,
        key=book.key(step),
        title=spec.title if spec else step.key,
        deliverable=spec.deliverable if spec else "",
        send_to=spec.send_to if spec else "",
        clauses=tuple([book.clause(one) for one in (step, *covered)]),
        due_before=step.due_before,
        deadline_number=step.deadline_number,
        original_due_before=_original(book, step),
        source=source,
        basis=basis,
        reason=reason,
        first=step.first_mailed_at is None if told is None else step_id not in told,
        status=status(states[step_id], book.calendar, now),
        days_late=late_days(states[step_id], book.calendar, now),
        by_day=by_day(spec, step.deadline_number),
        note=spec.note if spec else "",
        returned=step.returned_at is not None and step.returned_at == step.deadline_set_at,
        by_district=step.deadline_number > 1 and book.source_now(step) is Source.DISTRICT,
    )


def nudge_digest(
    book: Casebook,
    steps: dict[int, Step],
    states: Mapping[int, StepState],
    step_id: int,
    recipient: Recipient,
    now: datetime,
    *,
    deputy: bool,
) -> LeadDigest:
    """A coordinator's reminder of one step of the unit whose `steps` these are."""
    item = item_of(book, 1, steps, states, step_id, Reason.NUDGED, now)
    return LeadDigest(book.facts, recipient, now, (item,), (), deputy=deputy)


def _original(book: Casebook, step: Step) -> datetime:
    assert step.due_before is not None
    if step.deadline_number <= 1:
        return step.due_before
    return book.session.exec(
        select(Deadline.due_before).where(Deadline.step_id == step.id, Deadline.number == 1)
    ).one()
