"""The urging letter (công văn đôn đốc), from its facts to what its template fills in."""

from __future__ import annotations

from directives.deadline import A_MOMENT
from directives.papers import LetterFacts, LetterItem
from notifications.dates import day
from notifications.papers.wording import decree_date, head_view, short_citation, table_name, unit_name
from notifications.words import entry, say

NAMED = 10  # longer lists of addressees stand in the annex alone

View = dict[str, object]


def letter_view(facts: LetterFacts) -> View:
    head = facts.head
    names = list(dict.fromkeys(_name(item) for item in facts.items))
    return head_view(head, names if len(names) <= NAMED else [entry("paper.listed")]) | {
        "symbol": head.spec.letter_symbol,
        "subject": head.spec.subject,
        "today": day(facts.at.date()),
        "units_total": len(names),
        "items_total": len(facts.items),
        "late_from": facts.late_from,
        "answer_by": decree_date(facts.answer_by) if facts.answer_by else "",
        "items": [_item(n, item, facts) for n, item in enumerate(facts.items, start=1)],
    }


def _name(item: LetterItem) -> str:
    return unit_name(item.unit, item.unit_kind, item.above)


def _item(number: int, item: LetterItem, facts: LetterFacts) -> View:
    head = facts.head
    basis = (
        say("paper.of_directive", directive=short_citation(head))
        if item.by_directive
        else say("paper.of_monitor", office=head.office)
    )
    return {
        "n": number,
        "name": table_name(item.unit, item.unit_kind, item.above),
        "title": item.title,
        "clause": item.clause,
        "deadline": day((item.due_before - A_MOMENT).date()),
        "basis": basis,
        "days": item.days_late,
        "reminders": item.reminders,
    }
