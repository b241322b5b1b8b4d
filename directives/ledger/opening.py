"""Opening a campaign: its files are frozen into the ledger, once; a later change is shown and confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, select

from directives.contact_changes import contact_changes
from directives.definition import Definition
from directives.errors import DondocError
from directives.ledger import audit, frozen
from directives.ledger.amending import Amended, amend
from directives.ledger.contacts import kept_contacts
from directives.ledger.frozen_rows import write_steps, write_units
from directives.ledger.replanning import Move, require_inside
from directives.ledger.states import ident, reschedule
from directives.ledger.tables import Campaign
from directives.model import Contact as ContactModel


class Opening(StrEnum):
    OPENED = "opened"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True)
class OpenResult:
    """`contacts`: how many of the given ones are not as the campaign's, which opening again leaves alone.

    `steps`: how many the campaign has; `amended`: what became of them. `pinned`: in what the ladder and calendar differ
    but stay as they are.
    """

    outcome: Opening
    differences: tuple[str, ...]
    steps: int
    contacts: int = 0
    pinned: tuple[str, ...] = ()
    amended: Amended = field(default_factory=Amended)

    @property
    def moves(self) -> tuple[Move, ...]:
        """The plans that another ladder or calendar moved."""
        return self.amended.moves

    def same_as(self, shown: OpenResult) -> bool:
        """Whether the campaign becomes what was shown; ids of steps that are new may differ."""
        alike = replace(self, amended=shown.amended) == shown
        added = replace(self.amended, moves=()) == replace(shown.amended, moves=())
        plans = [[(move.step, move.shifts) for move in one.moves] for one in (self, shown)]
        return alike and added and plans[0] == plans[1]


def open_campaign(
    session: Session,
    definition: Definition,
    contacts: list[ContactModel],
    *,
    at: datetime,
    rehearsal: bool = False,
    confirmed: bool = False,
    migrate: bool = False,
) -> OpenResult:
    """Freeze a campaign. The same definition again writes nothing; a changed one is amended only when `confirmed`.

    The contacts are those of the opening; of a campaign that is open they change by `update_contacts` alone.
    A campaign that is open keeps its ladder and calendar, and so its plans, unless told to `migrate`.
    `at` is the campaign's clock. A real campaign opened after its day starts at `at`, so that no rung older than its
    opening is mailed; a rehearsal starts on its day.
    """
    chosen = select(Campaign).where(Campaign.key == definition.campaign.campaign)
    known = session.exec(chosen.with_for_update(key_share=True)).one_or_none()
    if known is None:
        return _open(session, definition, contacts, frozen.freeze(definition, contacts), at, rehearsal)
    if known.closed_at is not None:
        raise DondocError(
            f"campaign '{known.key}' was closed; a new year has a campaign of its own ('dondoc rerun')"
        )
    if known.rehearsal != rehearsal:
        kind = "a rehearsal" if known.rehearsal else "a real campaign"
        raise DondocError(f"campaign '{known.key}' is open in this ledger as {kind}; use another DONDOC_HOME")
    held = frozen.content_of(known)
    kept = kept_contacts(known, definition, contacts)
    wanted, other = frozen.freeze(definition, kept), len(contact_changes(kept, contacts))
    pinned: tuple[str, ...] = ()
    if not migrate:
        pinned = tuple(frozen.differences(frozen.pinned_part(held), frozen.pinned_part(wanted)))
        wanted = frozen.pinned(wanted, held)
        definition = frozen.thaw(wanted)
        require_inside(definition)
    changes, steps = tuple(frozen.differences(held, wanted)), len(definition.steps)
    if not changes:
        return OpenResult(Opening.UNCHANGED, (), steps, other, pinned)
    if not confirmed:
        return OpenResult(Opening.CHANGED, changes, steps, other, pinned)
    amended = amend(session, known, definition, kept, wanted, changes, at)
    return OpenResult(Opening.AMENDED, changes, steps, other, pinned, amended)


def _open(
    session: Session,
    definition: Definition,
    contacts: list[ContactModel],
    wanted: dict[str, Any],
    at: datetime,
    rehearsal: bool,
) -> OpenResult:
    opened_at = max(definition.opened_at, definition.calendar.planning_instant(at))
    campaign = Campaign(
        key=definition.campaign.campaign,
        series=definition.campaign.series,
        title=definition.campaign.title,
        rehearsal=rehearsal,
        definition_sha256=frozen.keep(session, wanted),
        opened_at=opened_at,
        clock_at=at if rehearsal else None,
    )
    session.add(campaign)
    session.flush()
    write_units(session, campaign, definition, contacts)
    steps = write_steps(session, campaign, definition, definition.steps, at)
    reschedule(session, campaign, steps, opened_at)
    audit.append(
        session,
        ident(campaign),
        at,
        "campaign.opened",
        {"sha256": campaign.definition_sha256, "steps": len(steps), "rehearsal": rehearsal},
    )
    return OpenResult(Opening.OPENED, (), len(steps))
