"""What a campaign is made of, as people write it in `config/`, checked by pydantic.

Every model is frozen and refuses unknown fields, so that a misspelt one is an error and not silence.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from directives.written import Day, When

Key = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, Field(min_length=1)]

# A pragmatic reading of RFC 5321 section 4.1.2: a dot-string, and a domain of at least two labels.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
BREAKS = re.compile(r"[\s\x00-\x1f\x7f]+")


def is_address(text: str) -> bool:
    """Whether the text is one mail address, 254 octets at most (RFC 5321 section 4.5.3.1.3)."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Validity(Model):
    """Something that holds from a day to a day, both inclusive; open-ended where none is given."""

    valid_from: Day | None = None
    valid_to: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}; swap them")
        return self

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class UnitKind(StrEnum):
    PARTY = "party"
    COMMITTEE = "committee"
    DEPARTMENT = "department"
    AGENCY = "agency"
    URBAN_DISTRICT = "urban_district"
    RURAL_DISTRICT = "rural_district"
    COMMUNE = "commune"
    WARD = "ward"
    TOWNSHIP = "township"
    PRESS = "press"
    PUBLIC_SERVICE = "public_service"
    CENTRAL_AGENCY = "central_agency"
    FRONT = "front"


class Unit(Validity):
    """One row of an organisation. Identified by (organisation, code): codes are reused over the years."""

    code: Text
    name: Text
    kind: UnitKind
    parent: str | None = None
    certainty: Literal["high", "medium", "low"] = "high"


class ContactRole(StrEnum):
    CLERK = "clerk"  # văn thư
    LEAD = "lead"
    DEPUTY = "deputy"
    ALTERNATE = "alternate"
    ACCEPTED = "accepted"  # may answer for the unit, as a coordinator decided; is never written to first


class Contact(Validity):
    """A person or box of a unit who can be written to, while valid."""

    unit: Text
    role: ContactRole
    name: str = ""
    address: Text
    phone: str = ""

    @field_validator("name", "phone")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        """A cell may be broken into lines; what stands in a mail's head may not."""
        return BREAKS.sub(" ", value).strip()

    @field_validator("address")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not is_address(value):
            raise ValueError(f"{value!r} is not a mail address; write one like van-thu.stp@cantho.example")
        return value


LONGEST_DAYS = 3660  # ten years: more is a slip of the hand


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
    address: Text

    _an_address = field_validator("address")(Contact._an_address.__func__)  # type: ignore[attr-defined]


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
    audiences: dict[str, AudienceSpec] = {}
    report: ReportSpec | None = None
    instructions: Annotated[tuple[Instruction, ...], Field(min_length=1)]


class Target(StrEnum):
    """Whom a rung writes to. Never fewer than the unit that owes."""

    LEAD = "lead"
    SUPERIOR = "superior"
    MONITOR = "monitor"


class Offset(Model):
    """A distance in days, calendar or working; exactly one."""

    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None
    working_days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.days is None) == (self.working_days is None):
            raise ValueError("give either 'days' or 'working_days'")
        return self

    @property
    def calendar_days(self) -> float:
        """About how many calendar days, to compare offsets: five working days make a week."""
        return float(self.days) if self.days is not None else (self.working_days or 0) * 7 / 5


class Rung(Model):
    """One rung of a ladder, placed by exactly one of: at assignment, after the first mail, before or after L."""

    key: Key
    at_assignment: bool = False
    after_first_mail: Offset | None = None
    before: Offset | None = None
    after: Offset | None = None
    to: Annotated[tuple[Target, ...], Field(min_length=1)] = (Target.LEAD,)
    letter: bool = False
    repeat: Offset | None = None

    @model_validator(mode="after")
    def _placed_once(self) -> Self:
        places = [self.at_assignment, self.after_first_mail, self.before, self.after]
        if sum(place not in (None, False) for place in places) != 1:
            raise ValueError("give exactly one of 'at_assignment', 'after_first_mail', 'before', 'after'")
        if Target.LEAD not in self.to:
            raise ValueError(
                "must write to 'lead' too: a rung adds people, it never removes the one who owes"
            )
        if self.after and self.after.days is not None:
            raise ValueError("counts working days after the deadline; write 'after: {working_days: N}'")
        if self.repeat and (self.repeat.working_days is None or self.after is None):
            raise ValueError(
                "only a rung after the deadline repeats, every N working days: 'repeat: {working_days: N}'"
            )
        return self

    @property
    def place(self) -> tuple[int, float]:
        """Sorts rungs in the order of their times, whatever the deadline."""
        if self.at_assignment:
            return (0, 0.0)
        if self.after_first_mail:
            return (1, self.after_first_mail.calendar_days)
        if self.before:
            return (2, -self.before.calendar_days)
        assert self.after is not None
        return (3, self.after.calendar_days)


class Ladder(Model):
    """An escalation policy: rungs in the order of time, which `check.ladder_findings` sees to."""

    ladder: Key
    title: Text
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]


class CalendarYear(Model):
    """What a year's decrees changed against the plain rule."""

    decreed: bool
    source: str = ""
    days_off: tuple[Day, ...] = ()
    days_worked: tuple[Day, ...] = ()


class CalendarSpec(Model):
    calendar: Key
    timezone: Text
    years: Annotated[dict[int, CalendarYear], Field(min_length=1)]


class SeriesFlow(Model):
    key: Key
    ordinal: Annotated[int, Field(ge=1, le=99)]
    label: Text
    title: Text


class Series(Model):
    """The instructions that keep their Prefect flow over the years."""

    series: Key
    title: Text
    flows: Annotated[tuple[SeriesFlow, ...], Field(min_length=1)]
