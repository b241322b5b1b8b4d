"""After their 250s mails are marked together: plain rows and few statements, as each mail's mark is waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import BindParameter, bindparam, or_, select, update
from sqlmodel import Session

from directives.ledger.engine import run
from directives.ledger.frozen import policy_of
from directives.ledger.marks import Answered, Claim
from directives.ledger.readers import to_the_unit
from directives.ledger.states import chunks, next_look, states_of
from directives.ledger.tables import Addressee, Campaign, Message, MessageItem, Step
from directives.ledger.tables.columns import table_of

_MESSAGES, _ADDRESSEES, _ITEMS, _STEPS = map(table_of, (Message, Addressee, MessageItem, Step))
_OF: BindParameter[Any] = bindparam("of", expanding=True)
_LEASES = select(_MESSAGES.c.id, _MESSAGES.c.lease).where(_MESSAGES.c.id.in_(_OF)).with_for_update()
_ACCEPTED = (
    update(_MESSAGES)
    .where(_MESSAGES.c.id == bindparam("message"))
    .values(
        state="accepted",
        lease=None,
        leased_until=None,
        attempts=_MESSAGES.c.attempts + 1,
        accepted_at=bindparam("machine_now"),
        sent_at=bindparam("now"),
        phase=bindparam("phase"),
        code=bindparam("code"),
        detail=bindparam("detail"),
    )
)
_SENT = update(_ADDRESSEES).where(_ADDRESSEES.c.message_id.in_(_OF)).values(state="sent")
# Items listed only as still open were not asked for by these mails: they have no rung.
_ASKED = select(_ITEMS.c.step_id).where(_ITEMS.c.message_id.in_(_OF), _ITEMS.c.rung != "")
_NOTICED = select(_ADDRESSEES.c.step_id).where(_ADDRESSEES.c.message_id.in_(_OF))
_FIRST_ASKED = (
    select(_STEPS)
    .where(
        or_(_STEPS.c.id.in_(_ASKED), _STEPS.c.id.in_(_NOTICED), _STEPS.c.covered_by_id.in_(_ASKED)),
        _STEPS.c.first_mailed_at.is_(None),
    )
    .order_by(_STEPS.c.id)
    .with_for_update(key_share=True)
)
_FIRST_MAILED = (
    update(_STEPS)
    .where(_STEPS.c.id == bindparam("step"))
    .values(
        first_mailed_at=bindparam("now"),
        next_action_at=bindparam("next_at"),
        next_reason=bindparam("reason"),
    )
)


def accepted(
    session: Session, taken: Sequence[tuple[Claim, Answered]], now: datetime, machine_now: datetime
) -> None:
    """The messages are accepted, their notices are sent, first mails start the no-receipt rung.

    `now` is the campaign's clock. Of a claim whose lease was lost nothing is marked.
    """
    for some in chunks(taken):
        held = _held(session, some)
        if held:
            _accepted(session, held, now, machine_now)


def _held(session: Session, taken: Sequence[tuple[Claim, Answered]]) -> Sequence[tuple[Claim, Answered]]:
    """Locked until the transaction ends."""
    rows = run(session, _LEASES, {"of": [claim.message_id for claim, _ in taken]})
    leases = {row.id: row.lease for row in rows}
    return [(claim, said) for claim, said in taken if leases.get(claim.message_id) == claim.lease]


def _accepted(
    session: Session, held: Sequence[tuple[Claim, Answered]], now: datetime, machine_now: datetime
) -> None:
    at = {"machine_now": machine_now, "now": now}
    run(session, _ACCEPTED, [{"message": one.message_id, **at, **said.values} for one, said in held])
    run(session, _SENT, {"of": [claim.message_id for claim, _ in held]})
    to_units = [claim.message_id for claim, _ in held if to_the_unit(claim.target)]
    if to_units:
        _first_mailed(session, to_units, now)


def _first_mailed(session: Session, message_ids: Sequence[int], now: datetime) -> None:
    asked = cast(Sequence[Step], run(session, _FIRST_ASKED, {"of": message_ids}).all())
    rows: list[dict[str, Any]] = []
    for campaign_id in sorted({step.campaign_id for step in asked}):
        campaign = session.get_one(Campaign, campaign_id)
        policy = policy_of(campaign)
        own = [step for step in asked if step.campaign_id == campaign_id]
        for state in states_of(session, campaign, own):
            at, reason = next_look(policy, replace(state, first_mailed_at=now), now)
            rows.append({"step": state.step_id, "now": now, "next_at": at, "reason": reason})
    if rows:
        run(session, _FIRST_MAILED, rows)
