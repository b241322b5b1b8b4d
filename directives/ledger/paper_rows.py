"""Papers kept: one for each kind and instant, frozen once; a letter's draft only until it is signed and sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, delete, select

from directives.errors import Refused
from directives.ledger import audit, frozen
from directives.ledger.frozen import policy_of
from directives.ledger.states import campaign_row, ident
from directives.ledger.tables import Campaign, Paper, PaperStep

REPORT, ADDENDUM, LETTER = "report", "addendum", "letter"


@dataclass(frozen=True, slots=True)
class Kept:
    """One paper as it was kept. `number` and `issued_on`: once it was signed and sent."""

    id: int
    kind: str
    cut_off: datetime
    made_at: datetime
    facts: dict[str, Any]
    sha256: str
    file_name: str
    number: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A paper that was rendered and whose bytes lie in the store, to be kept."""

    kind: str
    cut_off: datetime
    facts: dict[str, Any]
    sha256: str
    file_name: str
    step_ids: tuple[int, ...] = ()


def kept(session: Session, campaign: Campaign, kind: str, cut_off: datetime) -> Kept | None:
    row = _row(session, campaign, kind, cut_off)
    return _kept(row) if row else None


def papers(session: Session, campaign: Campaign, *kinds: str) -> list[Kept]:
    """The campaign's papers of these kinds, the oldest cut-off first."""
    rows = session.exec(
        select(Paper)
        .where(Paper.campaign_id == campaign.id, col(Paper.kind).in_(kinds))
        .order_by(col(Paper.cut_off), col(Paper.id))
    )
    return [_kept(row) for row in rows]


def keep(session: Session, campaign_key: str, draft: Draft, at: datetime, made_at: datetime) -> Kept:
    """Freeze a paper; the one that is there already stays, except a letter's draft of that day that now says more."""
    campaign = campaign_row(session, campaign_key, lock=True)
    row = _row(session, campaign, draft.kind, draft.cut_off)
    if row is not None and (draft.kind != LETTER or row.issued_on or row.sha256 == draft.sha256):
        return _kept(row)
    row = row or Paper(campaign_id=ident(campaign), kind=draft.kind, cut_off=draft.cut_off, **_said(draft))
    row.sqlmodel_update({**_said(draft), "made_at": made_at})
    session.add(row)
    session.flush()
    _name(session, row, draft.step_ids)
    audit.append(session, ident(campaign), at, "paper.drafted", _drafted(row, draft, at))
    return _kept(row)


def issue(
    session: Session,
    campaign_key: str,
    paper_id: int,
    number: str,
    on: date,
    *,
    at: datetime,
    today: date,
    by: str = "",
) -> Kept:
    """Record that a letter was signed and sent: one audit event. Errors: Refused when it makes no sense."""
    campaign = campaign_row(session, campaign_key, lock=True)
    row = session.get(Paper, paper_id)
    if row is None or row.campaign_id != campaign.id or row.kind != LETTER:
        raise Refused(
            f"campaign '{campaign_key}' has no letter {paper_id}; see 'dondoc letter {campaign_key} --list'"
        )
    if row.issued_on is not None:
        raise Refused(f"letter {paper_id} was issued before as {row.number} on {row.issued_on:%d/%m/%Y}")
    if on > today:
        raise Refused(f"{on:%d/%m/%Y} is still to come on the campaign's clock; check the date")
    drafted_on = policy_of(campaign).calendar.local(row.cut_off).date()
    if on < drafted_on:
        raise Refused(f"the letter was drafted only on {drafted_on:%d/%m/%Y}; check the date")
    row.number, row.issued_on = number, on
    session.add(row)
    event = {"paper": row.id, "number": number, "on": on.isoformat(), "sha256": row.sha256}
    audit.append(session, ident(campaign), at, "paper.issued", event, text=by)
    return _kept(row)


def newest(session: Session, campaign: Campaign, before: datetime) -> Kept:
    """The paper that an addendum goes on from. Errors: Refused when no report was frozen."""
    found = [one for one in papers(session, campaign, REPORT, ADDENDUM) if one.cut_off < before]
    if not found:
        raise Refused(
            f"no report of '{campaign.key}' was frozen yet; run 'dondoc report {campaign.key}' first",
            "paper_no_report",
        )
    return found[-1]


def _drafted(row: Paper, draft: Draft, at: datetime) -> dict[str, Any]:
    """For the audit. `facts`: the fingerprint of what the paper was rendered from."""
    return {
        "paper": row.id,
        "kind": row.kind,
        "sha256": row.sha256,
        "cut_off": draft.cut_off.isoformat(),
        "facts": frozen.fingerprint(draft.facts),
        "file_name": draft.file_name,
        "steps": sorted(draft.step_ids),
        **audit.recorded(at, row.made_at),
    }


def _said(draft: Draft) -> dict[str, Any]:
    return {"facts": draft.facts, "sha256": draft.sha256, "file_name": draft.file_name}


def _name(session: Session, row: Paper, step_ids: Iterable[int]) -> None:
    assert row.id is not None
    session.exec(delete(PaperStep).where(col(PaperStep.paper_id) == row.id))
    session.add_all([PaperStep(paper_id=row.id, step_id=one) for one in step_ids])
    session.flush()


def _row(session: Session, campaign: Campaign, kind: str, cut_off: datetime) -> Paper | None:
    return session.exec(
        select(Paper).where(Paper.campaign_id == campaign.id, Paper.kind == kind, Paper.cut_off == cut_off)
    ).one_or_none()


def _kept(row: Paper) -> Kept:
    assert row.id is not None
    return Kept(
        row.id,
        row.kind,
        row.cut_off,
        row.made_at,
        row.facts,
        row.sha256,
        row.file_name,
        row.number,
        row.issued_on,
    )
