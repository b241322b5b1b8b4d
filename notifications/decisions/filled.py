"""A form as filled in → the typed answer or decision that the ledger takes; what is wrong is said in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from directives.choices import chosen
from directives.conversation import Answer, AnswerUnclear, Channel, Decision, StepRef, moment
from directives.errors import Refused
from directives.ledger.inbound import sent_digests
from directives.ledger.tables import Inbound, Message
from directives.ledger.unclear import queued
from directives.workdays import WorkCalendar
from notifications.decisions.forms import CHOSEN, Form, Kind
from notifications.words import entry

ALL = ("", "tất cả", "tat ca", "all")
Given = Mapping[str, Any]
T = TypeVar("T")


def plain(form: Form, given: Given) -> dict[str, Any]:
    """The values without what was left empty; of a choice its key alone. An officer's name is a name."""
    found: dict[str, Any] = {}
    for field in form.fields:
        value = given.get(field.name)
        if isinstance(value, str):
            value = "" if value == entry("form.none") else value.strip()
            if field.kind in CHOSEN - {Kind.OFFICER}:
                value = chosen(value)
        if value not in (None, "", False):
            found[field.name] = value
        elif field.needed:
            raise Refused(f"'{field.name}' is missing; give it", "missing", field=field.name)
    return found


def answer_of(campaign: str, given: Given, now: datetime, calendar: WorkCalendar) -> Answer:
    """What the form `record` says that a unit answered. `now` is the campaign's clock. Errors: Refused."""
    on = given.get("on")
    return _answer(
        StepRef.model_validate(_step(campaign, given)),
        given,
        moment(_day(on), calendar.local(now)) if on else now,
        Channel(given.get("channel", Channel.PHONE)),
        given["by"],
    )


def decision_of(session: Session, campaign: str, form: Form, given: Given, now: datetime) -> Decision:
    """What any other form decides. Errors: Refused."""
    named = {"campaign": campaign, "kind": form.name, "at": now, "by": given["by"]}
    if form.name == "answer_unclear":
        return _unclear(session, campaign, given, named, now)
    fields: dict[str, Any] = {
        name: value for name, value in given.items() if name not in ("step", "unit", "send", "by")
    }
    if "step" in given:
        fields["step"] = _step(campaign, given)
    elif "unit" in given:
        fields["unit"] = given["unit"]
    return _valid(TypeAdapter[Decision](Decision), {**fields, **named})


def _unclear(
    session: Session, campaign: str, given: Given, named: dict[str, Any], now: datetime
) -> AnswerUnclear:
    row = queued(session, given["mail"])
    answers: list[Answer] = []
    if "kind" in given:
        steps = _steps_meant(session, campaign, row, given, now)
        answers = [_answer(one, given, min(row.arrived_at, now), Channel.MAIL, row.sender) for one in steps]
    return AnswerUnclear(
        **named,
        inbound_sha256=row.sha256,
        answers=tuple(answers),
        more=bool(given.get("more")),
        reason=given.get("reason", ""),
    )


def _steps_meant(session: Session, campaign: str, row: Inbound, given: Given, now: datetime) -> list[StepRef]:
    """The step that was chosen, else the items of the digest that the mail answers. Errors: Refused."""
    if ("step" in given) != ("unit" in given):
        raise Refused(
            "a step and its unit belong together; choose both, or neither for the items", "half_a_step"
        )
    if "step" in given:
        return [StepRef.model_validate(_step(campaign, given))]
    message = session.get(Message, row.message_id) if row.message_id else None
    if message is None:
        raise Refused("the mail answers no digest that is known; choose the step and the unit", "no_digest")
    (digest,) = sent_digests(session, (), {message.uid}, now)
    own = [one for one in digest.items if one.step.campaign == campaign]  # of a mail of several campaigns
    numbers = _numbers(str(given.get("items", "")))
    found = [one.step for one in own if (one.n in numbers if numbers else one.open)]
    if len(found) < len(numbers) or not found:
        listed = ", ".join(str(one.n) for one in own)
        raise Refused(f"the digest has the items {listed}; name some of them", "no_item", items=listed)
    return found


def _numbers(text: str) -> set[int]:
    """ "1, 3" → {1, 3}; empty for all. Errors: Refused."""
    if text.strip().lower() in ALL:
        return set()
    parts = text.replace(",", " ").replace(";", " ").split()
    if not all(part.isdecimal() for part in parts):
        raise Refused(f"'{text}' names no items; write numbers such as 1, 3", "not_items", items=text)
    return {int(part) for part in parts}


def _answer(step: StepRef, given: Given, at: datetime, channel: Channel, by: str) -> Answer:
    """Only what belongs to the kind is taken from the form: a percentage says nothing of a report."""
    kind = given["kind"]
    words = given.get("text", "")
    fields: dict[str, Any] = {"step": step, "at": at, "channel": channel, "by": by, "kind": kind}
    wanted = {
        "done": ("doc_number", "doc_date"),
        "in_progress": ("percent",),
        "extension": ("until",),
        "delegate": ("to",),
    }
    fields |= {name: given[name] for name in wanted.get(kind, ()) if name in given}
    fields["reason" if kind in ("extension", "delegate") else "text"] = words
    if not words and kind in ("extension", "delegate"):
        raise Refused(f"'{kind}' needs the unit's reason; give it as the text", "missing", field="text")
    return _valid(TypeAdapter[Answer](Answer), fields)


def _step(campaign: str, given: Given) -> dict[str, str]:
    """`1g/report` and a unit's code. Errors: Refused."""
    instruction, _, key = str(given["step"]).partition("/")
    if not key:
        raise Refused(
            f"'{given['step']}' is no step; write one like 1g/report", "no_step", name=given["step"]
        )
    return {"campaign": campaign, "instruction": instruction, "step": key, "unit": str(given["unit"])}


def _valid(adapter: TypeAdapter[T], fields: dict[str, Any]) -> T:
    try:
        return adapter.validate_python(fields)
    except ValidationError as error:
        first = error.errors()[0]
        name = next((str(one) for one in reversed(first["loc"]) if isinstance(one, str)), "")
        raise Refused(f"'{name}': {first['msg']}", "missing", field=name) from error


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
