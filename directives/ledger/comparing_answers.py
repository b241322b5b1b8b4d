"""Whether the rows of answers and of their evidence are as the audit events wrote them.

Not compared, because no event says it: which mail brought an answer (`answers.inbound_id`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from directives.ledger.answers import PERSONAL
from directives.ledger.comparing import Row, spread, unlike, unlike_in_any_order
from directives.ledger.replaying import Replay
from directives.ledger.states import ident
from directives.ledger.tables import Answer, Audit, Campaign, Evidence, Step
from directives.ledger.written import Told, Written

# What people wrote in their own words, by the kind of answer that has it.
WORDED = {"extension": ("reason",), "delegate": ("to", "reason")}


def answers_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every answer that is not as its event says, with those that an amended file carried to a step."""
    rows = session.exec(
        select(Answer).join(Step).where(Step.campaign_id == campaign.id).order_by(col(Answer.id))
    ).all()
    written, known = replay.written, [row for row in rows if row.step_id in replay.steps]
    by_id = {ident(row): row for row in known}
    told = {key: _told(replay, one, by_id.get(key)) for key, one in written.answers.items()}
    own = {key: _row(replay, row) for key, row in by_id.items() if key in told}
    yield from unlike(own, told)
    beside = [row for key, row in by_id.items() if key not in told]
    firsts = {(row.step_id, row.carried_by_id): row for row in beside}
    carried = [
        _told(replay, one, firsts.get((one.answer.step_id, one.answer.carried_by_id)))
        for one in written.carried
    ]
    yield from unlike_in_any_order([_row(replay, row) for row in beside], carried)


def evidence_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every document and file that is not as its event says."""
    rows = session.exec(
        select(Evidence, Answer.step_id)
        .join(Answer, col(Answer.id) == Evidence.answer_id)
        .join(Step, col(Step.id) == Answer.step_id)
        .where(Step.campaign_id == campaign.id)
        .order_by(col(Evidence.id))
    ).all()
    written = replay.written
    said = [_evidence(one.event) for one in written.answers.values() if _is_evident(one.event)]
    said += [_evidence(event) for event in written.enclosed]
    found = [
        Row(
            f"evidence {row.id} of answer {row.answer_id}",
            {
                "answer_id": row.answer_id,
                "doc_number": row.doc_number,
                "doc_date": row.doc_date and row.doc_date.isoformat(),
                "file_sha256": row.file_sha256,
                "file_name": row.file_name,
            },
        )
        for row, step_id in rows
        if step_id in replay.steps
    ]
    yield from unlike_in_any_order(found, [*said, *_unsaid(written, found, said)])


def _unsaid(written: Written, found: list[Row], said: list[Row]) -> list[Row]:
    """Further files of answers whose events are older than those of files: they may be as they are."""
    known = {tuple(row.fields.values()) for row in said}
    older = {
        key
        for key, told in written.answers.items()
        if told.event.kind == "answer.done" and "files" not in told.event.data
    }
    return [
        row
        for row in found
        if row.fields["answer_id"] in older
        and not row.fields["doc_number"]
        and tuple(row.fields.values()) not in known
    ]


def _is_evident(event: Audit) -> bool:
    return event.kind == "answer.done" and bool(event.data.get("doc_number") or event.data.get("file_sha256"))


def _evidence(event: Audit) -> Row:
    data = event.data
    fields = {
        "answer_id": data["answer"],
        "doc_number": data.get("doc_number", ""),
        "doc_date": data.get("doc_date"),
        "file_sha256": data.get("file_sha256", ""),
        "file_name": data.get("file_name", ""),
    }
    return Row(f"evidence of answer {data['answer']}", fields, event)


def _row(replay: Replay, row: Answer) -> Row:
    """An answer's fields, those of `data` each by itself."""
    step = replay.named(row.step_id)
    fields: dict[str, object] = {
        "step_id": step,
        "kind": row.kind,
        "channel": row.channel,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "undone_at": row.undone_at,
        "carried_by_id": row.carried_by_id,
        **spread(row.data),
    }
    name = f"answers {row.id}" if row.id else f"the answer carried by answers {row.carried_by_id}"
    return Row(f"{name} ({step})", fields)


def _told(replay: Replay, told: Told, found: Answer | None) -> Row:
    words = replay.written.words(told.event)
    row = _row(replay, told.answer)
    return Row(row.name, {**row.fields, **spread(_worded(told, words, found))}, told.event)


def _worded(told: Told, text: str | None, found: Answer | None) -> dict[str, object]:
    """The answer's own words: the ledger's where they stand beside the event one after the other, else what stands there."""
    inside = ("deputy", "passed_by") if told.event.data.get("inside") else ()
    expected = (*WORDED.get(told.answer.kind, ()), *inside)
    row = found.data if found is not None else {}
    has = [name for name in PERSONAL if name in row]
    lines = f"\n{text}\n"
    together = "\n".join(str(row[name]) for name in has)
    if set(has) == set(expected) and (text is None or f"\n{together}\n" in lines):
        return {name: row[name] for name in has}
    alone = {name: row[name] for name in has if text is None or f"\n{row[name]}\n" in lines}
    one_is_known = set(alone) != set(expected)
    return {name: alone[name] if name in alone and one_is_known else text for name in expected}
