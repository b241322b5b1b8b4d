"""What goes out and comes in: notices, mails with their tokens, and the mailbox.

No `from __future__ import annotations` here: SQLModel resolves annotations when the class is made.
"""

# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false
# SQLModel declares __tablename__ as something that a plain string is not.

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from directives.ledger.tables.columns import instant, ref


class Notice(SQLModel, table=True):
    """That a rung held for a step, once. `superseded`: passed over, written down, never mailed."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("step_id", "deadline_number", "rung", "repeat"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns")
    step_id: int = ref("steps", index=False)
    deadline_number: int
    rung: str
    repeat: int = 0
    reason: str
    rung_at: datetime = instant(required=True)
    planned_at: datetime = instant(required=True)
    superseded: bool = False


class Addressee(SQLModel, table=True):
    """One unit a notice goes to, and what became of it: pending, composed, sent, superseded, cancelled, failed."""

    __tablename__ = "addressees"
    __table_args__ = (
        UniqueConstraint("notice_id", "unit_id", "target"),
        Index("ix_addressees_waiting", "campaign_id", "state", "unit_id", "target"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    notice_id: int = ref("notices", index=False)
    step_id: int = ref("steps")
    unit_id: int = ref("units", index=False)
    target: str
    state: str = "pending"
    reason: str = ""
    message_id: int | None = ref("messages", required=False)


class Message(SQLModel, table=True):
    """One mail: a digest is unique by campaign, unit, target and day."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("campaign_id", "unit_id", "target", "slot_on"),
        Index("ix_messages_waiting", "state", "next_attempt_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    unit_id: int = ref("units", index=False)
    target: str
    slot_on: date
    uid: str = Field(unique=True)
    state: str = "ready"
    address: str = ""
    lease: str | None = None
    leased_until: datetime | None = instant()
    next_attempt_at: datetime | None = instant()
    attempts: int = 0
    uncertain: int = 0
    handed_over_at: datetime | None = instant()
    accepted_at: datetime | None = instant()
    sent_at: datetime | None = instant()
    phase: str = ""
    code: int | None = None
    detail: str = ""
    # The message of another campaign in whose mail this one left, or may have left.
    within_id: int | None = ref("messages", required=False)


class Body(SQLModel, table=True):
    """What a message says, apart from its marks; the reply token is filled in only on the wire."""

    __tablename__ = "bodies"

    message_id: int = Field(primary_key=True, foreign_key="messages.id")
    mail: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class MessageItem(SQLModel, table=True):
    """Freezes the numbering: "mục 2" is read against the digest that is answered."""

    __tablename__ = "message_items"
    __table_args__ = (UniqueConstraint("message_id", "step_id"),)

    id: int | None = Field(default=None, primary_key=True)
    message_id: int = ref("messages", index=False)
    n: int
    step_id: int = ref("steps")
    rung: str = ""


class Token(SQLModel, table=True):
    """A token by its SHA-256 only, bound to a digest and its recipient. `purpose`: reply (by mail) or page (its link)."""

    __tablename__ = "tokens"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    message_id: int = ref("messages")
    unit_id: int = ref("units", index=False)
    purpose: str = "reply"
    expires_at: datetime = instant(required=True)
    revoked_at: datetime | None = instant()


class Inbound(SQLModel, table=True):
    """A mail that came in, by the SHA-256 of its raw bytes, which lie as a file under DONDOC_HOME/inbound.

    States: stored (nothing decided yet), applied, queued (a coordinator must look), set_aside (a coordinator has), auto, bounce,
    purged (only its SHA-256 is kept).
    """

    __tablename__ = "inbound"

    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    arrived_at: datetime = instant(required=True)
    stored_at: datetime = instant(required=True)
    state: str = Field(default="stored", index=True)
    message_id: int | None = ref("messages", required=False)
    sender: str = ""
    mail_id: str = Field(default="", index=True)
    reason: str = ""
    verdict: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    settled_at: datetime | None = instant()


class Mailbox(SQLModel, table=True):
    """Up to which moment an incoming mailbox has been read to its end, and the last UID stored (RFC 3501 2.3.1.1)."""

    __tablename__ = "mailboxes"

    address: str = Field(primary_key=True)
    read_to: datetime | None = instant()
    uid_validity: int = Field(default=0, sa_type=BigInteger)  # 32 bits without a sign
    last_uid: int = Field(default=0, sa_type=BigInteger)


class Relay(SQLModel, table=True):
    """An outgoing mail server that asked for a pause, or refused us."""

    __tablename__ = "relays"

    server: str = Field(primary_key=True)
    failures: int = 0
    paused_until: datetime | None = instant()
    detail: str = ""


class Quota(SQLModel, table=True):
    """How many mails all deliverers together handed to a server in the window that began then."""

    __tablename__ = "quotas"

    server: str = Field(primary_key=True)
    scope: str = Field(primary_key=True)
    began: datetime = instant(required=True)
    taken: int
