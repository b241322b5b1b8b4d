"""The ledger's tables. Rows stay inside `directives.ledger`; queries return frozen models.

No `from __future__ import annotations` here: SQLModel resolves annotations when the class is made.
"""

# pyright: reportAssignmentType=false, reportIncompatibleVariableOverride=false
# SQLModel declares __tablename__ as something that a plain string is not.

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from directives.ledger.engine import UtcDateTime

GENESIS = "0" * 64  # what the first event of a chain follows


def instant(*, index: bool = False, required: bool = False) -> Any:
    """A column holding an instant."""
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=not required)  # type: ignore[call-overload]


def ref(table: str, *, index: bool = True, required: bool = True) -> Any:
    """A foreign key to another table's id."""
    return Field(default=None, foreign_key=f"{table}.id", index=index, nullable=not required)


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


class PageForm(SQLModel, table=True):
    """A form of the page that was taken, once: sent again, it is shown as taken. `answer_id`: what it became."""

    __tablename__ = "page_forms"

    form: str = Field(primary_key=True)
    token_id: int = ref("tokens")
    answer_id: int = ref("answers", index=False)


class Inbound(SQLModel, table=True):
    """A mail that came in, by the SHA-256 of its raw bytes, which lie as a file under DONDOC_HOME/inbound.

    States: stored (nothing decided yet), applied, queued (a coordinator must look), set_aside (a coordinator has), auto, bounce.
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


class Evidence(SQLModel, table=True):
    __tablename__ = "evidence"

    id: int | None = Field(default=None, primary_key=True)
    answer_id: int = ref("answers")
    doc_number: str = ""
    doc_date: date | None = None
    file_sha256: str = ""
    file_name: str = ""


class Pass(SQLModel, table=True):
    """The last pass of each instruction that worked."""

    __tablename__ = "passes"

    instruction_id: int = Field(primary_key=True, foreign_key="instructions.id")
    at: datetime = instant(required=True)
    ran_at: datetime = instant(required=True)


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
