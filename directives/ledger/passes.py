"""One pass over one instruction: what is due is planned and written in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, insert, update
from sqlmodel import Session, col, select

from directives.errors import DondocError
from directives.ledger import audit
from directives.ledger.casebook import Casebook
from directives.ledger.frozen import definition_of, policy_of
from directives.ledger.readers import routed
from directives.ledger.recipients import deputy_now
from directives.ledger.states import campaign_row, chunks, ident, reschedule, states_of
from directives.ledger.tables import Addressee, Campaign, Instruction, Notice, Pass, Step, Unit
from directives.model import Target
from directives.plan import Notice as Planned
from directives.plan import Plan, Reason, RungTime

CLOCK_IS_SET = timedelta(hours=1)  # back by so much: not by another machine's, a little slow


@dataclass(frozen=True, slots=True)
class PassResult:
    """What a pass did. `note` says why it did nothing, when it did nothing on purpose; `reason` the same in short."""

    due: int = 0
    notices: int = 0
    superseded: int = 0
    note: str = ""
    reason: Reason | None = None


def run_pass(
    session: Session, campaign_key: str, instruction_key: str, now: datetime, ran_at: datetime
) -> PassResult:
    """Plan what is due for an instruction at the campaign's `now`; `ran_at` is the machine's clock.

    A second pass at the same instant finds nothing due and writes nothing but its own mark.
    """
    campaign = campaign_row(session, campaign_key, lock=True)
    instruction = session.exec(
        select(Instruction).where(Instruction.campaign_id == campaign.id, Instruction.key == instruction_key)
    ).one_or_none()
    if instruction is None:
        raise DondocError(
            f"campaign '{campaign_key}' has no instruction '{instruction_key}'; run 'dondoc check {campaign_key}'"
        )
    policy = policy_of(campaign)
    opens = campaign.opened_at
    # By the day first: a clock that was set back may say one that is in no calendar.
    before = policy.calendar.local(now).date() < policy.calendar.local(opens).date()
    at = now if before else policy.calendar.planning_instant(now)
    if at < opens:
        return PassResult(
            note=f"the campaign opens at {policy.calendar.local(campaign.opened_at):%Y-%m-%d %H:%M}",
            reason=Reason.NOT_OPEN,
        )
    if campaign.closed_at is not None:
        return PassResult(
            note=f"the campaign was closed at {policy.calendar.local(campaign.closed_at):%Y-%m-%d %H:%M}",
            reason=Reason.CLOSED,
        )
    if _set_back(session.get(Pass, instruction.id), ran_at):
        _look_again(session, campaign, instruction, at)
    steps = due_steps(session, instruction, at)
    plans = [policy.plan(state, at) for state in states_of(session, campaign, steps)]
    notices = [plan.notice for plan in plans if plan.notice]
    if steps:
        _write(session, campaign, instruction, steps, plans, at)
    _mark(session, ident(instruction), now, ran_at)
    return PassResult(len(steps), len(notices), sum(len(plan.superseded) for plan in plans))


def due_steps(session: Session, instruction: Instruction, at: datetime) -> list[Step]:
    """Only rows whose next action has come: cost grows with what is due, not with what exists."""
    return list(
        session.exec(
            select(Step)
            .where(Step.instruction_id == instruction.id, col(Step.next_action_at) <= at)
            .order_by(col(Step.id))
            .with_for_update(key_share=True)  # a mail accepted meanwhile waits, and plans on from this pass
        )
    )


def due_instructions(session: Session, campaign: Campaign, now: datetime) -> list[str]:
    """The keys of the instructions with something due at the campaign's `now`, in the directive's order."""
    at = policy_of(campaign).calendar.planning_instant(now)
    due = exists().where(col(Step.instruction_id) == Instruction.id, col(Step.next_action_at) <= at)
    return list(
        session.exec(
            select(Instruction.key)
            .where(Instruction.campaign_id == campaign.id, due)
            .order_by(col(Instruction.ordinal))
        )
    )


def _write(
    session: Session,
    campaign: Campaign,
    instruction: Instruction,
    steps: Sequence[Step],
    plans: Sequence[Plan],
    at: datetime,
) -> None:
    notices = [plan.notice for plan in plans if plan.notice]
    _supersede_pending(session, [notice.step_id for notice in notices])
    ids = _insert_notices(session, campaign, steps, plans, at)
    _insert_addressees(session, campaign, steps, notices, ids, at)
    for step, plan in zip(steps, plans, strict=True):
        step.next_action_at, step.next_reason = plan.next_action_at, plan.reason
        session.add(step)
    written = [
        [notice.step_id, notice.deadline_number, notice.rung, notice.repeat, notice.reason]
        for notice in notices
    ]
    passed_over = [
        [step.id, step.deadline_number, time.rung.key]
        for step, plan in zip(steps, plans, strict=True)
        for time in plan.superseded
    ]
    if written or passed_over:
        data = {"instruction": instruction.key, "notices": written, "superseded": passed_over}
        audit.append(session, ident(campaign), at, "pass", data)


def _supersede_pending(session: Session, step_ids: list[int]) -> None:
    """A newer rung takes the place of one that never left: an outage does not multiply mail."""
    for ids in chunks(step_ids):
        session.exec(
            update(Addressee)
            .where(col(Addressee.step_id).in_(ids), col(Addressee.state) == "pending")
            .values(state="superseded", reason="newer_rung")
        )


def _insert_notices(
    session: Session, campaign: Campaign, steps: Sequence[Step], plans: Sequence[Plan], at: datetime
) -> dict[int, int]:
    """Ids of the notices to send, by step."""
    ids: dict[int, int] = {}
    rows: list[Notice] = []
    for step, plan in zip(steps, plans, strict=True):
        rows += [superseded_row(campaign, step, time, at) for time in plan.superseded]
        if plan.notice:
            rows.append(_notice_row(campaign, plan.notice, at))
    session.add_all(rows)
    session.flush()
    for row in rows:
        if not row.superseded and row.id is not None:
            ids[row.step_id] = row.id
    return ids


def superseded_row(campaign: Campaign, step: Step, time: RungTime, at: datetime) -> Notice:
    """A rung that was passed over: written down, never mailed."""
    return Notice(
        campaign_id=ident(campaign),
        step_id=ident(step),
        deadline_number=step.deadline_number,
        rung=time.rung.key,
        repeat=time.repeat,
        reason="superseded",
        rung_at=time.at,
        planned_at=at,
        superseded=True,
    )


def _notice_row(campaign: Campaign, notice: Planned, at: datetime) -> Notice:
    return Notice(
        campaign_id=ident(campaign),
        step_id=notice.step_id,
        deadline_number=notice.deadline_number,
        rung=notice.rung,
        repeat=notice.repeat,
        reason=notice.reason,
        rung_at=notice.rung_at,
        planned_at=at,
    )


def _insert_addressees(
    session: Session,
    campaign: Campaign,
    steps: Sequence[Step],
    notices: Sequence[Planned],
    ids: dict[int, int],
    at: datetime,
) -> None:
    if not notices:
        return
    units = {unit.id: unit for unit in session.exec(select(Unit).where(Unit.campaign_id == campaign.id))}
    monitor_code = definition_of(campaign).campaign.monitor.unit
    monitor = next(unit for unit in units.values() if unit.code == monitor_code)
    owners, book = {step.id: step for step in steps}, Casebook(session, campaign)
    rows: list[dict[str, object]] = []
    for notice in notices:
        step = owners[notice.step_id]
        unit = units[step.unit_id]
        for target, unit_id in _recipients(unit, monitor, notice.targets, deputy_now(book, step, at)).items():
            rows.append(
                {
                    "campaign_id": campaign.id,
                    "notice_id": ids[notice.step_id],
                    "step_id": notice.step_id,
                    "unit_id": unit_id,
                    "target": target,
                    "state": "pending",
                    "reason": "",
                }
            )
    session.connection().execute(insert(Addressee), rows)


def _recipients(unit: Unit, monitor: Unit, targets: Sequence[Target], deputy: str) -> dict[str, int]:
    """Unit ids by target. What leads to the monitor itself escalates to the monitor's superior."""
    found: dict[str, int] = {}
    for target in targets:
        if target is Target.LEAD:
            unit_id = unit.id
        elif target is Target.MONITOR and unit.id != monitor.id:
            unit_id = monitor.id
        else:
            unit_id = unit.superior_id
        if unit_id is None or unit_id in found.values():
            continue
        own = routed(deputy, escalates=len(targets) > 1) if target is Target.LEAD else (target,)
        found |= dict.fromkeys(own, unit_id)
    return found


def _set_back(mark: Pass | None, ran_at: datetime) -> bool:
    """Whether the machine's clock ran ahead at the last pass, and is right again."""
    return mark is not None and mark.ran_at > ran_at + CLOCK_IS_SET


def _look_again(session: Session, campaign: Campaign, instruction: Instruction, at: datetime) -> None:
    """What was to be looked at after a wrong clock's time is looked at when its rung comes; what was sent stays sent."""
    steps = session.exec(
        select(Step)
        .where(Step.instruction_id == instruction.id, col(Step.reported_at).is_(None))
        .where(col(Step.next_action_at).is_(None) | (col(Step.next_action_at) > at))
        .order_by(col(Step.id))
        .with_for_update(key_share=True)
    ).all()
    reschedule(session, campaign, steps, at)


def _mark(session: Session, instruction_id: int, at: datetime, ran_at: datetime) -> None:
    mark = session.get(Pass, instruction_id)
    if mark is None:
        session.add(Pass(instruction_id=instruction_id, at=at, ran_at=ran_at))
    elif at >= mark.at or _set_back(mark, ran_at):
        mark.at, mark.ran_at = at, ran_at
        session.add(mark)
