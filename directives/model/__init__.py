"""What a campaign is made of, as people write it in `config/`, checked by pydantic."""

from __future__ import annotations

from directives.model.base import Key, Model, Text
from directives.model.campaign import (
    AcceptedBy,
    AudienceSpec,
    Campaign,
    Due,
    Instruction,
    Officer,
    ReportSpec,
    Source,
    StepSpec,
)
from directives.model.ladder import Ladder, Offset, Rung, Target
from directives.model.people import Contact, ContactRole, Unit, UnitKind, is_address
from directives.model.years import CalendarSpec, CalendarYear, Series, SeriesFlow

__all__ = [
    "AcceptedBy",
    "AudienceSpec",
    "CalendarSpec",
    "CalendarYear",
    "Campaign",
    "Contact",
    "ContactRole",
    "Due",
    "Instruction",
    "Key",
    "Ladder",
    "Model",
    "Officer",
    "Offset",
    "ReportSpec",
    "Rung",
    "Series",
    "SeriesFlow",
    "Source",
    "StepSpec",
    "Target",
    "Text",
    "Unit",
    "UnitKind",
    "is_address",
]
