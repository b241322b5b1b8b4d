"""A nudge: one mail about one step now, outside the ladder, because a coordinator wants it."""

from __future__ import annotations

from sqlmodel import col, select

from directives.errors import Refused
from directives.ledger import outbox
from directives.ledger.casebook import Casebook
from directives.ledger.deciding import Desk
from directives.ledger.readers import nudge_target
from directives.ledger.recipients import deputy_now, recipient_of
from directives.ledger.states import ident, states_of
from directives.ledger.tables import Decision, Step


def nudge(desk: Desk, step: Step) -> int:
    """Queue the mail, to the deputy who has the step, else to the unit. Errors: Refused."""
    book = Casebook(desk.session, desk.campaign)
    if step.due_before is None:
        raise Refused("the step has no deadline; there is nothing to remind of", "no_deadline")
    (state,) = states_of(desk.session, desk.campaign, [step], for_plan=False)
    if state.hold_at(desk.given.at):
        raise Refused("the step is on hold; resume it first", "on_hold")
    deputy = deputy_now(book, step, desk.given.at)
    if recipient_of(book, step.unit_id, desk.given.at, deputy) is None:
        raise Refused("nobody of the unit can be written to; add an address first", "no_address")
    if _nudged_today(desk, step):
        raise Refused("a nudge of the step was sent today already; once a day is enough", "nudged")
    decision = ident(desk.record({}, step))
    outbox.queue_at_once(
        desk.session, desk.campaign, step.unit_id, nudge_target(decision, deputy), desk.today
    )
    return decision


def _nudged_today(desk: Desk, step: Step) -> bool:
    earlier = desk.session.exec(
        select(Decision.at).where(col(Decision.step_id) == step.id, Decision.kind == "nudge")
    )
    return any(desk.calendar.local(at).date() == desk.today for at in earlier)
