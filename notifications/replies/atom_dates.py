"""Dates as a sentence spells them. `today` resolves those without a year; None as a day means an impossible date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from notifications.replies.atom import Atom, says
from notifications.replies.dates import read_date
from notifications.replies.words import Word


def spelt_date(words: Sequence[Word], n: int, today: date) -> Atom | None:
    """`6 tháng 11 năm 2020`, `6 tháng 11`."""
    if not (says(words, n + 1, "tháng") and n + 2 < len(words) and words[n + 2].kind == "number"):
        return None
    text, last = f"{words[n].text}/{words[n + 2].text}", n + 3
    if says(words, last, "năm") and last + 1 < len(words) and words[last + 1].kind == "number":
        text, last = f"{text}/{words[last + 1].text}", last + 2
    return Atom("T", n, last, day=read_date(text, today))


def short_date(words: Sequence[Word], n: int, today: date, before: Sequence[Atom]) -> Atom | None:
    """`đến 30-11`, `đến 15.11`: only after "until", where a range of items cannot stand."""
    parts = words[n : n + 3]
    if (
        not before
        or before[-1].kind != "U"
        or len(parts) < 3
        or parts[1].text not in "-."
        or parts[2].kind != "number"
    ):
        return None
    return Atom("T", n, n + 3, day=read_date(f"{parts[0].text}/{parts[2].text}", today))


def day_after(words: Sequence[Word], n: int, today: date) -> Atom | None:
    """`ngày 6/11`, `ngày 6-11`, `ngày 6 tháng 11`: the date after the word at the place."""
    word = words[n + 1]
    if word.kind == "date":
        return Atom("T", n, n + 2, day=read_date(word.text, today))
    spelt = spelt_date(words, n + 1, today)
    if spelt:
        return Atom("T", n, spelt.last, day=spelt.day)
    parts = words[n + 1 : n + 4]  # "ngày 6-11", "ngày 6.11"
    if len(parts) == 3 and parts[1].text in "-." and parts[2].kind == "number":
        return Atom("T", n, n + 4, day=read_date(f"{parts[0].text}/{parts[2].text}", today))
    return None
