"""Every mail that a unit was sent, and every mail upward about it, with the notices that each answered for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from directives.ledger.casebook import Casebook
from directives.ledger.readers import AGAIN, DAILY, decision_of, deputy_of, kind_of, to_the_unit
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Addressee, Body, Campaign, Decision, Message, MessageItem, Notice
from directives.plan import Reason


@dataclass(frozen=True, slots=True)
class Cause:
    """A notice of one of the unit's steps for which a mail was written."""

    step_id: int
    rung: str
    repeat: int
    reason: Reason
    deadline_number: int
    rung_at: datetime
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """The decision that a mail tells of: its kind, who made it, and the steps it is about."""

    kind: str
    by: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnitMail:
    """One mail. `kind`: the target without whose it is; `at`: when the server took it, on the campaign's clock.

    `causes`: notices of the unit's own steps; `listed`: its steps that were only named as still open; `brought`: of an
    overview that the unit reads, how many steps of others it was written for; `upward`: it went to another unit;
    `shared`: the keys of other campaigns that left in the same mail.
    """

    id: int
    to_code: str
    to_name: str
    kind: str
    deputy: str
    address: str
    slot_on: date
    at: datetime | None
    state: str
    phase: str
    code: int | None
    detail: str
    attempts: int
    uncertain: int
    causes: tuple[Cause, ...]
    listed: tuple[int, ...]
    brought: int
    upward: bool
    told: Told | None = None
    shared: tuple[str, ...] = ()


def mails_of(book: Casebook, unit_id: int, step_ids: Collection[int]) -> tuple[UnitMail, ...]:
    """In the order of their days. `step_ids`: the unit's own steps."""
    session = book.session
    own = session.exec(
        select(Message)
        .where(Message.campaign_id == book.campaign.id, Message.unit_id == unit_id)
        .order_by(col(Message.id))
    ).all()
    noticed = _noticed(session, step_ids)
    upward = _messages(session, set(noticed) - {ident(one) for one in own})
    items = _items(session, [ident(one) for one in own])
    brought = _brought(session, [ident(one) for one in own if not to_the_unit(one.target)])
    notices = _notices(session, step_ids, own)
    told = _told(session, step_ids, own)
    shared = _shared(session, [*own, *upward])
    found = [
        replace(
            _mail(book, one, unit_id, noticed, items[ident(one)], brought, notices),
            told=told.get(decision_of(one.target) or 0),
            shared=tuple(sorted(shared[one.within_id or ident(one)] - {book.campaign.key})),
        )
        for one in [*own, *upward]
    ]
    return tuple(sorted(found, key=lambda one: (one.at or _start_of(book, one.slot_on), one.id)))


def text_of(book: Casebook, unit_id: int, message_id: int) -> tuple[str, str] | None:
    """(subject, text) of a mail to the unit or about its steps, without its tokens; None for any other."""
    message = book.session.get(Message, message_id)
    if message is None or message.campaign_id != book.campaign.id:
        return None
    if message.unit_id != unit_id:
        steps = book.steps_of_units([unit_id])[unit_id]
        told = select(Addressee.id).where(
            Addressee.message_id == message_id, col(Addressee.step_id).in_(list(steps))
        )
        if book.session.exec(told).first() is None:
            return None
    body = book.session.get(Body, message_id)
    return (str(body.mail["subject"]), str(body.mail["text"])) if body is not None else None


def _shared(session: Session, messages: Sequence[Message]) -> defaultdict[int, set[str]]:
    """The campaigns of each mail that several had a part in, by the message that carried it."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for ids in chunks(sorted({one.within_id or ident(one) for one in messages})):
        carrier = func.coalesce(Message.within_id, Message.id)
        rows = session.exec(
            select(carrier, Campaign.key)
            .join(Campaign, col(Campaign.id) == Message.campaign_id)
            .where(or_(col(Message.id).in_(ids), col(Message.within_id).in_(ids)))
        )
        for message_id, key in rows:
            found[message_id].add(key)
    return found


def _start_of(book: Casebook, day: date) -> datetime:
    return book.calendar.begins(day)


def _mail(
    book: Casebook,
    row: Message,
    unit_id: int,
    noticed: dict[int, list[Cause]],
    items: Sequence[MessageItem],
    brought: dict[int, int],
    notices: dict[tuple[int, str], list[Notice]],
) -> UnitMail:
    to, kind = book.units[row.unit_id], kind_of(row.target)
    causes = noticed.get(ident(row), [])
    if not causes and kind in (*DAILY, AGAIN):  # what came back: its notices have gone on to the next mail
        causes = list(_by_items(book, row, items, notices))
    return UnitMail(
        id=ident(row),
        to_code=to.code,
        to_name=to.name,
        kind=kind,
        deputy=deputy_of(row.target),
        address=row.address,
        slot_on=row.slot_on,
        at=row.sent_at,
        state=row.state,
        phase=row.phase,
        code=row.code,
        detail=row.detail,
        attempts=row.attempts,
        uncertain=row.uncertain,
        causes=tuple(causes),
        listed=tuple(one.step_id for one in items if not one.rung),
        brought=brought.get(ident(row), 0),
        upward=row.unit_id != unit_id,
    )


def _by_items(
    book: Casebook,
    row: Message,
    items: Iterable[MessageItem],
    notices: dict[tuple[int, str], list[Notice]],
) -> Iterable[Cause]:
    for item in items:
        known = [
            one
            for one in notices.get((item.step_id, item.rung), [])
            if book.calendar.local(one.planned_at).date() <= row.slot_on
        ]
        if known:
            yield _cause(known[-1])


def _cause(row: Notice) -> Cause:
    return Cause(
        step_id=row.step_id,
        rung=row.rung,
        repeat=row.repeat,
        reason=Reason(row.reason),
        deadline_number=row.deadline_number,
        rung_at=row.rung_at,
        planned_at=row.planned_at,
    )


def _noticed(session: Session, step_ids: Collection[int]) -> dict[int, list[Cause]]:
    """By message: the unit's notices that it answers for, whoever it went to."""
    found: defaultdict[int, list[Cause]] = defaultdict(list)
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(Addressee.message_id, Notice)
            .join(Notice, col(Notice.id) == Addressee.notice_id)
            .where(col(Addressee.step_id).in_(some), col(Addressee.message_id).is_not(None))
            .order_by(col(Addressee.id))
        )
        for message_id, notice in rows:
            if message_id is not None:
                found[message_id].append(_cause(notice))
    return found


def _messages(session: Session, ids: Collection[int]) -> list[Message]:
    return [
        row
        for some in chunks(sorted(ids))
        for row in session.exec(select(Message).where(col(Message.id).in_(some)).order_by(col(Message.id)))
    ]


def _items(session: Session, ids: Sequence[int]) -> defaultdict[int, list[MessageItem]]:
    found: defaultdict[int, list[MessageItem]] = defaultdict(list)
    for some in chunks(ids):
        rows = select(MessageItem).where(col(MessageItem.message_id).in_(some)).order_by(col(MessageItem.n))
        for row in session.exec(rows):
            found[row.message_id].append(row)
    return found


def _brought(session: Session, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(ids):
        rows = session.exec(
            select(Addressee.message_id, func.count())
            .where(col(Addressee.message_id).in_(some))
            .group_by(col(Addressee.message_id))
        )
        found |= {message_id: count for message_id, count in rows if message_id is not None}
    return found


def _told(session: Session, step_ids: Collection[int], own: Sequence[Message]) -> dict[int, Told]:
    """By the decision's id. What one act decides of several steps is one decision each, recorded at one instant."""
    found: dict[int, Told] = {}
    for some in chunks(sorted(one for row in own if (one := decision_of(row.target)) is not None)):
        for made in session.exec(select(Decision).where(col(Decision.id).in_(some))).all():
            steps = {made.step_id} if made.step_id is not None else set[int]()
            if made.kind == "district_date":
                steps = _dated_with(session, made) & set(step_ids)
            found[ident(made)] = Told(made.kind, made.by, tuple(sorted(steps)))
    return found


def _dated_with(session: Session, made: Decision) -> set[int]:
    rows = session.exec(
        select(Decision.step_id).where(
            Decision.campaign_id == made.campaign_id,
            Decision.kind == made.kind,
            Decision.recorded_at == made.recorded_at,
            col(Decision.id) >= ident(made),
        )
    )
    return {one for one in rows if one is not None}


def _notices(
    session: Session, step_ids: Collection[int], own: Sequence[Message]
) -> dict[tuple[int, str], list[Notice]]:
    """By step and rung, for mails that came back or failed; none is read where there is no such mail."""
    found: defaultdict[tuple[int, str], list[Notice]] = defaultdict(list)
    if all(one.state not in ("bounced", "failed") for one in own):
        return found
    for some in chunks(sorted(step_ids)):
        rows = session.exec(
            select(Notice)
            .where(col(Notice.step_id).in_(some), col(Notice.superseded).is_(False))
            .order_by(col(Notice.id))
        )
        for row in rows:
            found[row.step_id, row.rung].append(row)
    return found
