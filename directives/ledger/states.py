"""Rows of steps → the frozen facts that rules read, and the plan written back onto the rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from directives.errors import UnknownCampaign
from directives.evaluate import HoldSpan, StepState
from directives.findings import closest, nearest
from directives.ledger.frozen import policy_of
from directives.ledger.tables import (
    Answer,
    Campaign,
    Decision,
    Hold,
    Inbound,
    Instruction,
    Message,
    Notice,
    Paper,
    Step,
    Unit,
)
from directives.plan import Policy, Reason
from directives.workdays import WorkCalendar

CHUNK = 500


class StateMaker(Protocol):
    def __call__(self, step: Step, noticed: frozenset[tuple[str, int]] = frozenset()) -> StepState: ...


T = TypeVar("T")


def ident(row: Answer | Campaign | Decision | Inbound | Instruction | Message | Paper | Step | Unit) -> int:
    """The id of a row that has been written."""
    assert row.id is not None
    return row.id


def campaign_row(session: Session, key: str, *, lock: bool = False) -> Campaign:
    """The campaign. `lock`: whoever changes a campaign's steps takes its row first, so that no two wait for each other.

    FOR NO KEY UPDATE, because every row that is inserted below a campaign shares its key. SQLite has one writer anyway.
    """
    chosen = select(Campaign).where(Campaign.key == key)
    row = session.exec(chosen.with_for_update(key_share=True) if lock else chosen).one_or_none()
    if row is None:
        known = session.exec(select(Campaign.key).order_by(col(Campaign.key))).all()
        close = nearest(key, known) if closest(key, known) else "; open it with 'dondoc open'"
        raise UnknownCampaign(
            f"campaign '{key}' is not open in this ledger (open: {', '.join(known) or 'none yet'}){close}"
        )
    return row


def campaign_now(campaign: Campaign, machine_now: datetime) -> datetime:
    """The campaign's clock: a rehearsal's stands still, a real one is the machine's."""
    return campaign.clock_at if campaign.clock_at is not None else machine_now


def states_of(
    session: Session, campaign: Campaign, steps: Sequence[Step], *, for_plan: bool = True
) -> list[StepState]:
    """One state for each row, in the same order. What was noticed is only read `for_plan`."""
    made = state_maker(session, campaign)
    if not for_plan:
        return [made(step) for step in steps]
    noticed = _noticed(session, steps)
    return [made(step, noticed[ident(step)]) for step in steps]


def state_maker(session: Session, campaign: Campaign) -> StateMaker:
    """Makes a step's state from its row, under the holds that the campaign has now."""
    holds = holds_of(session, campaign)
    opened_at, closed_at = campaign.opened_at, campaign.closed_at

    def made(step: Step, noticed: frozenset[tuple[str, int]] = frozenset()) -> StepState:
        held = holding(step.instruction_id, step.unit_id, holds) if holds else ()
        return _state(step, opened_at, closed_at, noticed, held)

    return made


def reschedule(session: Session, campaign: Campaign, steps: Sequence[Step], now: datetime) -> None:
    """Recompute when each step is looked at again, after an answer, a decision or a first mail."""
    policy = policy_of(campaign)
    for step, state in zip(steps, states_of(session, campaign, steps), strict=True):
        step.next_action_at, step.next_reason = next_look(policy, state, now)
        session.add(step)


def next_look(policy: Policy, state: StepState, now: datetime) -> tuple[datetime | None, Reason]:
    """When a step is looked at again, and why then or why never: what its row keeps."""
    plan = policy.plan(state, now)
    return plan.notice.rung_at if plan.notice else plan.next_action_at, plan.reason


def with_covered(session: Session, steps: Iterable[Step]) -> list[Step]:
    """The steps and every step they cover, each once, the covering one first."""
    found = {ident(step): step for step in steps}
    layer = list(found)
    while layer:
        covered = [
            step
            for ids in chunks(layer)
            for step in session.exec(
                select(Step).where(col(Step.covered_by_id).in_(ids)).order_by(col(Step.id))
            )
        ]
        layer = [ident(step) for step in covered if ident(step) not in found]
        found |= {ident(step): step for step in covered}
    return list(found.values())


def chunks(ids: Sequence[T]) -> Iterable[Sequence[T]]:
    """SQLite takes at most 32,766 variables in a statement; smaller pieces plan better anyway."""
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _noticed(session: Session, steps: Sequence[Step]) -> dict[int, frozenset[tuple[str, int]]]:
    found: defaultdict[int, set[tuple[str, int]]] = defaultdict(set)
    for ids in chunks([ident(step) for step in steps]):
        rows = session.exec(
            select(Notice.step_id, Notice.rung, func.max(Notice.repeat))
            .join(Step, col(Step.id) == Notice.step_id)
            .where(col(Notice.step_id).in_(ids), Notice.deadline_number == Step.deadline_number)
            .group_by(col(Notice.step_id), col(Notice.rung))
        )
        for step_id, rung, repeat in rows:
            # Repeats only grow: knowing the last one is knowing them all.
            found[step_id] |= {(rung, n) for n in range(repeat + 1)}
    return defaultdict(frozenset, {step_id: frozenset(keys) for step_id, keys in found.items()})


def holds_of(session: Session, campaign: Campaign) -> list[tuple[Hold, HoldSpan]]:
    """The campaign's holds with the instants from and to which each keeps its steps."""
    calendar = policy_of(campaign).calendar
    rows = session.exec(select(Hold).where(Hold.campaign_id == campaign.id).order_by(col(Hold.id)))
    return [(hold, _span(hold, calendar)) for hold in rows]


def _span(hold: Hold, calendar: WorkCalendar) -> HoldSpan:
    ends = [calendar.ends(hold.until_on)] if hold.until_on else []
    ends += [hold.ended_at] if hold.ended_at else []
    return HoldSpan(calendar.begins(hold.from_on), min(ends, default=None))


def holding(instruction_id: int, unit_id: int, holds: list[tuple[Hold, HoldSpan]]) -> tuple[HoldSpan, ...]:
    """Those of the holds that keep a step of this instruction and unit."""
    return tuple(
        span
        for hold, span in holds
        if hold.instruction_id in (None, instruction_id) and hold.unit_id in (None, unit_id)
    )


def _state(
    step: Step,
    opened_at: datetime,
    closed_at: datetime | None,
    noticed: frozenset[tuple[str, int]],
    holds: tuple[HoldSpan, ...],
) -> StepState:
    return StepState(
        step_id=ident(step),
        opened_at=opened_at,
        deadline_number=step.deadline_number,
        due_before=step.due_before,
        deadline_set_at=step.deadline_set_at,
        first_mailed_at=step.first_mailed_at,
        received_at=step.received_at,
        reported_at=step.reported_at,
        accepted_at=step.accepted_at,
        returned_at=step.returned_at,
        waived_at=step.waived_at,
        extension_requested_at=step.extension_requested_at,
        closed_at=closed_at,
        holds=holds,
        noticed=noticed,
    )


def has_rehearsal(session: Session) -> bool:
    """Whether the ledger is a rehearsal's: nothing of it may leave the machine."""
    return session.exec(select(Campaign.id).where(col(Campaign.rehearsal).is_(True))).first() is not None
