"""What an answer came with: the mail that brought it, and more files than its one line names."""

from __future__ import annotations

from collections.abc import Collection
from itertools import takewhile

from sqlmodel import Session, col, or_, select

from directives.conversation import StepRef
from directives.ledger import audit, facts
from directives.ledger.answers import find_step
from directives.ledger.states import campaign_row, chunks, ident
from directives.ledger.tables import Answer, Evidence, Inbound, Step

ENCLOSED = "evidence.enclosed"


def came_by(session: Session, answer_id: int, inbound_id: int) -> None:
    """Note which mail brought an answer and what it carried to covered steps."""
    for row in _act(session, answer_id):
        row.inbound_id = inbound_id
        session.add(row)


def brought_by(session: Session, answer_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """(mail, its sender) of each of these answers that came by mail."""
    found: dict[int, tuple[int, str]] = {}
    for some in chunks(sorted(answer_ids)):
        rows = session.exec(
            select(Answer.id, Inbound.id, Inbound.sender)
            .join(Inbound, col(Inbound.id) == Answer.inbound_id)
            .where(col(Answer.id).in_(some))
        )
        for answer_id, mail, sender in rows:
            if answer_id is not None and mail is not None:
                found[answer_id] = (mail, sender)
    return found


def last_said(session: Session, ref: StepRef) -> tuple[int | None, int]:
    """The mail that brought the step's latest answer (None: no mail did), and how many of its latest answers that brought.

    A mail may say two things of a step, such as how far it is and until when it asks for more time. Errors: Refused for
    a step that is not there.
    """
    step = find_step(session, campaign_row(session, ref.campaign), ref)
    said = [one.answer.inbound_id for one in facts.standing(session, [ident(step)])[ident(step)]]
    if not said:
        return None, 0
    if said[-1] is None:
        return None, 1
    return said[-1], sum(1 for _ in takewhile(lambda mail: mail == said[-1], reversed(said)))


def enclose(session: Session, answer_id: int, file_sha256: str, file_name: str) -> None:
    """One more file of a report, with an audit event for every step that the answer speaks of."""
    for row in _act(session, answer_id):
        session.add(Evidence(answer_id=ident(row), file_sha256=file_sha256, file_name=file_name))
        campaign_id = session.get_one(Step, row.step_id).campaign_id
        event = {"answer": row.id, "file_sha256": file_sha256, "file_name": file_name}
        event |= audit.recorded(row.at, row.recorded_at)
        audit.append(session, campaign_id, row.at, ENCLOSED, event, row.step_id)


def _act(session: Session, answer_id: int) -> list[Answer]:
    return list(
        session.exec(
            select(Answer)
            .where(or_(col(Answer.id) == answer_id, col(Answer.carried_by_id) == answer_id))
            .order_by(col(Answer.id))
        )
    )
