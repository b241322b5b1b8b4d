"""What a unit may answer and a coordinator may decide: every kind typed, whatever channel it came by.

`ledger.answer` and `ledger.decide` take nothing else.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from directives.model import Key, Model, Text


class Channel(StrEnum):
    MAIL = "mail"
    PAGE = "page"
    PHONE = "phone"
    PAPER = "paper"
    E_OFFICE = "e_office"
    REHEARSAL = "rehearsal"


RECORDED = (Channel.PHONE, Channel.PAPER, Channel.E_OFFICE)  # by a coordinator, for the unit


class StepRef(Model):
    """One step: instruction, step and unit of a campaign."""

    campaign: Key
    instruction: Key
    step: Key
    unit: Text


class AnswerBase(Model):
    """`at`: the trusted server's arrival time, or the date a coordinator states. `by`: who says so, as claimed."""

    step: StepRef
    at: AwareDatetime
    channel: Channel
    by: str = ""
    text: str = ""


class Received(AnswerBase):
    kind: Literal["received"] = "received"


class InProgress(AnswerBase):
    kind: Literal["in_progress"] = "in_progress"
    percent: Annotated[int, Field(ge=0, le=100)] | None = None


class Done(AnswerBase):
    """Reported, with evidence: a document's number and date, or a file."""

    kind: Literal["done"] = "done"
    doc_number: str = ""
    doc_date: date | None = None
    file_sha256: str = ""
    file_name: str = ""


class AsksExtension(AnswerBase):
    kind: Literal["extension"] = "extension"
    until: date
    reason: Text


class Delegates(AnswerBase):
    """Passes to a deputy inside the unit, or asks that another unit take it."""

    kind: Literal["delegate"] = "delegate"
    to: Text
    reason: Text


class Question(AnswerBase):
    kind: Literal["question"] = "question"


class Undo(AnswerBase):
    kind: Literal["undo"] = "undo"


Answer = Annotated[
    Received | InProgress | Done | AsksExtension | Delegates | Question | Undo, Field(discriminator="kind")
]


class DecisionBase(Model):
    """`by`: chosen from the campaign's coordinators, recorded as claimed; Prefect knows no users."""

    campaign: Key
    at: AwareDatetime
    by: Text
    reason: str = ""


class StepDecision(DecisionBase):
    step: StepRef


class Accept(StepDecision):
    kind: Literal["accept"] = "accept"


class Return(StepDecision):
    kind: Literal["return"] = "return"
    until: date


class GrantExtension(StepDecision):
    kind: Literal["grant_extension"] = "grant_extension"
    until: date


class RefuseExtension(StepDecision):
    kind: Literal["refuse_extension"] = "refuse_extension"


class Assign(StepDecision):
    """Another unit owes it from now on; `until`: its new last day, the old deadline when not given."""

    kind: Literal["assign"] = "assign"
    to: Text
    until: date | None = None


class Waive(StepDecision):
    kind: Literal["waive"] = "waive"


class Nudge(StepDecision):
    kind: Literal["nudge"] = "nudge"


class Reply(StepDecision):
    """What is answered to a unit's question, in `reason`."""

    kind: Literal["reply"] = "reply"


class HoldUp(DecisionBase):
    """Nothing leaves, deadlines stay; days inclusive."""

    kind: Literal["hold"] = "hold"
    instruction: str | None = None
    unit: str | None = None
    from_on: date
    until_on: date | None = None


class Resume(DecisionBase):
    kind: Literal["resume"] = "resume"
    instruction: str | None = None
    unit: str | None = None


class AnswerUnclear(DecisionBase):
    """What a queued mail says, as a coordinator reads it; no answers: it says nothing of any step, for that reason.

    `more`: it says more than that, and waits on.
    """

    kind: Literal["answer_unclear"] = "answer_unclear"
    inbound_sha256: Text
    answers: tuple[Answer, ...] = ()
    more: bool = False


class AcceptSender(DecisionBase):
    kind: Literal["accept_sender"] = "accept_sender"
    unit: Text
    address: Text


class SetDistrictDate(DecisionBase):
    """A district's own last day for its communes, of one instruction or of all."""

    kind: Literal["district_date"] = "district_date"
    district: Text
    until: date
    instruction: str | None = None


Decision = Annotated[
    Accept
    | Return
    | GrantExtension
    | RefuseExtension
    | Assign
    | Waive
    | Nudge
    | Reply
    | HoldUp
    | Resume
    | AnswerUnclear
    | AcceptSender
    | SetDistrictDate,
    Field(discriminator="kind"),
]


def moment(day: date, clock_at: datetime) -> datetime:
    """A stated day at the hour of `clock_at`, in its zone: "nhận ngày 06/11" says no hour."""
    return datetime.combine(day, clock_at.timetz())
