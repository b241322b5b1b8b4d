"""What opening froze: campaigns, their instructions, units and people, and the steps with their deadlines.

No `from __future__ import annotations` here: SQLModel resolves annotations when the class is made.
"""

# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false
# SQLModel declares __tablename__ as something that a plain string is not.

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from directives.ledger.tables.columns import GENESIS, instant, ref


class Definition(SQLModel, table=True):
    """What opening froze, by the SHA-256 of its content: apart, because most queries never need it."""

    __tablename__ = "definitions"

    sha256: str = Field(primary_key=True)
    content: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Campaign(SQLModel, table=True):
    __tablename__ = "campaigns"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    series: str
    title: str
    rehearsal: bool = False
    definition_sha256: str = Field(foreign_key="definitions.sha256")
    opened_at: datetime = instant(required=True)
    closed_at: datetime | None = instant()
    # A rehearsal's clock stands still here; a real campaign follows the machine's.
    clock_at: datetime | None = instant()
    board_artifact: str | None = None
    # Up to which audit event Prefect was told what happened.
    events_seq: int = 0
    # How often the coordinators' link was revoked: it is part of the link.
    link_number: int = 0
    # When what people wrote and who they are was deleted.
    purged_at: datetime | None = instant()
    # The end of its audit chain: a chain alone would not miss its last events.
    audit_seq: int = 0
    audit_hash: str = GENESIS


class Instruction(SQLModel, table=True):
    __tablename__ = "instructions"
    __table_args__ = (UniqueConstraint("campaign_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    key: str
    ordinal: int
    board_artifact: str | None = None


class Unit(SQLModel, table=True):
    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("campaign_id", "code"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    organisation: str
    code: str
    name: str
    kind: str
    superior_id: int | None = ref("units", index=False, required=False)


class Contact(SQLModel, table=True):
    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("unit_id", "role", "address"),)

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = ref("units", index=False)
    role: str
    name: str
    address: str
    phone: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    bounced_at: datetime | None = instant()


class Step(SQLModel, table=True):
    __tablename__ = "steps"
    __table_args__ = (
        UniqueConstraint("instruction_id", "key", "unit_id"),
        Index("ix_steps_due", "instruction_id", "next_action_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns")
    instruction_id: int = ref("instructions", index=False)
    unit_id: int = ref("units")
    # Whom the campaign file asks, where a coordinator has assigned the step to another unit.
    origin_id: int | None = ref("units", index=False, required=False)
    key: str
    covered_by_id: int | None = ref("steps", required=False)
    accepts: str
    deadline_number: int = 0
    due_before: datetime | None = instant()
    deadline_set_at: datetime | None = instant()
    first_mailed_at: datetime | None = instant()
    received_at: datetime | None = instant()
    percent: int | None = None
    reported_at: datetime | None = instant()
    accepted_at: datetime | None = instant()
    returned_at: datetime | None = instant()
    waived_at: datetime | None = instant()
    extension_requested_at: datetime | None = instant()
    # The address of the deputy to whom the unit passed it on; empty: whoever the unit's mail goes to.
    deputy: str = ""
    next_action_at: datetime | None = instant(index=True)
    next_reason: str = ""


class Deadline(SQLModel, table=True):
    """Numbered: an extension adds one with who and why, the original stays."""

    __tablename__ = "deadlines"
    __table_args__ = (UniqueConstraint("step_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = ref("steps", index=False)
    number: int
    due_before: datetime = instant(required=True)
    source: str
    text: str
    set_by: str
    set_at: datetime = instant(required=True)
