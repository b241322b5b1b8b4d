"""A coordinator's form, filled in and sent: the same for Prefect's forms and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from directives import ledger
from directives.conversation import Nudge
from directives.digest import Recipient
from directives.errors import Refused
from directives.findings import nearest
from directives.ledger.answers import find_step
from directives.ledger.casebook import Casebook
from directives.ledger.digest_items import nudge_digest
from directives.ledger.recipients import deputy_now, recipient_of
from directives.ledger.states import campaign_now, campaign_row, ident
from directives.ledger.tables import Step
from notifications.compose import Composed, compose
from notifications.decisions.filled import answer_of, decision_of, plain
from notifications.decisions.forms import Form
from notifications.decisions.telling import decide
from notifications.writer import Post


@dataclass(frozen=True, slots=True)
class Submitted:
    """`told`: addresses with a mail in the outbox. `untold`: units that cannot be reached. `preview`: nothing was done."""

    told: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    preview: Composed | None = None


def submit(
    session: Session, campaign: str, form: Form, given: Mapping[str, Any], post: Post, machine_now: datetime
) -> Submitted:
    """Apply a form in the caller's transaction. Errors: Refused, in one line, and nothing is changed."""
    row = campaign_row(session, campaign)
    now = campaign_now(row, machine_now)
    book = Casebook(session, row)
    filled = plain(form, given)
    _check_officer(book, filled["by"])
    if form.name == "record":
        ledger.answer(session, answer_of(campaign, filled, now, book.calendar), machine_now)
        return Submitted()
    decision = decision_of(session, campaign, form, filled, now)
    done = decide(session, decision, post, machine_now)
    if isinstance(decision, Nudge):
        step = find_step(session, row, decision.step)
        return Submitted(told=(_reader(book, step, now)[0].address,))
    return Submitted(done.told, done.untold)


def preview(
    session: Session, campaign: str, form: Form, given: Mapping[str, Any], post: Post, machine_now: datetime
) -> Submitted:
    """What a nudge would say, and to whom; nothing is changed. Errors: as `submit`.

    It writes to find out, and takes that back: the caller's transaction must be a writing one.
    """
    with session.begin_nested() as tried:
        submit(session, campaign, form, given, post, machine_now)
        tried.rollback()
    row = campaign_row(session, campaign)
    book, now = Casebook(session, row), campaign_now(row, machine_now)
    decision = decision_of(session, campaign, form, plain(form, given), now)
    assert isinstance(decision, Nudge)
    step = find_step(session, row, decision.step)
    recipient, deputy = _reader(book, step, now)
    steps = book.steps_of_units([step.unit_id])[step.unit_id]
    digest = nudge_digest(book, steps, book.states(steps), ident(step), recipient, now, deputy=bool(deputy))
    mail = compose(digest, replies_read=post.collector)
    return Submitted(told=(recipient.address,), preview=mail)


def _reader(book: Casebook, step: Step, now: datetime) -> tuple[Recipient, str]:
    deputy = deputy_now(book, step, now)
    recipient = recipient_of(book, step.unit_id, now, deputy)
    assert recipient is not None
    return recipient, deputy


def _check_officer(book: Casebook, name: str) -> None:
    names = [one.name for one in book.definition.campaign.monitor.deciding]
    if name not in names:
        close = nearest(name, names) or f"; name one of: {'; '.join(names)}"
        raise Refused(
            f"'{name}' is no coordinator of campaign '{book.campaign.key}'{close}", "no_officer", name=name
        )
