"""What the mails of one batch are made from, read at once: pending notices, steps, and how often each was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col, select

from directives.deadline import last_good_day
from directives.evaluate import StepState
from directives.ledger.casebook import Casebook, root_of
from directives.ledger.engine import run
from directives.ledger.readers import to_the_unit
from directives.ledger.states import chunks, ident, state_maker
from directives.ledger.tables import Addressee, Message, MessageItem, Notice, Step
from directives.model import StepSpec
from directives.plan import Reason


class Pending(NamedTuple):
    """A notice that waits to be mailed to one recipient, as one row: a morning has many thousands."""

    addressee_id: int
    unit_id: int
    target: str
    step_id: int
    rung: str
    deadline_number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A pending notice that still holds."""

    addressee_id: int
    step_id: int
    rung: str
    order: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the drafts of one batch of messages are made from, read at once: by recipient and by unit.

    `brought`: the steps of which a superior or monitor was told before; `late` and `reminders`: those and the ones
    told now, with the steps that cover them, and how often each was asked for.
    """

    book: Casebook
    pending: dict[tuple[int, str], list[Pending]]
    steps: dict[int, dict[int, Step]]
    states: Mapping[int, StepState]
    brought: dict[tuple[int, str], set[int]]
    late: dict[int, Step]
    reminders: dict[int, int]


class States(dict[int, StepState]):
    """The facts of these steps, for their status, each made when it is asked for: few of a unit's steps are."""

    def __init__(self, book: Casebook, steps: Mapping[int, Step]) -> None:
        super().__init__()
        self.steps = steps
        self.state_of = state_maker(book.session, book.campaign)

    def __missing__(self, step_id: int) -> StepState:
        found = self[step_id] = self.state_of(self.steps[step_id])
        return found


def gather(book: Casebook, messages: Sequence[Message]) -> Gathered:
    """Read the pending notices of these messages' recipients, and every step of the units concerned."""
    recipients = {(message.unit_id, message.target) for message in messages}
    pending = _pending(book, recipients)
    steps = book.unit_steps_to_read(sorted(unit_id for unit_id, target in recipients if to_the_unit(target)))
    own = {step_id: step for some in steps.values() for step_id, step in some.items()}
    brought = _brought(book, {one for one in recipients if not to_the_unit(one[1])})
    told_now = {one.step_id for reader in brought for one in pending.get(reader, [])}
    late = _with_roots(book, told_now.union(*brought.values()))
    reminders = reminders_of(book, {ident(root_of(step, late)) for step in late.values()})
    return Gathered(book, pending, steps, States(book, own | late), brought, late, reminders)


def _pending(book: Casebook, recipients: set[tuple[int, str]]) -> dict[tuple[int, str], list[Pending]]:
    found: dict[tuple[int, str], list[Pending]] = {}
    for some in chunks(sorted({unit_id for unit_id, _ in recipients})):
        rows = run(
            book.session,
            select_columns(
                col(Addressee.id),
                col(Addressee.unit_id),
                col(Addressee.target),
                col(Addressee.step_id),
                col(Notice.rung),
                col(Notice.deadline_number),
                col(Notice.reason),
            )
            .join(Notice, col(Notice.id) == Addressee.notice_id)
            .where(
                col(Addressee.campaign_id) == book.campaign.id,
                col(Addressee.state) == "pending",
                col(Addressee.unit_id).in_(some),
            )
            .order_by(col(Addressee.id)),
        )
        for row in rows:
            one = Pending._make(row)
            if (reader := (one.unit_id, one.target)) in recipients:
                found.setdefault(reader, []).append(one)
    return found


def is_owed(step: Step) -> bool:
    """Nothing done stays listed, neither as a part of an item that is still open."""
    return step.waived_at is None and step.reported_at is None


def by_day(spec: StepSpec | None, deadline_number: int) -> bool:
    """Whether the deadline is written as its last good day, as every date given later is."""
    return deadline_number > 1 or (spec is not None and spec.due is not None and spec.due.before is None)


def _brought(book: Casebook, readers: set[tuple[int, str]]) -> dict[tuple[int, str], set[int]]:
    """The steps that were ever brought before each of these readers."""
    found: dict[tuple[int, str], set[int]] = {reader: set() for reader in readers}
    for some in chunks(sorted({unit_id for unit_id, _ in readers})):
        rows = book.session.exec(
            select(Addressee.unit_id, Addressee.target, Addressee.step_id)
            .where(
                Addressee.campaign_id == book.campaign.id,
                Addressee.state == "sent",
                col(Addressee.unit_id).in_(some),
            )
            .distinct()
        )
        for unit_id, target, step_id in rows:
            if (unit_id, target) in readers:
                found[unit_id, target].add(step_id)
    return found


def _with_roots(book: Casebook, step_ids: set[int]) -> dict[int, Step]:
    steps = book.steps_to_read(sorted(step_ids))
    while missing := {step.covered_by_id for step in steps.values() if step.covered_by_id is not None} - set(
        steps
    ):
        steps |= book.steps_to_read(sorted(missing))
    return steps


def reminders_of(book: Casebook, step_ids: Iterable[int], until: datetime | None = None) -> dict[int, int]:
    """On how many days accepted digests of the unit itself reminded it of a step; what assigned it did not.

    `until`: only the days that began before that instant, as a paper with a cut-off counts them.

    Of what escalates deputy and lead are reminded on the same day, which is once.
    """
    assigning = [rung.key for rung in book.policy.ladder.rungs if rung.at_assignment]
    # A subquery and no join: a join lets SQLite begin with every accepted message of the ledger.
    day = select(col(Message.slot_on)).where(
        col(Message.id) == MessageItem.message_id, col(Message.state) == "accepted"
    )
    if until is not None:
        day = day.where(col(Message.slot_on) <= last_good_day(until, book.calendar))
    reminded = day.scalar_subquery()
    found: dict[int, int] = {}
    for ids in chunks(sorted(step_ids)):
        rows = book.session.exec(
            select(MessageItem.step_id, func.count(func.distinct(reminded)))
            .where(col(MessageItem.step_id).in_(ids), col(MessageItem.rung).not_in(["", *assigning]))
            .group_by(col(MessageItem.step_id))
        )
        found |= dict(rows.all())
    return found
