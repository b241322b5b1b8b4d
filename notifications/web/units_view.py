"""What the coordinators' templates show: every word and order decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from directives.conversation import Channel
from directives.digest import CampaignFacts
from directives.evaluate import Status
from directives.ledger.dossiers import ContactRow, Enclosed, Happened, StepPage, UnitDossier, UnitRow
from directives.names import folded
from directives.workdays import WorkCalendar
from notifications import dates
from notifications.compose import campaign_view
from notifications.fairness import remark_words
from notifications.receipts import Said, words_of
from notifications.why_view import day_view, mail_view, named
from notifications.words import authority, entry, is_territorial, one_line, say

LATE = frozenset({Status.OVERDUE, Status.COMPLETED_LATE})


def list_view(facts: CampaignFacts, rows: Sequence[UnitRow], now: datetime, q: str) -> dict[str, object]:
    """Units under the district above them, those of the city first."""
    wanted = folded(q)
    chosen = [one for one in rows if _matches(one, wanted)]
    groups: dict[str, list[dict[str, object]]] = {}
    for one in chosen:
        above = one_line(one.above) if is_territorial(one.above) else ""
        groups.setdefault(above, []).append(_row(one))
    city = say("board.city")
    ordered = sorted(groups.items(), key=lambda group: (group[0] != "", group[0]))
    return {
        **campaign_view(facts),
        "now": dates.instant(now, facts.calendar),
        "q": q,
        "groups": [(name or city, units) for name, units in ordered],
        "shown": len(chosen),
        "total": len(rows),
    }


def _matches(row: UnitRow, wanted: Sequence[str]) -> bool:
    """Every word asked for begins a word of the unit's name, or is in its code; without diacritics."""
    words = [*folded(row.name), *folded(row.code), row.code.casefold()]
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _row(one: UnitRow) -> dict[str, object]:
    overdue = one.counts[Status.OVERDUE]
    return {
        "code": one.code,
        "name": one_line(one.name),
        "sum": say("unit_page.counts", owed=one.owed, total=one.total),
        "late": say("unit_page.late", count=overdue, days=one.days_late) if overdue else "",
        "waiting": one.counts[Status.AWAITING_ACCEPTANCE],
        "unreached": one.unreached,
    }


def unit_view(page: UnitDossier) -> dict[str, object]:
    calendar = page.campaign.calendar
    return {
        **campaign_view(page.campaign),
        "code": page.code,
        "unit": authority(page.name, page.kind),
        "above": one_line(page.above),
        "now": dates.instant(page.now, calendar),
        "today": dates.day(calendar.local(page.now).date()),
        "contacts": [_contact(one, calendar) for one in page.contacts],
        "steps": [_step(one, page) for one in page.steps],
        "mails": [mail_view(one, calendar) for one in page.mails],
        "queued": [
            {
                "sha256": one.sha256,
                "at": dates.instant(one.at, calendar),
                "sender": one_line(one.sender),
                "reason": one_line(one.reason),
            }
            for one in page.queued
        ],
        "day": day_view(page.day) if page.day else None,
        "listed_words": say("why.listed"),
    }


def _contact(one: ContactRow, calendar: WorkCalendar) -> dict[str, object]:
    return {
        "role": str(entry("unit_page.role").get(one.role, one.role)),
        "name": one_line(one.name),
        "address": one_line(one.address),
        "phone": one_line(one.phone),
        "bounced": dates.instant(one.bounced_at, calendar) if one.bounced_at else "",
        "valid": one.valid_now,
        "written_to": one.written_to,
    }


def _status(one: StepPage) -> str:
    """What is late says by how much in the status itself."""
    if one.days_late and one.status in LATE:
        return say(f"unit_page.late_status.{one.status}", days=one.days_late)
    return say(f"status.{one.status}")


def _step(one: StepPage, page: UnitDossier) -> dict[str, object]:
    calendar = page.campaign.calendar
    deadline = (
        dates.weekday_reading(one.due_before, calendar) if one.due_before else say("unit_page.no_deadline")
    )
    if one.next_action_at:
        coming = say("unit_page.next", at=dates.instant(one.next_action_at, calendar))
    else:
        coming = say("unit_page.no_next", reason=entry("reason").get(one.next_reason, one.next_reason))
    return {
        "title": named(one.name),
        "deliverable": one_line(one.deliverable),
        "status": _status(one),
        "late": one.status in LATE,
        "late_words": say("unit_page.days_late", days=one.days_late)
        if one.days_late and one.status not in (Status.WAIVED, *LATE)
        else "",
        "deadline": deadline,
        "history": [
            (
                row.number,
                dates.last_reading(row.due_before, calendar),
                str(entry("why.inputs.source").get(row.source, "")),
                one_line(row.text),
                dates.instant(row.set_at, calendar),
            )
            for row in one.deadlines
        ],
        "deputy": one_line(one.deputy),
        "next": coming,
        "events": [_event(row, one, page) for row in one.happened],
        "remarks": [remark_words(row, calendar) for row in one.remarks],
        "carried": [(named(name), say(f"status.{status}")) for name, status in one.carried],
    }


def _event(one: Happened, step: StepPage, page: UnitDossier) -> dict[str, object]:
    event, calendar = one.event, page.campaign.calendar
    channel = say(f"page.channel.{event.channel}") if event.channel in set(Channel) else ""
    return {
        "at": dates.instant(event.at, calendar),
        "said": _decided(one, page.campaign) if event.decided else _answered(one, step),
        "channel": channel,
        "words": one_line(event.words),
        "undone": event.undone,
        "decided": event.decided,
        "enclosed": [_enclosed(came) for came in one.enclosed],
    }


def _answered(one: Happened, step: StepPage) -> str:
    data = one.event.data
    said = words_of(
        Said(
            n=0,
            title=step.name.title,
            kind=one.event.kind,
            due_before=step.due_before,
            percent=data.get("percent"),
            doc_number=str(data.get("doc_number", "")),
            doc_date=_date(data.get("doc_date")),
            until=_date(data.get("until")),
            to=str(data.get("to", "")),
            inside="deputy" in data,
        )
    )
    reason = data.get("reason")
    return say("page.reason", said=said, reason=one_line(str(reason))) if reason else said


def _decided(one: Happened, facts: CampaignFacts) -> str:
    words = entry("page.decided")
    kind = one.event.kind if one.event.kind in words else "other"
    until = _date(one.event.data.get("until"))
    values = {"monitor": one_line(facts.monitor_name), "until": dates.day(until) if until else ""}
    said = say(f"page.decided.{kind}", **values)
    return say("unit_page.decided_by", said=said, by=one_line(one.by)) if one.by else said


def _enclosed(one: Enclosed) -> dict[str, str]:
    """`file`: by which it is opened; empty where it is only a document's number."""
    return {"words": _enclosed_words(one), "file": one.file_sha256}


def _enclosed_words(one: Enclosed) -> str:
    if one.file_name:
        return say("unit_page.file", name=one_line(one.file_name))
    if one.doc_date:
        return say("unit_page.document_day", number=one_line(one.doc_number), day=dates.day(one.doc_date))
    return say("unit_page.document", number=one_line(one.doc_number))


def _date(written: object) -> date | None:
    return date.fromisoformat(written) if isinstance(written, str) and written else None
