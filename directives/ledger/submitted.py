"""What units submitted: their documents, their own words and their files, for the papers that list them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from directives.evaluate import StepState
from directives.ledger import audit, facts
from directives.ledger.casebook import Casebook
from directives.ledger.instants import owner_at
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Answer, Audit, AuditText, Evidence, Step, Unit
from directives.papers import Attached, Submitted


def submitted(
    book: Casebook, step_ids: Sequence[int], states: Mapping[int, StepState], until: datetime
) -> tuple[Submitted, ...]:
    """Every report to these steps that stood at `until`, in the organisation's order, then that of recording.

    It stays with the unit that sent it, whoever the step was assigned to since.
    """
    steps = book.steps(step_ids)
    rows = _reports(book.session, step_ids, until)
    files, words = _evidence(book.session, rows), _words(book.session, step_ids)
    order = {unit_id: n for n, unit_id in enumerate(book.units)}
    decided = facts.decisions(book.session, step_ids)
    units = {ident(row): owner_at(book, steps[row.step_id], decided[row.step_id], row.at) for row in rows}
    rows.sort(key=lambda row: (order[units[ident(row)]], ident(row)))
    return tuple(
        _one(
            book,
            book.units[units[ident(row)]],
            steps[row.step_id],
            states[row.step_id],
            row,
            files[ident(row)],
            words.get(ident(row), ""),
        )
        for row in rows
    )


def _one(
    book: Casebook,
    unit: Unit,
    step: Step,
    state: StepState,
    row: Answer,
    files: Sequence[Evidence],
    words: str,
) -> Submitted:
    spec = book.spec(step)
    named = next((one for one in files if one.doc_number), None)
    return Submitted(
        answer_id=ident(row),
        name=unit.name,
        kind=unit.kind,
        above=book.unit_name(unit.superior_id),
        title=spec.title if spec else step.key,
        clause=book.clause(step).clause,
        at=book.calendar.local(row.at),
        recorded_at=row.recorded_at,
        late=state.due_before is not None and row.at >= state.due_before,
        doc_number=named.doc_number if named else "",
        doc_date=named.doc_date if named else None,
        words=words,
        files=tuple(Attached(name=one.file_name, sha256=one.file_sha256) for one in files if one.file_sha256),
    )


def _reports(session: Session, step_ids: Sequence[int], until: datetime) -> list[Answer]:
    found: list[Answer] = []
    for some in chunks(step_ids):
        found += session.exec(
            select(Answer)
            .where(col(Answer.step_id).in_(some), Answer.kind == "done", col(Answer.at) <= until)
            .where(or_(col(Answer.undone_at).is_(None), col(Answer.undone_at) > until))
            .order_by(col(Answer.id))
        )
    return found


def _evidence(session: Session, rows: Sequence[Answer]) -> defaultdict[int, list[Evidence]]:
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for some in chunks([ident(row) for row in rows]):
        for one in session.exec(
            select(Evidence).where(col(Evidence.answer_id).in_(some)).order_by(col(Evidence.id))
        ):
            found[one.answer_id].append(one)
    return found


def _words(session: Session, step_ids: Sequence[int]) -> dict[int, str]:
    """What units wrote beside their document, by the answer's id; who wrote stands in the first line and stays out."""
    found: dict[int, str] = {}
    for some in chunks(step_ids):
        rows = session.exec(
            select(Audit, AuditText.text)
            .join(AuditText, col(AuditText.audit_id) == Audit.id)
            .where(col(Audit.step_id).in_(some), Audit.kind == "answer.done")
        )
        for event, text in rows:
            found[audit.said(event, "answer")] = " ".join(text.split("\n")[1:]).strip()
    return found
