"""Applying what a coordinator decides: the same shape as an answer, with who decided, as claimed.

Every decision is checked, written as one row and one audit event for each step that it concerns, and moves the next
look at those steps. Whoever needs to be told is told by `notifications.deciding`, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from directives.conversation import (
    Accept,
    AcceptSender,
    AnswerUnclear,
    Assign,
    GrantExtension,
    HoldUp,
    Nudge,
    RefuseExtension,
    Reply,
    Resume,
    Return,
    SetDistrictDate,
    Waive,
)
from directives.conversation import Decision as AnyDecision
from directives.errors import Refused
from directives.ledger import facts
from directives.ledger.answers import check_moment, find_step
from directives.ledger.assigning import assign
from directives.ledger.deciding import Desk
from directives.ledger.district_dates import set_district_date
from directives.ledger.holding import hold_up, resume
from directives.ledger.nudging import nudge
from directives.ledger.senders import accept_sender
from directives.ledger.states import campaign_row, ident, reschedule, with_covered
from directives.ledger.tables import Step
from directives.ledger.unclear import answer_unclear

StepDecided = Accept | Return | GrantExtension | RefuseExtension | Assign | Waive | Nudge | Reply


def decide(session: Session, given: AnyDecision, recorded_at: datetime) -> int:
    """Apply one decision to what it names; returns the decision's id.

    Errors: Refused when it makes no sense (one line, nothing changed).
    """
    if isinstance(given, StepDecided) and given.step.campaign != given.campaign:
        raise Refused(
            f"the step belongs to campaign '{given.step.campaign}', not to '{given.campaign}'",
            "other_campaign",
            campaign=given.step.campaign,
        )
    campaign = campaign_row(session, given.campaign, lock=True)
    check_moment(campaign, given.at, recorded_at)
    desk = Desk(session, campaign, given, recorded_at)
    match given:
        case AcceptSender():
            return accept_sender(session, campaign, given, recorded_at)
        case HoldUp():
            return hold_up(desk, given)
        case Resume():
            return resume(desk, given)
        case SetDistrictDate():
            return set_district_date(desk, given)
        case AnswerUnclear():
            return answer_unclear(desk, given)
        case _:
            return _decide_step(desk, given)


def _decide_step(desk: Desk, given: StepDecided) -> int:
    step = find_step(desk.session, desk.campaign, given.step)
    _check(desk, step, given)
    steps = [
        one for one in with_covered(desk.session, [step]) if one.waived_at is None and one.accepted_at is None
    ]
    match given:
        case Assign():
            return assign(desk, given, steps)
        case Nudge():
            return nudge(desk, step)
        case Reply():
            return _reply(desk, step)
        case _:
            return _write(desk, given, steps)


def _check(desk: Desk, step: Step, given: StepDecided) -> None:
    """Errors: Refused, in one line."""
    calendar = desk.calendar
    if step.waived_at is not None:
        raise Refused("the step was waived before; nothing is left to decide", "waived")
    if step.accepted_at is not None:
        raise Refused("the step was accepted before; nothing is left to decide", "accepted")
    if isinstance(given, (Accept, Return)):
        if step.reported_at is None:
            raise Refused(
                "the step was not reported; record the report first ('dondoc record … done')", "not_reported"
            )
        if given.at < step.reported_at:
            reported = f"{calendar.local(step.reported_at):%d/%m/%Y %H:%M}"
            raise Refused(
                f"the step was reported only on {reported}; check the date", "before_report", at=reported
            )
    elif step.reported_at is not None and not isinstance(given, (Waive, Reply)):
        reported = f"{calendar.local(step.reported_at):%d/%m/%Y}"
        raise Refused(
            f"the step was reported on {reported}; accept the report or return it", "reported", at=reported
        )
    if isinstance(given, (Waive, Return, RefuseExtension, Reply)) and not given.reason:
        code, said = _NEEDED[given.kind]
        raise Refused(said, code)
    if isinstance(given, (Return, GrantExtension)):
        _check_day(desk, step, given)
    if isinstance(given, (GrantExtension, RefuseExtension)) and step.extension_requested_at is None:
        raise Refused(
            "no request for more time waits for a decision; record it first ('dondoc record … extension')",
            "no_request",
        )


def _reply(desk: Desk, step: Step) -> int:
    said = facts.standing(desk.session, [ident(step)])[ident(step)]
    if not any(one.answer.kind == "question" for one in said):
        raise Refused(
            "the unit asked nothing of the step; record its question first ('dondoc record … question')",
            "not_asked_anything",
        )
    return ident(desk.record({}, step))


_NEEDED = {
    "waive": ("waiver_reason", "a waiver needs a reason; give one"),
    "return": ("return_reason", "a return needs a reason: what is missing; give one"),
    "refuse_extension": ("refusal_reason", "a refusal needs a reason; give one"),
    "reply": ("no_reply", "a reply needs its words; give them as the reason"),
}


def _check_day(desk: Desk, step: Step, given: Return | GrantExtension) -> None:
    if step.due_before is None:
        raise Refused("the step has no deadline; there is nothing to move", "no_deadline")
    desk.new_day(given.until, after=step.due_before if isinstance(given, GrantExtension) else None)


def _write(
    desk: Desk, given: Accept | Return | GrantExtension | RefuseExtension | Waive, steps: Sequence[Step]
) -> int:
    reported_at, until = steps[0].reported_at, None
    if isinstance(given, Return):
        # What it carries and was not reported with it is not asked for anew.
        steps = [one for one in steps if one.reported_at is not None]
    if isinstance(given, (Return, GrantExtension)):
        until = given.until
    ids: list[int] = []
    for step in steps:
        data: dict[str, Any] = {}
        if isinstance(given, Accept) and step.reported_at is None and reported_at is not None:
            # What a step carries and had no report of its own is completed by the report that carries it.
            data["reported_at"] = reported_at.isoformat()
        if until is not None:
            data["until"] = until.isoformat()
            if step.due_before is not None:
                data["deadline"] = desk.set_last_day(step, until)
        if isinstance(given, Waive):
            step.waived_at = given.at
            desk.session.add(step)
        ids.append(ident(desk.record(data, step)))
    desk.session.flush()
    facts.take_over(desk.session, steps)
    desk.session.flush()
    reschedule(desk.session, desk.campaign, steps, given.at)
    return ids[0]
