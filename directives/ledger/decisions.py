"""Applying what a coordinator decides: the same shape as an answer, with who decided."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from directives.conversation import Accept, AcceptSender, Waive
from directives.conversation import Decision as AnyDecision
from directives.errors import NotYet, Refused
from directives.ledger import audit
from directives.ledger.answers import check_moment, find_step
from directives.ledger.frozen import policy_of
from directives.ledger.senders import accept_sender
from directives.ledger.states import campaign_row, ident, reschedule, with_covered
from directives.ledger.tables import Campaign, Decision, Step


def decide(session: Session, given: AnyDecision, recorded_at: datetime) -> int:
    """Apply one decision to its step and the steps that it covers; returns the decision's id.

    Errors: Refused when it makes no sense (one line, nothing changed); NotYet for kinds to come.
    """
    if isinstance(given, AcceptSender):
        campaign = campaign_row(session, given.campaign, lock=True)
        check_moment(campaign, given.at, recorded_at)
        return accept_sender(session, campaign, given, recorded_at)
    if not isinstance(given, (Accept, Waive)):
        raise NotYet(f"'{given.kind}' is not applied yet; only 'accept', 'waive' and 'accept_sender' are")
    if given.step.campaign != given.campaign:
        raise Refused(f"the step belongs to campaign '{given.step.campaign}', not to '{given.campaign}'")
    campaign = campaign_row(session, given.campaign, lock=True)
    step = find_step(session, campaign, given.step)
    check_moment(campaign, given.at, recorded_at)
    _check(campaign, step, given)
    steps = [
        one for one in with_covered(session, [step]) if one.waived_at is None and one.accepted_at is None
    ]
    # What a step carries and had no report of its own is completed by the report that carries it.
    reported_at = step.reported_at
    ids = [_write(session, campaign, one, given, recorded_at, reported_at) for one in steps]
    session.flush()
    reschedule(session, campaign, steps, given.at)
    return ids[0]


def _check(campaign: Campaign, step: Step, given: Accept | Waive) -> None:
    if step.waived_at is not None:
        raise Refused("the step was waived before; nothing is left to decide")
    if step.accepted_at is not None:
        raise Refused("the step was accepted before; nothing is left to decide")
    if isinstance(given, Accept) and step.reported_at is None:
        raise Refused("the step was not reported; record the report first ('dondoc record … done')")
    if isinstance(given, Accept) and step.reported_at is not None and given.at < step.reported_at:
        reported = policy_of(campaign).calendar.local(step.reported_at)
        raise Refused(f"the step was reported only on {reported:%d/%m/%Y %H:%M}; check the date")
    if isinstance(given, Waive) and not given.reason:
        raise Refused("a waiver needs a reason; give one")


def _write(
    session: Session,
    campaign: Campaign,
    step: Step,
    given: Accept | Waive,
    recorded_at: datetime,
    reported_at: datetime | None,
) -> int:
    row = Decision(
        campaign_id=ident(campaign),
        step_id=step.id,
        kind=given.kind,
        data={},
        by=given.by,
        at=given.at,
        recorded_at=recorded_at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    if isinstance(given, Accept):
        step.reported_at = step.reported_at or reported_at
        step.accepted_at = given.at
    else:
        step.waived_at = given.at
    session.add(step)
    personal = "\n".join(part for part in (given.by, given.reason) if part)
    audit.append(
        session, ident(campaign), given.at, f"decision.{given.kind}", {"decision": row.id}, step.id, personal
    )
    return row.id
