"""What the watchdog's mails say: steps that nobody will look at, and years of a calendar without their decree."""

from __future__ import annotations

from collections.abc import Mapping

from directives.ledger.forgotten import Findings, Forgotten
from directives.ledger.watch import Undecreed
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.words import one_line, say

NAMED = 50  # steps in one mail; the rest is counted


def watch_view(fact: Findings) -> Mapping[str, object]:
    left = len(fact.steps) - NAMED
    return {
        "campaign_key": fact.campaign.key,
        "at": dates.instant(fact.now, fact.campaign.calendar),
        "count": len(fact.steps),
        "items": [
            {"step": one_line(one.step), "why": _why(one, fact.campaign.calendar)}
            for one in fact.steps[:NAMED]
        ],
        "more": say("watch.more", count=left) if left > 0 else "",
    }


def undecreed_view(fact: Undecreed) -> Mapping[str, object]:
    return {
        "calendar": fact.calendar,
        "year": fact.year,
        "campaigns": fact.campaigns,
        "day": dates.day(fact.day),
    }


def _why(one: Forgotten, calendar: WorkCalendar) -> str:
    if one.since is None:
        return say("watch.no_reason")
    return say(f"watch.{one.why.value}", at=dates.instant(one.since, calendar))
