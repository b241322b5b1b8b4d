"""What a coordinator may open of a campaign: a mail that came in, a file of an answer, a paper; nothing of another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from directives.ledger import mail_parts
from directives.ledger.casebook import Casebook
from directives.ledger.inbound import said_at
from directives.ledger.mail_parts import answers_message
from directives.ledger.tables import Answer, Evidence, Inbound, Message, Paper, Step


@dataclass(frozen=True, slots=True)
class CameIn:
    """A mail that answers one of the campaign's. `reason`: why it was not applied, empty when it was."""

    sha256: str
    unit: str
    unit_code: str
    sender: str
    at: datetime
    reason: str


def mail(book: Casebook, begins: str) -> CameIn | None:
    """The mail whose SHA-256 begins so; None when there is none, or more than one."""
    rows = book.session.exec(
        select(Inbound, Message.unit_id)
        .join(Message, answers_message())
        .where(Message.campaign_id == book.campaign.id, col(Inbound.sha256).startswith(begins))
    ).all()
    if len({row.sha256 for row, _ in rows}) != 1:  # one mail may answer two parts of the campaign
        return None
    row, unit_id = rows[0]
    unit = book.units[unit_id]
    return CameIn(row.sha256, unit.name, unit.code, row.sender, said_at(row), row.reason)


def queued(book: Casebook, unit_id: int) -> tuple[CameIn, ...]:
    """The unit's mails that wait for a coordinator, the oldest first."""
    unit = book.units[unit_id]
    return tuple(
        CameIn(row.sha256, unit.name, unit.code, row.sender, said_at(row), row.reason)
        for row, _ in mail_parts.waiting(book, col(Message.unit_id) == unit_id)
    )


def evidence(book: Casebook, sha256: str) -> str | None:
    """The name of a file that came with an answer; None when none of the campaign's answers brought it."""
    return book.session.exec(
        select(Evidence.file_name)
        .join(Answer, col(Answer.id) == Evidence.answer_id)
        .join(Step, col(Step.id) == Answer.step_id)
        .where(Step.campaign_id == book.campaign.id, Evidence.file_sha256 == sha256)
        .order_by(col(Evidence.id))
    ).first()


def paper(book: Casebook, paper_id: int) -> tuple[str, str] | None:
    """(SHA-256, file name) of a paper that was drafted."""
    row = book.session.get(Paper, paper_id)
    return (row.sha256, row.file_name) if row and row.campaign_id == book.campaign.id else None
