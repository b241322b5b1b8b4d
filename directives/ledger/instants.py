"""The facts of steps as they stood at an instant of the campaign's clock, whatever has happened since."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from directives.evaluate import StepState
from directives.ledger import facts
from directives.ledger.casebook import Casebook
from directives.ledger.facts import Standing
from directives.ledger.states import chunks
from directives.ledger.tables import Deadline, Decision, Step


def states_at(book: Casebook, steps: Mapping[int, Step], at: datetime) -> dict[int, StepState]:
    """One state a step by its id, for its status at `at`; not for planning.

    An answer counts from the moment it was given to the moment it was withdrawn, a decision and a deadline from the
    moment they were made.
    """
    said, decided = facts.ever_said(book.session, steps), facts.decisions(book.session, steps)
    deadlines = deadlines_of(book.session, steps)
    return {
        step_id: as_of(
            state,
            [one for one in said[step_id] if one.answer.at <= at],
            [one for one in decided[step_id] if one.at <= at],
            deadlines[step_id],
            at,
        )
        for step_id, state in book.states(steps).items()
    }


def as_of(
    state: StepState,
    said: Sequence[Standing],
    decided: Sequence[Decision],
    deadlines: Sequence[Deadline],
    at: datetime,
) -> StepState:
    """A step's present state as it stood: `said` and `decided` are what was known by then."""
    known = facts.facts_of([one for one in said if not _withdrawn(one, at)], decided)
    number = max(1, bisect_right([one.set_at for one in deadlines], at))
    deadline = deadlines[number - 1] if deadlines else None
    return replace(
        state,
        deadline_number=deadline.number if deadline else state.deadline_number,
        # A written deadline that an amended campaign file took away leaves its row behind.
        due_before=deadline.due_before
        if deadline and (state.due_before or number < len(deadlines))
        else None,
        deadline_set_at=deadline.set_at if deadline else None,
        first_mailed_at=_by(state.first_mailed_at, at),
        received_at=known.received_at,
        reported_at=known.reported_at,
        accepted_at=known.accepted_at,
        returned_at=known.returned_at,
        waived_at=_by(state.waived_at, at),
        extension_requested_at=known.extension_requested_at,
        closed_at=_by(state.closed_at, at),
    )


def owner_at(book: Casebook, step: Step, decided: Sequence[Decision], at: datetime) -> int:
    """The id of the unit that owed the step at `at`: assigned only later, it was still the former one's."""
    later = next((one.data["from"] for one in decided if one.kind == "assign" and one.at > at), None)
    return step.unit_id if later is None else book.unit_ids[later]


def deadlines_of(session: Session, step_ids: Collection[int]) -> defaultdict[int, list[Deadline]]:
    """The numbered deadlines of each step, in their order."""
    found: defaultdict[int, list[Deadline]] = defaultdict(list)
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(Deadline).where(col(Deadline.step_id).in_(some)).order_by(col(Deadline.number))
        )
        for row in rows:
            found[row.step_id].append(row)
    return found


def _withdrawn(one: Standing, at: datetime) -> bool:
    return one.answer.undone_at is not None and one.answer.undone_at <= at


def _by(event: datetime | None, at: datetime) -> datetime | None:
    return event if event is not None and event <= at else None
