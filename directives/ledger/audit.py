"""Append-only events, one SHA-256 chain a campaign: a change, a gap or a swap is found and named."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from directives.ledger.tables import Audit, AuditText, Campaign

GENESIS = "0" * 64


def append(
    session: Session,
    campaign_id: int,
    at: datetime,
    kind: str,
    data: dict[str, Any],
    step_id: int | None = None,
    text: str = "",
) -> Audit:
    """Add one event to the campaign's chain. Personal `text` is kept beside it and chained by its salted hash."""
    seq, previous = _last(session, campaign_id)
    salt = secrets.token_bytes(16)
    event = Audit(
        campaign_id=campaign_id,
        seq=seq + 1,
        at=at,
        kind=kind,
        step_id=step_id,
        data=data,
        text_sha256=hashlib.sha256(salt + text.encode()).hexdigest() if text else "",
        previous=previous,
        hash="",
    )
    event.hash = fingerprint(event)
    session.add(event)
    session.info["audit", campaign_id] = (event.seq, event.hash)
    if text:
        session.flush()
        assert event.id is not None
        session.add(AuditText(audit_id=event.id, salt=salt, text=text))
    return event


def _last(session: Session, campaign_id: int) -> tuple[int, str]:
    """(seq, hash) of the chain's end, remembered for the rest of the transaction: its lock is held until then."""
    known = session.info.get(("audit", campaign_id))
    if known is not None:
        return known
    # The campaign's row is the chain's lock: two passes may run at once on PostgreSQL.
    session.exec(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update()).one()
    last = session.exec(
        select(Audit.seq, Audit.hash)
        .where(Audit.campaign_id == campaign_id)
        .order_by(col(Audit.seq).desc())
        .limit(1)
    ).first()
    return (last[0], last[1]) if last else (0, GENESIS)


def fingerprint(event: Audit) -> str:
    """SHA-256 over the event's canonical JSON and the hash before it."""
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [event.seq, at, event.kind, event.step_id, event.data, event.text_sha256, event.previous]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def broken(session: Session, campaign_id: int) -> Iterator[str]:
    """One sentence for every event of a chain that does not follow from the one before it."""
    previous, seq = GENESIS, 0
    for event in session.exec(select(Audit).where(Audit.campaign_id == campaign_id).order_by(col(Audit.seq))):
        seq += 1
        if event.seq != seq:
            yield f"event {seq} is missing: the chain goes on with {event.seq} ({event.kind})"
            seq = event.seq
        elif event.previous != previous:
            yield f"event {event.seq} ({event.kind}) does not follow event {event.seq - 1}"
        if event.hash != fingerprint(event):
            yield f"event {event.seq} ({event.kind}) was changed after it was written"
        text = session.get(AuditText, event.id)
        if text and hashlib.sha256(text.salt + text.text.encode()).hexdigest() != event.text_sha256:
            yield f"the text of event {event.seq} ({event.kind}) was changed after it was written"
        previous = event.hash
