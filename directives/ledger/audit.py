"""Append-only events, one SHA-256 chain a campaign: a change, a gap or a swap is found and named."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session, col, select

from directives.errors import DondocError
from directives.ledger.tables import GENESIS, Answer, Audit, AuditText, Campaign


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
    campaign = _chained(session, campaign_id)
    salt = secrets.token_bytes(16)
    event = Audit(
        campaign_id=campaign_id,
        seq=campaign.audit_seq + 1,
        at=at,
        kind=kind,
        step_id=step_id,
        data=data,
        text_sha256=hashlib.sha256(salt + text.encode()).hexdigest() if text else "",
        previous=campaign.audit_hash,
        hash="",
    )
    event.hash = fingerprint(event)
    campaign.audit_seq, campaign.audit_hash = event.seq, event.hash
    session.add_all([event, campaign])
    if text:
        session.add(AuditText(event=event, salt=salt, text=text))
    return event


def recorded(at: datetime, recorded_at: datetime) -> dict[str, str]:
    """For an event's data: when it was written down, where that is not when it was said or decided."""
    return {} if at == recorded_at else {"recorded_at": recorded_at.astimezone(UTC).isoformat()}


def recorded_at(event: Audit) -> datetime:
    """When what the event tells was written down."""
    written = event.data.get("recorded_at")
    return datetime.fromisoformat(written) if written else event.at


def carried_by(row: Answer) -> dict[str, int]:
    """For an event's data: the answer that carried this one, if any."""
    return {} if row.carried_by_id is None else {"carried_by": row.carried_by_id}


def said(event: Audit, name: str) -> Any:
    """What the event's data say under that name. Errors: DondocError when they were changed and no longer do."""
    if name not in event.data:
        raise DondocError(f"event {event.seq} ({event.kind}) does not say '{name}'; run 'dondoc verify'")
    return event.data[name]


def _chained(session: Session, campaign_id: int) -> Campaign:
    """The campaign's row, which knows the chain's end; locked until the transaction ends."""
    if ("audit", campaign_id) in session.info:
        return session.get_one(Campaign, campaign_id)
    session.info["audit", campaign_id] = True
    chosen = select(Campaign).where(Campaign.id == campaign_id).with_for_update(key_share=True)
    return session.exec(chosen.execution_options(populate_existing=True)).one()


def fingerprint(event: Audit) -> str:
    """SHA-256 over the event's canonical JSON and the hash before it."""
    at = event.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [event.seq, at, event.kind, event.step_id, event.data, event.text_sha256, event.previous]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def broken(session: Session, campaign_id: int) -> Iterator[str]:
    """One sentence for every event of a chain that does not follow from the one before it."""
    previous, seq = GENESIS, 0
    rows = session.exec(
        select(Audit, AuditText)
        .join(AuditText, col(AuditText.audit_id) == Audit.id, isouter=True)
        .where(Audit.campaign_id == campaign_id)
        .order_by(col(Audit.seq))
    )
    for event, text in rows:
        seq += 1
        if event.seq < seq:
            seq = event.seq
            yield f"event {seq} ({event.kind}) stands before the chain begins: it was put in"
        elif event.seq > seq:
            yield f"event {seq} is missing: the chain goes on with {event.seq} ({event.kind})"
            seq = event.seq
        elif event.previous != previous:
            yield f"event {event.seq} ({event.kind}) does not follow event {event.seq - 1}"
        if event.hash != fingerprint(event):
            yield f"event {event.seq} ({event.kind}) was changed after it was written"
        if text and hashlib.sha256(text.salt + text.text.encode()).hexdigest() != event.text_sha256:
            yield f"the text of event {event.seq} ({event.kind}) was changed after it was written"
        previous = event.hash
    yield from _wrong_end(session.get_one(Campaign, campaign_id), seq, previous)


def _wrong_end(campaign: Campaign, seq: int, last: str) -> Iterator[str]:
    """A chain alone does not miss its last events: the campaign's row remembers them."""
    if seq != campaign.audit_seq:
        yield f"the chain ends with event {seq}, but event {campaign.audit_seq} was written last"
    elif last != campaign.audit_hash:
        yield f"event {seq} is not the one that was written last"
