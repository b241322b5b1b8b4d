"""What was said in a campaign that is or was open, step by step, to be lived again in another year."""

from __future__ import annotations

from collections import defaultdict

from sqlmodel import col, select

from directives.ledger.casebook import Casebook
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Answer, Deadline, Decision, Step
from directives.recalled import ANSWERS, DECISIONS, Earlier, EarlierSaid, EarlierStep


def earlier(book: Casebook) -> Earlier:
    """Answers that were not withdrawn, and decisions on reports and requests; covered steps follow their cover."""
    rows = book.session.exec(
        select(Step)
        .where(Step.campaign_id == book.campaign.id, col(Step.covered_by_id).is_(None))
        .order_by(col(Step.id))
    ).all()
    due = _first_deadlines(book, [ident(row) for row in rows])
    said = _said(book, list(due))
    steps = (
        EarlierStep(
            instruction=book.instructions[row.instruction_id].key,
            step=row.key,
            unit=book.units[row.origin_id or row.unit_id].code,
            unit_name=book.units[row.origin_id or row.unit_id].name,
            due_before=due[ident(row)].due_before,
            said=tuple(sorted(said[ident(row)], key=lambda one: one.at)),
        )
        for row in rows
        if ident(row) in due
    )
    definition = book.definition
    return Earlier(
        book.campaign.key,
        book.campaign.opened_at,
        book.calendar,
        tuple(steps),
        definition.campaign.organisation,
        definition.units,
    )


def _first_deadlines(book: Casebook, step_ids: list[int]) -> dict[int, Deadline]:
    found: dict[int, Deadline] = {}
    for some in chunks(step_ids):
        rows = select(Deadline).where(col(Deadline.step_id).in_(some)).order_by(col(Deadline.number).desc())
        found |= {row.step_id: row for row in book.session.exec(rows)}
    return found


def _said(book: Casebook, step_ids: list[int]) -> dict[int, list[EarlierSaid]]:
    found: defaultdict[int, list[EarlierSaid]] = defaultdict(list)
    for some in chunks(step_ids):
        answers = select(Answer).where(
            col(Answer.step_id).in_(some),
            col(Answer.kind).in_(ANSWERS),
            col(Answer.undone_at).is_(None),
            col(Answer.carried_by_id).is_(None),
        )
        for row in book.session.exec(answers.order_by(col(Answer.id))):
            reason = str(row.data.get("reason", ""))
            found[row.step_id].append(EarlierSaid(row.kind, row.at, "", reason, row.data))
        decisions = select(Decision).where(col(Decision.step_id).in_(some), col(Decision.kind).in_(DECISIONS))
        for row in book.session.exec(decisions.order_by(col(Decision.id))):
            if row.step_id is not None:
                found[row.step_id].append(EarlierSaid(row.kind, row.at, row.by, "", row.data))
    return found
