"""What stays over the years, and what each year has of its own: series of flows, and calendars."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from directives.model.base import Key, Model, Text
from directives.written import Day


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
