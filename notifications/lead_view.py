"""What the templates of the unit's own digest show: every word and order decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from directives.deadline import last_good_day
from directives.digest import CampaignFacts, Clause, DigestItem, LeadDigest
from directives.evaluate import Status
from directives.plan import Reason
from notifications import dates
from notifications.words import authority, entry, is_territorial, one_line, say

OVERDUE = frozenset(
    {Reason.FIRST_OVERDUE, Reason.STILL_OVERDUE, Reason.ESCALATED, Reason.REPEATED, Reason.NUDGED}
)
KINDS = ("overdue", "before", "no_receipt", "assigned")  # the most urgent first
ESCALATED = frozenset({Reason.ESCALATED, Reason.REPEATED})
TOLD = frozenset(
    {Reason.ASSIGNED, Reason.NO_RECEIPT}
)  # said beside an item when the mail has several reasons
SHOWN_STATUS = frozenset({Status.RETURNED, Status.AWAITING_ACCEPTANCE, Status.ON_HOLD})


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause with what it asks; `told_at` is the item that already said so, 0 when this one does."""

    clause: str
    title: str
    summary: str
    told_at: int


@dataclass(frozen=True, slots=True)
class ItemView:
    n: int
    title: str
    deliverable: str
    send_to: str
    clause: str
    carries: str
    contents: tuple[ClauseView, ...]
    readings: str
    left: str
    basis: str
    note: str
    changed: str
    request: str
    late: bool
    first: bool
    mark: str
    status: str


@dataclass(frozen=True, slots=True)
class LeadView:
    """`kind` is the strongest reason in one of four: overdue, before, no_receipt, assigned."""

    kind: str
    tag: str
    subject_lead: str
    head: str
    salutation: str
    deputy: str
    address: str
    mixed: bool
    request: str
    items: tuple[ItemView, ...]
    open_items: tuple[ItemView, ...]
    escalated: bool
    late_count: int
    until: str
    answer_sent: str
    answer_received: str
    received_first: bool


def lead_view(digest: LeadDigest) -> LeadView:
    strongest = min(digest.items, key=_strength)
    kind = kind_of(strongest)
    tag, lead, head = _subject(digest, strongest)
    items = _items(digest)
    requests = {item.request for item in items}
    return LeadView(
        kind=kind,
        tag=tag,
        subject_lead=lead,
        head=head,
        salutation=authority(digest.recipient.unit_name, digest.recipient.unit_kind),
        deputy=one_line(digest.recipient.contact_name or digest.recipient.address) if digest.deputy else "",
        address=_address(digest),
        mixed=_is_mixed(digest),
        request=requests.pop() if len(requests) == 1 else "",
        items=items,
        open_items=tuple(item_view(item, digest, {}, "") for item in digest.open_items),
        escalated=any(item.reason in ESCALATED and item.days_late for item in digest.items),
        late_count=sum(kind_of(item) == "overdue" for item in digest.items),
        until=dates.instant(digest.now, digest.campaign.calendar),
        answer_sent=_answer_sent(strongest),
        answer_received=say("answer.received"),
        received_first=kind in ("assigned", "no_receipt"),
    )


def strength(view: LeadView) -> tuple[int, int]:
    """Sorts first the digest that is most urgent."""
    return KINDS.index(view.kind), -view.late_count


def kind_of(item: DigestItem) -> str:
    if item.reason in OVERDUE and item.days_late > 0:
        return "overdue"
    if item.reason is Reason.ASSIGNED:
        return "assigned"
    return "no_receipt" if item.reason is Reason.NO_RECEIPT else "before"


def _is_mixed(digest: LeadDigest) -> bool:
    return len({kind_of(item) for item in digest.items}) > 1


def _strength(item: DigestItem) -> tuple[int, int, float, int]:
    """Sorts first the item that the subject speaks of: by reason, days late, deadline, number."""
    order = KINDS.index(kind_of(item))
    return order, -item.days_late, item.due_before.timestamp(), item.n


def _subject(digest: LeadDigest, strongest: DigestItem) -> tuple[str, str, str]:
    """Tag, what leads the line, and the item it names with how many others."""
    calendar = digest.campaign.calendar
    kind = kind_of(strongest)
    key, days = kind, 0
    if kind in ("overdue", "before"):
        key, days = _left_key(strongest, digest)
    elif kind == "assigned" and len({item.due_before for item in digest.items}) > 1:
        key = "assigned_by_days"
    same = [item for item in digest.items if kind_of(item) == kind and _alike(kind, item, strongest, digest)]
    head = one_line(strongest.title) if len(same) == 1 else say("subject.many", count=len(same))
    if others := len(digest.items) - len(same):
        head = say("subject.and_others", head=head, count=others)
    last = dates.weekday_reading(strongest.due_before, calendar)
    head += say(f"subject.{key}.deadline", last=dates.last_reading(strongest.due_before, calendar))
    return say(f"subject.{key}.tag", days=days), say(f"subject.{key}.lead", days=days, last=last), head


def _alike(kind: str, item: DigestItem, strongest: DigestItem, digest: LeadDigest) -> bool:
    """Whether the subject's words are true of this item too."""
    if kind == "overdue":
        return item.days_late == strongest.days_late
    if kind == "before":
        calendar = digest.campaign.calendar
        return last_good_day(item.due_before, calendar) == last_good_day(strongest.due_before, calendar)
    return True


def _address(digest: LeadDigest) -> str:
    """City-level units are addressed as "Quý cơ quan, đơn vị", authorities of an area by their name."""
    unit = digest.recipient
    if is_territorial(unit.unit_name, unit.unit_kind):
        return authority(unit.unit_name, unit.unit_kind)
    return say("authority.city_level")


def _items(digest: LeadDigest) -> tuple[ItemView, ...]:
    mixed = _is_mixed(digest)
    told: dict[str, int] = {}
    return tuple(
        item_view(item, digest, told, say(f"reason.{item.reason}") if mixed and item.reason in TOLD else "")
        for item in digest.items
    )


def item_view(item: DigestItem, digest: LeadDigest, told: dict[str, int], mark: str) -> ItemView:
    campaign = digest.campaign
    own, *carried = item.clauses or (Clause("", "", "", ""),)
    return ItemView(
        n=item.n,
        title=one_line(item.title),
        deliverable=one_line(item.deliverable),
        send_to=one_line(item.send_to),
        clause=one_line(own.clause),
        carries=clause_list(clause.clause for clause in carried),
        contents=_contents(item, told) if item.first else (),
        readings=dates.readings(item.due_before, campaign.calendar, end_first=not dates.says_before(item)),
        left=_left(item, digest),
        basis=dates.basis(item, campaign),
        note=one_line(item.note),
        changed=dates.changed(item),
        request=dates.request(item, digest.now, campaign.calendar),
        late=kind_of(item) == "overdue",
        first=item.first,
        mark=mark,
        status=say(f"status.{item.status}") if item.status in SHOWN_STATUS else "",
    )


def _left_key(item: DigestItem, digest: LeadDigest) -> tuple[str, int]:
    """As `dates.left_key`; only an item that is in the mail as overdue is said to be late.

    The others may have been answered in a mailbox not read yet.
    """
    if item.days_late and kind_of(item) != "overdue":
        return "passed", 0
    return dates.left_key(item.due_before, item.days_late, digest.now, digest.campaign.calendar)


def _left(item: DigestItem, digest: LeadDigest) -> str:
    key, days = _left_key(item, digest)
    return say(f"left.{key}", days=days)


def _contents(item: DigestItem, told: dict[str, int]) -> tuple[ClauseView, ...]:
    """The clauses with their summaries; a summary is said once in a mail."""
    found: list[ClauseView] = []
    for clause in item.clauses:
        texts = (one_line(clause.clause), one_line(clause.title), one_line(clause.summary))
        found.append(ClauseView(*texts, told_at=told.get(clause.clause, 0)))
        told.setdefault(clause.clause, item.n)
    return tuple(found)


def clause_list(clauses: Iterable[str]) -> str:
    """ "điểm a, b, c khoản 1; khoản 3": points of one paragraph are listed before it once."""
    groups: dict[str, list[str]] = {}
    for clause in dict.fromkeys(map(one_line, clauses)):
        found = re.match(entry("clause.grouped"), clause)
        groups.setdefault(found["paragraph"] if found else clause, []).extend(
            [found["point"]] if found else []
        )
    listed = (
        say("clause.points", points=", ".join(points), paragraph=group) if points else group
        for group, points in groups.items()
    )
    return "; ".join(listed)


def _answer_sent(item: DigestItem) -> str:
    """The answer to copy once a report, or another document, was sent."""
    is_report = one_line(item.deliverable).lower().startswith(entry("answer.begins_report"))
    return say("answer.report" if is_report else "answer.document", n=item.n)


@lru_cache(maxsize=16)
def campaign_view(campaign: CampaignFacts) -> dict[str, object]:
    """What the shared partials show of a campaign."""
    return {
        "rehearsal": campaign.rehearsal,
        "campaign_title": one_line(campaign.title),
        "directive": dates.directive(campaign),
        "directive_issued": dates.day(campaign.directive_issued),
        "directive_issuer": one_line(campaign.directive_issuer),
        "directive_subject": one_line(campaign.directive_subject),
        "monitor": one_line(campaign.monitor_name),
        "officer_name": one_line(campaign.officer_name),
        "officer_phone": one_line(campaign.officer_phone),
        "officer_address": one_line(campaign.officer_address),
    }
