"""A changed ladder or calendar taken over by a running campaign: what moves, and what is passed over for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from directives.definition import Definition, StepKey
from directives.errors import DondocError
from directives.ledger.frozen import policy_of
from directives.ledger.passes import superseded_row
from directives.ledger.states import ident, states_of
from directives.ledger.tables import Campaign, Step
from directives.plan import Policy
from directives.projection import Ahead, Shift, ahead, passed_over, shifts

Passed = tuple[int, str, int]  # step, rung, repeat


@dataclass(frozen=True, slots=True)
class Move:
    """One step whose plan is another now: the rungs ahead that differ, in the order of their times."""

    step: StepKey
    step_id: int
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Replanned:
    """`passed`: the rungs written down as passed over."""

    moves: tuple[Move, ...] = ()
    passed: Sequence[Passed] = ()

    @property
    def event(self) -> dict[str, Any]:
        """For the audit: {plans: [{rungs: [[rung, repeat, was, now]], steps}], passed_over: [[step, rung, repeat]]}."""
        if not self.moves and not self.passed:
            return {}
        plans = [
            {
                "rungs": [[one.rung, one.repeat, _written(one.was), _written(one.now)] for one in found],
                "steps": [move.step_id for move in alike],
            }
            for found, alike in grouped(self.moves).items()
        ]
        return {"plans": plans, "passed_over": self.passed}


def plans_ahead(session: Session, campaign: Campaign, rows: Sequence[Step], at: datetime) -> dict[int, Ahead]:
    """What the campaign's present policy has ahead for each step, by its id."""
    policy = policy_of(campaign)
    return {state.step_id: ahead(policy, state, at) for state in states_of(session, campaign, rows)}


def replan(
    session: Session,
    campaign: Campaign,
    rows: Mapping[StepKey, Step],
    was: Mapping[int, Ahead],
    at: datetime,
) -> Replanned:
    """The steps that the campaign's present policy plans otherwise than `was` at `at`.

    Rungs that the new plan puts in the past are written down as passed over, so that nobody gets a surprise.
    """
    new = policy_of(campaign)
    moves: list[Move] = []
    passed: list[Passed] = []
    states = states_of(session, campaign, list(rows.values()))
    for (key, step), state in zip(rows.items(), states, strict=True):
        before = was.get(state.step_id, {})
        past = passed_over(before, new, state, at)
        session.add_all([superseded_row(campaign, step, time, at) for time in past])
        passed += [(ident(step), *time.key) for time in past]
        knowing = replace(state, noticed=state.noticed | {time.key for time in past})
        if found := shifts(before, ahead(new, knowing, at)):
            moves.append(Move(key, ident(step), found))
    session.flush()
    return Replanned(tuple(moves), passed)


def require_inside(definition: Definition) -> None:
    """Every deadline, with the rungs around it, lies in the calendar that the campaign follows. Errors: DondocError."""
    policy = Policy(definition.ladder, definition.calendar)
    for step in definition.steps:
        try:
            if step.due_before is not None:
                policy.dated_rungs(step.due_before)
        except ValueError as error:
            raise DondocError(
                f"{step.instruction}/{step.step}: its deadline lies outside the calendar that the campaign was opened "
                f"with ({definition.calendar.first} to {definition.calendar.last}); take the present one over with "
                f"'dondoc open {definition.campaign.campaign} --migrate'"
            ) from error


def grouped(moves: Iterable[Move]) -> dict[tuple[Shift, ...], Sequence[Move]]:
    """The moves that are alike, together."""
    found: dict[tuple[Shift, ...], list[Move]] = {}
    for move in moves:
        found.setdefault(move.shifts, []).append(move)
    return dict(found)


def _written(time: datetime | None) -> str | None:
    return time and time.isoformat()
