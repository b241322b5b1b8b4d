"""Which items a "SAI" withdraws: what the receipt that it answers lists, and nothing else.

Each campaign of a mail sends a receipt of its own items. What a sender may have meant otherwise is asked, not guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from directives.ledger.evidence import brought_by, last_said
from directives.ledger.inbound import ReceiptOf, SentDigest, SentItem
from directives.ledger.undoing import undoable
from notifications.replies.said import Unclear

WHICH = (
    "Thư trước đã được ghi nhận theo nhiều văn bản, mỗi văn bản một thư xác nhận. Đề nghị trả lời đúng thư xác nhận cần"
    " rút lại với chữ SAI, hoặc ghi SAI và số thứ tự của việc"
)
NOT_LISTED = (
    "Việc {n} không có trong thư xác nhận được trả lời, hoặc đã được trả lời lại sau thư đó. Đề nghị trả lời thư xác"
    " nhận mới nhất về việc này với chữ SAI"
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One "SAI" of a sender about a digest. `receipts`: those that it answers, none where it answers something else."""

    session: Session
    digest: SentDigest
    sender: str
    said_at: datetime
    receipts: Sequence[ReceiptOf]

    def items(self, named: Sequence[int] | str) -> list[SentItem]:
        """The items meant, by number or "all"; none where nothing can be withdrawn any more. Errors: Unclear."""
        if len(self.receipts) > 1:
            raise Unclear(WHICH)
        if isinstance(named, str):
            return self._all()
        for n in named:
            if self.receipts and not self._listed(self.receipts[0], n):
                raise Unclear(NOT_LISTED.format(n=n))
        return [one for one in self.digest.items if one.n in named]

    def _listed(self, receipt: ReceiptOf, n: int) -> bool:
        """Whether the receipt acknowledged the last answer to that item."""
        (item,) = (one for one in self.digest.items if one.n == n)
        return (
            self.digest.part_of(item) == receipt.part
            and last_said(self.session, item.step)[0] == receipt.mail
        )

    def _all(self) -> list[SentItem]:
        """What the receipt lists; else what the sender's latest mail said, where one receipt acknowledged all of it."""
        found = {
            one.answer_id: one.step
            for part in self.digest.parts
            for one in undoable(self.session, part.campaign, part.unit, self.said_at)
        }
        brought = brought_by(self.session, found)
        latest = max(
            (mail for mail, sender in brought.values() if sender.lower() == self.sender.lower()), default=None
        )
        wanted = self.receipts[0].mail if self.receipts else latest
        steps = [found[answer_id] for answer_id, (mail, _) in brought.items() if mail == wanted]
        meant = [one for one in self.digest.items if one.step in steps]
        if self.receipts:
            return [one for one in meant if self.digest.part_of(one) == self.receipts[0].part]
        if len({self.digest.part_of(one) for one in meant}) > 1:
            raise Unclear(WHICH)
        return meant
