"""What waits for a coordinator, each with what its form needs to be filled in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import col, select

from directives.board import Ask, AskKind
from directives.digest import Unreached
from directives.evaluate import OWED, Status
from directives.ledger.board_steps import BoardSteps
from directives.ledger.casebook import Casebook
from directives.ledger.recipients import recipient_of, valid
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Contact, Message, MessageItem, Unit
from directives.ledger.undecided import Undecided, undecided

MAIL = 12  # as many digits of a mail's SHA-256 tell it apart
_ORDER = list(AskKind)


def asks(board: BoardSteps, *, whole: bool) -> list[Ask]:
    """By kind, the oldest first. `whole`: of the campaign, with what is no step's. A closed campaign waits for nothing."""
    if board.book.campaign.closed_at is not None:
        return []
    found = [*_undecided(board, whole), *_reports(board)]
    if whole:
        found += [*_unreached(board), *_mails(board)]
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), one.at or board.now))


def _undecided(board: BoardSteps, whole: bool) -> Iterator[Ask]:
    steps = {
        "/".join(
            (
                board.book.campaign.key,
                board.book.instructions[one.instruction_id].key,
                one.key,
                board.book.units[one.unit_id].code,
            )
        ): one
        for one in board.steps
    }
    ids = {unit.code: unit_id for unit_id, unit in board.book.units.items()}
    for one in undecided(board.book):
        if one.step in steps or (whole and not one.step):
            step = board.step_choice(steps[one.step]) if one.step else ""
            unit_id = ids.get(one.unit)
            yield _ask(board, one, step, unit_id)


def _ask(board: BoardSteps, one: Undecided, step: str, unit_id: int | None) -> Ask:
    to = next((unit_id for unit_id, unit in board.book.units.items() if unit.code == one.to), None)
    return Ask(
        AskKind(one.kind),
        one.at,
        board.book.unit_name(unit_id),
        step,
        board.unit_choice(unit_id) if unit_id is not None else "",
        one.said,
        one.until,
        board.unit_choice(to) if to is not None else "",
        one.inbound_sha256[:MAIL],
        _stranger(board.book, one.sender, unit_id) if one.sender and unit_id is not None else "",
    )


def _stranger(book: Casebook, sender: str, unit_id: int) -> str:
    """The sender, if accepting it would tell anything new."""
    known = {contact.address.casefold() for contact in book.contacts[unit_id]}
    return "" if sender.casefold() in known else sender


def _reports(board: BoardSteps) -> Iterator[Ask]:
    """Reports that nobody has accepted; what one carries is accepted with it."""
    for one in board.steps:
        if board.status[one.id] is Status.AWAITING_ACCEPTANCE and one.covered_by_id is None:
            yield Ask(
                AskKind.REPORT,
                one.reported_at,
                board.book.units[one.unit_id].name,
                board.step_choice(one),
                board.unit_choice(one.unit_id),
            )


def _unreached(board: BoardSteps) -> Iterator[Ask]:
    for unit_id, one in unreached(board.book, board.now):
        yield Ask(AskKind.UNREACHED, one.since, one.unit, unit=board.unit_choice(unit_id), said=one.address)


def unreached(book: Casebook, now: datetime) -> Iterator[tuple[int, Unreached]]:
    """Every address that refuses mail at `now`, in the organisation's order, and who is written to instead."""
    refusing = select(Contact.unit_id).join(Unit, col(Unit.id) == Contact.unit_id)
    # Mostly nobody: the contacts of thousands of units are then not read at all.
    among = set(
        book.session.exec(
            refusing.where(Unit.campaign_id == book.campaign.id, col(Contact.bounced_at).is_not(None))
        )
    )
    for unit_id in (one for one in book.units if one in among):
        for contact in valid(book, unit_id, now):
            if contact.bounced_at is not None:
                instead = recipient_of(book, unit_id, now)
                name = book.units[unit_id].name
                yield (
                    unit_id,
                    Unreached(name, contact.address, contact.bounced_at, instead.address if instead else ""),
                )


def _mails(board: BoardSteps) -> Iterator[Ask]:
    rows = board.book.session.exec(
        select(Message)
        .where(Message.campaign_id == board.book.campaign.id, col(Message.state).in_(["failed", "uncertain"]))
        .order_by(col(Message.id))
    ).all()
    open_ones = {one.id: one for one in board.steps if board.status[one.id] in OWED}
    asked = _asked_in(board.book, [ident(row) for row in rows])
    for row in rows:
        step = next((open_ones[one] for one in asked[ident(row)] if one in open_ones), None)
        yield Ask(
            AskKind(row.state),
            row.handed_over_at,
            board.book.units[row.unit_id].name,
            board.step_choice(step) if step and step.unit_id == row.unit_id else "",
            unit=board.unit_choice(row.unit_id),
            said=row.address,
        )


def _asked_in(book: Casebook, message_ids: Sequence[int]) -> defaultdict[int, list[int]]:
    """The steps that each mail asks for, in its order."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for some in chunks(message_ids):
        items = select(MessageItem).where(col(MessageItem.message_id).in_(some))
        for item in book.session.exec(items.order_by(col(MessageItem.message_id), col(MessageItem.n))):
            found[item.message_id].append(item.step_id)
    return found
