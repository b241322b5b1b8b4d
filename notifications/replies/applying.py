"""What a mail was understood to say → answers given to the ledger, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from directives.conversation import (
    Answer,
    AsksExtension,
    Channel,
    Delegates,
    Done,
    InProgress,
    Question,
    Received,
    Undo,
)
from directives.ledger import answer
from directives.ledger.bounces import works_again
from directives.ledger.evidence import came_by, enclose, last_said
from directives.ledger.inbound import ReceiptOf, SentDigest, SentItem
from directives.ledger.states import ident
from directives.ledger.tables import Inbound
from notifications.replies.attachments import files
from notifications.replies.bounded import mail_of
from notifications.replies.file_store import FileStore
from notifications.replies.verdict import Action, ActionKind, Verdict
from notifications.replies.withdrawing import Withdrawal

NO_REASON = "không nêu lý do"


@dataclass(frozen=True, slots=True)
class Applied:
    """An item with the answer that was written for it."""

    item: SentItem
    kind: str
    action: Action | None
    answer_id: int


@dataclass(frozen=True, slots=True)
class Applier:
    """Gives one mail's answers to the ledger, in the caller's transaction. Errors: Refused, Unclear."""

    session: Session
    row: Inbound
    digest: SentDigest
    said_at: datetime
    machine_now: datetime
    receipts: Sequence[ReceiptOf] = ()  # those that the mail answers

    def apply(self, verdict: Verdict, raw: bytes, evidence: FileStore) -> list[Applied]:
        for part in self.digest.parts:
            works_again(self.session, part.campaign, part.unit, self.row.sender)
        kept = self._keep(raw, evidence) if verdict.actions else []
        if verdict.undo is None:
            return [self._act(action, kept) for action in verdict.actions]
        meant = Withdrawal(self.session, self.digest, self.row.sender, self.said_at, self.receipts)
        return [self._undo(item) for item in meant.items(verdict.undo.items)]

    def _act(self, action: Action, kept: Sequence[tuple[str, str]]) -> Applied:
        item = next(one for one in self.digest.items if one.n == action.item)
        given = self._answer(action, item, kept)
        answer_id = answer(self.session, given, self.machine_now)
        came_by(self.session, answer_id, ident(self.row))
        if action.action is ActionKind.DONE:
            for sha256, name in kept[1:]:
                enclose(self.session, answer_id, sha256, name)
        return Applied(item, given.kind, action, answer_id)

    def _answer(self, action: Action, item: SentItem, kept: Sequence[tuple[str, str]]) -> Answer:
        said = self._said(item)
        match action.action:
            case ActionKind.RECEIVED:
                return Received(**said)
            case ActionKind.IN_PROGRESS:
                return InProgress(**said, percent=action.percent)
            case ActionKind.DONE:
                sha256, name = kept[0] if kept else ("", "")
                return Done(
                    **said,
                    doc_number=action.doc_number or "",
                    doc_date=action.doc_date,
                    file_sha256=sha256,
                    file_name=name,
                )
            case ActionKind.EXTENSION:
                assert action.until is not None
                return AsksExtension(**said, until=action.until, reason=action.reason or NO_REASON)
            case ActionKind.DELEGATE:
                return Delegates(**said, to=action.to or "", reason=action.reason or NO_REASON)
            case ActionKind.QUESTION:
                return Question(**said, text=action.reason or "")

    def _undo(self, item: SentItem) -> Applied:
        """All that the mail said of the item which spoke of it last."""
        _, times = last_said(self.session, item.step)
        undone = [
            answer(self.session, Undo(**self._said(item)), self.machine_now) for _ in range(max(times, 1))
        ]
        return Applied(item, "undo", None, undone[0])

    def _said(self, item: SentItem) -> dict[str, Any]:
        return {"step": item.step, "at": self.said_at, "channel": Channel.MAIL, "by": self.row.sender}

    def _keep(self, raw: bytes, evidence: FileStore) -> list[tuple[str, str]]:
        """(SHA-256, name) of every file that came along and is accepted; on the disk before the ledger speaks of it."""
        accepted = [one for one in files(mail_of(raw)) if one.verdict.accepted]
        return [(evidence.keep(one.content), one.verdict.name) for one in accepted]
