"""What units answered and coordinators decided, and how long something is held.

No `from __future__ import annotations` here: SQLModel resolves annotations when the class is made.
"""

# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false
# SQLModel declares __tablename__ as something that a plain string is not.

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from directives.ledger.tables.columns import instant, ref


class Answer(SQLModel, table=True):
    """What was said of a step. `carried_by_id`: the answer to the step above that was taken over for this one too."""

    __tablename__ = "answers"

    id: int | None = Field(default=None, primary_key=True)
    step_id: int = ref("steps")
    kind: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    channel: str
    at: datetime = instant(required=True)
    recorded_at: datetime = instant(required=True)
    undone_at: datetime | None = instant()
    carried_by_id: int | None = ref("answers", required=False)
    inbound_id: int | None = ref("inbound", required=False)


class Evidence(SQLModel, table=True):
    __tablename__ = "evidence"

    id: int | None = Field(default=None, primary_key=True)
    answer_id: int = ref("answers")
    doc_number: str = ""
    doc_date: date | None = None
    file_sha256: str = ""
    file_name: str = ""


class PageForm(SQLModel, table=True):
    """A form of the page that was taken, once: sent again, it is shown as taken. `answer_id`: what it became."""

    __tablename__ = "page_forms"

    form: str = Field(primary_key=True)
    token_id: int = ref("tokens")
    answer_id: int = ref("answers", index=False)


class Decision(SQLModel, table=True):
    __tablename__ = "decisions"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns")
    step_id: int | None = ref("steps", required=False)
    kind: str
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    by: str
    at: datetime = instant(required=True)
    recorded_at: datetime = instant(required=True)


class Hold(SQLModel, table=True):
    """Nothing leaves for a campaign, an instruction or a unit; days inclusive, `until_on` open until resumed.

    `ended_at`: a coordinator resumed it then, before its last day or without one.
    """

    __tablename__ = "holds"

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns")
    instruction_id: int | None = ref("instructions", index=False, required=False)
    unit_id: int | None = ref("units", index=False, required=False)
    from_on: date
    until_on: date | None = None
    ended_at: datetime | None = instant()
    reason: str
