"""The weekly brief as a mail: the board's summary with its picture, what waits with links, and the annex."""

from __future__ import annotations

from dataclasses import dataclass, field

from directives.board import BUCKETS, Ask
from directives.digest import CampaignBoard
from directives.evaluate import Status
from notifications import dates
from notifications.board.forms import FormLinks
from notifications.board.outlook import spoken, titled, ways
from notifications.compose import Composed, composed
from notifications.message import Attachment, Inline
from notifications.words import one_line, say

SHOWN, NAMES = 12, 6
PICTURE = "ban-do@dondoc"  # the picture's Content-ID (RFC 2392)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class BriefLinks:
    """Where things are; what has no address stands without one."""

    forms: FormLinks = field(default_factory=FormLinks)
    board_url: str = ""


def compose_brief(board: CampaignBoard, name: str, links: BriefLinks, *, has_picture: bool) -> Composed:
    """The mail to one coordinator."""
    campaign, found = board.campaign, board.outlook
    calendar = campaign.calendar
    counts = {status: board.count(status) for status in Status}
    view: dict[str, object] = {
        "name": one_line(name),
        "at": dates.instant(board.now, calendar),
        "total": sum(counts.values()),
        "overdue": counts[Status.OVERDUE],
        "waiting": len(found.asks),
        "counts": [(say(f"status.{status}"), count) for status, count in counts.items() if count],
        "coming": [
            {
                "day": dates.weekday_reading(one.due_before, calendar),
                "left": dates.left(one.due_before, 0, board.now, calendar),
                "steps": one.steps,
            }
            for one in found.coming
        ],
        "asks": [_ask(one, board, links) for one in found.asks[:SHOWN]],
        "more": max(0, len(found.asks) - SHOWN),
        "since": dates.day(calendar.local(found.since).date()) if found.since else "",
        "changes": [say(f"board.changed.{one.kind}", count=one.count) for one in found.changes if one.count],
        "buckets": _buckets(board),
        "at_risk": len(found.at_risk),
        "picture": PICTURE if has_picture else "",
        "board_url": links.board_url,
        "units_url": links.forms.units_url,
    }
    return composed("brief", campaign, {"brief": view}, None)


def picture_of(png: bytes) -> tuple[Inline, ...]:
    return (Inline(PICTURE, "ban-do.png", "image/png", png),) if png else ()


def annex_of(campaign: str, xlsx: bytes) -> Attachment:
    return Attachment(f"{campaign}.xlsx", XLSX, xlsx)


def _ask(one: Ask, board: CampaignBoard, links: BriefLinks) -> dict[str, object]:
    at = board.campaign.calendar.local(one.at) if one.at else None
    return {
        "kind": say(f"board.asks.{one.kind}"),
        "unit": one_line(one.unit_name),
        "step": one_line(titled(one.step)) if one.step else "",
        "until": dates.day(one.until) if one.until else "",
        "said": spoken(one.said)[:120],
        "at": dates.day(at.date()) if at else "",
        "links": [{"words": words, "url": url} for words, url in ways(one, links.forms) if url],
    }


def _buckets(board: CampaignBoard) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for n, (first, last) in reversed(list(enumerate(BUCKETS))):
        units = board.outlook.bucket(n)
        if not units:
            continue
        names = ", ".join(
            one_line(say("board.bucket.unit", unit=one.unit_name, steps=one.steps, days=one.days))
            for one in units[:NAMES]
        )
        more = say("board.more", count=len(units) - NAMES) if len(units) > NAMES else ""
        key = "days" if last else "beyond"
        rows.append(
            {
                "days": say(f"board.bucket.{key}", first=first, last=last, before=first - 1),
                "count": len(units),
                "units": names + more,
            }
        )
    return rows
