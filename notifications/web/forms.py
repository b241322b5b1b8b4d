"""A posted form → what the unit says, or what is wrong with it, field by field. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from directives.conversation import (
    Answer,
    AsksExtension,
    Channel,
    Delegates,
    Done,
    InProgress,
    Question,
    Received,
)
from directives.deadline import last_good_day
from directives.evaluate import OWED
from directives.ledger.pages import PageItem, UnitPage
from notifications import dates
from notifications.replies.tokens import without_keys
from notifications.web.uploads import Upload
from notifications.words import say

KINDS = ("received", "in_progress", "done", "extension", "delegate", "question")
# Every field that a person fills in; what was typed is never lost. Shape: name → most characters.
FIELDS = {
    "kind": 20,
    "percent": 8,
    "doc_number": 100,
    "doc_date": 20,
    "until": 20,
    "until_reason": 2_000,
    "to": 200,
    "to_reason": 2_000,
    "question": 4_000,
    "by": 200,
    "note": 4_000,
}
LINES = frozenset({"until_reason", "to_reason", "question", "note"})  # in which somebody may begin a new one
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_WRITTEN_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in. `refused`: why the file that came with it is not taken."""

    values: Mapping[str, str]
    file: Upload | None = None
    refused: str = ""

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


Errors = dict[str, str]


def typed(form: Filled) -> list[str]:
    """The words that were filled in, to be given back where no form can show them."""
    return [words for name, words in form.values.items() if words and name != "kind"]


def filled(posted: Mapping[str, str]) -> Filled:
    """The fields as text that any database and page can hold, cut to their lengths."""
    cleaned = {name: _clean(posted.get(name, ""), longest) for name, longest in FIELDS.items()}
    return Filled({name: text if name in LINES else " ".join(text.split()) for name, text in cleaned.items()})


def _clean(text: str, longest: int) -> str:
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return without_keys(_UNWRITABLE.sub("", lines)).strip()[:longest]


class _Reading:
    """One form, read against the page it answers."""

    def __init__(self, form: Filled, page: UnitPage, item: PageItem) -> None:
        self.form, self.page, self.item = form, page, item
        self.today = page.campaign.calendar.local(page.now).date()
        self.errors: Errors = {}

    def error(self, field: str, key: str, **values: object) -> None:
        self.errors.setdefault(field, say(f"page.error.{key}", **values))

    def required(self, field: str, key: str) -> str:
        if not self.form[field]:
            self.error(field, key)
        return self.form[field]

    def day(self, field: str) -> date | None:
        written = self.form[field]
        if not written:
            return None
        vietnamese = _WRITTEN_DATE.fullmatch(written)
        try:
            if vietnamese:
                day, month, year = (int(part) for part in vietnamese.groups())
                return date(year, month, day)
            return date.fromisoformat(written)
        except ValueError:
            self.error(field, "no_date")
            return None

    def in_progress(self) -> dict[str, Any]:
        written = self.form["percent"].rstrip("% ")
        if not written:
            return {"percent": None}
        if not (written.isascii() and written.isdigit() and int(written) <= 100):
            self.error("percent", "percent")
            return {}
        return {"percent": int(written)}

    def done(self) -> dict[str, Any]:
        number, day = self.form["doc_number"], self.day("doc_date")
        if self.form.refused:
            self.errors["file"] = self.form.refused
        elif not number and self.form.file is None:
            self.error("doc_number", "no_evidence")
        if day and day > self.today:
            self.error("doc_date", "date_to_come", today=dates.day(self.today))
        if day and day < self.page.campaign.directive_issued:
            self.error("doc_date", "date_before", issued=dates.day(self.page.campaign.directive_issued))
        if day and not number:
            self.error("doc_number", "date_without_number")
        file = self.form.file or Upload("", "")
        return {"doc_number": number, "doc_date": day, "file_sha256": file.sha256, "file_name": file.name}

    def extension(self) -> dict[str, Any]:
        until = self.day("until")
        calendar = self.page.campaign.calendar
        last = last_good_day(self.item.item.due_before, calendar)
        if until is None:
            self.error("until", "no_until")
        elif until <= max(last, self.today):
            self.error("until", "until_too_early", last=dates.day(max(last, self.today)))
        elif until > calendar.last:
            self.error("until", "until_too_late", last=dates.day(calendar.last))
        return {"until": until, "reason": self.required("until_reason", "no_reason")}

    def delegate(self) -> dict[str, Any]:
        return {"to": self.required("to", "no_to"), "reason": self.required("to_reason", "no_reason")}

    def question(self) -> dict[str, Any]:
        return {"text": self.required("question", "no_question")}


def kinds_of(item: PageItem) -> tuple[str, ...]:
    """What can be answered to an item: to what was reported, evidence is added, or a question put."""
    return KINDS if item.item.status in OWED else ("done", "question")


def read(form: Filled, page: UnitPage, item: PageItem, address: str) -> tuple[Answer | None, Errors]:
    """(the answer, no errors) or (None, what is wrong by field). `address`: whose link it is."""
    reading = _Reading(form, page, item)
    kind = form["kind"]
    if kind not in kinds_of(item):
        reading.error("kind", "not_now" if kind in KINDS else "no_kind")
        return None, reading.errors
    said: dict[str, Any] = {
        "step": item.step,
        "at": page.now,
        "channel": Channel.PAGE,
        "by": form["by"] or address,
        "text": form["note"],
    }
    made = {
        "received": (Received, dict[str, Any]),
        "in_progress": (InProgress, reading.in_progress),
        "done": (Done, reading.done),
        "extension": (AsksExtension, reading.extension),
        "delegate": (Delegates, reading.delegate),
        "question": (Question, reading.question),
    }
    shape, read_fields = made[kind]
    said |= read_fields()
    if reading.errors:
        return None, reading.errors
    return shape(**said), {}


def with_file(form: Filled, upload: Upload | None, refused: str = "") -> Filled:
    return replace(form, file=upload, refused=refused)
