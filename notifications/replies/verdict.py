"""What a mail was understood to say. The field names are the JSON of `dondoc parse-reply`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator

from directives.model import Model
from notifications.replies.tokens import without_keys

# What is kept and shown of a mail: a link that it quotes is a key, and stays in the raw mail.
Words = Annotated[str, AfterValidator(without_keys)]


class Kind(StrEnum):
    APPLY = "apply"  # the actions take effect by themselves
    QUEUE = "queue"  # a coordinator reads it; `actions` are what the text says, where only trust is missing
    AUTO = "auto"  # an automatic reply: changes nothing, is never answered
    BOUNCE = "bounce"
    UNDO = "undo"


class ActionKind(StrEnum):
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    EXTENSION = "extension"
    DELEGATE = "delegate"
    QUESTION = "question"


class BounceKind(StrEnum):
    HARD = "hard"
    SOFT = "soft"
    DELAYED = "delayed"


class Action(Model):
    """One item's answer. `until` is inclusive; `reason` and `to` are the sender's own words."""

    item: int
    action: ActionKind
    percent: int | None = None
    doc_number: str | None = None
    doc_date: date | None = None
    until: date | None = None
    to: str | None = None
    reason: Words | None = None


class Bounce(Model):
    address: str
    kind: BounceKind


class Undo(Model):
    items: tuple[int, ...] | Literal["all"]


class AttachmentVerdict(Model):
    """`name` is rebuilt and safe to show; `why` says why a file was refused."""

    name: str
    accepted: bool
    why: str | None = None


class Verdict(Model):
    """`digest`: the Message-ID of the digest that is answered. `reason`: one sentence for the coordinator."""

    verdict: Kind
    digest: str | None = None
    actions: tuple[Action, ...] = ()
    bounce: Bounce | None = None
    undo: Undo | None = None
    reason: str | None = None
    attachments: tuple[AttachmentVerdict, ...] = ()
