"""The consolidated report and its addendum, from their facts to what their template fills in."""

from __future__ import annotations

from collections.abc import Sequence

from directives.papers import (
    AddendumFacts,
    Change,
    ItemFacts,
    Owing,
    PartTally,
    ReportFacts,
    Submitted,
    UnitTally,
    summed,
)
from notifications.dates import day
from notifications.papers.wording import (
    cells,
    counted,
    head_view,
    is_commune,
    lowered,
    short_citation,
    table_name,
    unit_name,
    until,
)
from notifications.words import one_line, say

LONGEST_WORDS = 400
CODE = 12  # of a file's SHA-256: enough to find it by

View = dict[str, object]


def report_view(facts: ReportFacts) -> View:
    head = facts.head
    late, missing = _owing(facts.items, "late"), _owing(facts.items, "missing")
    numbers = cells(facts.counts)
    return head_view(head, head.spec.to) | {
        "symbol": head.spec.symbol,
        "subject": head.spec.subject,
        "until": until(facts.cut_off),
        "total": numbers["total"],
        "units_total": len(facts.units),
        "counted": counted(facts.counts),
        "parts": [_part(n, part) for n, part in enumerate(facts.parts, start=1)],
        "beside": _part(len(facts.parts) + 1, _beside(facts)),
        "late_total": len(late),
        "missing_total": len(missing),
        "missing_units": len({(one.name, one.above) for one in missing}),
        "items": [_item(one) for one in facts.items if one.late or one.missing],
        "overdue": numbers["overdue"],
        "running": numbers["running"],
        "extensions": facts.extensions,
        "units": [_unit(n, unit) for n, unit in enumerate(facts.units, start=1)],
        "units_sum": cells(summed(unit.counts for unit in facts.units)),
        "submitted": _submitted(facts.submitted),
    }


def addendum_view(facts: AddendumFacts) -> View:
    head = facts.head
    return head_view(head, head.spec.to) | {
        "symbol": head.spec.symbol,
        "subject": head.spec.subject,
        "since": until(facts.since),
        "until": until(facts.cut_off),
        "counted": counted(facts.counts),
        "counted_before": counted(facts.before),
        "changes": [_change(n, one) for n, one in enumerate(facts.changes, start=1)],
        "submitted": _submitted(facts.submitted),
    }


def _beside(facts: ReportFacts) -> PartTally:
    title = say("paper.beside", directive=short_citation(facts.head))
    return PartTally(title=title, clauses=facts.beside.clauses)


def _part(number: int, part: PartTally) -> View:
    clauses = [{"clause": one.clause, "title": one.title, **cells(one.counts)} for one in part.clauses]
    return {
        "n": number,
        "title": part.title,
        "total": sum(part.counts.values()),
        "counted": counted(part.counts),
        "clauses": clauses,
        "sum": cells(part.counts),
    }


def _owing(items: Sequence[ItemFacts], which: str) -> list[Owing]:
    return [one for item in items for one in (item.late if which == "late" else item.missing)]


def _item(item: ItemFacts) -> View:
    return {
        "title": item.title,
        "clause": item.clause,
        "units": item.units,
        "reported": item.reported,
        "missing": named(item.missing),
        "missing_total": len(item.missing),
        "late": named(item.late),
        "late_total": len(item.late),
    }


def named(owing: Sequence[Owing]) -> str:
    """Each by its name and with what is to be said of it; then communes, each district once with all of its own."""
    districts: dict[str, list[Owing]] = {}
    for one in owing:
        districts.setdefault(one.above if is_commune(one.kind) else "", []).append(one)
    said = [unit_name(one.name, one.kind) + _about(one) for one in districts.pop("", [])]
    for above, some in districts.items():
        units = ", ".join(lowered(one.name) + _about(one) for one in some)
        said.append(say("paper.communes", above=lowered(above), units=units))
    return "; ".join(said)


def _about(one: Owing) -> str:
    late = say("paper.late_by", days=one.days_late) if one.reported_at else ""
    about = "; ".join(part for part in (late, one.remark) if part)
    return say("paper.about", about=about) if about else ""


def _unit(number: int, unit: UnitTally) -> View:
    name = table_name(unit.name, unit.kind, unit.above)
    return {"n": number, "name": name, "remark": unit.remark, **cells(unit.counts)}


def _submitted(texts: Sequence[Submitted]) -> list[View]:
    return [
        {
            "n": number,
            "name": table_name(one.name, one.kind, one.above),
            "document": _document(one),
            "title": one.title,
            "clause": one.clause,
            "words": say("paper.words", words=_shortened(one.words)) if one.words else "",
            "on": day(one.at.date()),
            "files": "; ".join(
                say("paper.file", name=file.name, code=file.sha256[:CODE]) for file in one.files
            ),
        }
        for number, one in enumerate(texts, start=1)
    ]


def _document(one: Submitted) -> str:
    if not one.doc_number:
        return say("paper.no_document")
    if one.doc_date is None:
        return one.doc_number
    return say("paper.document", number=one.doc_number, day=day(one.doc_date))


def _shortened(words: str) -> str:
    line = one_line(words)
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1].rstrip()}…"


def _change(number: int, one: Change) -> View:
    return {
        "n": number,
        "name": table_name(one.name, one.kind, one.above),
        "title": one.title,
        "clause": one.clause,
        "before": say(f"status.{one.before}"),
        "now": say(f"status.{one.now}"),
        "on": day(one.reported_at.date()) if one.reported_at else "",
        "about": "; ".join(
            part
            for part in (
                say("paper.days_late", days=one.days_late) if one.days_late else "",
                say("paper.recorded_later") if one.recorded_later else "",
            )
            if part
        ),
    }
