"""A stored mail is settled once: applied, queued for a coordinator, or set aside; with its receipt, in one transaction.

Applied by itself is only what the parser understood for sure, from a sender it may trust, and what the ledger takes
whole. Anything else is queued: nothing is lost, nothing is closed by mistake.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine
from sqlmodel import Session

from directives.errors import Refused
from directives.ledger import bounces, inbound
from directives.ledger.away import why_away
from directives.ledger.engine import begin, reading
from directives.ledger.inbound import SentDigest
from directives.ledger.states import campaign_row
from directives.ledger.tables import Inbound
from notifications.refusals import refusal
from notifications.replies.acknowledging import Acknowledgement
from notifications.replies.applying import Applied, Applier
from notifications.replies.fetching import Clock
from notifications.replies.file_store import FileStore
from notifications.replies.parse import Reading, explain
from notifications.replies.reply_context import (
    bounces_in,
    context_of,
    mail_id,
    message_id,
    parents_in,
    tokens_in,
    uids_in,
)
from notifications.replies.said import Unclear
from notifications.replies.trust import Trust
from notifications.replies.verdict import Bounce, BounceKind, Kind
from notifications.writer import Post

logger = logging.getLogger(__name__)
State = Literal["applied", "queued", "auto", "bounce"]
NOT_TAKEN = "Sổ theo dõi không ghi nhận được câu trả lời này"
NOT_READ = "Hệ thống gặp lỗi khi xử lý thư này, cần người đọc"
TWICE = "Thư này đã được nhận và ghi nhận một lần."
NOTHING_TO_UNDO = "Không có câu trả lời nào còn rút lại được."


@dataclass(frozen=True)
class Desk:
    """What settling needs of this installation."""

    raw: FileStore
    evidence: FileStore
    post: Post
    trust: Trust
    clock: Clock


def settle_all(engine: Engine, desk: Desk) -> Counter[str]:
    """Settle what is stored, one transaction a mail; how many became what."""
    with reading(engine) as session:
        waiting = inbound.unsettled(session)
    done: Counter[str] = Counter()
    for sha256 in waiting:
        state = _settled(engine, desk, sha256)
        if state is not None:
            done[state] += 1
    return done


def _settled(engine: Engine, desk: Desk, sha256: str) -> State | None:
    """One mail. What cannot be settled for a defect of ours is a coordinator's: it must not stop the mails behind it."""
    try:
        with begin(engine) as session:
            row = inbound.take(session, sha256)
            return _Settlement(session, row, desk.raw.read(sha256), desk).settle() if row else None
    except Exception as error:  # whatever it is, it was rolled back whole
        if why_away(error):  # database or disk: that is not the mail's fault
            raise
        logger.exception("mail %s could not be settled", sha256)
        with begin(engine) as session:
            row = inbound.take(session, sha256)
            if row is None:
                return None
            reason = f"{NOT_READ} ({type(error).__name__})."
            inbound.settle(session, row, "queued", reason, {}, None, desk.clock())
        return "queued"


class _Settlement:
    """One mail, in the caller's transaction."""

    def __init__(self, session: Session, row: Inbound, raw: bytes, desk: Desk) -> None:
        self.session, self.row, self.raw, self.desk = session, row, raw, desk
        self.machine_now = desk.clock()

    def settle(self) -> State:
        desk = self.desk
        tokens = tokens_in(self.raw, desk.post.mail_from)
        returned = bounces_in(self.raw, desk.post, self.machine_now)
        uids = uids_in(self.raw, desk.post.domain) | set(returned)
        digests = inbound.sent_digests(self.session, set(tokens.values()), uids, self.machine_now)
        now = self._said_at(digests[0]) if digests else self.row.arrived_at
        context = context_of(self.session, digests, tokens, desk.post, desk.trust, now, returned)
        reading = explain(self.raw, context)
        digest = next((one for one in digests if message_id(one, desk.post) == reading.verdict.digest), None)
        if inbound.arrived_before(self.session, self.row, mail_id(self.raw)):
            inbound.settle(self.session, self.row, "auto", TWICE, {}, None, self.machine_now)
            return "auto"
        state, reason, applied = self._take(reading, digest)
        inbound.settle(
            self.session,
            self.row,
            state,
            reason,
            reading.verdict.model_dump(mode="json") | {inbound.SAID_AT: now.isoformat()},
            digest.message_id if digest else None,
            self.machine_now,
        )
        if digest is not None:
            self._acknowledge(reading, digest, state, reason, applied)
        return state

    def _take(self, reading: Reading, digest: SentDigest | None) -> tuple[State, str, list[Applied]]:
        """(state, why, what was applied)."""
        verdict = reading.verdict
        reason = verdict.reason or ""
        if verdict.verdict is Kind.AUTO:
            return "auto", reason, []
        if verdict.verdict is Kind.BOUNCE:
            return "bounce", self._bounced(verdict.bounce, digest), []
        if verdict.verdict is Kind.QUEUE or digest is None:
            return "queued", reason or "Cần người xem xét.", []
        receipts = inbound.receipts_of(self.session, parents_in(self.raw, self.desk.post.domain))
        applier = Applier(self.session, self.row, digest, self._said_at(digest), self.machine_now, receipts)
        try:
            with self.session.begin_nested():  # all of it or nothing
                applied = applier.apply(verdict, self.raw, self.desk.evidence)
        except Refused as error:
            return "queued", f"{NOT_TAKEN}: {refusal(error)}", []
        except Unclear as unclear:
            return "queued", f"{unclear.reason}.", []
        if not applied:
            return "queued", NOTHING_TO_UNDO, []
        return "applied", "", applied

    def _bounced(self, bounce: Bounce | None, digest: SentDigest | None) -> str:
        """Only what is certain marks an address. Returns what was done, for the coordinators."""
        if bounce is None or digest is None or bounce.kind is not BounceKind.HARD:
            return "Thư chưa đến nơi nhận, chưa phải bị từ chối hẳn." if bounce else ""
        marked = bounces.returned(self.session, digest.message_id, bounce.address, self._said_at(digest))
        return (
            f"Địa chỉ {bounce.address} không nhận thư được."
            if marked
            else "Địa chỉ này đã được ghi nhận trước."
        )

    def _said_at(self, digest: SentDigest) -> datetime:
        """When it was said: the server's arrival time; in a rehearsal the still clock."""
        return campaign_row(self.session, digest.campaign).clock_at or self.row.arrived_at

    def _acknowledge(
        self, reading: Reading, digest: SentDigest, state: State, reason: str, applied: list[Applied]
    ) -> None:
        """Only a sender who is verified is written back to: anything else could be used to mail strangers."""
        if reading.distrust is not None or state not in ("applied", "queued"):
            return
        note = Acknowledgement(
            self.session, self.row, digest, self.desk.post, self._said_at(digest), self.machine_now
        )
        if state == "applied":
            note.receipt(applied, reading.verdict.attachments)
        else:
            # The ledger's own words are for coordinators.
            note.unclear(f"{NOT_TAKEN}." if reason.startswith(NOT_TAKEN) else reason)
