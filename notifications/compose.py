"""A digest's facts as one mail: subject, text, HTML and calendar file. Pure: no clock, no environment.

Python decides (the kind, the order, words such as "còn 5 ngày làm việc"); templates/vi/<kind>/ formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from directives.digest import CampaignFacts, LeadDigest, OverviewDigest
from directives.ledger.forgotten import Findings
from directives.ledger.watch import EXPECTED_BY, Missed, MissedPass, Undecreed
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.calendar_file import calendar_file
from notifications.lead_view import campaign_view, lead_view
from notifications.overview_view import overview_view
from notifications.render import render, render_subject, render_text
from notifications.watch_view import undecreed_view, watch_view
from notifications.words import authority, one_line, say

LONGEST_DETAIL = 500  # a server's words, cut off


@dataclass(frozen=True, slots=True)
class Composed:
    """What a mail says. `calendar` is an iCalendar file's text (RFC 5545), None when no date is to come."""

    subject: str
    text: str
    html: str
    calendar: str | None


@dataclass(frozen=True, slots=True)
class RefusedMail:
    """A mail to a unit was refused for good. `detail` is the server's words, untrusted."""

    unit_name: str
    address: str
    detail: str
    campaign: CampaignFacts
    now: datetime


@dataclass(frozen=True, slots=True)
class TooManyMails:
    """More mails were planned at once than the limit allows; none of them left."""

    planned: int
    limit: int
    campaign: CampaignFacts
    now: datetime


def compose(
    digest: LeadDigest | OverviewDigest, *, replies_read: bool = False, page_link: str = ""
) -> Composed:
    """The mail of a digest; ValueError for one without items or rows, which is never sent.

    `replies_read`: a collector reads what is answered; else the mail promises nothing of the kind.
    `page_link`: where a unit can answer on the page; empty when there is none.
    """
    if isinstance(digest, OverviewDigest):
        if not digest.rows:
            raise ValueError("an overview without rows is not sent; ask for its rows before composing")
        return composed(
            "overview",
            digest.campaign,
            {"overview": overview_view(digest), "replies_read": replies_read},
            None,
        )
    view, calendar = digest_view(digest, replies_read=replies_read, page_link=page_link)
    return composed("digest", digest.campaign, view, calendar)


def digest_view(
    digest: LeadDigest, *, replies_read: bool, page_link: str
) -> tuple[Mapping[str, object], str | None]:
    """What the section of a unit's own digest shows, and its calendar file; ValueError for one without items."""
    if not digest.items:
        raise ValueError("a digest without items is not sent; ask for its items before composing")
    calendar = calendar_file(digest) if _has_dates_to_come(digest) else None
    mail = lead_view(digest)
    view = {
        "mail": mail,
        "asked": replace(mail, salutation="", deputy="", address="", until=""),
        "has_calendar": calendar is not None,
        "replies_read": replies_read,
        "page_link": page_link,
    }
    return view, calendar


OpsFact = RefusedMail | TooManyMails | Missed | Findings | Undecreed


def compose_ops(fact: OpsFact) -> Composed:
    """A mail of the service about itself, to the monitor's box or to ops."""
    match fact:
        case Missed():
            return composed("missed", fact.campaign, _missed_view(fact), None)
        case Findings():
            return composed("watch", fact.campaign, watch_view(fact), None)
        case Undecreed():
            return composed("undecreed", fact.campaign, undecreed_view(fact), None)
        case RefusedMail() | TooManyMails():
            return _about_mail(fact)


def _about_mail(fact: RefusedMail | TooManyMails) -> Composed:
    view: dict[str, object] = {"at": dates.instant(fact.now, fact.campaign.calendar)}
    if isinstance(fact, TooManyMails):
        return composed("runaway", fact.campaign, view | {"planned": fact.planned, "limit": fact.limit}, None)
    view["unit"] = authority(fact.unit_name)
    view["address"] = one_line(fact.address)
    view["detail"] = one_line(fact.detail)[:LONGEST_DETAIL]
    return composed("refused", fact.campaign, view, None)


def _missed_view(fact: Missed) -> dict[str, object]:
    calendar = fact.campaign.calendar
    return {
        "day": dates.day(fact.day),
        "hour": f"{EXPECTED_BY:%H:%M}",
        "at": dates.instant(calendar.at(fact.day, EXPECTED_BY), calendar),
        "items": [
            {"label": one_line(one.label), "title": one_line(one.title), "last": _last_run(one, calendar)}
            for one in fact.passes
        ],
    }


def _last_run(one: MissedPass, calendar: WorkCalendar) -> str:
    if one.ran_at is None:
        return say("alert.never_run")
    return say("alert.last_run", at=dates.instant(one.ran_at, calendar))


def composed(
    kind: str, campaign: CampaignFacts, view: Mapping[str, object], calendar: str | None
) -> Composed:
    """The three templates of a kind of mail, filled in."""
    whole = {**campaign_view(campaign), **view}
    return Composed(
        subject=render_subject(f"{kind}/subject.txt.j2", whole),
        text=render_text(f"{kind}/body.txt.j2", whole),
        html=render(f"{kind}/body.html.j2", whole),
        calendar=calendar,
    )


def _has_dates_to_come(digest: LeadDigest) -> bool:
    return any(item.due_before > digest.now for item in (*digest.items, *digest.open_items))
