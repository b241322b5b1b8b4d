"""The digest of a superior or the monitor, from the ledger: who under them is late with what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from directives.digest import OverviewDigest, OverviewRow, Recipient
from directives.evaluate import Status, StepState, late_days, status
from directives.ledger.casebook import Casebook, root_of
from directives.ledger.gathering import Gathered, Held, by_day, is_owed
from directives.ledger.states import ident
from directives.ledger.tables import Message, Step
from directives.model import Target
from directives.plan import Reason


def overview(
    gathered: Gathered, message: Message, recipient: Recipient, held: Sequence[Held], now: datetime
) -> OverviewDigest:
    """Every late item that was ever brought before this reader and is still owed, today's first."""
    book, steps, states = gathered.book, gathered.late, gathered.states
    today = {one.step_id: one for one in held}
    labels: defaultdict[int, list[Step]] = defaultdict(list)
    for step_id in sorted(gathered.brought[message.unit_id, message.target] | set(today)):
        if is_owed(steps[step_id]):
            labels[ident(root_of(steps[step_id], steps))].append(steps[step_id])
    found = [
        _row(book, steps[root], labels[root], states[root], gathered.reminders.get(root, 0), today, now)
        for root in labels
        if status(states[root], book.calendar, now) is Status.OVERDUE
    ]
    found.sort(key=lambda row: (-row.days_late, row.above, row.unit_name, row.title))
    letter = any(book.policy.rung(one.rung)[1].letter for one in held)
    target = Target(message.target)
    since = book.policy.told_since(target)
    return OverviewDigest(book.facts, recipient, target, now, tuple(found), letter, since)


def _row(
    book: Casebook,
    root: Step,
    brought: list[Step],
    state: StepState,
    reminders: int,
    today: dict[int, Held],
    now: datetime,
) -> OverviewRow:
    planned = book.planned(root)
    spec = planned.spec if planned else None
    unit = book.units[root.unit_id]
    reasons = [today[ident(step)].reason for step in brought if ident(step) in today]
    clauses = {root.instruction_id, *[step.instruction_id for step in brought]}
    in_order = (
        sorted(clauses, key=lambda one: book.instructions[one].ordinal) if len(clauses) > 1 else clauses
    )
    assert root.due_before is not None
    return OverviewRow(
        unit_name=unit.name,
        above=book.unit_name(unit.superior_id),
        title=spec.title if spec else root.key,
        labels=tuple([book.clauses[one].label for one in in_order]),
        due_before=root.due_before,
        source=book.source_now(root) if root.deadline_number > 1 else book.basis_of(planned)[0],
        days_late=late_days(state, book.calendar, now),
        reminders=reminders,
        reason=reasons[0] if reasons else Reason.WAITING,
        by_day=by_day(spec, root.deadline_number),
    )
