"""Open steps that nobody will look at again: the watchdog's hourly look, and what ops were told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, col, select

from directives.digest import CampaignFacts
from directives.ledger import audit
from directives.ledger.casebook import Casebook
from directives.ledger.readers import watch_target
from directives.ledger.states import campaign_row, ident, states_of
from directives.ledger.tables import Audit, Campaign, Pass, Step
from directives.ledger.watch import watched
from directives.plan import Reason

TOLD = "watch.told"
# With one of these a step rightly has no next action.
RESTING = frozenset(
    {
        Reason.REPORTED,
        Reason.ACCEPTED,
        Reason.WAIVED,
        Reason.CONTINUING,
        Reason.ON_HOLD,
        Reason.CLOSED,
        Reason.LADDER_ENDED,
    }
)


class Why(StrEnum):
    NO_PLAN = "no_plan"  # it has no next action, and no reason that holds
    UNMOVED = "unmoved"  # a pass ran after its next action had come, and left it there


@dataclass(frozen=True, slots=True)
class Forgotten:
    """One step. `since`: when it should have been looked at; None: that is not known."""

    step_id: int
    step: str
    why: Why
    since: datetime | None

    @property
    def told_as(self) -> list[Any]:
        """What makes it another finding than the last one of this step."""
        return [self.step_id, self.why.value, self.since and self.since.isoformat()]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a look found in one campaign at `now` that ops were not told of."""

    campaign: CampaignFacts
    now: datetime
    steps: tuple[Forgotten, ...]


def forgotten(session: Session, machine_now: datetime) -> tuple[Findings, ...]:
    """The campaigns with steps that nobody will look at, but those that ops know of. Only real, open ones."""
    found: list[Findings] = []
    for campaign in watched(session):
        book = Casebook(session, campaign)
        if campaign.opened_at > machine_now:
            continue
        known = _told(session, campaign)
        fresh = [one for one in _steps(book, machine_now) if tuple(one.told_as) not in known]
        if fresh:
            found.append(Findings(book.facts, machine_now, tuple(fresh)))
    return tuple(found)


def remember(session: Session, one: Findings) -> str:
    """Write down that ops are told of these: once is enough. Returns the target of the mail that tells them."""
    campaign = campaign_row(session, one.campaign.key, lock=True)
    data = {"findings": [step.told_as for step in one.steps]}
    return watch_target(audit.append(session, ident(campaign), one.now, TOLD, data).seq)


def _steps(book: Casebook, now: datetime) -> Iterator[Forgotten]:
    yield from _without_plan(book, now)
    yield from _unmoved(book)


def _without_plan(book: Casebook, now: datetime) -> Iterator[Forgotten]:
    """A reason is believed only if the rules say so too: it may have been true once."""
    rows = book.session.exec(
        select(Step)
        .where(Step.campaign_id == book.campaign.id, col(Step.next_action_at).is_(None))
        .order_by(col(Step.id))
    ).all()
    for step, state in zip(rows, states_of(book.session, book.campaign, rows), strict=True):
        try:
            plan = book.policy.plan(state, now)
        except ValueError:  # beyond the years of its calendar: nobody can plan it
            yield Forgotten(ident(step), _name(book, step), Why.NO_PLAN, None)
            continue
        wanted = plan.notice.rung_at if plan.notice else plan.next_action_at
        if wanted is not None or step.next_reason not in RESTING:
            yield Forgotten(ident(step), _name(book, step), Why.NO_PLAN, wanted)


def _unmoved(book: Casebook) -> Iterator[Forgotten]:
    for instruction_id in book.instructions:
        mark = book.session.get(Pass, instruction_id)
        if mark is None:
            continue
        decided_for = book.calendar.planning_instant(mark.at)
        stuck = book.session.exec(
            select(Step)
            .where(Step.instruction_id == instruction_id, col(Step.next_action_at) <= decided_for)
            .order_by(col(Step.id))
        ).all()
        for step in stuck:
            if not _changed_since(book, step, mark):
                yield Forgotten(ident(step), _name(book, step), Why.UNMOVED, step.next_action_at)


def _changed_since(book: Casebook, step: Step, mark: Pass) -> bool:
    """Whether something was written down after the pass that may have planned the step anew: the next pass is for it."""
    if step.first_mailed_at is not None and step.first_mailed_at >= mark.at:
        return True
    events = book.session.exec(
        select(Audit).where(
            Audit.campaign_id == book.campaign.id,
            col(Audit.step_id).is_(None) | (col(Audit.step_id) == step.id),
            col(Audit.kind).not_in(["pass", TOLD]),
        )
    )
    return any(_written(event) >= mark.ran_at for event in events)


def _written(event: Audit) -> datetime:
    recorded = event.data.get("recorded_at")
    return datetime.fromisoformat(recorded) if recorded else event.at


def _name(book: Casebook, step: Step) -> str:
    return book.key(step).partition("/")[2]


def _told(session: Session, campaign: Campaign) -> set[tuple[Any, ...]]:
    rows = session.exec(select(Audit).where(Audit.campaign_id == campaign.id, Audit.kind == TOLD))
    return {tuple(one) for row in rows for one in row.data["findings"]}
