"""What the templates of an overview show: late items, and under each the units that owe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from directives.digest import CampaignFacts, OverviewDigest, OverviewRow
from directives.model import Source, Target
from notifications import dates
from notifications.words import authority, is_territorial, one_line, say

MAX_ROWS = 150  # a mail beyond 100 kB is cut off by some readers; the rest is a list for the contact person


@dataclass(frozen=True, slots=True)
class OwingView:
    unit: str
    above: str
    days_late: int
    reminders: int


@dataclass(frozen=True, slots=True)
class LateItemView:
    """One item with one deadline, and who owes it: the latest first."""

    title: str
    labels: str
    readings: str
    basis: str
    days_late: int
    owing: tuple[OwingView, ...]


@dataclass(frozen=True, slots=True)
class OverviewView:
    """`manner` is how the reader is spoken to: superior, district or monitor."""

    tag: str
    manner: str
    salutation: str
    today: str
    until: str
    units: int
    total: int
    shown: int
    most_days: int
    shows_above: bool
    letter: bool
    since: int
    items: tuple[LateItemView, ...]


def overview_view(digest: OverviewDigest, *, most: int = MAX_ROWS) -> OverviewView:
    """`most`: how many rows are shown, the latest first."""
    calendar = digest.campaign.calendar
    reader = digest.recipient
    shown = sorted(digest.rows, key=lambda row: -row.days_late)[:most]
    key = _reader(digest)
    return OverviewView(
        tag=say(f"overview.{key}.tag"),
        manner=say(f"overview.{key}.manner"),
        salutation=authority(reader.unit_name, reader.unit_kind),
        today=dates.day(calendar.local(digest.now).date()),
        until=dates.instant(digest.now, calendar),
        units=len({(row.above, row.unit_name) for row in digest.rows}),
        total=len(digest.rows),
        shown=len(shown),
        most_days=max((row.days_late for row in digest.rows), default=0),
        shows_above=len({row.above for row in digest.rows}) > 1,
        letter=digest.letter,
        since=digest.since,
        items=_items(shown, digest.campaign),
    )


def _reader(digest: OverviewDigest) -> str:
    if digest.target is Target.MONITOR:
        return "monitor"
    return (
        "district" if is_territorial(digest.recipient.unit_name, digest.recipient.unit_kind) else "superior"
    )


def _items(rows: Sequence[OverviewRow], campaign: CampaignFacts) -> tuple[LateItemView, ...]:
    """Rows of one item and one deadline together: the latest item first, then the one owed by most units."""
    groups: dict[tuple[str, tuple[str, ...], datetime, Source], list[OverviewRow]] = {}
    for row in rows:
        groups.setdefault((row.title, row.labels, row.due_before, row.source), []).append(row)
    views = [_item(group, campaign) for group in groups.values()]
    return tuple(sorted(views, key=lambda view: (-view.days_late, -len(view.owing), view.title)))


def _item(rows: Sequence[OverviewRow], campaign: CampaignFacts) -> LateItemView:
    row = rows[0]
    ordered = sorted(rows, key=lambda one: (-one.days_late, one.above, one.unit_name))
    return LateItemView(
        title=one_line(row.title),
        labels=say("overview.labels", labels=", ".join(map(one_line, row.labels))) if row.labels else "",
        readings=dates.readings(row.due_before, campaign.calendar, end_first=row.by_day),
        basis=dates.short_basis(row.source, campaign),
        days_late=max(one.days_late for one in rows),
        owing=tuple(
            OwingView(authority(one.unit_name), _district(one.above), one.days_late, one.reminders)
            for one in ordered
        ),
    )


def _district(above: str) -> str:
    """The district of a commune; that a department stands under the city goes without saying."""
    name = one_line(above)
    return name if is_territorial(name) else ""
