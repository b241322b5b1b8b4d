"""The ledger's tables. Rows stay inside `directives.ledger`; queries return frozen models."""

from directives.ledger.tables.campaign import Campaign, Contact, Deadline, Definition, Instruction, Step, Unit
from directives.ledger.tables.columns import GENESIS
from directives.ledger.tables.mail import (
    Addressee,
    Body,
    Inbound,
    Mailbox,
    Message,
    MessageItem,
    Notice,
    Quota,
    Relay,
    Token,
)
from directives.ledger.tables.record import Audit, AuditText, Paper, PaperStep, Pass, Picture
from directives.ledger.tables.said import Answer, Decision, Evidence, Hold, PageForm

__all__ = [
    "GENESIS",
    "Addressee",
    "Answer",
    "Audit",
    "AuditText",
    "Body",
    "Campaign",
    "Contact",
    "Deadline",
    "Decision",
    "Definition",
    "Evidence",
    "Hold",
    "Inbound",
    "Instruction",
    "Mailbox",
    "Message",
    "MessageItem",
    "Notice",
    "PageForm",
    "Paper",
    "PaperStep",
    "Pass",
    "Picture",
    "Quota",
    "Relay",
    "Step",
    "Token",
    "Unit",
]
