"""What a lived ledger says of a simulated year, as frozen facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import col, select

from directives.evaluate import Status, reported_late, status
from directives.ledger import boards
from directives.ledger.casebook import Casebook
from directives.ledger.recipients import recipient_of
from directives.ledger.states import ident
from directives.ledger.tables import Addressee, Body, Decision, Message, MessageItem, Notice, Step
from directives.simulated import SimulatedMail, SimulatedYear, Unreminded

DECIDED = "decided"
Asked = tuple[str, int]  # rung, step id


def simulated_year(book: Casebook, start: datetime, until: datetime) -> SimulatedYear:
    """The campaign as it was lived from `start` to `until`, in local time."""
    board = boards.campaign_board(book, until)
    rungs = select(Notice.rung).where(
        Notice.campaign_id == book.campaign.id, col(Notice.superseded).is_(False)
    )
    steps = book.all_steps()
    return SimulatedYear(
        campaign=book.campaign.key,
        ladder=book.definition.ladder.ladder,
        start=book.calendar.local(start),
        until=book.calendar.local(until),
        counts={status.value: board.count(status) for status in board.rows[0].counts},
        notices=Counter(book.session.exec(rungs)),
        mails=tuple(_mails(book, steps)),
        late=_late(book, steps, until),
        unreminded=tuple(_unreminded(book, steps, until)),
        unaddressed=tuple(_unaddressed(book, start, until)),
        units={unit.code: unit.name for unit in book.units.values()},
    )


def _mails(book: Casebook, steps: dict[int, Step]) -> Iterator[SimulatedMail]:
    asked, told, decided = _asked(book), _told(book), _decided(book)
    rows = book.session.exec(
        select(Message, col(Body.mail)["subject"].as_string())  # a body is long
        .join(Body, col(Body.message_id) == Message.id)
        .where(Message.campaign_id == book.campaign.id, Message.state == "accepted")
        .order_by(col(Message.sent_at), col(Message.id))
    )
    keys = {step_id: book.key(step).split("/", 1)[1] for step_id, step in steps.items()}
    for n, (message, subject) in enumerate(rows, start=1):
        assert message.sent_at is not None
        message_id = ident(message)
        about = asked.get(message_id) or told.get(message_id) or decided.get(message.target, [])
        yield SimulatedMail(
            n=n,
            at=book.calendar.local(message.sent_at),
            unit=book.units[message.unit_id].code,
            address=message.address,
            target=message.target,
            subject=subject,
            uid=message.uid,
            asked=tuple((rung, keys[step_id]) for rung, step_id in about),
        )


def _asked(book: Casebook) -> dict[int, list[Asked]]:
    """The numbered items that each mail asks for; an overview numbers nothing."""
    found: dict[int, list[Asked]] = {}
    rows = select(MessageItem.message_id, MessageItem.rung, MessageItem.step_id).join(Message)
    rows = rows.where(Message.campaign_id == book.campaign.id, MessageItem.rung != "")
    for message_id, rung, step_id in book.session.exec(rows.order_by(col(MessageItem.id))):
        found.setdefault(message_id, []).append((rung, step_id))
    return found


def _told(book: Casebook) -> dict[int, list[Asked]]:
    """Every notice that each mail carried."""
    found: dict[int, list[Asked]] = {}
    rows = select(Addressee.message_id, Notice.rung, Notice.step_id).join(Notice)
    rows = rows.where(Addressee.campaign_id == book.campaign.id, Addressee.state == "sent")
    for message_id, rung, step_id in book.session.exec(rows.order_by(col(Addressee.id))):
        if message_id is not None:
            found.setdefault(message_id, []).append((rung, step_id))
    return found


def _decided(book: Casebook) -> dict[str, list[Asked]]:
    """The decision that a mail tells of, by the mail's target."""
    rows = select(Decision.id, Decision.kind, Decision.step_id).where(
        Decision.campaign_id == book.campaign.id
    )
    return {
        f"{DECIDED}:{decision_id}": [(kind, step_id)]
        for decision_id, kind, step_id in book.session.exec(rows)
        if step_id is not None
    }


def _late(book: Casebook, steps: dict[int, Step], until: datetime) -> dict[str, tuple[str, ...]]:
    """Steps that were reported late, or are owed past their deadline at the end; what is covered counts with its cover."""
    found: dict[str, tuple[str, ...]] = {}
    roots = {step_id: step for step_id, step in steps.items() if step.covered_by_id is None}
    for step_id, state in book.states(roots).items():
        if reported_late(state) or status(state, book.calendar, until) is Status.OVERDUE:
            instruction, step, unit = book.key(roots[step_id]).split("/")[1:]
            found[unit] = (*found.get(unit, ()), f"{instruction}/{step}")
    return found


def _unreminded(book: Casebook, steps: dict[int, Step], until: datetime) -> Iterator[Unreminded]:
    """Steps with a deadline that are still owed although no mail ever asked for them."""
    for step in steps.values():
        if step.covered_by_id is not None or step.due_before is None or step.first_mailed_at is not None:
            continue
        if step.waived_at is None and step.reported_at is None:
            reached = recipient_of(book, step.unit_id, until)
            key = book.key(step).split("/", 1)[1]
            yield Unreminded(key, step.next_reason if reached else "no_address")


def _unaddressed(book: Casebook, start: datetime, until: datetime) -> Iterator[str]:
    """Units that would be written to and cannot be, at the beginning or the end, in the organisation's order."""
    wanted = set(
        book.session.exec(select(Addressee.unit_id).where(Addressee.campaign_id == book.campaign.id))
    )
    for unit_id, unit in book.units.items():
        if unit_id in wanted and None in [recipient_of(book, unit_id, at) for at in (start, until)]:
            yield unit.code
