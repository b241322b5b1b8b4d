"""What is written back to a sender: what was understood, or that it was not clear. Queued in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from directives.ledger import outbox
from directives.ledger.casebook import Casebook
from directives.ledger.inbound import SentDigest, SentItem, SentPart, sent_digests
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Answer, Inbound, Unit
from notifications.compose import Composed
from notifications.receipts import Owed, Receipt, Refused, Said, Unclear, compose_receipt, compose_unclear
from notifications.replies.applying import Applied
from notifications.replies.reply_context import message_id
from notifications.replies.verdict import AttachmentVerdict
from notifications.writer import Post, body_of


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """To whom a mail is acknowledged, and in which thread."""

    session: Session
    row: Inbound
    digest: SentDigest
    post: Post
    said_at: datetime
    machine_now: datetime

    def receipt(self, applied: Sequence[Applied], attachments: Sequence[AttachmentVerdict]) -> None:
        """Item by item what was understood, what is still owed, and how to correct it: one from each campaign concerned."""
        now = next(iter(sent_digests(self.session, (), {self.digest.uid}, self.machine_now)), self.digest)
        for part in self.digest.parts:
            own = [one for one in applied if self.digest.part_of(one.item) == part]
            if own:
                self._receipt(part, own, [one for one in now.items if now.part_of(one) == part], attachments)

    def _receipt(
        self,
        part: SentPart,
        applied: Sequence[Applied],
        items: Sequence[SentItem],
        attachments: Sequence[AttachmentVerdict],
    ) -> None:
        book, unit = self._book(part)
        reported = {one.item.n for one in applied if one.kind == "done"}
        receipt = Receipt(
            campaign=book.facts,
            unit_name=unit.name,
            unit_kind=unit.kind,
            address=self.row.sender,
            at=self.said_at,
            items=tuple(self._said(one) for one in applied),
            owed=tuple(
                Owed(item.n, item.title, item.due_before)
                for item in items
                if item.open and item.due_before is not None and item.n not in reported
            ),
            refused=tuple(Refused(one.name, one.why or "") for one in attachments if not one.accepted),
        )
        self._queue(book, unit, f"receipt:{self.row.sha256[:24]}", compose_receipt(receipt))

    def unclear(self, why: str) -> None:
        """One a unit and day, which the outbox sees to; from the first campaign that still goes on."""
        books = [self._book(part) for part in self.digest.parts]
        book, unit = next((one for one in books if one[0].campaign.closed_at is None), books[0])
        note = Unclear(book.facts, unit.name, unit.kind, self.row.sender, self.said_at, why)
        self._queue(book, unit, "unclear", compose_unclear(note))

    def _said(self, applied: Applied) -> Said:
        action = applied.action
        return Said(
            n=applied.item.n,
            title=applied.item.title,
            kind=applied.kind,
            due_before=applied.item.due_before,
            percent=action.percent if action else None,
            doc_number=(action.doc_number or "") if action else "",
            doc_date=action.doc_date if action else None,
            until=action.until if action else None,
            to=(action.to or "") if action else "",
            inside=self._is_inside(applied),
        )

    def _is_inside(self, applied: Applied) -> bool:
        """Whether a task was passed on inside the unit: that works at once; anything else a coordinator decides."""
        return "deputy" in self.session.get_one(Answer, applied.answer_id).data

    def _book(self, part: SentPart) -> tuple[Casebook, Unit]:
        campaign = campaign_row(self.session, part.campaign)
        unit = self.session.exec(
            select(Unit).where(Unit.campaign_id == campaign.id, Unit.code == part.unit)
        ).one()
        return Casebook(self.session, campaign), unit

    def _queue(self, book: Casebook, unit: Unit, target: str, composed: Composed) -> None:
        body = body_of(
            composed,
            name=unit.name,
            address=self.row.sender,
            references=[message_id(self.digest, self.post)],
            date=self.machine_now,
            answers=self.digest.uid,
        )
        today = book.calendar.local(self.said_at).date()
        outbox.queue_own(self.session, book.campaign, ident(unit), target, today, self.row.sender, body)
