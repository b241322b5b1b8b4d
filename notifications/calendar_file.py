"""The deadlines of a digest as an iCalendar file (RFC 5545): published, not an invitation (RFC 5546).

One event a numbered item. Its UID is the step's, its SEQUENCE the deadline's number, so that an extension
moves the event that a calendar already holds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from directives.deadline import last_good_day
from directives.digest import DigestItem, LeadDigest
from notifications import dates
from notifications.words import one_line, say

HALF_AN_HOUR = timedelta(minutes=30)


def calendar_file(digest: LeadDigest) -> str:
    """The file's text, CRLF, folded at 75 octets; the same for the same digest."""
    calendar = Calendar()
    calendar.add("prodid", "-//dondoc//dondoc//VI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for item in (*digest.items, *digest.open_items):
        calendar.add_component(_event(item, digest))
    return calendar.to_ical().decode("utf-8")


def _event(item: DigestItem, digest: LeadDigest) -> Event:
    campaign = digest.campaign
    title = one_line(item.title)
    rehearsal = say("calendar.rehearsal") if campaign.rehearsal else ""
    organizer = vCalAddress(f"mailto:{campaign.officer_address}")
    organizer.params["CN"] = vText(one_line(campaign.monitor_name))
    event = Event()
    event.add("uid", f"{item.key}@dondoc")
    event.add("sequence", item.deadline_number - 1)
    event.add("dtstamp", digest.now.astimezone(UTC))
    event.add("organizer", organizer)
    event.add("summary", rehearsal + _summary(item, digest, title))
    event.add("description", _description(item, digest))
    event.add("transp", "TRANSPARENT")
    start = _place(event, item, digest)
    event.add_component(_alarm(item, digest, start, rehearsal + say("calendar.alarm", title=title)))
    return event


def _place(event: Event, item: DigestItem, digest: LeadDigest) -> datetime:
    """The whole last good day, or the half hour that ends with the deadline; where the event starts."""
    calendar = digest.campaign.calendar
    if dates.is_timed(item.due_before, calendar):
        end = item.due_before.astimezone(UTC)
        event.add("dtstart", end - HALF_AN_HOUR)
        event.add("dtend", end)
        return calendar.local(end - HALF_AN_HOUR)
    last = last_good_day(item.due_before, calendar)
    event.add("dtstart", last)
    event.add("dtend", last + timedelta(1))
    return calendar.begins(last)


def _alarm(item: DigestItem, digest: LeadDigest, start: datetime, text: str) -> Alarm:
    """One working day before, at the digest's hour; relative to the start, which all programs read."""
    calendar = digest.campaign.calendar
    before = calendar.add(last_good_day(item.due_before, calendar), -1)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", text)
    alarm.add("trigger", calendar.at(before, calendar.window.slot) - start)
    return alarm


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
