"""Applying what a unit answers: checked, written with its audit event, covered steps too, the next look moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from directives.conversation import RECORDED, AsksExtension, Delegates, Done, Question, StepRef, Undo
from directives.conversation import Answer as AnyAnswer
from directives.deadline import last_good_day
from directives.errors import Refused
from directives.findings import nearest
from directives.ledger import audit, delegation, facts
from directives.ledger.frozen import definition_of, policy_of
from directives.ledger.states import campaign_row, ident, reschedule, with_covered
from directives.ledger.tables import Answer, Campaign, Evidence, Instruction, Step, Unit
from directives.ledger.undoing import undo

PERSONAL = ("to", "reason", "deputy", "passed_by")


def answer(session: Session, given: AnyAnswer, recorded_at: datetime) -> int:
    """Apply one answer to its step and the steps that it covers; returns the answer's id, or that of the one undone.

    Errors: Refused when it makes no sense for the step (one line, nothing changed).
    """
    campaign = campaign_row(session, given.step.campaign, lock=True)
    step = find_step(session, campaign, given.step)
    check_moment(campaign, given.at, recorded_at)
    if isinstance(given, Undo):
        return undo(session, campaign, step, given, recorded_at)
    _check(campaign, step, given)
    steps = [
        one for one in with_covered(session, [step]) if one.waived_at is None and one.accepted_at is None
    ]
    meant = delegation.meant(session, campaign, step, given) if isinstance(given, Delegates) else {}
    answer_id = _write(session, campaign, steps, given, meant, recorded_at)
    if "deputy" in meant:
        delegation.reroute(session, campaign, steps, given.at)
        delegation.tell(session, campaign, step, answer_id, given.at)
    session.flush()
    reschedule(session, campaign, steps, given.at)
    return answer_id


def find_step(session: Session, campaign: Campaign, ref: StepRef) -> Step:
    """The row of a step. Errors: Refused, saying which part of the name is unknown."""
    instruction = session.exec(
        select(Instruction).where(Instruction.campaign_id == campaign.id, Instruction.key == ref.instruction)
    ).one_or_none()
    unit = session.exec(
        select(Unit).where(Unit.campaign_id == campaign.id, Unit.code == ref.unit)
    ).one_or_none()
    if instruction is None:
        raise Refused(
            f"campaign '{campaign.key}' has no instruction '{ref.instruction}'; see 'dondoc check'",
            "unknown",
            name=ref.instruction,
        )
    if unit is None:
        codes = session.exec(select(Unit.code).where(Unit.campaign_id == campaign.id)).all()
        close = nearest(ref.unit, codes) or "; see 'dondoc check'"
        raise Refused(f"campaign '{campaign.key}' has no unit '{ref.unit}'{close}", "unknown", name=ref.unit)
    step = session.exec(
        select(Step)
        .where(Step.instruction_id == instruction.id, Step.unit_id == unit.id, Step.key == ref.step)
        .with_for_update(key_share=True)
    ).one_or_none()
    if step is None:
        raise Refused(
            f"'{ref.instruction}/{ref.step}' is not asked of '{ref.unit}'; see 'dondoc check'",
            "not_asked",
            step=f"{ref.instruction}/{ref.step}",
            unit=unit.name,
        )
    return step


def check_moment(campaign: Campaign, at: datetime, recorded_at: datetime) -> None:
    """Errors: Refused when nothing can have been said or decided at that time."""
    calendar = policy_of(campaign).calendar
    if campaign.closed_at is not None:
        raise Refused(f"campaign '{campaign.key}' was closed; nothing can be recorded any more", "closed")
    if at < calendar.begins(definition_of(campaign).day):
        raise Refused(
            f"{calendar.local(at):%d/%m/%Y} is before the directive itself; check the date",
            "before_directive",
            at=f"{calendar.local(at):%d/%m/%Y}",
        )
    if at > (campaign.clock_at or recorded_at):
        raise Refused(
            f"{calendar.local(at):%d/%m/%Y %H:%M} is still to come on the campaign's clock; check the date",
            "to_come",
            at=f"{calendar.local(at):%d/%m/%Y %H:%M}",
        )


def _check(campaign: Campaign, step: Step, given: AnyAnswer) -> None:
    if step.waived_at is not None:
        raise Refused("the step was waived; there is nothing left to answer", "waived")
    if step.accepted_at is not None:
        completed = policy_of(campaign).calendar.local(step.accepted_at)
        raise Refused(
            f"the step was completed on {completed:%d/%m/%Y}; there is nothing left to answer",
            "completed",
            at=f"{completed:%d/%m/%Y}",
        )
    if isinstance(given, (AsksExtension, Delegates)) and step.reported_at is not None:
        reported = policy_of(campaign).calendar.local(step.reported_at)
        raise Refused(
            f"the step was reported on {reported:%d/%m/%Y}; there is nothing left to ask for",
            "reported_before",
            at=f"{reported:%d/%m/%Y}",
        )
    if isinstance(given, Question) and not given.text.strip():
        raise Refused("a question needs its words; say what is asked", "no_question")
    if isinstance(given, AsksExtension):
        _check_extension(campaign, step, given)
    if isinstance(given, Done) and given.channel in RECORDED:
        _check_record(campaign, step, given)


def _check_record(campaign: Campaign, step: Step, given: Done) -> None:
    """What a coordinator states of a report's days. A unit's own words are never turned away for a date."""
    local, issued = policy_of(campaign).calendar.local, definition_of(campaign).day
    if step.returned_at is not None and given.at < step.returned_at:
        returned = f"{local(step.returned_at):%d/%m/%Y %H:%M}"
        raise Refused(
            f"the report was returned on {returned}; state a day after it", "before_return", at=returned
        )
    if given.doc_date is not None and given.doc_date > local(given.at).date():
        days = {"date": f"{given.doc_date:%d/%m/%Y}", "at": f"{local(given.at):%d/%m/%Y}"}
        raise Refused(
            f"the document's date {days['date']} is after the day it was sent, {days['at']}; check both",
            "doc_after",
            **days,
        )
    if given.doc_date is not None and given.doc_date < issued:
        days = {"date": f"{given.doc_date:%d/%m/%Y}", "issued": f"{issued:%d/%m/%Y}"}
        raise Refused(
            f"the document's date {days['date']} is before the directive itself ({days['issued']}); check it",
            "doc_before",
            **days,
        )


def _check_extension(campaign: Campaign, step: Step, given: AsksExtension) -> None:
    calendar = policy_of(campaign).calendar
    if step.due_before is None:
        raise Refused("the step has no deadline; there is nothing to extend", "no_deadline")
    last = last_good_day(step.due_before, calendar)
    if given.until <= last:
        raise Refused(
            f"{given.until:%d/%m/%Y} is not after the present deadline, whose last day is {last:%d/%m/%Y}",
            "day_not_after",
            until=f"{given.until:%d/%m/%Y}",
            last=f"{last:%d/%m/%Y}",
        )
    if given.until < calendar.local(given.at).date():
        raise Refused(
            f"{given.until:%d/%m/%Y} was past when it was asked for; ask for a day to come",
            "day_past",
            until=f"{given.until:%d/%m/%Y}",
        )
    if given.until > calendar.last:
        raise Refused(
            f"the calendar knows days to {calendar.last:%d/%m/%Y} only; ask for an earlier one",
            "day_unknown",
            last=f"{calendar.last:%d/%m/%Y}",
        )


def _write(
    session: Session,
    campaign: Campaign,
    steps: Sequence[Step],
    given: AnyAnswer,
    meant: dict[str, str],
    recorded_at: datetime,
) -> int:
    """One row and one audit event for each step; the first is the one answered, and carries the others."""
    data = given.model_dump(
        mode="json", exclude={"step", "at", "channel", "kind", "text", "by"}, exclude_defaults=True
    )
    data |= meant
    rows = [_row(step, given, data, recorded_at) for step in steps]
    session.add(rows[0])
    session.flush()
    for row in rows[1:]:
        row.carried_by_id = rows[0].id
    session.add_all(rows)
    session.flush()
    if isinstance(given, Done) and (given.doc_number or given.file_sha256):
        session.add_all([_evidence(row, given) for row in rows])
    said = {key: value for key, value in data.items() if key not in PERSONAL}
    said |= {"inside": "deputy" in meant} if isinstance(given, Delegates) else {}
    # Every further file has an event of its own; events of before this was said may have had more.
    said |= {"files": int(bool(given.file_sha256))} if isinstance(given, Done) else {}
    personal = "\n".join(part for part in (given.by, *_personal(data), given.text) if part)
    for row, changed in zip(rows, facts.take_over(session, steps), strict=True):
        event: dict[str, Any] = {"answer": row.id, "channel": given.channel, **said, "changed": changed}
        event |= audit.carried_by(row) | audit.recorded(given.at, recorded_at)
        audit.append(session, ident(campaign), given.at, f"answer.{given.kind}", event, row.step_id, personal)
    return ident(rows[0])


def _row(step: Step, given: AnyAnswer, data: dict[str, Any], recorded_at: datetime) -> Answer:
    return Answer(
        step_id=ident(step),
        kind=given.kind,
        data=data,
        channel=given.channel,
        at=given.at,
        recorded_at=recorded_at,
    )


def _evidence(row: Answer, given: Done) -> Evidence:
    return Evidence(
        answer_id=ident(row),
        doc_number=given.doc_number,
        doc_date=given.doc_date,
        file_sha256=given.file_sha256,
        file_name=given.file_name,
    )


def _personal(data: dict[str, Any]) -> list[str]:
    """What people wrote in their own words stands beside the chain, where it can be purged."""
    return [str(data[key]) for key in PERSONAL if key in data]
