"""What the page behind a digest's link shows of a unit, and which of its forms were taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, select

from directives.conversation import StepRef
from directives.digest import CampaignFacts, DigestItem
from directives.evaluate import OWED, Status, late_days, status
from directives.ledger.casebook import Casebook
from directives.ledger.digest_items import item_of
from directives.ledger.history import Event, answered, events_of
from directives.ledger.outbox import wire_uid
from directives.ledger.readers import deputy_of
from directives.ledger.states import ident
from directives.ledger.tables import (
    Answer,
    Campaign,
    Message,
    MessageItem,
    PageForm,
    Step,
    Token,
    Unit,
)
from directives.ledger.undoing import undoable
from directives.model import UnitKind
from directives.plan import Reason

# What can be answered: also what was reported, to which evidence may be added.
ANSWERABLE = OWED | {Status.AWAITING_ACCEPTANCE}
DISTRICTS = frozenset({UnitKind.URBAN_DISTRICT, UnitKind.RURAL_DISTRICT})


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a digest. `address` and `uid` are those of the mail that carried it; `deputy`: its reader, when one.

    The mail may be another campaign's in which the digest left; the page is the digest's own campaign's.
    """

    token_id: int
    message_id: int
    campaign: str
    unit_id: int
    address: str
    uid: str
    deputy: str
    state: Literal["valid", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class PageItem:
    """One item. `version` changes with every answer, decision and deadline; `events` are in the order of time.

    `undoable`: its last answer can be withdrawn.
    """

    item: DigestItem
    step: StepRef
    version: str
    events: tuple[Event, ...]
    answerable: bool
    undoable: bool


@dataclass(frozen=True, slots=True)
class BelowRow:
    """One item of a unit below."""

    unit_name: str
    title: str
    due_before: datetime
    status: Status
    days_late: int


@dataclass(frozen=True, slots=True)
class UnitPage:
    """All of a unit's items, the open ones first, as numbered in the digest that brought the link, then on."""

    campaign: CampaignFacts
    closed: bool
    unit_code: str
    unit_name: str
    unit_kind: str
    now: datetime
    items: tuple[PageItem, ...]
    below: tuple[BelowRow, ...]

    def item(self, step: str) -> PageItem | None:
        """The item of `instruction/step`."""
        return next((one for one in self.items if name_of(one.step) == step), None)


def name_of(step: StepRef) -> str:
    """A step within its unit's page: `1g/report`."""
    return f"{step.instruction}/{step.step}"


def find_link(session: Session, token_sha256: str, machine_now: datetime) -> Link | None:
    """The link of that token; None when it is nobody's."""
    row = session.exec(
        select(Token, Message, Campaign.key)
        .join(Message, col(Message.id) == Token.message_id)
        .join(Campaign, col(Campaign.id) == Message.campaign_id)
        .where(Token.sha256 == token_sha256, Token.purpose == "page")
    ).one_or_none()
    if row is None:
        return None
    token, message, campaign = row
    assert token.id is not None
    state = "revoked" if token.revoked_at else "expired" if token.expires_at <= machine_now else "valid"
    return Link(
        token_id=token.id,
        message_id=ident(message),
        campaign=campaign,
        unit_id=token.unit_id,
        address=message.address,
        uid=wire_uid(session, message),
        deputy=deputy_of(message.target),
        state=state,
    )


def unit_page(book: Casebook, link: Link, now: datetime) -> UnitPage:
    """What the link shows at `now`, the campaign's clock: all of the unit's, or what was passed on to its deputy."""
    unit = book.units[link.unit_id]
    steps = book.steps_of_units([link.unit_id])[link.unit_id]
    states = book.states(steps)
    roots = [
        one
        for one in steps.values()
        if one.covered_by_id is None and one.due_before is not None and link.deputy in ("", one.deputy)
    ]
    numbers = _numbers(book.session, link, roots)
    events = events_of(book.session, [ident(one) for one in roots])
    withdrawable = {name_of(one.step) for one in undoable(book.session, book.campaign.key, unit.code, now)}
    items = [
        PageItem(
            item=item_of(book, numbers[ident(one)], steps, states, ident(one), Reason.WAITING, now),
            step=book.ref(one),
            undoable=name_of(book.ref(one)) in withdrawable,
            version=_version(one, events[ident(one)]),
            events=tuple(events[ident(one)]),
            answerable=book.campaign.closed_at is None
            and status(states[ident(one)], book.calendar, now) in ANSWERABLE,
        )
        for one in roots
    ]
    items.sort(key=lambda one: (one.item.status not in OWED, one.item.n))
    return UnitPage(
        campaign=book.facts,
        closed=book.campaign.closed_at is not None,
        unit_code=unit.code,
        unit_name=unit.name,
        unit_kind=unit.kind,
        now=now,
        items=tuple(items),
        below=() if link.deputy else _below(book, unit, now),
    )


def taken(session: Session, form: str) -> PageForm | None:
    """The form, when it was taken before."""
    return session.get(PageForm, form)


def take(session: Session, form: str, link: Link, answer_id: int) -> None:
    """Remember that a form was taken, in the transaction of what it said."""
    session.add(PageForm(form=form, token_id=link.token_id, answer_id=answer_id))


def taken_answer(session: Session, form: str, link: Link) -> tuple[StepRef, Event] | None:
    """What a form of this link was taken for."""
    row = session.get(PageForm, form)
    if row is None or row.token_id != link.token_id:
        return None
    answer = session.get_one(Answer, row.answer_id)
    step = session.get_one(Step, answer.step_id)
    book = Casebook(session, session.get_one(Campaign, step.campaign_id))
    return book.ref(step), answered(answer)


def whom_to_call(session: Session) -> list[CampaignFacts]:
    """The campaigns under way, with their officers: for who comes by a link that is nobody's."""
    rows = session.exec(select(Campaign).where(col(Campaign.closed_at).is_(None)).order_by(col(Campaign.id)))
    return [Casebook(session, row).facts for row in rows]


def _numbers(session: Session, link: Link, roots: Sequence[Step]) -> dict[int, int]:
    """As in the mail that lies before the reader; what it did not list follows, by date."""
    listed = session.exec(
        select(MessageItem.step_id, MessageItem.n).where(MessageItem.message_id == link.message_id)
    )
    numbers = {step_id: n for step_id, n in listed if step_id in {ident(one) for one in roots}}
    others = [one for one in roots if ident(one) not in numbers]
    others.sort(key=lambda one: (one.due_before, ident(one)))
    following = max(numbers.values(), default=0) + 1
    return numbers | {ident(one): n for n, one in enumerate(others, following)}


def _version(step: Step, events: Sequence[Event]) -> str:
    answered = max((one.id for one in events if not one.decided), default=0)
    decided = max((one.id for one in events if one.decided), default=0)
    undone = sum(one.undone for one in events)
    return f"{answered}-{undone}-{decided}-{step.deadline_number}"


def _below(book: Casebook, unit: Unit, now: datetime) -> tuple[BelowRow, ...]:
    """A district sees its communes' items below its own."""
    if unit.kind not in DISTRICTS:
        return ()
    below = {key: one for key, one in book.units.items() if one.superior_id == unit.id}
    rows: list[BelowRow] = []
    for unit_id, steps in book.steps_of_units(list(below)).items():
        states = book.states(steps)
        for step_id, step in steps.items():
            if step.covered_by_id is None and step.due_before is not None:
                spec = book.spec(step)
                rows.append(
                    BelowRow(
                        unit_name=below[unit_id].name,
                        title=spec.title if spec else step.key,
                        due_before=step.due_before,
                        status=status(states[step_id], book.calendar, now),
                        days_late=late_days(states[step_id], book.calendar, now),
                    )
                )
    return tuple(rows)
