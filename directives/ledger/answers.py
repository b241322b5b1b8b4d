"""Applying what a unit answers: checked, written with its audit event, covered steps too, the next look moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from directives.conversation import Answer as AnyAnswer
from directives.conversation import Done, InProgress, Received, StepRef
from directives.errors import NotYet, Refused
from directives.findings import nearest
from directives.ledger import audit
from directives.ledger.frozen import definition_of, policy_of
from directives.ledger.states import campaign_row, ident, reschedule, with_covered
from directives.ledger.tables import Answer, Campaign, Evidence, Instruction, Step, Unit
from directives.model import AcceptedBy


def answer(session: Session, given: AnyAnswer, recorded_at: datetime) -> int:
    """Apply one answer to its step and the steps that it covers; returns the answer's id.

    Errors: Refused when it makes no sense for the step (one line, nothing changed); NotYet for kinds to come.
    """
    if not isinstance(given, (Received, InProgress, Done)):
        raise NotYet(f"'{given.kind}' is not applied yet; record the phone call and decide it by hand")
    campaign = campaign_row(session, given.step.campaign, lock=True)
    step = find_step(session, campaign, given.step)
    _check(campaign, step, given, recorded_at)
    steps = [
        one for one in with_covered(session, [step]) if one.waived_at is None and one.accepted_at is None
    ]
    answer_ids = _write(session, campaign, steps, given, recorded_at)
    session.flush()
    reschedule(session, campaign, steps, given.at)
    return answer_ids[0]


def find_step(session: Session, campaign: Campaign, ref: StepRef) -> Step:
    """The row of a step. Errors: Refused, saying which part of the name is unknown."""
    instruction = session.exec(
        select(Instruction).where(Instruction.campaign_id == campaign.id, Instruction.key == ref.instruction)
    ).one_or_none()
    unit = session.exec(
        select(Unit).where(Unit.campaign_id == campaign.id, Unit.code == ref.unit)
    ).one_or_none()
    if instruction is None:
        raise Refused(f"campaign '{campaign.key}' has no instruction '{ref.instruction}'; see 'dondoc check'")
    if unit is None:
        codes = session.exec(select(Unit.code).where(Unit.campaign_id == campaign.id)).all()
        close = nearest(ref.unit, codes) or "; see 'dondoc check'"
        raise Refused(f"campaign '{campaign.key}' has no unit '{ref.unit}'{close}")
    step = session.exec(
        select(Step)
        .where(Step.instruction_id == instruction.id, Step.unit_id == unit.id, Step.key == ref.step)
        .with_for_update(key_share=True)
    ).one_or_none()
    if step is None:
        raise Refused(f"'{ref.instruction}/{ref.step}' is not asked of '{ref.unit}'; see 'dondoc check'")
    return step


def check_moment(campaign: Campaign, at: datetime, recorded_at: datetime) -> None:
    """Errors: Refused when nothing can have been said or decided at that time."""
    calendar = policy_of(campaign).calendar
    if campaign.closed_at is not None:
        raise Refused(f"campaign '{campaign.key}' was closed; nothing can be recorded any more")
    if at < calendar.at(definition_of(campaign).day, datetime.min.time()):
        raise Refused(f"{calendar.local(at):%d/%m/%Y} is before the directive itself; check the date")
    if at > (campaign.clock_at or recorded_at):
        raise Refused(
            f"{calendar.local(at):%d/%m/%Y %H:%M} is still to come on the campaign's clock; check the date"
        )


def _check(campaign: Campaign, step: Step, given: AnyAnswer, recorded_at: datetime) -> None:
    check_moment(campaign, given.at, recorded_at)
    if step.waived_at is not None:
        raise Refused("the step was waived; there is nothing left to answer")
    if step.accepted_at is not None:
        completed = policy_of(campaign).calendar.local(step.accepted_at)
        raise Refused(f"the step was completed on {completed:%d/%m/%Y}; there is nothing left to answer")


def _write(
    session: Session, campaign: Campaign, steps: Sequence[Step], given: AnyAnswer, recorded_at: datetime
) -> list[int]:
    """One row and one audit event for each step. The first is the one answered: who accepts it accepts what it carries."""
    data = given.model_dump(
        mode="json", exclude={"step", "at", "channel", "kind", "text", "by"}, exclude_defaults=True
    )
    rows = [
        Answer(
            step_id=ident(step),
            kind=given.kind,
            data=data,
            channel=given.channel,
            at=given.at,
            recorded_at=recorded_at,
        )
        for step in steps
    ]
    session.add_all(rows)
    session.flush()
    personal = "\n".join(part for part in (given.by, given.text) if part)
    for step, row in zip(steps, rows, strict=True):
        event: dict[str, Any] = {"answer": row.id, "channel": given.channel, **data}
        event["changed"] = _take(session, step, given, ident(row), steps[0].accepts)
        audit.append(session, ident(campaign), given.at, f"answer.{given.kind}", event, row.step_id, personal)
    return [ident(row) for row in rows]


def _take(session: Session, step: Step, given: AnyAnswer, answer_id: int, accepts: str) -> bool:
    """Take the answer over into the step; whether that changed anything."""
    before = (step.received_at, step.percent, step.reported_at, step.accepted_at)
    step.received_at = min(step.received_at or given.at, given.at)
    if isinstance(given, InProgress):
        step.percent = given.percent
    if isinstance(given, Done):
        _report(session, step, given, answer_id, accepts)
    session.add(step)
    return before != (step.received_at, step.percent, step.reported_at, step.accepted_at)


def _report(session: Session, step: Step, given: Done, answer_id: int, accepts: str) -> None:
    # A second report adds evidence; lateness stays with the first.
    step.reported_at = min(step.reported_at or given.at, given.at)
    step.percent = 100
    evident = bool(given.doc_number or given.file_sha256)
    if evident:
        session.add(
            Evidence(
                answer_id=answer_id,
                doc_number=given.doc_number,
                doc_date=given.doc_date,
                file_sha256=given.file_sha256,
                file_name=given.file_name,
            )
        )
    if evident and accepts == AcceptedBy.EVIDENCE:
        step.accepted_at = given.at
