"""Whom a notice or a mail is for, as its `target`: lead, superior, monitor, a deputy by address, or mail about mail.

`deputy:ADDRESS` is a deputy's daily digest; `passed_on:ANSWER:ADDRESS` the mail that tells a deputy at once;
`again:MESSAGE` what a mail that came back had said, to whoever of the unit can be reached, at once; `nudge:DECISION:ADDRESS`
a coordinator's own reminder, at once, to that deputy or (without address) to the unit; `decided:DECISION` tells a unit of
any other decision; `alert:RUN` tells ops of a flow run
that failed, `calendar:KEY:YEAR` of a year without its decree, `watch:SEQ` of steps that nobody will look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import or_

from directives.model import Target

DEPUTY, PASSED_ON, AGAIN, NUDGE, ALERT = "deputy", "passed_on", "again", "nudge", "alert"
DECIDED = "decided"
CALENDAR, WATCH = "calendar", "watch"
DAILY = (*Target, DEPUTY)  # the kinds that wait for the slot and the send window


def deputy_target(address: str) -> str:
    return f"{DEPUTY}:{address}"


def passed_on_target(answer_id: int, address: str) -> str:
    return f"{PASSED_ON}:{answer_id}:{address}"


def again_target(message_id: int) -> str:
    return f"{AGAIN}:{message_id}"


def nudge_target(decision_id: int, deputy: str) -> str:
    return f"{NUDGE}:{decision_id}:{deputy}"


def decided_target(decision_id: int) -> str:
    return f"{DECIDED}:{decision_id}"


def decision_of(target: str) -> int | None:
    """The decision that a mail tells of or was sent by."""
    return int(target.split(":")[1]) if kind_of(target) in (DECIDED, NUDGE) else None


def alert_target(run_id: str) -> str:
    return f"{ALERT}:{run_id}"


def calendar_target(calendar: str, year: int) -> str:
    return f"{CALENDAR}:{calendar}:{year}"


def watch_target(seq: int) -> str:
    """By the audit event that remembers what is told."""
    return f"{WATCH}:{seq}"


def kind_of(target: str) -> str:
    """The kind of mail, without whose it is."""
    return target.partition(":")[0]


def deputy_of(target: str) -> str:
    """The deputy's address; empty when it is for whoever the unit's mail goes to."""
    return target.rpartition(":")[2] if kind_of(target) in (DEPUTY, PASSED_ON, NUDGE) else ""


def spoken(target: str) -> str:
    """As people read it: `deputy ha@stp.example`."""
    return " ".join(part for part in (kind_of(target), deputy_of(target)) if part)


def to_the_unit(target: str) -> bool:
    """Whether it is for those who owe: the lead or a deputy."""
    return target == Target.LEAD or bool(deputy_of(target)) or kind_of(target) in (AGAIN, NUDGE)


def is_digest(target: str) -> bool:
    """Whether it numbers items or lists rows, composed when it leaves; else it was written beforehand."""
    return kind_of(target) in (*DAILY, PASSED_ON, AGAIN, NUDGE)


def is_daily(column: Any) -> ColumnElement[bool]:
    """SQL: whether a target is one of the daily digests."""
    return or_(column.in_(tuple(Target)), column.startswith(f"{DEPUTY}:"))


def is_any_digest(column: Any) -> ColumnElement[bool]:
    """SQL: the same as `is_digest`."""
    at_once = (column.startswith(f"{kind}:") for kind in (PASSED_ON, AGAIN, NUDGE))
    return or_(is_daily(column), *at_once)


def routed(deputy: str, *, escalates: bool) -> Sequence[str]:
    """Who of the unit gets a notice: a deputy instead of the lead; the lead too of what escalates."""
    if not deputy:
        return (Target.LEAD,)
    return (deputy_target(deputy), Target.LEAD) if escalates else (deputy_target(deputy),)
