"""What waits for a coordinator: requests for more time, requests to pass on, questions, mails that nothing could be read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from directives.ledger import audit, facts, mail_parts
from directives.ledger.casebook import Casebook
from directives.ledger.facts import Standing
from directives.ledger.inbound import said_at
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Answer, Audit, AuditText, Campaign, Inbound, Message, Step

ASKING = ("extension", "delegate", "question")


@dataclass(frozen=True, slots=True)
class Undecided:
    """One request. `step`: campaign/instruction/step/unit, empty for a mail; `unit`: its code, empty if not known.

    `said`: who says so and their own words, one a line; of a mail, its sender and why it was not applied.
    `until`: the day asked for; `to`: the unit that is to take the step, when the campaign knows it.
    `answer_id` or `inbound_sha256` is what a decision would be about.
    """

    kind: str  # extension, delegate, question, mail
    at: datetime
    unit: str
    step: str
    said: str
    until: date | None = None
    to: str = ""
    answer_id: int | None = None
    inbound_sha256: str = ""
    sender: str = ""  # a mail's


def undecided(book: Casebook) -> list[Undecided]:
    """What waits for a decision in one campaign, the oldest first. A closed campaign waits for nothing."""
    if book.campaign.closed_at is not None:
        return []
    return sorted([*_requests(book), *_mails(book)], key=lambda one: one.at)


def strangers(session: Session) -> list[Undecided]:
    """Queued mails of no campaign, the oldest first: they answer no digest that is known, or one of closed campaigns."""
    elsewhere = (
        select(Message.within_id)
        .join(Campaign, col(Campaign.id) == Message.campaign_id)
        .where(col(Message.within_id).is_not(None), col(Campaign.closed_at).is_(None))
    )
    rows = session.exec(
        select(Inbound)
        .join(Message, col(Message.id) == Inbound.message_id, isouter=True)
        .join(Campaign, col(Campaign.id) == Message.campaign_id, isouter=True)
        .where(
            Inbound.state == "queued",
            or_(
                col(Inbound.message_id).is_(None),
                col(Campaign.closed_at).is_not(None) & col(Inbound.message_id).not_in(elsewhere),
            ),
        )
        .order_by(col(Inbound.arrived_at), col(Inbound.id))
    )
    return [_mail(row, "") for row in rows]


def _requests(book: Casebook) -> Iterator[Undecided]:
    asking = select(Answer.step_id).where(col(Answer.kind).in_(ASKING), col(Answer.undone_at).is_(None))
    rows = book.session.exec(
        select(Step).where(
            Step.campaign_id == book.campaign.id,
            col(Step.waived_at).is_(None),
            col(Step.accepted_at).is_(None),
            col(Step.id).in_(asking),
        )
    )
    steps = {ident(step): step for step in rows}
    said, decided = facts.standing(book.session, steps), facts.decisions(book.session, steps)
    open_ones = [
        answer
        for step_id, step in steps.items()
        for answer in _asked(step, said[step_id])
        if not facts.settled(answer, decided[step_id])
    ]
    words = _words(book.session, open_ones)
    for answer in open_ones:
        yield _request(book, steps[answer.step_id], answer, words.get(ident(answer), ""))


def _asked(step: Step, said: Sequence[Standing]) -> Iterator[Answer]:
    """Every question; the last request for more time, and the last passing on unless it works already."""
    last = {one.answer.kind: one.answer for one in said}
    for one in said:
        answer = one.answer
        if answer.carried_by_id is not None:
            continue
        if answer.kind == "question":
            yield answer
        elif answer.kind not in ASKING or last[answer.kind] is not answer or step.reported_at is not None:
            continue
        elif "deputy" not in answer.data:
            yield answer


def _request(book: Casebook, step: Step, answer: Answer, words: str) -> Undecided:
    until = answer.data.get("until")
    return Undecided(
        kind=answer.kind,
        at=answer.at,
        unit=book.units[step.unit_id].code,
        step=book.key(step),
        said=words,
        until=date.fromisoformat(until) if until else None,
        to=answer.data.get("unit", ""),
        answer_id=answer.id,
    )


def _words(session: Session, answers: Sequence[Answer]) -> dict[int, str]:
    """What people said, by the answer's id: it stands beside the audit chain, and may have been purged."""
    found: dict[int, str] = {}
    wanted = {ident(answer) for answer in answers}
    for some in chunks(sorted({answer.step_id for answer in answers})):
        rows = session.exec(
            select(Audit, AuditText.text)
            .join(AuditText, col(AuditText.audit_id) == Audit.id)
            .where(col(Audit.step_id).in_(some), col(Audit.kind).in_([f"answer.{kind}" for kind in ASKING]))
        )
        found |= {
            audit.said(event, "answer"): text for event, text in rows if audit.said(event, "answer") in wanted
        }
    return found


def _mails(book: Casebook) -> Iterator[Undecided]:
    for row, unit_id in mail_parts.waiting(book):
        yield _mail(row, book.units[unit_id].code)


def _mail(row: Inbound, unit: str) -> Undecided:
    said = "\n".join(part for part in (row.sender, row.reason) if part)
    return Undecided("mail", said_at(row), unit, "", said, inbound_sha256=row.sha256, sender=row.sender)
