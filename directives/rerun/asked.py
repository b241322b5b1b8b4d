"""What ops asks for, made into a request: every mistake is said at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from directives.deadline import last_good_day, resolve
from directives.definition import Definition
from directives.findings import nearest
from directives.model import Due
from directives.rerun.moving import own_steps
from directives.rerun.request import EVERY, Given, Request
from directives.workdays import WorkCalendar

_NUMBER = re.compile(r"\d{1,9}[\w-]{0,20}/[\w./-]{1,80}")
KEY_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")


def year_of(old: Definition) -> int:
    """The year a campaign speaks of: its key's, or else its directive's."""
    found = KEY_YEAR.findall(old.campaign.campaign)
    return int(found[-1]) if found else old.campaign.directive.issued.year


def key_for(old: Definition, year: int) -> str:
    """`dan-van-kheo-2020` → `dan-van-kheo-2027`."""
    key, was = old.campaign.campaign, str(year_of(old))
    return key.replace(was, str(year)) if was in key else f"{old.campaign.series}-{year}"


def sorted_phrases(old: Definition, phrases: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """("1g/report" or EVERY → phrase, what is wrong). A phrase is given plainly, or as "1g/report=trước ngày …"."""
    own = own_steps(old)
    found: dict[str, str] = {}
    wrong: list[str] = []
    for phrase in phrases:
        name, sign, rest = phrase.partition("=")
        key, text = (name.strip(), rest.strip()) if sign else (EVERY, phrase.strip())
        if key != EVERY and key not in own:
            wrong.append(f"'{key}' has no date of the directive's own{nearest(key, own)}")
        elif key in found:
            wrong.append(f"two dates for {key or 'every step'}: '{found[key]}' and '{text}'; keep one")
        else:
            found[key] = text
    if EVERY not in found and (missing := [name for name in own if name not in found]):
        names = ", ".join(missing)
        wrong.append(f"the directive's own date of {names} is not given; add --deadline 'trước ngày …'")
    return found, wrong


def wrong_with(
    old: Definition,
    year: int,
    number: str,
    issued: date,
    dues: Mapping[str, tuple[str, Due]],
    calendar: WorkCalendar,
) -> Iterator[str]:
    """What makes no sense in a request, one line each."""
    if year <= year_of(old):
        yield f"{year} is not after {year_of(old)}, the year of '{old.campaign.campaign}'; give the new campaign's year"
    if not _NUMBER.fullmatch(number):
        yield f"'{number}' is no number and symbol of a directive; write one like 215/UBND-NC"
    elif number == old.campaign.directive.number:
        yield f"{number} is last year's own directive; give the new one's number and symbol"
    if not year - 1 <= issued.year <= year:
        yield f"a directive for {year} is issued in {year} or the year before, not on {issued}; check --issued"
    for day in (date(year, 12, 31), issued):
        if not calendar.first <= day <= calendar.last:
            yield f"{day} is outside the calendar ({calendar.first} to {calendar.last}); add the year to config/calendars"
            return
    for phrase, due in dues.values():
        last = last_good_day(resolve(due, calendar, calendar.opening_of(issued)), calendar)
        if last <= issued:
            yield f"'{phrase}' is not after the day of issue {issued}; check both"


def request_for(
    old: Definition,
    year: int,
    number: str,
    issued: date,
    organisation: str,
    dues: Mapping[str, tuple[str, Due]],
) -> Request:
    deadlines = {name: Given(due, phrase) for name, (phrase, due) in dues.items()}
    return Request(key_for(old, year), year, year_of(old), number, issued, organisation, deadlines)
