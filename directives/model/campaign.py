"""One directive in one year, as people write it in `config/campaigns/`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self, cast

from pydantic import Field, model_validator

from directives.model.base import LONGEST_DAYS, Key, Model, Text
from directives.model.people import Address, UnitKind
from directives.written import Day, When


class Source(StrEnum):
    DIRECTIVE = "directive"
    MONITOR = "monitor"
    DISTRICT = "district"


class Basis(Model):
    """Where a date comes from: the directive's own words, or who set it and why."""

    source: Source
    text: Text = Field(description="the verbatim phrase, or the reason")


class Due(Model):
    """One deadline as written. Exactly one of the four; the two readings are told apart by their field.

    before: "trước ngày D", the last good day is D-1 (or "trước HH:MM ngày D" with an hour).
    by: "chậm nhất ngày D", "đến hết ngày D": the last good day is D.
    within_days / within_working_days: counted from the campaign's opening, the first day not counted
    (Bộ luật Dân sự 2015, Điều 147).
    """

    before: When | None = None
    by: When | None = None
    within_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None
    within_working_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_a_bare_day(cls, value: Any) -> Any:
        if isinstance(value, (str, date)):
            raise ValueError(
                f"'{value}' does not say how it is meant; write {{before: {value}}} or {{by: {value}}}"
            )
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                "give exactly one of 'before', 'by', 'within_days', 'within_working_days'"
                + (f", not {' and '.join(given)}" if given else "")
            )
        return self


class AudienceSpec(Model):
    """Which units: kinds, named audiences and single units, less the exceptions.

    Written short as one name or a list of names: `audience: reporting`, `audience: [SNV, BAOCT]`.
    """

    kinds: tuple[UnitKind, ...] = ()
    audiences: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    except_: tuple[str, ...] = Field(default=(), alias="except")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"units": [value]}
        return {"units": cast(list[object], value)} if isinstance(value, list) else value


class AcceptedBy(StrEnum):
    EVIDENCE = "evidence"
    PARENT = "parent"
    MONITOR = "monitor"


class StepSpec(Model):
    """A deliverable asked of an audience: one step for each of its units."""

    key: Key
    audience: AudienceSpec
    title: Text
    deliverable: Text
    send_to: str = ""
    note: str = Field(
        default="", description="what of it the directive itself does not ask; stands in the mail"
    )
    due: Due | None = None
    continuing: bool = False
    basis: Basis | None = None
    covered_by: str | None = Field(default=None, pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    accepts: AcceptedBy = AcceptedBy.MONITOR
    copy_to_parent: bool = False

    @property
    def to_parent(self) -> bool:
        """Whether it is handed in to the unit above, which may set its own date for it."""
        by_parent = self.basis is not None and self.basis.source is Source.DISTRICT
        return self.copy_to_parent or by_parent or self.accepts is AcceptedBy.PARENT

    @model_validator(mode="after")
    def _a_deadline_or_none(self) -> Self:
        if self.due is None and not self.continuing:
            raise ValueError(
                "has neither a deadline nor 'continuing: true'; add 'due: {before: DATE}' or 'due: {by: DATE}'"
            )
        if self.due is not None and self.continuing:
            raise ValueError("is continuing and has a deadline; keep one of the two")
        if self.due is not None and self.basis is None:
            raise ValueError(
                "has a deadline without basis; add 'basis: {source: directive|monitor|district, text: …}'"
            )
        return self


class Instruction(Model):
    """One instruction of the directive, followed up by one Prefect flow."""

    key: Key
    label: Text
    clause: Text
    title: Text
    summary: Text
    note: str = ""
    support: tuple[str, ...] = ()
    part: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="which of the consolidated report's parts its results stand in; none: beside them",
    )
    steps: Annotated[tuple[StepSpec, ...], Field(min_length=1)]


class Signatory(Model):
    title: Text
    name: Text


class Reference(Model):
    number: Text
    issued: Day | None = None
    issuer: Text
    note: str = ""


class Directive(Model):
    """The document. `notes`: where it contradicts itself; what it says is kept, the note stands beside it."""

    kind: Text
    number: Text
    issued: Day
    issuer: Text
    signatory: Signatory
    subject: Text
    addressees: Annotated[tuple[Text, ...], Field(min_length=1)]
    references: tuple[Reference, ...] = ()
    notes: tuple[Text, ...] = ()


class Officer(Model):
    """Whom a unit may call about the campaign."""

    name: Text
    phone: Text
    address: Address


class Monitor(Model):
    unit: Text
    with_: tuple[str, ...] = Field(default=(), alias="with")
    officer: Officer
    coordinators: tuple[Officer, ...] = Field(
        default=(), description="who decides beside the officer; a decision is recorded as theirs, as claimed"
    )

    @property
    def deciding(self) -> tuple[Officer, ...]:
        """Everybody who may decide: the officer first."""
        return (self.officer, *self.coordinators)


class Signing(Model):
    """The signature block. `title`: one line each, "KT. GIÁM ĐỐC" above "PHÓ GIÁM ĐỐC"; no name: left to the office."""

    title: Annotated[tuple[Text, ...], Field(min_length=1)]
    name: str = ""


class ReportSpec(Model):
    """The papers the monitor must write, in the form of Nghị định 30/2020/NĐ-CP: what they cannot know otherwise."""

    subject: Text = Field(description="what the units report of; stands after 'kết quả'")
    parts: Annotated[tuple[Text, ...], Field(min_length=1)]
    to: Annotated[tuple[Text, ...], Field(min_length=1)]
    cut_off: When = Field(description="a day: the last one whose answers count; with an hour: until then")
    above: Annotated[tuple[Text, ...], Field(min_length=1)] = Field(
        description="the authority above the monitor, as the head breaks it into lines"
    )
    symbol: Text = Field(description="of the report, after the number: BC-SNV")
    letter_symbol: Text = Field(description="of the urging letter: SNV-XDCQ")
    place: Text
    sign: Signing
    copies: tuple[Text, ...] = ()
    keep: Text = Field(description="who keeps a copy beside the registry: VT, XDCQ")


class Campaign(Model):
    """One directive in one year: what `dondoc open` freezes into the ledger."""

    campaign: Key
    series: Key
    title: Text
    directive: Directive
    opens: When
    calendar: Key
    organisation: Key
    monitor: Monitor
    ladder: Key
    pool: Key = Field(default="dondoc", description="the Prefect work pool whose workers run its flows")
    audiences: dict[str, AudienceSpec] = Field(default={})
    report: ReportSpec | None = None
    instructions: Annotated[tuple[Instruction, ...], Field(min_length=1)]
