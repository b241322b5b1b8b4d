"""Dates and deadlines in words: both readings of a deadline, what is left of it, where it comes from.

Every instant is read in the calendar's zone. A deadline is never said to be closing time; that is a request.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from directives.deadline import last_good_day, last_workday
from directives.digest import CampaignFacts, DigestItem
from directives.model import Source
from directives.workdays import WorkCalendar
from notifications.words import entry, one_line, say

NEAR_WORKING_DAYS = 1
remembered = lru_cache(maxsize=1024)  # one morning's mails name few dates, many times each


@remembered
def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def weekday(value: date) -> str:
    return str(entry("weekday")[value.weekday()])


def weekday_date(value: date) -> str:
    """09/11/2020 (thứ Hai)"""
    return say("weekday_date", day=day(value), weekday=weekday(value))


@remembered
def instant(value: datetime, calendar: WorkCalendar) -> str:
    """08 giờ 00 ngày 10/11/2020"""
    local = calendar.local(value)
    return say("instant", hour=f"{local:%H}", minute=f"{local:%M}", day=day(local.date()))


def is_timed(due_before: datetime, calendar: WorkCalendar) -> bool:
    return calendar.local(due_before).time() != time(0)


@remembered
def readings(due_before: datetime, calendar: WorkCalendar, end_first: bool = False) -> str:
    """ "trước ngày 10/11/2020, tức hết ngày 09/11/2020 (thứ Hai)"; with an hour there is but one."""
    if is_timed(due_before, calendar):
        return _timed("deadline.timed", due_before, calendar)
    last = last_good_day(due_before, calendar)
    pattern = "deadline.both_end_first" if end_first else "deadline.both"
    return say(pattern, after=day(last + timedelta(1)), last=day(last), weekday=weekday(last))


@remembered
def last_reading(due_before: datetime, calendar: WorkCalendar) -> str:
    """The short reading, for subjects: "hết ngày 09/11/2020"."""
    if is_timed(due_before, calendar):
        return _timed("deadline.last_timed", due_before, calendar)
    return say("deadline.last", last=day(last_good_day(due_before, calendar)))


def says_before(item: DigestItem) -> bool:
    """Whether "trước ngày" may come first: a date that was set as "chậm nhất ngày" is not made to say it."""
    if item.by_day:
        return False
    unchanged = item.due_before == item.original_due_before
    return (
        not (unchanged and item.source is Source.DIRECTIVE)
        or entry("deadline.begins_before") in item.basis.lower()
    )


def left_key(due_before: datetime, late: int, now: datetime, calendar: WorkCalendar) -> tuple[str, int]:
    """Which words say what is left, and their number: late, today, tomorrow, last_workday,
    calendar_days (told on a day off, with only days off to come), one or days.

    "tomorrow" is the calendar's tomorrow; one working day before a Monday is "one".
    """
    if late > 0:
        return "late", late
    today = calendar.local(now).date()
    last = last_good_day(due_before, calendar)
    ahead = (last - today).days
    if ahead <= 0:
        return "today", 0
    if ahead == 1:
        return "tomorrow", 0
    working_days = calendar.between(today, last)
    if working_days == 0:
        return ("last_workday", 0) if calendar.is_workday(today) else ("calendar_days", ahead)
    return ("one" if working_days == 1 else "days"), working_days


def left(due_before: datetime, late: int, now: datetime, calendar: WorkCalendar) -> str:
    """What is left, in words: "còn 5 ngày làm việc", "đến hạn ngày mai", "đã quá hạn 2 ngày"."""
    key, days = left_key(due_before, late, now, calendar)
    return say(f"left.{key}", days=days)


@remembered
def weekday_reading(due_before: datetime, calendar: WorkCalendar) -> str:
    """hết ngày 09/11/2020 (thứ Hai)"""
    if is_timed(due_before, calendar):
        return _timed("deadline.timed", due_before, calendar)
    last = last_good_day(due_before, calendar)
    return say("deadline.last_weekday", last=day(last), weekday=weekday(last))


def basis(item: DigestItem, campaign: CampaignFacts) -> str:
    """The sentence that says where the date comes from; of a changed deadline, what it was first.

    Only the directive's own date is said to be the directive's.
    """
    if item.due_before != item.original_due_before:
        return _changed(item, campaign)
    text = one_line(item.basis).rstrip(".")
    facts = {"directive": directive(campaign), "monitor": one_line(campaign.monitor_name), "text": text}
    if item.source is Source.DIRECTIVE:
        return say("basis.directive", **facts)
    form = "" if not text else "_for" if text.startswith(f"{entry('basis.begins_for')} ") else "_that"
    return say(f"basis.{item.source}{form}", **facts)


def short_basis(source: Source, campaign: CampaignFacts) -> str:
    """For tables: "theo Công văn số …" or "do Sở Nội vụ đề nghị"."""
    return say(
        f"basis_short.{source}", directive=directive(campaign), monitor=one_line(campaign.monitor_name)
    )


def request(item: DigestItem, now: datetime, calendar: WorkCalendar) -> str:
    """On which working day to send it, when that is near or the last good day is a day off; else empty."""
    today, last = calendar.local(now).date(), last_good_day(item.due_before, calendar)
    workday = last_workday(item.due_before, calendar)
    if item.days_late or workday < today or is_timed(item.due_before, calendar):
        return ""
    if workday != last:
        return say("request.day_off", last=day(last), weekday=weekday(last), workday=weekday_date(workday))
    if calendar.between(today, last) <= NEAR_WORKING_DAYS:
        return say("request.near", workday=weekday_date(workday))
    return ""


@remembered
def directive(campaign: CampaignFacts) -> str:
    """Công văn số 1914/UBND-KGVX"""
    return say(
        "directive", kind=one_line(campaign.directive_kind), number=one_line(campaign.directive_number)
    )


def changed(item: DigestItem) -> str:
    """In two or three words that this is not the first deadline; else empty."""
    return say(f"changed_short.{_change(item)}") if item.due_before != item.original_due_before else ""


def _change(item: DigestItem) -> str:
    if item.returned:
        return "returned"
    if item.by_district:
        return "district"
    return "extended" if item.due_before > item.original_due_before else "moved"


def _changed(item: DigestItem, campaign: CampaignFacts) -> str:
    original = readings(item.original_due_before, campaign.calendar)
    return say(f"changed.{_change(item)}", basis=short_basis(item.source, campaign), original=original)


def _timed(pattern: str, due_before: datetime, calendar: WorkCalendar) -> str:
    local = calendar.local(due_before)
    return say(
        pattern,
        hour=f"{local:%H}",
        minute=f"{local:%M}",
        last=day(local.date()),
        weekday=weekday(local.date()),
    )
