"""Whether the rows of decisions and of the deadlines that they or a file set are as the audit events wrote them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlmodel import Session, col, select

from directives.ledger import audit
from directives.ledger.comparing import Row, spread, unlike, words_of
from directives.ledger.replaying import Replay
from directives.ledger.states import ident
from directives.ledger.tables import Audit, Campaign, Deadline, Decision, Step
from directives.ledger.written import own

# The event counts what was read again of the sender's mails; the decision itself names the unit.
BESIDE_DECISION = {"accept_sender": ("mails",)}


def decisions_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every decision that is not as its event says."""
    rows = session.exec(
        select(Decision).where(Decision.campaign_id == campaign.id).order_by(col(Decision.id))
    ).all()
    by = {ident(row): row.by for row in rows}
    found = {
        ident(row): Row(
            f"decisions {row.id}",
            {
                "step_id": replay.named(row.step_id),
                "kind": row.kind,
                "by": row.by,
                "at": row.at,
                "recorded_at": row.recorded_at,
                **spread(row.data),
            },
        )
        for row in rows
    }
    said = {
        key: _decision(replay, key, event, by.get(key, "")) for key, event in replay.written.decisions.items()
    }
    yield from unlike(found, said)


def _decision(replay: Replay, key: int, event: Audit, by: str) -> Row:
    kind, text = event.kind.partition(".")[2], replay.written.words(event)
    if text is not None and text != by and not (by and text.startswith(f"{by}\n")):
        by = text.partition("\n")[0]
    fields: dict[str, object] = {
        "step_id": replay.named(event.step_id),
        "kind": kind,
        "by": by,
        "at": event.at,
        "recorded_at": audit.recorded_at(event),
        **spread(
            {name: one for name, one in own(event).items() if name not in BESIDE_DECISION.get(kind, ())}
        ),
    }
    return Row(f"decisions {key}", fields, event)


def deadlines_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every field of a deadline that is not as the file or the decision that set it; when it is, the steps say."""
    found: dict[tuple[int, int], Row] = {}
    said: dict[tuple[int, int], Row] = {}
    for row in session.exec(select(Deadline).join(Step).where(Step.campaign_id == campaign.id)):
        step = replay.steps.get(row.step_id)
        dated = step.deadlines.get(row.number) if step else None
        if dated is None:
            continue  # the step's own comparison names it
        name = f"deadlines {row.id} ({replay.named(row.step_id)}, number {row.number})"
        by, text = words_of(replay.written.words(dated.event), row.set_by, row.text)
        if dated.text is not None and dated.set_by is not None:
            by, text = dated.set_by, dated.text
        key = row.step_id, row.number
        found[key] = Row(
            name, {"source": row.source, "text": row.text, "set_by": row.set_by, "set_at": row.set_at}
        )
        fields = {"source": dated.source, "text": text, "set_by": by, "set_at": dated.set_at}
        said[key] = Row(name, fields, dated.event)
    yield from unlike(found, said)
