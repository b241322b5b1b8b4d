"""A definition as JSON and back: what opening freezes, so that later edits of files change nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, time
from typing import Any, cast

from sqlalchemy.orm import object_session
from sqlmodel import Session

from directives.definition import Definition
from directives.ledger.tables import Campaign as CampaignRow
from directives.ledger.tables import Definition as DefinitionRow
from directives.model import Campaign, Contact, Ladder, Unit
from directives.plan import Policy
from directives.workdays import SendWindow, WorkCalendar


def freeze(definition: Definition, contacts: list[Contact]) -> dict[str, Any]:
    """Shape: campaign, ladder, units, contacts (as in their files) and calendar (days spelled out)."""
    calendar = definition.calendar
    return {
        "campaign": definition.campaign.model_dump(
            mode="json", by_alias=True, exclude_defaults=True, exclude={"pool"}
        ),
        "ladder": definition.ladder.model_dump(mode="json", exclude_defaults=True),
        "units": [unit.model_dump(mode="json", exclude_defaults=True) for unit in definition.units.values()],
        **contacts_content(contacts),
        "calendar": {
            "timezone": calendar.timezone,
            "first": calendar.first.isoformat(),
            "last": calendar.last.isoformat(),
            "days_off": sorted(day.isoformat() for day in calendar.days_off),
            "days_worked": sorted(day.isoformat() for day in calendar.days_worked),
            "spans": [[start.isoformat(), end.isoformat()] for start, end in calendar.window.spans],
            "slot": calendar.window.slot.isoformat(),
        },
    }


def contacts_content(contacts: list[Contact]) -> dict[str, Any]:
    """In an order of their own: a contacts file that was only sorted anew says nothing new."""
    in_order = sorted(contacts, key=lambda one: (one.unit, one.role, one.address))
    return {"contacts": [one.model_dump(mode="json", exclude_defaults=True) for one in in_order]}


def contacts_in(frozen: dict[str, Any]) -> list[Contact]:
    return [Contact.model_validate(one) for one in frozen["contacts"]]


PINNED = ("ladder", "calendar")


def pinned_part(frozen: dict[str, Any]) -> dict[str, Any]:
    """What a running campaign keeps until it is migrated: its ladder and calendar, and which ones the file names."""
    return {
        "campaign": {name: frozen["campaign"][name] for name in PINNED},
        **{name: frozen[name] for name in PINNED},
    }


def pinned(wanted: dict[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    """`wanted` with the ladder and calendar of `held`."""
    kept = pinned_part(held)
    return wanted | kept | {"campaign": wanted["campaign"] | kept["campaign"]}


def fingerprint(frozen: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(frozen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def thaw(frozen: dict[str, Any]) -> Definition:
    calendar = frozen["calendar"]
    return Definition(
        campaign=Campaign.model_validate(frozen["campaign"]),
        ladder=Ladder.model_validate(frozen["ladder"]),
        units={unit["code"]: Unit.model_validate(unit) for unit in frozen["units"]},
        calendar=WorkCalendar(
            timezone=calendar["timezone"],
            first=date.fromisoformat(calendar["first"]),
            last=date.fromisoformat(calendar["last"]),
            days_off=frozenset(map(date.fromisoformat, calendar["days_off"])),
            days_worked=frozenset(map(date.fromisoformat, calendar["days_worked"])),
            window=SendWindow(
                spans=tuple(
                    (time.fromisoformat(start), time.fromisoformat(end)) for start, end in calendar["spans"]
                ),
                slot=time.fromisoformat(calendar["slot"]),
            ),
        ),
    )


def keep(session: Session, frozen: dict[str, Any]) -> str:
    """Store a frozen definition; returns its fingerprint."""
    sha256 = fingerprint(frozen)
    if session.get(DefinitionRow, sha256) is None:
        session.add(DefinitionRow(sha256=sha256, content=frozen))
        session.flush()
    return sha256


def content_of(campaign: CampaignRow) -> dict[str, Any]:
    """The frozen JSON of a campaign whose row is attached to a session."""
    session = object_session(campaign)
    assert session is not None
    return session.get_one(DefinitionRow, campaign.definition_sha256).content


def definition_of(campaign: CampaignRow) -> Definition:
    return _rules(campaign)[0]


def policy_of(campaign: CampaignRow) -> Policy:
    """The frozen ladder on the frozen calendar."""
    return _rules(campaign)[1]


# By fingerprint: a frozen definition never changes, and thawing one takes longer than a pass.
_thawed: dict[str, tuple[Definition, Policy]] = {}


def _rules(campaign: CampaignRow) -> tuple[Definition, Policy]:
    known = _thawed.get(campaign.definition_sha256)
    if known is None:
        definition = thaw(content_of(campaign))
        known = _thawed[campaign.definition_sha256] = (
            definition,
            Policy(definition.ladder, definition.calendar),
        )
    return known


Node = dict[str, Any]


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """One line for every value that differs between two frozen definitions: `path: old → new`."""
    before, after = _named(old), _named(new)
    if before is None or after is None:
        if old != new:
            yield f"{path}: {_short(old)} → {_short(new)}"
        return
    for key in [*before, *(key for key in after if key not in before)]:
        inner = f"{path}[{key}]" if isinstance(old, list) else f"{path}.{key}" if path else key
        yield from differences(before.get(key), after.get(key), inner)
    if isinstance(old, list):
        was, now = [key for key in before if key in after], [key for key in after if key in before]
        if was != now:
            yield f"{path}: order {_short(', '.join(was))} → {_short(', '.join(now))}"


def _named(value: Any) -> Node | None:
    """What a dict or list holds, by name: list items by what names them, so that one new row does not change all after it."""
    if isinstance(value, dict):
        return cast(Node, value)
    if not isinstance(value, list):
        return None
    named: Node = {}
    for n, item in enumerate(cast(list[Any], value)):
        name = _name(item, n)
        named[name if name not in named else f"{name}#{n}"] = item
    return named


def _name(item: Any, n: int) -> str:
    if isinstance(item, str):
        return item
    fields = cast(Node, item) if isinstance(item, dict) else {}
    return next((str(fields[key]) for key in ("key", "code", "address", "number") if fields.get(key)), str(n))


def _short(value: Any) -> str:
    if value is None:
        return "(nothing)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 70 else f"{text[:69]}…"
