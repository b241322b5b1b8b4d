"""Messages that may be tried are leased to one deliverer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, update
from sqlmodel import Session

from directives.ledger import marks
from directives.ledger.engine import run
from directives.ledger.marks import Claim
from directives.ledger.readers import is_digest
from directives.ledger.tables import Message
from directives.ledger.tables.columns import table_of

LEASE = timedelta(minutes=10)
_MESSAGES = table_of(Message)
_LEASED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("of"))
    .values(lease=bindparam("lease"), leased_until=bindparam("until"), state=bindparam("state"))
)


def leased(session: Session, rows: Sequence[Row[Any]], machine_now: datetime) -> list[Claim]:
    """`rows`: (id, uid, target, state, uncertain), locked. What was perhaps sent before goes again, or is left."""
    until = machine_now + LEASE
    claims: list[Claim] = []
    for row in rows:
        lapsed = row.state == "sending"
        if lapsed and not marks.lapsed(session, session.get_one(Message, row.id), machine_now):
            continue
        # Bytes that may have left already must leave again unchanged, under the same Message-ID.
        resend = lapsed or row.uncertain > 0 or not is_digest(row.target)
        claims.append(Claim(row.id, secrets.token_hex(8), until, row.uid, row.target, resend))
    session.flush()
    if claims:
        run(session, _LEASED, [_lease(one) for one in claims])
    return [_with_parts(session, one) if one.resend else one for one in claims]


def _lease(claim: Claim) -> dict[str, object]:
    state = "sending" if claim.resend else "claimed"
    return {"of": claim.message_id, "lease": claim.lease, "until": claim.leased_until, "state": state}


def _with_parts(session: Session, claim: Claim) -> Claim:
    parts = marks.within(session, claim.message_id)
    return replace(claim, parts=tuple(marks.leased_with(session, claim, part) for part in parts))
