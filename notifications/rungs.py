"""A rung of the ladder in words: its place, "Trước hạn 7 ngày làm việc"."""

from __future__ import annotations

from directives.model import Offset, Rung
from notifications.words import say


def placed(rung: Rung) -> str:
    """When it comes, without to whom."""
    if rung.at_assignment:
        return say("deployment.rung.at_assignment")
    place = next(name for name in ("after_first_mail", "before", "after") if getattr(rung, name))
    return say(f"deployment.rung.{place}", offset=distance(getattr(rung, place)))


def distance(offset: Offset) -> str:
    """7 ngày làm việc"""
    unit = "days" if offset.days is not None else "working_days"
    return say(f"deployment.rung.{unit}", count=getattr(offset, unit))
