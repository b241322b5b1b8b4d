"""Dates, names and counts as the decree and a reader want them in a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from directives.evaluate import Status
from directives.papers import Counts, Head
from notifications.dates import day
from notifications.words import authority, entry, one_line, say

COLUMNS: dict[str, tuple[Status, ...]] = {
    "done": (Status.COMPLETED_ON_TIME,),
    "late": (Status.COMPLETED_LATE,),
    "awaiting": (Status.AWAITING_ACCEPTANCE,),
    "overdue": (Status.OVERDUE,),
    "running": (Status.RETURNED, Status.DUE_SOON, Status.IN_PROGRESS, Status.NOT_RECEIVED),
    "other": (Status.WAIVED, Status.ON_HOLD, Status.CONTINUING),
}


def decree_date(value: date) -> str:
    """ "ngày 05 tháng 02 năm 2020": a nought before days below 10 and before months 1 and 2, and before no other.

    >>> decree_date(date(2020, 3, 9))
    'ngày 09 tháng 3 năm 2020'
    """
    month = f"{value.month:02}" if value.month < 3 else str(value.month)
    return say("paper.full_date", day=f"{value.day:02}", month=month, year=value.year)


def until(cut_off: datetime) -> str:
    """A cut-off at midnight is the end of the day before."""
    if cut_off.time() == time(0):
        return say("paper.day_end", day=day(cut_off.date() - timedelta(1)))
    return say("paper.day_hour", hour=f"{cut_off:%H}", minute=f"{cut_off:%M}", day=day(cut_off.date()))


def cells(counts: Counts) -> dict[str, int]:
    """The counts by the columns of the tables; they sum to `total`."""
    found = {name: sum(counts.get(one, 0) for one in statuses) for name, statuses in COLUMNS.items()}
    return {**found, "total": sum(counts.values())}


def counted(counts: Counts) -> str:
    """ "12 nhiệm vụ hoàn thành đúng hạn; 3 nhiệm vụ …": what there is none of is left out."""
    found = cells(counts)
    return "; ".join(say(f"paper.counted.{name}", n=number(found[name])) for name in COLUMNS if found[name])


def number(value: int) -> str:
    """Thousands apart: 1.059."""
    return f"{value:,}".replace(",", ".")


def unit_name(name: str, kind: str, above: str = "") -> str:
    """The authority's name; a commune's with its district, as names repeat between districts."""
    own = authority(name, kind)
    return say("paper.with_above", unit=own, above=lowered(above)) if is_commune(kind) and above else own


def table_name(name: str, kind: str, above: str = "") -> str:
    """The same where there is little room: UBND phường An Hòa, quận Ninh Kiều."""
    whole, short = entry("paper.committee")
    return unit_name(name, kind, above).replace(whole, short, 1)


def is_commune(kind: str) -> bool:
    return kind in ("commune", "ward", "township")


def lowered(name: str) -> str:
    """Phường An Hòa → phường An Hòa, inside a sentence."""
    line = one_line(name)
    return line[:1].lower() + line[1:]


def citation(head: Head) -> str:
    """The first time in full: kind, number, date, issuer, what about."""
    return say(
        "paper.citation",
        kind=head.directive_kind,
        number=head.directive_number,
        date=decree_date(head.directive_issued),
        issuer=head.directive_issuer,
        subject=head.directive_subject,
    )


def short_citation(head: Head) -> str:
    """Later only kind and number."""
    return say("paper.citation_short", kind=head.directive_kind, number=head.directive_number)


def head_view(head: Head, to: Sequence[str]) -> dict[str, object]:
    """What both templates share: the head, Kính gửi, the signature block, Nơi nhận."""
    spec = head.spec
    return {
        "above": [line.upper() for line in spec.above],
        "office": head.office.upper(),
        "office_name": head.office,
        "place_date": say("paper.place_date", place=spec.place, date=decree_date(head.drawn_on)),
        "drawn_on": decree_date(head.drawn_on),
        "rehearsal": head.rehearsal,
        "to": _listed(to),
        "reported_to": "; ".join(spec.to),
        "directive": citation(head),
        "directive_short": short_citation(head),
        "sign_title": [line.upper() for line in spec.sign.title],
        "sign_name": spec.sign.name,
        "copies": _copies(head),
    }


def _listed(to: Sequence[str]) -> list[str]:
    """One place stands beside "Kính gửi:"; several stand below it, each with its dash."""
    if len(to) == 1:
        return [f"{to[0]}."]
    return [say("paper.to_last" if one is to[-1] else "paper.to_many", name=one) for one in to]


def _copies(head: Head) -> list[str]:
    words = entry("paper.copies")
    lines = [words["above"], *head.spec.copies]
    return [*(f"- {line};" for line in lines), f"- {words['keep'].format(keep=head.spec.keep)}."]
