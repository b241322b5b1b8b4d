"""A step's facts from the answers that stand. What was withdrawn counts no more, and nothing is kept beside to go back to.

What a decision alone sets is not touched here: to a step that was waived or accepted by a coordinator no answer is
taken, and none is withdrawn from it.
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
SETTLED_BY = {"extension": ("grant_extension", "refuse_extension"), "delegate": ("assign",)}


@dataclass(slots=True)
class Facts:
    received_at: datetime | None = None
    percent: int | None = None
    reported_at: datetime | None = None
    accepted_at: datetime | None = None
    extension_requested_at: datetime | None = None
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """An answer that was not withdrawn; `accepts`: who accepts the step that was answered."""

    answer: Answer
    accepts: str


def take_over(session: Session, steps: Sequence[Step]) -> list[bool]:
    """Bring the steps' facts up to their answers; whether that changed anything, in the same order."""
    ids = [ident(step) for step in steps]
    said, decided = standing(session, ids), decisions(session, ids)
    return [_take_over(session, step, said[ident(step)], decided[ident(step)]) for step in steps]


def standing(session: Session, step_ids: Collection[int]) -> defaultdict[int, list[Standing]]:
    """The answers to each step that were not withdrawn, in the order of recording."""
    found: defaultdict[int, list[Standing]] = defaultdict(list)
    given = aliased(Answer)  # the answer itself, or the one that carried it
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(Answer, Step.accepts)
            .join(given, col(given.id) == func.coalesce(Answer.carried_by_id, Answer.id))
            .join(Step, col(Step.id) == given.step_id)
            .where(col(Answer.step_id).in_(some), col(Answer.undone_at).is_(None))
            .order_by(col(Answer.id))
        )
        for answer, accepts in rows:
            found[answer.step_id].append(Standing(answer, accepts))
    return found


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


def _take_over(session: Session, step: Step, said: Sequence[Standing], decided: Sequence[Decision]) -> bool:
    facts = _facts(said, decided)
    changed = False
    for name in Facts.__slots__:
        if getattr(step, name) != getattr(facts, name):
            setattr(step, name, getattr(facts, name))
            changed = True
    session.add(step)
    return changed


def _facts(said: Sequence[Standing], decided: Sequence[Decision]) -> Facts:
    facts = Facts()
    for one in said:
        answer, data = one.answer, one.answer.data
        facts.received_at = min(facts.received_at or answer.at, answer.at)
        if answer.kind == "in_progress":
            facts.percent = data.get("percent")
        if answer.kind == "done":
            _report(facts, one)
        if answer.kind == "extension":  # a newer request takes the place of the older
            facts.extension_requested_at = None if settled(answer, decided) else answer.at
        if answer.kind == "delegate" and "deputy" in data:
            facts.deputy = data["deputy"]
    return facts


def _report(facts: Facts, one: Standing) -> None:
    # A second report adds evidence; lateness stays with the first.
    facts.reported_at = min(facts.reported_at or one.answer.at, one.answer.at)
    facts.percent = 100
    evident = bool(one.answer.data.get("doc_number") or one.answer.data.get("file_sha256"))
    if evident and one.accepts == AcceptedBy.EVIDENCE:
        facts.accepted_at = facts.accepted_at or one.answer.at
