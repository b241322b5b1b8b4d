"""Whether the ledger's rows are what the audit says: a replay of the events gives the same, or each difference is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from directives.errors import DondocError
from directives.ledger import audit, frozen
from directives.ledger.comparing import shown
from directives.ledger.comparing_answers import answers_unlike, evidence_unlike
from directives.ledger.comparing_decisions import deadlines_unlike, decisions_unlike
from directives.ledger.comparing_holds import holds_unlike
from directives.ledger.comparing_papers import papers_unlike
from directives.ledger.facts import Facts
from directives.ledger.rebuilt import Rebuilt
from directives.ledger.replaying import FREEZING, Replay, replayed
from directives.ledger.states import ident
from directives.ledger.tables import Audit, Campaign, Deadline, Step, Unit
from directives.ledger.tables import Definition as DefinitionRow

# Not compared: a deputy's address is personal, and stands beside the chain where it can be purged.
COMPARED = tuple(name for name in Facts.__slots__ if name != "deputy")

COMPARISONS = (
    deadlines_unlike,
    answers_unlike,
    evidence_unlike,
    decisions_unlike,
    holds_unlike,
    papers_unlike,
)


def faults(session: Session, campaign: Campaign) -> list[str]:
    """Everything that is wrong with the chain, then with the rows as far as the events can still be read."""
    return [*audit.broken(session, ident(campaign)), *differences(session, campaign)]


def differences(session: Session, campaign: Campaign) -> Iterator[str]:
    """One sentence for everything in which the ledger's rows are not what the events say."""
    try:
        replay = replayed(session, campaign)
    except DondocError as error:
        yield from _changed_definitions(session, campaign, {})
        yield f"the steps cannot be compared: {error}"
        return
    yield from _changed_definitions(session, campaign, replay.purged.definitions)
    if replay.definition is None:
        yield "the steps cannot be compared: no event says what was opened"
        return
    for name, found, said in (
        ("closing", campaign.closed_at, replay.closed_at),
        ("purge", campaign.purged_at, replay.purged.at),
        ("link number", campaign.link_number, replay.link_number),
    ):
        if found != said:
            yield f"the campaign's {name} is {shown(found)} in the ledger, {shown(said)} by the events"
    yield from _steps_unlike(session, campaign, replay)
    for compare in COMPARISONS:
        yield from compare(session, campaign, replay)


def _steps_unlike(session: Session, campaign: Campaign, replay: Replay) -> Iterator[str]:
    assert replay.definition is not None
    rows = session.exec(select(Step).where(Step.campaign_id == campaign.id).order_by(col(Step.id))).all()
    units = {row.id: row.code for row in session.exec(select(Unit).where(Unit.campaign_id == campaign.id))}
    deadlines = _deadlines(session, campaign)
    for row in rows:
        known = replay.steps.get(ident(row))
        if known is None:
            yield f"step {replay.named(row.id)} is in the ledger, but no event opened it"
            continue
        above = replay.named(replay.covering.above.get(ident(row))), replay.named(row.covered_by_id)
        compared = [*_compared(known, row, units[row.unit_id], deadlines.get(ident(row), {}))]
        compared += [("covered_by", *above)] if above[0] != above[1] else []
        for name, said, found in compared:
            yield f"step {replay.named(row.id)}: {name} is {shown(found)} in the ledger, {shown(said)} by the events"
    for key in sorted(set(replay.definition.planned) - set(replay.ids)):
        yield f"step {'/'.join(key)} was opened, but is not in the ledger"


def _compared(
    known: Rebuilt, row: Step, unit: str, deadlines: Mapping[int, datetime]
) -> Iterator[tuple[str, object, object]]:
    """(field, as the events say, as the row has it) of what differs."""
    said = {number: one.due_before for number, one in known.deadlines.items()}
    last = max(said, default=0)
    pairs: list[tuple[str, object, object]] = [
        ("unit", known.unit, unit),
        ("due_before", known.due_before, row.due_before),
        ("deadline_number", last, row.deadline_number),
        ("deadline_set_at", known.deadlines[last].set_at if last else None, row.deadline_set_at),
        ("accepts", known.accepts, row.accepts),
        ("waived_at", known.waived_at, row.waived_at),
        *((name, getattr(known.facts, name), getattr(row, name)) for name in COMPARED),
        *(
            (f"deadline {number}", said.get(number), deadlines.get(number))
            for number in sorted({*said, *deadlines})
        ),
    ]
    return (pair for pair in pairs if pair[1] != pair[2])


def _deadlines(session: Session, campaign: Campaign) -> dict[int, dict[int, datetime]]:
    found: dict[int, dict[int, datetime]] = {}
    for row in session.exec(
        select(Deadline).join(Step, col(Step.id) == Deadline.step_id).where(Step.campaign_id == campaign.id)
    ):
        found.setdefault(row.step_id, {})[row.number] = row.due_before
    return found


def _changed_definitions(session: Session, campaign: Campaign, purged: Mapping[str, str]) -> Iterator[str]:
    """What opening froze is named by its SHA-256, which the events repeat. `purged`: that of what was left of it."""
    last = ""
    for event in session.exec(
        select(Audit)
        .where(Audit.campaign_id == campaign.id, col(Audit.kind).in_(FREEZING))
        .order_by(col(Audit.seq))
    ):
        last = str(event.data.get("sha256", ""))
        row = session.get(DefinitionRow, last)
        if row is None:
            yield f"the definition that event {event.seq} ({event.kind}) froze is not in the ledger any more"
        elif frozen.fingerprint(row.content) != purged.get(last, last):
            yield f"the definition that event {event.seq} ({event.kind}) froze was changed after it was written"
    if last and campaign.definition_sha256 != last:
        yield "the campaign follows another definition than the last one that was frozen for it"
