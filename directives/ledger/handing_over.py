"""What mails say is written down before they leave, the rows of many mails at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import Session, col

from directives.ledger.digests import Draft
from directives.ledger.engine import run
from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Body, Message, MessageItem, Token
from directives.ledger.tables.columns import table_of

Row = dict[str, Any]
_MESSAGES, _ADDRESSEES = table_of(Message), table_of(Addressee)
_HANDED_OVER = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("of"))
    .values(state="sending", address=bindparam("address"), within_id=bindparam("within_id"))
)
_LEFT = (
    update(_ADDRESSEES)
    .where(_ADDRESSEES.c.id == bindparam("of"))
    .values(state="composed", message_id=bindparam("message_id"))
)


@dataclass(slots=True)
class HandingOver:
    """Mails that are `still_held` and may leave from the commit after `write` on. `at`: the machine's clock."""

    session: Session
    at: datetime
    messages: list[Row] = field(default_factory=list[Row])
    again: list[int] = field(default_factory=list[int])  # tried before: what was stored then is replaced
    addressees: list[Row] = field(default_factory=list[Row])
    items: list[Row] = field(default_factory=list[Row])
    bodies: list[Row] = field(default_factory=list[Row])
    tokens: list[Row] = field(default_factory=list[Row])

    def add(
        self, message: Message, draft: Draft, body: Row, tokens: Sequence[Row], within_id: int | None
    ) -> None:
        """What a message says and its numbering are frozen, and its notices leave with it."""
        message_id = ident(message)
        if message.handed_over_at is not None:
            self.again.append(message_id)
        self.messages.append(
            {"of": message_id, "address": draft.digest.recipient.address, "within_id": within_id}
        )
        self.addressees += [{"of": one.addressee_id, "message_id": message_id} for one in draft.held]
        self.items += [{"message_id": message_id, **one._asdict()} for one in draft.items]
        self.bodies.append({"message_id": message_id, "mail": body})
        self.tokens += tokens

    def write(self) -> None:
        """All of it, in the caller's transaction."""
        for table in (MessageItem, Body):
            if self.again:
                run(self.session, delete(table).where(col(table.message_id).in_(self.again)))
        self._execute(_HANDED_OVER.values(handed_over_at=self.at), self.messages)
        self._execute(_LEFT, self.addressees)
        self._execute(insert(table_of(MessageItem)), self.items)
        self._execute(insert(table_of(Body)), self.bodies)
        self._execute(insert(table_of(Token)), self.tokens)
        self.forget()

    def forget(self) -> None:
        """What was added since the last `write` is not said."""
        for rows in (self.messages, self.again, self.addressees, self.items, self.bodies, self.tokens):
            rows.clear()

    def _execute(self, statement: Any, rows: Sequence[Row]) -> None:
        if rows:
            run(self.session, statement, list(rows))
