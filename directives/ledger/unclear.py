"""What a queued mail says, as a coordinator reads it: its answers are given to the ledger, or it is put aside."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, or_, select

from directives.conversation import AnswerUnclear
from directives.errors import Refused
from directives.ledger import mail_parts
from directives.ledger.answers import answer
from directives.ledger.deciding import Desk
from directives.ledger.evidence import came_by
from directives.ledger.states import ident
from directives.ledger.tables import Inbound, Message

SHORTEST = 8  # hexadecimal digits of a mail's SHA-256 that name it


def answer_unclear(desk: Desk, given: AnswerUnclear) -> int:
    """Answers settle the mail for this campaign; where it answers others too, it waits on there. Put aside, it is for all.

    Errors: Refused for a mail that does not wait, or of another campaign; for answers that make no sense.
    """
    row = queued(desk.session, given.inbound_sha256)
    _check(desk, given, row)
    for one in given.answers:
        came_by(desk.session, answer(desk.session, one, desk.recorded_at), ident(row))
    data: dict[str, Any] = {
        "mail": row.sha256,
        "answers": [f"{one.step.instruction}/{one.step.step}" for one in given.answers],
    }
    more = bool(given.answers) and given.more
    decision = ident(desk.record(data | {mail_parts.MORE: True} if more else data))
    awaited = bool(given.answers) and mail_parts.awaited_elsewhere(desk.session, row, ident(desk.campaign))
    if not more and not awaited:
        row.state = "applied" if given.answers else "set_aside"
    row.settled_at = desk.recorded_at
    desk.session.add(row)
    return decision


def queued(session: Session, sha256: str) -> Inbound:
    """The mail that waits, by its SHA-256 or the beginning of it. Errors: Refused."""
    named = sha256.strip().lower()
    if len(named) < SHORTEST or not all(one in "0123456789abcdef" for one in named):
        raise Refused(
            f"'{sha256}' names no mail; give {SHORTEST} or more digits of its SHA-256, see 'dondoc status'",
            "no_mail",
            name=sha256,
        )
    rows = session.exec(
        select(Inbound).where(col(Inbound.sha256).startswith(named)).with_for_update(key_share=True)
    ).all()
    if len(rows) != 1:
        raise Refused(f"no single mail begins with '{sha256}'; see 'dondoc status'", "no_mail", name=sha256)
    if rows[0].state != "queued":
        raise Refused(f"the mail '{sha256}' waits no more: it was settled", "mail_settled", name=sha256)
    return rows[0]


def _check(desk: Desk, given: AnswerUnclear, row: Inbound) -> None:
    of = select(Message.campaign_id).where(
        or_(Message.id == row.message_id, Message.within_id == row.message_id)
    )
    if row.message_id is not None and desk.campaign.id not in desk.session.exec(of).all():
        raise Refused("the mail answers a digest of another campaign; name that", "mail_elsewhere")
    if mail_parts.dealt_with_in(desk.session, row, ident(desk.campaign)):
        name = given.inbound_sha256
        raise Refused(f"the mail '{name}' waits no more: it was settled", "mail_settled", name=name)
    if not given.answers and not given.reason:
        raise Refused("a mail that says nothing of any step needs a reason to be put aside", "aside_reason")
    for one in given.answers:
        if one.step.campaign != given.campaign:
            raise Refused(
                f"the step belongs to campaign '{one.step.campaign}', not to '{given.campaign}'",
                "other_campaign",
                campaign=one.step.campaign,
            )
