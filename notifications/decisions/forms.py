"""The coordinators' forms as data: which fields each has. Prefect's forms and `dondoc decide` are both made from it.

Titles and help texts stand in words.yaml under `form`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from directives import choices
from directives.definition import Definition
from notifications.words import entry


class Kind(StrEnum):
    """What a field takes."""

    STEP = "step"
    UNIT = "unit"
    DISTRICT = "district"
    INSTRUCTION = "instruction"
    OFFICER = "officer"
    ANSWER = "answer"
    CHANNEL = "channel"
    DAY = "day"
    TEXT = "text"
    NUMBER = "number"
    YES = "yes"


CHOSEN = frozenset(
    {
        Kind.STEP,
        Kind.UNIT,
        Kind.DISTRICT,
        Kind.INSTRUCTION,
        Kind.OFFICER,
        Kind.ANSWER,
        Kind.CHANNEL,
    }
)


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is the parameter's; one that is not `needed` may be left empty."""

    name: str
    kind: Kind
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """`name` is the kind of the decision; `record` and `bulk_record` say what units answered."""

    name: str
    fields: tuple[Field, ...]

    @property
    def title(self) -> str:
        return str(entry(f"form.{self.name}.title"))

    @property
    def about(self) -> str:
        return str(entry(f"form.{self.name}.about"))

    def label_of(self, field: Field) -> str:
        own = entry(f"form.{self.name}")
        return str(own.get("labels", {}).get(field.name) or entry(f"form.labels.{field.name}"))

    def help_of(self, field: Field) -> str:
        """The form's own words for a field, else those of all forms."""
        own = entry(f"form.{self.name}")
        return str(own.get(field.name) or entry(f"form.fields.{field.name}"))


BY = Field("by", Kind.OFFICER)
STEP, UNIT = Field("step", Kind.STEP), Field("unit", Kind.UNIT)
REASON, REMARK = Field("reason", Kind.TEXT), Field("reason", Kind.TEXT, needed=False)
UNTIL = Field("until", Kind.DAY)
SAID = (
    Field("doc_number", Kind.TEXT, needed=False),
    Field("doc_date", Kind.DAY, needed=False),
    Field("percent", Kind.NUMBER, needed=False),
    Field("until", Kind.DAY, needed=False),
    Field("to", Kind.TEXT, needed=False),
    Field("text", Kind.TEXT, needed=False),
)
SCOPE = (Field("instruction", Kind.INSTRUCTION, needed=False), Field("unit", Kind.UNIT, needed=False))
FORMS: tuple[Form, ...] = (
    Form(
        "record",
        (
            STEP,
            UNIT,
            Field("kind", Kind.ANSWER),
            Field("channel", Kind.CHANNEL),
            Field("on", Kind.DAY, needed=False),
            *SAID,
            BY,
        ),
    ),
    Form(
        "bulk_record",
        (
            STEP,
            Field("lines", Kind.TEXT, needed=False),
            Field("file", Kind.TEXT, needed=False),
            Field("confirm", Kind.TEXT, needed=False),
            BY,
        ),
    ),
    Form("accept", (STEP, UNIT, REMARK, BY)),
    Form("return", (STEP, UNIT, UNTIL, REASON, BY)),
    Form("grant_extension", (STEP, UNIT, UNTIL, REMARK, BY)),
    Form("refuse_extension", (STEP, UNIT, REASON, BY)),
    Form(
        "assign",
        (STEP, UNIT, Field("to", Kind.UNIT), Field("until", Kind.DAY, needed=False), REMARK, BY),
    ),
    Form("waive", (STEP, UNIT, REASON, BY)),
    Form("reply", (STEP, UNIT, REASON, BY)),
    Form("nudge", (STEP, UNIT, Field("send", Kind.YES, needed=False), BY)),
    Form(
        "hold",
        (*SCOPE, Field("from_on", Kind.DAY), Field("until_on", Kind.DAY, needed=False), REASON, BY),
    ),
    Form("resume", (*SCOPE, REMARK, BY)),
    Form(
        "answer_unclear",
        (
            Field("mail", Kind.TEXT),
            Field("kind", Kind.ANSWER, needed=False),
            Field("items", Kind.TEXT, needed=False),
            Field("step", Kind.STEP, needed=False),
            Field("unit", Kind.UNIT, needed=False),
            *SAID,
            Field("more", Kind.YES, needed=False),
            REMARK,
            BY,
        ),
    ),
    Form("accept_sender", (Field("unit", Kind.UNIT), Field("address", Kind.TEXT), REMARK, BY)),
    Form(
        "district_date",
        (
            Field("district", Kind.DISTRICT),
            UNTIL,
            Field("instruction", Kind.INSTRUCTION, needed=False),
            REMARK,
            BY,
        ),
    ),
)


def form_of(name: str) -> Form:
    return next(one for one in FORMS if one.name == name)


def choices_of(field: Field, definition: Definition) -> Sequence[str]:
    """What a drop-down offers, in the campaign's own order; nothing for a field that is typed."""
    match field.kind:
        case Kind.STEP:
            return choices.step_choices(definition)
        case Kind.UNIT:
            return choices.unit_choices(definition)
        case Kind.DISTRICT:
            return choices.district_choices(definition)
        case Kind.INSTRUCTION:
            return choices.instruction_choices(definition)
        case Kind.OFFICER:
            return list(dict.fromkeys(one.name for one in definition.campaign.monitor.deciding))
        case Kind.ANSWER | Kind.CHANNEL:
            named = entry(f"form.{field.kind}s")
            return [f"{key}{choices.BETWEEN}{words}" for key, words in named.items()]
        case _:
            return []
