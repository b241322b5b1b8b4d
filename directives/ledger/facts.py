"""A step's facts from the answers that stand and what was decided of it, in the order of recording.

What was withdrawn counts no more, and nothing is kept beside to go back to. `waived_at` alone is not found here: an
amended campaign file waives too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from directives.ledger.states import chunks, ident
from directives.ledger.tables import Answer, Decision, Step
from directives.model import AcceptedBy

# What a coordinator decides of a request, by the kind of the request.
SETTLED_BY = {
    "extension": ("grant_extension", "refuse_extension", "assign"),
    "delegate": ("assign",),
    "question": ("reply", "assign"),
}


@dataclass(slots=True)
class Facts:
    received_at: datetime | None = None
    percent: int | None = None
    reported_at: datetime | None = None
    accepted_at: datetime | None = None
    returned_at: datetime | None = None
    extension_requested_at: datetime | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer that was not withdrawn; `accepts`: who accepts the step that was answered."""

    answer: Answer
    accepts: str


def take_over(session: Session, steps: Sequence[Step]) -> list[bool]:
    """Bring the steps' facts up to what was said and decided; whether that changed anything, in the same order."""
    ids = [ident(step) for step in steps]
    said, decided = standing(session, ids), decisions(session, ids)
    return [_take_over(session, step, said[ident(step)], decided[ident(step)]) for step in steps]


def standing(session: Session, step_ids: Collection[int]) -> defaultdict[int, list[Standing]]:
    """The answers to each step that were not withdrawn, in the order of recording."""
    return _said(session, step_ids, withdrawn=False)


def ever_said(session: Session, step_ids: Collection[int]) -> defaultdict[int, list[Standing]]:
    """Every answer to each step, what was withdrawn too, in the order of recording."""
    return _said(session, step_ids, withdrawn=True)


def decisions(session: Session, step_ids: Collection[int]) -> defaultdict[int, list[Decision]]:
    """The decisions on each step, in the order of recording."""
    found: defaultdict[int, list[Decision]] = defaultdict(list)
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(Decision).where(col(Decision.step_id).in_(some)).order_by(col(Decision.id))
        )
        for row in rows:
            if row.step_id is not None:
                found[row.step_id].append(row)
    return found


def settled(request: Answer, decided: Iterable[Decision]) -> bool:
    """Whether a coordinator decided of what the unit asked for."""
    kinds = SETTLED_BY.get(request.kind, ())
    return any(one.kind in kinds and one.recorded_at >= request.recorded_at for one in decided)


def facts_of(said: Iterable[Standing], decided: Iterable[Decision]) -> Facts:
    """What is true of a step after these answers and decisions, each in the order of recording."""
    facts = Facts()
    # Of one moment, the answer came first: nobody decides of what was not said yet.
    acts: list[tuple[datetime, int, Standing | Decision]] = [
        *((one.answer.recorded_at, 0, one) for one in said),
        *((one.recorded_at, 1, one) for one in decided),
    ]
    for _, _, act in sorted(acts, key=lambda one: one[:2]):
        if isinstance(act, Standing):
            _answered(facts, act)
        else:
            facts = _decided(facts, act)
    return facts


def _said(
    session: Session, step_ids: Collection[int], *, withdrawn: bool
) -> defaultdict[int, list[Standing]]:
    found: defaultdict[int, list[Standing]] = defaultdict(list)
    given = aliased(Answer)  # the answer itself, or the one that carried it
    for some in chunks(sorted(step_ids)):
        chosen = (
            select(Answer, Step.accepts)
            .join(given, col(given.id) == func.coalesce(Answer.carried_by_id, Answer.id))
            .join(Step, col(Step.id) == given.step_id)
            .where(col(Answer.step_id).in_(some))
            .order_by(col(Answer.id))
        )
        for answer, accepts in session.exec(
            chosen if withdrawn else chosen.where(col(Answer.undone_at).is_(None))
        ):
            found[answer.step_id].append(Standing(answer, accepts))
    return found


def _take_over(session: Session, step: Step, said: Sequence[Standing], decided: Sequence[Decision]) -> bool:
    facts = facts_of(said, decided)
    changed = False
    for name in Facts.__slots__:
        if getattr(step, name) != getattr(facts, name):
            setattr(step, name, getattr(facts, name))
            changed = True
    session.add(step)
    return changed


def _answered(facts: Facts, one: Standing) -> None:
    answer, data = one.answer, one.answer.data
    facts.received_at = min(facts.received_at or answer.at, answer.at)
    if answer.kind == "in_progress":
        facts.percent = data.get("percent")
    if answer.kind == "done":
        _report(facts, one)
    if answer.kind == "extension":  # a newer request takes the place of the older
        facts.extension_requested_at = answer.at
    if answer.kind == "delegate" and "deputy" in data:
        facts.deputy = data["deputy"]


def _report(facts: Facts, one: Standing) -> None:
    # A second report adds evidence; lateness stays with the first.
    facts.reported_at = min(facts.reported_at or one.answer.at, one.answer.at)
    facts.percent = 100
    evident = bool(one.answer.data.get("doc_number") or one.answer.data.get("file_sha256"))
    if evident and one.accepts == AcceptedBy.EVIDENCE:
        facts.accepted_at = facts.accepted_at or one.answer.at


def _decided(facts: Facts, made: Decision) -> Facts:
    if made.kind == "assign":  # to whom it is new: nothing that was said before is theirs
        return Facts()
    if made.kind == "accept":
        carried = made.data.get("reported_at")
        facts.reported_at = facts.reported_at or (datetime.fromisoformat(carried) if carried else made.at)
        facts.accepted_at = facts.accepted_at or made.at
    if made.kind == "return":
        facts.reported_at, facts.percent, facts.returned_at = None, None, made.at
    if made.kind in SETTLED_BY["extension"]:
        facts.extension_requested_at = None
    return facts
