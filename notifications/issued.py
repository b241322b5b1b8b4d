"""The token that a message was given, though the key of its purpose was rotated since: a resend carries the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from sqlmodel import Session, col, select

from directives.ledger.tables import Message, Token
from notifications.keys import Keys
from notifications.replies.tokens import page_token, reply_token, token_sha256

TokenPurpose = Literal["reply", "page"]
MADE_BY: Mapping[TokenPurpose, Callable[[bytes, str], str]] = {"reply": reply_token, "page": page_token}


def token_of(session: Session, keys: Keys, purpose: TokenPurpose, uid: str) -> str:
    """The one that the ledger knows of the message; made with the key in use where it knows none."""
    ring, make = keys[purpose], MADE_BY[purpose]
    if ring.rotated:
        known = set(
            session.exec(
                select(Token.sha256)
                .join(Message, col(Message.id) == Token.message_id)
                .where(Message.uid == uid, Token.purpose == purpose)
            )
        )
        for key, _ in ring.keys:
            if token_sha256(make(key, uid)) in known:
                return make(key, uid)
    return make(ring.current, uid)
