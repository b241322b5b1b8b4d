"""What was done, chained, and what was made of it: audit events, passes, pictures and papers.

No `from __future__ import annotations` here: SQLModel resolves annotations when the class is made.
"""

# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false
# SQLModel declares __tablename__ as something that a plain string is not.

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from directives.ledger.tables.columns import instant, ref


class Audit(SQLModel, table=True):
    """Append-only, one hash chain a campaign. Personal text stands in `audit_texts`, chained by salted hash."""

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("campaign_id", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    seq: int
    at: datetime = instant(required=True)
    kind: str
    step_id: int | None = ref("steps", required=False)
    data: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    text_sha256: str = ""
    previous: str
    hash: str


class AuditText(SQLModel, table=True):
    __tablename__ = "audit_texts"

    audit_id: int | None = Field(default=None, primary_key=True, foreign_key="audit.id")
    salt: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    text: str
    event: Audit = Relationship()


class Pass(SQLModel, table=True):
    """The last pass of each instruction that worked."""

    __tablename__ = "passes"

    instruction_id: int = Field(primary_key=True, foreign_key="instructions.id")
    at: datetime = instant(required=True)
    ran_at: datetime = instant(required=True)


class Picture(SQLModel, table=True):
    """The last heat map drawn of a campaign, which passes publish again without drawing it."""

    __tablename__ = "pictures"

    campaign_id: int = Field(primary_key=True, foreign_key="campaigns.id")
    at: datetime = instant(required=True)
    png: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class Paper(SQLModel, table=True):
    """A paper drafted once for an instant and frozen: a consolidated report, its addendum, or an urging letter.

    `facts` is what it was rendered from, `sha256` that of its bytes, which lie as a file under DONDOC_HOME/papers.
    `number` and `issued_on` are set when a coordinator states that it was signed and sent: the system sends no paper.
    """

    __tablename__ = "papers"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "cut_off"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = ref("campaigns", index=False)
    kind: str
    cut_off: datetime = instant(required=True)
    made_at: datetime = instant(required=True)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sha256: str
    file_name: str
    number: str = ""
    issued_on: date | None = None


class PaperStep(SQLModel, table=True):
    """A step that a paper names: an urging letter is counted apart from reminders by mail."""

    __tablename__ = "paper_steps"

    paper_id: int = Field(primary_key=True, foreign_key="papers.id")
    step_id: int = Field(primary_key=True, foreign_key="steps.id", index=True)
