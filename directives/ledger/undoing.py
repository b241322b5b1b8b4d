"""Withdrawing an answer: within a day, and only while no coordinator has decided on top of it.

What a coordinator recorded with an earlier day can be taken back by a coordinator within a day of recording it; what
evidence alone completed, at any time, because a completed step cannot be returned.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from directives.conversation import RECORDED, StepRef, Undo
from directives.errors import Refused
from directives.ledger import audit, delegation, facts
from directives.ledger.casebook import Casebook
from directives.ledger.frozen import policy_of
from directives.ledger.states import campaign_row, ident, reschedule
from directives.ledger.tables import Addressee, Answer, Campaign, Decision, Notice, Step
from directives.plan import Reason
from directives.workdays import WorkCalendar

WITHIN = timedelta(days=1)
# Why a notice was cancelled by an answer: it holds again when the answer is withdrawn.
ANSWERED = (Reason.RECEIVED, Reason.REPORTED, Reason.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Undoable:
    """An answer that its unit may still withdraw, until that instant of the campaign's clock (inclusive).

    `data` is what it said, by the names of its kind's fields.
    """

    answer_id: int
    step: StepRef
    kind: str
    at: datetime
    until: datetime
    data: dict[str, Any]


def undoable(session: Session, campaign_key: str, unit: str, at: datetime) -> list[Undoable]:
    """What an `Undo` of each of the unit's steps would withdraw at the campaign's `at`, in the order of its steps.

    Errors: UnknownCampaign. A unit that is not known has nothing to withdraw.
    """
    book = Casebook(session, campaign_row(session, campaign_key))
    if book.campaign.closed_at is not None:
        return []
    ids = [unit_id for unit_id, row in book.units.items() if row.code == unit]
    steps = {key: step for some in book.steps_of_units(ids).values() for key, step in some.items()}
    said = facts.standing(session, list(steps))
    found: list[Undoable] = []
    for step_id, step in steps.items():
        latest = said[step_id][-1].answer if said[step_id] else None
        if latest is None or step.waived_at is not None:
            continue
        rows = _act(session, latest)
        late = at - latest.at > WITHIN
        if _why_not(rows, _decided(session, rows), at, book.calendar, late=late) is None:
            found.append(
                Undoable(
                    ident(latest), book.ref(step), latest.kind, latest.at, latest.at + WITHIN, latest.data
                )
            )
    return found


def undo(session: Session, campaign: Campaign, step: Step, given: Undo, recorded_at: datetime) -> int:
    """Withdraw the latest answer to the step and what it carried; returns its id. The caller has checked the moment.

    Errors: Refused.
    """
    said = facts.standing(session, [ident(step)])[ident(step)]
    if not said:
        raise Refused("nothing was answered for the step; there is nothing to withdraw", "nothing_to_undo")
    if step.waived_at is not None:
        raise Refused("the step was waived; there is nothing left to withdraw", "waived")
    rows = _act(session, said[-1].answer)
    late = _late(rows[0], step, given, recorded_at)
    why_not = _why_not(rows, _decided(session, rows), given.at, policy_of(campaign).calendar, late=late)
    if why_not is not None:
        raise Refused(why_not, "no_undo")
    for row in rows:
        row.undone_at = given.at
        session.add(row)
    session.flush()
    steps = [session.get_one(Step, row.step_id) for row in rows]
    personal = "\n".join(part for part in (given.by, given.text) if part)
    for row, changed in zip(rows, facts.take_over(session, steps), strict=True):
        event = {"answer": row.id, "undone": row.kind, "channel": given.channel, "changed": changed}
        event |= audit.carried_by(row)
        audit.append(session, ident(campaign), given.at, "answer.undo", event, row.step_id, personal)
    session.flush()
    for one in steps:
        _revive(session, one)
    delegation.reroute(session, campaign, steps, given.at)
    session.flush()
    reschedule(session, campaign, steps, given.at)
    return ident(rows[0])


def _act(session: Session, answer: Answer) -> list[Answer]:
    """The answer and the rows it carried to covered steps, its own first; only itself when it was carried."""
    carried = session.exec(
        select(Answer)
        .where(Answer.carried_by_id == answer.id, col(Answer.undone_at).is_(None))
        .order_by(col(Answer.id))
    )
    return [answer, *carried]


def _decided(session: Session, rows: Sequence[Answer]) -> list[Decision]:
    found = facts.decisions(session, [row.step_id for row in rows])
    return [one for some in found.values() for one in some]


def _late(answer: Answer, step: Step, given: Undo, recorded_at: datetime) -> bool:
    if given.channel in RECORDED and answer.channel in RECORDED:
        completed = answer.kind == "done" and step.accepted_at is not None
        return not completed and recorded_at - answer.recorded_at > WITHIN
    return given.at - answer.at > WITHIN


def _why_not(
    rows: Sequence[Answer], decided: Iterable[Decision], at: datetime, calendar: WorkCalendar, *, late: bool
) -> str | None:
    """Why the act that wrote these rows cannot be withdrawn at that instant; None when it can."""
    answer = rows[0]
    said = f"{calendar.local(answer.at):%d/%m/%Y %H:%M}"
    if answer.carried_by_id is not None:
        return f"it was answered on {said} with the step that carries it; withdraw that answer"
    if at < answer.at:
        return f"the last answer was given only on {said}; check the date"
    if late:
        instead = "return the report" if answer.kind == "done" else "record what holds now"
        return f"the last answer was given on {said}; it could be withdrawn within a day; {instead} instead"
    # As recorded: a decision's stated date may lie before what it was decided on.
    if any(one.recorded_at >= answer.recorded_at for one in decided):
        return f"a coordinator has decided since the answer of {said}; call the monitoring officer"
    return None


def _revive(session: Session, step: Step) -> None:
    """The last notice of the step goes out after all, if only the answer had cancelled it."""
    last = session.exec(
        select(Notice.id)
        .where(
            Notice.step_id == step.id,
            Notice.deadline_number == step.deadline_number,
            col(Notice.superseded).is_(False),
        )
        .order_by(col(Notice.id).desc())
    ).first()
    session.exec(
        update(Addressee)
        .where(
            col(Addressee.notice_id) == last,
            col(Addressee.state) == "cancelled",
            col(Addressee.reason).in_(ANSWERED),
        )
        .values(state="pending", reason="")
    )
