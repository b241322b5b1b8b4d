"""The deadlines of a digest as an iCalendar file (RFC 5545): published, not an invitation (RFC 5546).

One event a numbered item. Its UID is the step's, its SEQUENCE the deadline's number, so that an extension
moves the event that a calendar already holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from directives.deadline import last_good_day
from directives.digest import DigestItem, LeadDigest
from notifications import dates
from notifications.words import one_line, say

HALF_AN_HOUR = timedelta(minutes=30)
BEGIN, END = "BEGIN:VEVENT\r\n", "END:VEVENT\r\n"


@dataclass(frozen=True, slots=True)
class _Said:
    """What an event says, whoever's it is and whenever it is sent: hundreds of units have it in common.

    `end` is exclusive; `trigger` counts from the start.
    """

    sequence: int
    organizer: str
    organizer_name: str
    summary: str
    description: str
    start: date
    end: date
    alarm: str
    trigger: timedelta


def calendar_file(digest: LeadDigest) -> str:
    """The file's text, CRLF, folded at 75 octets; the same for the same digest."""
    calendar = Calendar()
    calendar.add("prodid", "-//dondoc//dondoc//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    head, end = calendar.to_ical().decode("utf-8").rsplit("END:", 1)
    events = "".join(_event(item, digest) for item in (*digest.items, *digest.open_items))
    return f"{head}{events}END:{end}"


def _event(item: DigestItem, digest: LeadDigest) -> str:
    own = Event()
    own.add("uid", f"{item.key}@dondoc")
    own.add("dtstamp", digest.now.astimezone(UTC))
    return BEGIN + _lines(own) + _shared(_said(item, digest)) + END


@lru_cache(maxsize=1024)
def _shared(said: _Said) -> str:
    organizer = vCalAddress(f"mailto:{said.organizer}")
    organizer.params["CN"] = vText(said.organizer_name)
    event, alarm = Event(), Alarm()
    event.add("sequence", said.sequence)
    event.add("organizer", organizer)
    event.add("summary", said.summary)
    event.add("description", said.description)
    event.add("transp", "TRANSPARENT")
    event.add("dtstart", said.start)
    event.add("dtend", said.end)
    alarm.add("action", "DISPLAY")
    alarm.add("description", said.alarm)
    alarm.add("trigger", said.trigger)
    event.add_component(alarm)
    return _lines(event)


def _lines(event: Event) -> str:
    return event.to_ical().decode("utf-8").removeprefix(BEGIN).removesuffix(END)


def _said(item: DigestItem, digest: LeadDigest) -> _Said:
    campaign = digest.campaign
    title = one_line(item.title)
    rehearsal = say("calendar.rehearsal") if campaign.rehearsal else ""
    first, start, end = _place(item, digest)
    return _Said(
        sequence=item.deadline_number - 1,
        organizer=campaign.officer_address,
        organizer_name=one_line(campaign.monitor_name),
        summary=rehearsal + _summary(item, digest, title),
        description=_description(item, digest),
        start=start,
        end=end,
        alarm=rehearsal + say("calendar.alarm", title=title),
        trigger=_alarm_at(item, digest) - first,
    )


def _place(item: DigestItem, digest: LeadDigest) -> tuple[datetime, date, date]:
    """When the event starts; and its start and end as written: the last good day, or the half hour before the deadline."""
    calendar = digest.campaign.calendar
    if dates.is_timed(item.due_before, calendar):
        end = item.due_before.astimezone(UTC)
        return calendar.local(end - HALF_AN_HOUR), end - HALF_AN_HOUR, end
    last = last_good_day(item.due_before, calendar)
    return calendar.begins(last), last, last + timedelta(1)


def _alarm_at(item: DigestItem, digest: LeadDigest) -> datetime:
    """One working day before, at the digest's hour; written relative to the start, which all programs read."""
    calendar = digest.campaign.calendar
    return calendar.at(calendar.add(last_good_day(item.due_before, calendar), -1), calendar.window.slot)


def _summary(item: DigestItem, digest: LeadDigest, title: str) -> str:
    if not dates.is_timed(item.due_before, digest.campaign.calendar):
        return say("calendar.summary", title=title)
    local = digest.campaign.calendar.local(item.due_before)
    return say("calendar.summary_timed", hour=f"{local:%H}", minute=f"{local:%M}", title=title)


def _description(item: DigestItem, digest: LeadDigest) -> str:
    campaign = digest.campaign
    clause = one_line(item.clauses[0].clause) if item.clauses else ""
    return say(
        "calendar.description",
        clause=f"{clause} {dates.directive(campaign)}".strip(),
        readings=dates.readings(item.due_before, campaign.calendar, end_first=not dates.says_before(item)),
        basis=dates.basis(item, campaign),
        send_to=one_line(item.send_to),
        officer=one_line(campaign.officer_name),
        phone=one_line(campaign.officer_phone),
    )
