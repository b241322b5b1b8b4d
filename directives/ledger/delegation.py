"""Passing a step on: to a deputy of the unit at once, dated and without circles; to anybody else as a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from directives.conversation import Delegates
from directives.errors import Refused
from directives.ledger import facts, outbox
from directives.ledger.casebook import Casebook
from directives.ledger.facts import Standing
from directives.ledger.frozen import policy_of
from directives.ledger.readers import deputy_of, passed_on_target, routed, to_the_unit
from directives.ledger.recipients import deputy_now, reachable, recipient_of
from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Campaign, Contact, Message, MessageItem, Notice, Step, Token
from directives.model import ContactRole, Target
from directives.names import folded, means_the_deputy, names

REASON = "passed_on"  # why a notice does not leave to the one it was first for


def meant(session: Session, campaign: Campaign, step: Step, given: Delegates) -> dict[str, str]:
    """Whom `to` means: {deputy, passed_by} (addresses), {unit} (a code of the campaign), or nobody known: {}.

    Errors: Refused for oneself, for who has it already, and for a circle.
    """
    book = Casebook(session, campaign)
    people = reachable(book, step.unit_id, given.at)
    deputy = _person(people, given.to)
    if deputy is None:
        return _unit(book, step, given)
    lead = recipient_of(book, step.unit_id, given.at)
    first = lead.address if lead else ""
    holder = deputy_now(book, step, given.at) or first
    by = _person(people, given.by) or holder
    path = _path(first, facts.standing(session, [ident(step)])[ident(step)])
    before = path[: path.index(by) + 1] if by in path else path
    if deputy == by:
        raise Refused(f"'{given.to}' is who passes it on; name another", "passed_to_oneself", name=given.to)
    if deputy == holder:
        raise Refused(f"the step is with '{given.to}' already", "has_it", name=given.to)
    if deputy in before:
        raise Refused(
            f"'{given.to}' passed the step on before; it does not go round in a circle",
            "circle",
            name=given.to,
        )
    return {"deputy": deputy, "passed_by": by}


def tell(session: Session, campaign: Campaign, step: Step, answer_id: int, at: datetime) -> None:
    """Queue the mail that tells the step's new deputy at once what is asked."""
    slot_on = policy_of(campaign).calendar.local(at).date()
    outbox.queue_at_once(session, campaign, step.unit_id, passed_on_target(answer_id, step.deputy), slot_on)


def reroute(session: Session, campaign: Campaign, steps: Iterable[Step], at: datetime) -> None:
    """What waits for a mail goes to who has the steps now; who has none of them any more loses the way to answer."""
    rungs = {rung.key: rung for rung in policy_of(campaign).ladder.rungs}
    for step in steps:
        _revoke(session, step, at)
        rows = session.exec(
            select(Addressee, Notice)
            .join(Notice, col(Notice.id) == Addressee.notice_id)
            .where(Addressee.step_id == step.id)
            .order_by(col(Addressee.id))
        ).all()
        own = [(addressee, notice) for addressee, notice in rows if to_the_unit(addressee.target)]
        waiting = {notice.id: notice for addressee, notice in own if addressee.state == "pending"}
        for notice in waiting.values():
            rung = rungs.get(notice.rung)
            targets = routed(step.deputy, escalates=rung is not None and len(rung.to) > 1)
            _reroute(session, step, notice, [one for one, of in own if of is notice], targets)


def give_back(session: Session, addressee_ids: Sequence[int]) -> None:
    """What waits for a deputy who cannot be written to any more waits for the lead, with the next slot's mail."""
    addressees = session.exec(
        select(Addressee).where(col(Addressee.id).in_(addressee_ids)).order_by(col(Addressee.id))
    ).all()
    leads = select(Addressee.notice_id).where(
        col(Addressee.notice_id).in_([row.notice_id for row in addressees]), Addressee.target == Target.LEAD
    )
    known = set(session.exec(leads))
    for row in addressees:
        if row.notice_id in known:
            row.state, row.reason = "cancelled", REASON
        else:
            row.target = Target.LEAD
        session.add(row)


def _revoke(session: Session, step: Step, at: datetime) -> None:
    """The tokens of a deputy's mails about a step hold while the deputy has any step that the mail asks for."""
    mails = session.exec(
        select(Message)
        .join(MessageItem, col(MessageItem.message_id) == Message.id)
        .where(MessageItem.step_id == step.id, col(Message.target).contains(":"))
    ).all()
    for mail in mails:
        deputy = deputy_of(mail.target)
        if not deputy:
            continue
        asked = select(MessageItem.step_id).where(MessageItem.message_id == mail.id)
        theirs = session.exec(select(Step.id).where(col(Step.id).in_(asked), Step.deputy == deputy)).first()
        session.exec(
            update(Token)
            .where(col(Token.message_id) == mail.id)
            .values(revoked_at=at if theirs is None else None)
        )


def _reroute(
    session: Session, step: Step, notice: Notice, rows: Sequence[Addressee], targets: Sequence[str]
) -> None:
    assert notice.id is not None
    for row in rows:
        if row.state == "pending" and row.target not in targets:
            row.state, row.reason = "cancelled", REASON
        elif row.state == "cancelled" and row.reason == REASON and row.target in targets:
            row.state, row.reason = "pending", ""
        session.add(row)
    known = {row.target for row in rows}
    session.add_all(
        Addressee(
            campaign_id=step.campaign_id,
            notice_id=notice.id,
            step_id=ident(step),
            unit_id=step.unit_id,
            target=target,
        )
        for target in targets
        if target not in known
    )


def _person(people: Sequence[Contact], said: str) -> str | None:
    """The address of the one contact who is named by address, by name, or as the unit's only deputy."""
    by_address = {one.address for one in people if one.address.casefold() == said.strip().casefold()}
    by_name = {one.address for one in people if names(said, one.name)}
    deputies = {one.address for one in people if one.role == ContactRole.DEPUTY and means_the_deputy(said)}
    for found in (by_address, by_name, deputies):
        if len(found) == 1:
            return found.pop()
    return None


def _unit(book: Casebook, step: Step, given: Delegates) -> dict[str, str]:
    said = given.to.strip()
    for unit_id, unit in book.units.items():
        if unit.code.casefold() == said.casefold() or folded(unit.name) == folded(said):
            if unit_id == step.unit_id:
                raise Refused(
                    f"'{given.to}' is the unit itself; name a deputy or another unit",
                    "passed_to_oneself",
                    name=given.to,
                )
            return {"unit": unit.code}
    return {}


def _path(first: str, said: Sequence[Standing]) -> list[str]:
    """Through whose hands the step went, to who has it now. Passed on anew, it leaves whom it was with."""
    path = [first]
    for one in said:
        deputy, by = one.answer.data.get("deputy"), one.answer.data.get("passed_by")
        if deputy is None:
            continue
        path = [*(path[: path.index(by) + 1] if by in path else path), deputy]
    return path
