"""What was said and decided of a step, in the order of time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from directives.ledger import audit
from directives.ledger.answers import PERSONAL
from directives.ledger.states import ident
from directives.ledger.tables import Answer, Audit, AuditText, Decision


@dataclass(frozen=True, slots=True)
class Event:
    """What a unit answered of a step, or (`decided`) a coordinator decided. `data`: as the conversation's types.

    `words`: who said so and their own words, of a decision its reason, as far as they were not purged.
    """

    id: int
    at: datetime
    kind: str
    channel: str
    data: Mapping[str, Any]
    undone: bool
    decided: bool
    words: str = ""


def events_of(session: Session, step_ids: Sequence[int]) -> defaultdict[int, list[Event]]:
    """The answers to each step and the decisions on it, what was withdrawn too."""
    found: defaultdict[int, list[Event]] = defaultdict(list)
    words, reasons = _words(session, step_ids), _reasons(session, step_ids)
    for answer in session.exec(
        select(Answer).where(col(Answer.step_id).in_(step_ids)).order_by(col(Answer.id))
    ):
        found[answer.step_id].append(answered(answer, words.get(ident(answer), "")))
    for made in session.exec(
        select(Decision).where(col(Decision.step_id).in_(step_ids)).order_by(col(Decision.id))
    ):
        assert made.id is not None
        assert made.step_id is not None
        reason = reasons.get(made.id, "")
        event = Event(made.id, made.at, made.kind, "", made.data, undone=False, decided=True, words=reason)
        found[made.step_id].append(event)
    for events in found.values():
        events.sort(key=lambda one: one.at)
    return found


def answered(row: Answer, words: str = "") -> Event:
    """One answer. `words`: what stands beside its audit event."""
    known = "\n".join(str(row.data[key]) for key in PERSONAL if key in row.data)
    lines = [line for line in words.replace(known, "", 1).split("\n") if line]
    return Event(
        id=ident(row),
        at=row.at,
        kind=row.kind,
        channel=row.channel,
        data=row.data,
        undone=row.undone_at is not None,
        decided=False,
        words=": ".join(part for part in (*lines[:1], " ".join(lines[1:])) if part),
    )


def _words(session: Session, step_ids: Sequence[int]) -> dict[int, str]:
    """What people said, by the answer's id: it stands beside the audit chain."""
    rows = session.exec(
        select(Audit, AuditText.text)
        .join(AuditText, col(AuditText.audit_id) == Audit.id)
        .where(col(Audit.step_id).in_(step_ids), col(Audit.kind).startswith("answer."))
        .where(Audit.kind != "answer.undo")
    )
    return {audit.said(event, "answer"): text for event, text in rows}


def _reasons(session: Session, step_ids: Sequence[int]) -> dict[int, str]:
    """Why it was decided so, by the decision's id: beside the audit chain too, after who decided."""
    rows = session.exec(
        select(Audit, AuditText.text)
        .join(AuditText, col(AuditText.audit_id) == Audit.id)
        .where(col(Audit.step_id).in_(step_ids), col(Audit.kind).startswith("decision."))
    )
    return {audit.said(event, "decision"): " ".join(text.split("\n")[1:]) for event, text in rows}
