"""Who is asked: the units of an organisation, and their people who can be written to."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, field_validator

from directives.model.base import Text, Validity

# A pragmatic reading of RFC 5321 section 4.1.2: a dot-string, and a domain of at least two labels.
ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
BREAKS = re.compile(r"[\s\x00-\x1f\x7f]+")


def is_address(text: str) -> bool:
    """Whether the text is one mail address, 254 octets at most (RFC 5321 section 4.5.3.1.3)."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


def _an_address(value: str) -> str:
    if not is_address(value):
        raise ValueError(f"{value!r} is not a mail address; write one like van-thu.stp@cantho.example")
    return value


Address = Annotated[Text, AfterValidator(_an_address)]


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
    address: Address
    phone: str = ""

    @field_validator("name", "phone")
    @classmethod
    def _on_one_line(cls, value: str) -> str:
        """A cell may be broken into lines; what stands in a mail's head may not."""
        return BREAKS.sub(" ", value).strip()
