"""What is answered to an answer: what was understood, item by item, and what is still owed; or that it was not clear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from directives.deadline import days_late
from directives.digest import CampaignFacts
from notifications import dates
from notifications.compose import Composed, composed
from notifications.words import authority, one_line, say


@dataclass(frozen=True, slots=True)
class Said:
    """One item as understood. `until`: the last day asked for; `to`: to whom it is passed, `inside` the unit or not."""

    n: int
    title: str
    kind: str
    due_before: datetime | None
    percent: int | None = None
    doc_number: str = ""
    doc_date: date | None = None
    until: date | None = None
    to: str = ""
    file_name: str = ""
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not taken, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Owed:
    """One item of the same digest that still waits for its result."""

    n: int
    title: str
    due_before: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """`at` is the answer's arrival on the campaign's clock; `address` the sender's, as registered; empty: by the page."""

    campaign: CampaignFacts
    unit_name: str
    unit_kind: str
    address: str
    at: datetime
    items: tuple[Said, ...]
    owed: tuple[Owed, ...]
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True, slots=True)
class Unclear:
    """`why`: the reason for the coordinator's queue, in Vietnamese."""

    campaign: CampaignFacts
    unit_name: str
    unit_kind: str
    address: str
    at: datetime
    why: str


def compose_receipt(receipt: Receipt) -> Composed:
    calendar = receipt.campaign.calendar
    view: Mapping[str, object] = {
        "unit": authority(receipt.unit_name, receipt.unit_kind),
        "salutation": authority(receipt.unit_name, receipt.unit_kind),
        "address": one_line(receipt.address),
        "came": "by_mail" if receipt.address else "by_page",
        "at": dates.instant(receipt.at, calendar),
        "items": [_said(item, receipt) for item in receipt.items],
        # What is copied from the mail must be a number of this receipt: any other is asked about.
        "example": receipt.items[-1].n if len(receipt.items) > 1 else None,
        "pending": any(
            item.kind == "extension" or (item.kind == "delegate" and not item.inside)
            for item in receipt.items
        ),
        "owed": [_owed(item, receipt) for item in receipt.owed],
        "refused": [f"{one_line(one.name)}: {one_line(one.why)}" for one in receipt.refused],
    }
    return composed("receipt", receipt.campaign, {"receipt": view}, None)


def compose_unclear(unclear: Unclear) -> Composed:
    view: Mapping[str, object] = {
        "unit": authority(unclear.unit_name, unclear.unit_kind),
        "salutation": authority(unclear.unit_name, unclear.unit_kind),
        "address": one_line(unclear.address),
        "at": dates.instant(unclear.at, unclear.campaign.calendar),
        "why": one_line(unclear.why),
    }
    return composed("unclear", unclear.campaign, view, None)


def _said(item: Said, receipt: Receipt) -> Mapping[str, object]:
    return {"n": item.n, "title": one_line(item.title), "said": words_of(item), "late": _late(item, receipt)}


def words_of(item: Said) -> str:
    """What was said of an item, without its number: "đã gửi văn bản số 215/BC-STP"."""
    words = _kind_words(item)
    return say("receipt.file", said=words, file=one_line(item.file_name)) if item.file_name else words


def _kind_words(item: Said) -> str:
    if item.kind == "in_progress" and item.percent is not None:
        return say("receipt.in_progress_percent", percent=item.percent)
    if item.kind == "done" and item.doc_number:
        number = one_line(item.doc_number)
        if item.doc_date is None:
            return say("receipt.document", number=number)
        return say("receipt.document_day", number=number, day=dates.day(item.doc_date))
    if item.kind == "delegate" and item.inside:
        return say("receipt.deputy", to=one_line(item.to))
    until = dates.day(item.until) if item.until else ""
    return say(f"receipt.{item.kind}", until=until, to=one_line(item.to))


def _late(item: Said, receipt: Receipt) -> str:
    """Of a report that came late, both dates; else empty."""
    if item.kind != "done" or item.due_before is None or receipt.at < item.due_before:
        return ""
    calendar = receipt.campaign.calendar
    return say(
        "receipt.late" if receipt.address else "receipt.late_by_page",
        at=dates.day(calendar.local(receipt.at).date()),
        deadline=dates.weekday_reading(item.due_before, calendar),
        days=days_late(item.due_before, receipt.at, calendar),
    )


def _owed(item: Owed, receipt: Receipt) -> Mapping[str, object]:
    calendar = receipt.campaign.calendar
    late = days_late(item.due_before, receipt.at, calendar)
    return {
        "n": item.n,
        "title": one_line(item.title),
        "readings": dates.readings(item.due_before, calendar),
        "left": dates.left(item.due_before, late, receipt.at, calendar),
    }
