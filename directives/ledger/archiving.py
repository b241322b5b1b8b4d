"""All that the ledger has of one campaign, as plain rows, and the files that they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, func, or_, select

from directives.ledger import verifying
from directives.ledger.states import chunks, ident
from directives.ledger.tables import (
    Addressee,
    Answer,
    Audit,
    AuditText,
    Body,
    Campaign,
    Contact,
    Deadline,
    Decision,
    Definition,
    Evidence,
    Hold,
    Inbound,
    Instruction,
    Message,
    MessageItem,
    Notice,
    Paper,
    PaperStep,
    Step,
    Unit,
)

# Left out: tokens (keys), leases and marks of passes (of no use later), pictures (drawn again).
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file under DONDOC_HOME by its SHA-256: folder and suffix of its store, and the name it came with."""

    folder: str
    suffix: str
    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class Contents:
    """`tables`: rows by table, values as JSON has them, in the order of their ids. `broken`: what `verify` finds.

    `keys`: how many of the raw mails bear a reply address that still works, as another campaign's items were in the same
    mail.
    """

    campaign: str
    tables: Mapping[str, Sequence[Row]]
    files: tuple[NamedFile, ...]
    broken: tuple[str, ...]
    keys: int = 0


def contents(session: Session, campaign: Campaign) -> Contents:
    tables = {
        str(cast(Any, model).__tablename__): [
            _plain(row) for row in session.exec(select(model).where(where)).all()
        ]
        for model, where in _wanted(campaign)
    }
    broken = tuple(verifying.faults(session, campaign))
    return Contents(campaign.key, tables, tuple(_files(tables)), broken, _keys(session, tables["inbound"]))


def _keys(session: Session, inbound: Sequence[Row]) -> int:
    """A reply to the mail of several campaigns is addressed by what works while one of them is open."""
    answered = {row["message_id"] for row in inbound if row["message_id"] is not None}
    live: set[int | None] = set()
    for some in chunks(sorted(answered)):
        carrier = func.coalesce(Message.within_id, Message.id)
        rows = session.exec(
            select(carrier)
            .join(Campaign, col(Campaign.id) == Message.campaign_id)
            .where(carrier.in_(some), col(Campaign.closed_at).is_(None))
        )
        live |= set(rows)
    return sum(row["message_id"] in live for row in inbound)


def _wanted(campaign: Campaign) -> Iterator[tuple[type[SQLModel], ColumnElement[bool]]]:
    """Each table with the condition that picks the campaign's rows."""
    own = ident(campaign)
    steps = select(Step.id).where(Step.campaign_id == own)
    mails = select(Message.id).where(Message.campaign_id == own)
    answers = select(Answer.id).where(col(Answer.step_id).in_(steps))
    frozen = select(Audit.data["sha256"].as_string()).where(Audit.campaign_id == own)  # type: ignore[index]
    yield Campaign, col(Campaign.id) == own
    yield (
        Definition,
        or_(col(Definition.sha256) == campaign.definition_sha256, col(Definition.sha256).in_(frozen)),
    )
    yield Instruction, col(Instruction.campaign_id) == own
    yield Unit, col(Unit.campaign_id) == own
    yield Contact, col(Contact.unit_id).in_(select(Unit.id).where(Unit.campaign_id == own))
    yield Step, col(Step.campaign_id) == own
    yield Deadline, col(Deadline.step_id).in_(steps)
    yield Notice, col(Notice.campaign_id) == own
    yield Addressee, col(Addressee.campaign_id) == own
    yield Message, col(Message.campaign_id) == own
    yield MessageItem, col(MessageItem.message_id).in_(mails)
    yield Body, col(Body.message_id).in_(mails)
    yield Answer, col(Answer.step_id).in_(steps)
    yield Evidence, col(Evidence.answer_id).in_(answers)
    yield Decision, col(Decision.campaign_id) == own
    yield Hold, col(Hold.campaign_id) == own
    # A reply to a mail of several campaigns is this one's too.
    carriers = select(Message.within_id).where(
        Message.campaign_id == own, col(Message.within_id).is_not(None)
    )
    yield Inbound, or_(col(Inbound.message_id).in_(mails), col(Inbound.message_id).in_(carriers))
    yield Paper, col(Paper.campaign_id) == own
    yield PaperStep, col(PaperStep.step_id).in_(steps)
    yield Audit, col(Audit.campaign_id) == own
    yield AuditText, col(AuditText.audit_id).in_(select(Audit.id).where(Audit.campaign_id == own))


def _plain(row: SQLModel) -> Row:
    values = row.model_dump()
    # Bytes as hex, as SHA-256 are written everywhere else; the rest as pydantic writes JSON.
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in values.items()}


def _files(tables: Mapping[str, Sequence[Row]]) -> Iterator[NamedFile]:
    """Each once, though two answers may name the same."""
    found: dict[tuple[str, str], NamedFile] = {}
    for row in tables["evidence"]:
        if row["file_sha256"]:
            found.setdefault(
                ("evidence", row["file_sha256"]),
                NamedFile("evidence", "", row["file_sha256"], row["file_name"]),
            )
    for row in tables["inbound"]:
        found[("inbound", row["sha256"])] = NamedFile("inbound", ".eml", row["sha256"], "")
    for row in tables["papers"]:
        found[("papers", row["sha256"])] = NamedFile("papers", ".docx", row["sha256"], row["file_name"])
    yield from found.values()
