"""What a board says beyond its counts, as lines that a template lays out: every value escaped here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from directives.board import BUCKETS, Ask, AskKind, Outlook
from directives.choices import BETWEEN, chosen
from directives.digest import CampaignFacts
from notifications import dates
from notifications.board.escape import link, md
from notifications.board.forms import FormLinks
from notifications.words import entry, one_line, say

SHOWN = 8  # lines of each kind; the rest is folded
FOLDED = 100  # so many of the rest, each with its links; beyond, the artifact would grow too large
NAMES = 4
SAID = 90  # letters of what a unit wrote
# The forms that answer each kind, the likeliest first.
FORMS_OF: dict[AskKind, tuple[str, ...]] = {
    AskKind.EXTENSION: ("grant_extension", "refuse_extension"),
    AskKind.DELEGATE: ("assign",),
    AskKind.QUESTION: ("reply",),
    AskKind.MAIL: ("answer_unclear", "accept_sender"),
    AskKind.REPORT: ("accept", "return"),
    AskKind.UNREACHED: ("nudge", "record"),  # by another address, or by telephone
    AskKind.FAILED: ("nudge", "record"),
    AskKind.UNCERTAIN: ("nudge", "record"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one kind: the first, the folded ones, and how many come only when some of these are settled."""

    title: str
    count: int
    lines: tuple[str, ...]
    folded: tuple[str, ...]
    more: int


def view(found: Outlook, campaign: CampaignFacts, forms: FormLinks) -> dict[str, object]:
    return {
        "asks": _asks(found, campaign, forms),
        "ask_count": len(found.asks),
        "since": dates.day(campaign.calendar.local(found.since).date()) if found.since else "",
        "changes": [
            say(f"board.changed.{one.kind}", count=one.count) + f" ({_names(one.units)})"
            for one in found.changes
            if one.count
        ],
        "buckets": _buckets(found),
        "at_risk": _at_risk(found, campaign, forms),
    }


def days_left(found: Outlook, campaign: CampaignFacts, now: datetime) -> str:
    """The next deadlines in words, the directive's own named as such; said too when nobody is late."""
    parts: list[str] = []
    for one in found.coming:
        key = "main" if one.main else "next"
        parts.append(
            say(
                f"board.coming.{key}",
                day=dates.weekday_reading(one.due_before, campaign.calendar),
                left=dates.left(one.due_before, 0, now, campaign.calendar),
                count=one.steps,
            )
        )
    if found.main is not None and found.main <= now:
        late = (campaign.calendar.local(now).date() - campaign.calendar.local(found.main).date()).days + 1
        day = dates.weekday_reading(found.main, campaign.calendar)
        parts.insert(0, say("board.coming.passed", day=day, days=late))
    return md("; ".join(parts) or entry("board.coming.none"))


def _asks(found: Outlook, campaign: CampaignFacts, forms: FormLinks) -> list[Group]:
    groups: list[Group] = []
    for kind, some in groupby(found.asks, key=lambda one: one.kind):
        asks = list(some)
        lines = tuple(_ask(one, campaign, forms) for one in asks[: SHOWN + FOLDED])
        more = len(asks) - len(lines)
        groups.append(Group(say(f"board.asks.{kind}"), len(asks), lines[:SHOWN], lines[SHOWN:], more))
    return groups


def _ask(one: Ask, campaign: CampaignFacts, forms: FormLinks) -> str:
    page = {"unit": forms.unit_page(one.unit)}
    parts = [f"**{link(one.unit_name, 'unit', page)}**"] if one.unit_name else []
    parts += [md(titled(one.step))] if one.step else []
    parts += [md(say("board.until", day=dates.day(one.until)))] if one.until else []
    parts += [md(_cut(one.said))] if one.said else []
    if one.at is not None:
        parts.append(dates.day(campaign.calendar.local(one.at).date()))
    parts += [link(words, "to", {"to": url}) for words, url in ways(one, forms) if url]
    return BETWEEN.join(parts)


def ways(one: Ask, forms: FormLinks) -> list[tuple[str, str]]:
    """(words, address) of what is to be read first, then of the forms; without an address where there is none."""
    read = [(entry("board.open_mail"), forms.mail_page(one.mail))] if one.kind is AskKind.MAIL else []
    return read + [(entry(f"board.act.{name}"), form_url(one, name, forms)) for name in FORMS_OF[one.kind]]


def form_url(one: Ask, form: str, forms: FormLinks) -> str:
    if form == "answer_unclear":
        return forms.url(form, mail=one.mail)
    if form == "accept_sender":
        return forms.url(form, unit=one.unit, address=one.address) if one.address else ""
    filled: dict[str, object] = {"step": one.step, "unit": one.unit}
    if form == "grant_extension":
        filled["until"] = one.until
    if form == "assign":
        filled["to"] = one.to
    return forms.url(form, **filled)


def _buckets(found: Outlook) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for n, (first, last) in reversed(list(enumerate(BUCKETS))):
        units = found.bucket(n)
        key = "days" if last else "beyond"
        rows.append(
            {
                "days": say(f"board.bucket.{key}", first=first, last=last, before=first - 1),
                "count": len(units),
                "units": ", ".join(
                    md(say("board.bucket.unit", unit=one.unit_name, steps=one.steps, days=one.days))
                    for one in units[:NAMES]
                )
                + (say("board.more", count=len(units) - NAMES) if len(units) > NAMES else ""),
            }
        )
    return rows if found.late else []


def _at_risk(found: Outlook, campaign: CampaignFacts, forms: FormLinks) -> dict[str, object]:
    lines: list[str] = []
    for one in found.at_risk[:SHOWN]:
        heard = one.news_at
        why = (
            say("board.risk.silent", day=dates.day(campaign.calendar.local(heard).date()))
            if heard
            else say("board.risk.never")
        )
        nudge = {"nudge": forms.url("nudge", step=one.step, unit=one.unit)}
        parts = [
            f"**{link(one.unit_name, 'unit', {'unit': forms.unit_page(one.unit)})}**",
            md(titled(one.step)),
            md(dates.weekday_reading(one.due_before, campaign.calendar)),
            why,
        ]
        parts += [link(entry("board.act.nudge"), "nudge", nudge)] if nudge["nudge"] else []
        lines.append(BETWEEN.join(parts))
    return {"count": len(found.at_risk), "lines": lines, "more": max(0, len(found.at_risk) - SHOWN)}


def titled(step: str) -> str:
    return f"{chosen(step).partition('/')[0]}{BETWEEN}{step.partition(BETWEEN)[2]}"


def _names(units: tuple[str, ...]) -> str:
    more = say("board.more", count=len(units) - NAMES) if len(units) > NAMES else ""
    return ", ".join(map(md, units[:NAMES])) + more


def spoken(text: str) -> str:
    """Who said it and what, one a line in the ledger, in one line."""
    return BETWEEN.join(one_line(line) for line in text.splitlines() if line.strip())


def _cut(text: str) -> str:
    line = spoken(text)
    return line if len(line) <= SAID else f"{line[: SAID - 1]}…"
