"""Whether the rows of papers, and of the steps that they name, are as the audit events froze them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session, col, select

from directives.ledger import audit, frozen
from directives.ledger.comparing import Row, unlike
from directives.ledger.replaying import Replay
from directives.ledger.states import ident
from directives.ledger.tables import Audit, Campaign, Paper, PaperStep


def papers_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    """One line for every paper that is not as the events froze and issued it."""
    rows = session.exec(select(Paper).where(Paper.campaign_id == campaign.id).order_by(col(Paper.id))).all()
    steps: defaultdict[int, list[int]] = defaultdict(list)
    chosen = select(PaperStep).join(Paper).where(Paper.campaign_id == campaign.id)
    for one in session.exec(chosen.order_by(col(PaperStep.step_id))):
        steps[one.paper_id].append(one.step_id)
    written = replay.written
    found = {ident(row): _row(row, steps[ident(row)]) for row in rows}
    said = {
        key: _paper(key, event, written.issued.get(key), found.get(key))
        for key, event in written.papers.items()
    }
    yield from unlike(found, said)


def _row(row: Paper, steps: list[int]) -> Row:
    fields: dict[str, object] = {
        "kind": row.kind,
        "cut_off": row.cut_off,
        "made_at": row.made_at,
        "facts": frozen.fingerprint(row.facts),
        "sha256": row.sha256,
        "file_name": row.file_name,
        "number": row.number,
        "issued_on": row.issued_on,
        "paper_steps": steps,
    }
    return Row(f"papers {row.id}", fields)


def _paper(key: int, drafted: Audit, issued: Audit | None, found: Row | None) -> Row:
    """Events of before papers were compared do not say `facts`, `file_name` and `steps`."""
    data = drafted.data
    fields: dict[str, object] = {
        **(found.fields if found else {}),
        "kind": data["kind"],
        "cut_off": datetime.fromisoformat(data["cut_off"]),
        "made_at": audit.recorded_at(drafted),
        "sha256": data["sha256"],
        "number": issued.data["number"] if issued else "",
        "issued_on": date.fromisoformat(issued.data["on"]) if issued else None,
    }
    fields |= {name: data[name] for name in ("facts", "file_name") if name in data}
    fields |= {"paper_steps": data["steps"]} if "steps" in data else {}
    return Row(f"papers {key}", fields, drafted)
