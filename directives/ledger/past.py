"""What the ledger knows of one unit, read at once, to be looked at as it stood at any instant of the campaign's clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlmodel import col, select

from directives.deadline import last_good_day
from directives.evaluate import StepState
from directives.explain import Inputs
from directives.ledger import audit, facts
from directives.ledger.casebook import Casebook
from directives.ledger.instants import as_of, deadlines_of
from directives.ledger.states import chunks, ident
from directives.ledger.tables import Addressee, Answer, Audit, Decision, Message, Notice, Step
from directives.ledger.unit_mails import UnitMail, mails_of

Noticed = tuple[Notice, Addressee | None, Message | None]


@dataclass(frozen=True, slots=True)
class StepName:
    """`step`: `1g/report`; `carried_by`: the step whose report carries this one's result, empty for none."""

    id: int
    step: str
    label: str
    title: str
    carried_by: str


class Past:
    """One unit in one session."""

    def __init__(self, book: Casebook, unit_id: int) -> None:
        self.book, self.unit_id = book, unit_id
        self.steps = book.steps_of_units([unit_id])[unit_id]
        self.names = {key: _name(book, step, self.steps) for key, step in self.steps.items()}
        self.states = book.states(self.steps)
        self.said = facts.ever_said(book.session, self.steps)
        self.decided = facts.decisions(book.session, self.steps)
        self.deadlines = deadlines_of(book.session, self.steps)
        self.notices = _notices(book, self.steps)
        self.mails = mails_of(book, unit_id, self.steps)
        self.bounced = _bounced(book, unit_id)
        self._known: dict[tuple[int, datetime], StepState] = {}

    def known(self, step_id: int, at: datetime) -> StepState:
        """The facts of a step as the system knew them at that instant: what was recorded only later, it did not know.

        Without what was noticed by then, which only `planned_by` reads.
        """
        if (step_id, at) not in self._known:
            self._known[step_id, at] = self._as_of(step_id, at)
        return self._known[step_id, at]

    def noticing(self, step_id: int, at: datetime) -> StepState:
        """What a notice that was planned at that instant was made of: not of the mail that left with it.

        A rehearsal's clock stands still between the two.
        """
        state = self.known(step_id, at)
        return replace(state, first_mailed_at=self._first_mailed(step_id, at, itself=False))

    def planned_by(self, step_id: int, at: datetime) -> StepState:
        """The same with the rungs that were noticed by then."""
        state = self.known(step_id, at)
        noticed = frozenset(
            (one.rung, n)
            for one, _, _ in self.notices[step_id]
            if one.planned_at <= at and one.deadline_number == state.deadline_number
            for n in range(one.repeat + 1)
        )
        return replace(state, noticed=noticed)

    def _as_of(self, step_id: int, at: datetime) -> StepState:
        said = [one for one in self.said[step_id] if self._since(one.answer) <= at]
        decided = [one for one in self.decided[step_id] if self._since(one) <= at]
        state = as_of(self.states[step_id], said, decided, self.deadlines[step_id], at)
        return replace(state, first_mailed_at=self._first_mailed(step_id, at))

    def inputs(self, step_id: int, state: StepState) -> Inputs:
        deadline = next((one for one in self.deadlines[step_id] if one.number == state.deadline_number), None)
        return Inputs(
            deadline_number=state.deadline_number,
            due_before=state.due_before,
            last_good_day=last_good_day(state.due_before, self.book.calendar) if state.due_before else None,
            source=deadline.source if deadline else "",
            basis=deadline.text if deadline else "",
            first_mailed_at=state.first_mailed_at,
            received_at=state.received_at,
            ladder=self.book.definition.ladder.title,
        )

    def _first_mailed(self, step_id: int, at: datetime, *, itself: bool = True) -> datetime | None:
        """When the first mail that asked for the step left, of those that had not come back by then.

        `itself`: one that left at that very instant counts.
        """
        above = self.steps[step_id].covered_by_id
        first = self.states[step_id].first_mailed_at
        asked = [*self._asked[step_id], *self._asked[above or 0]]
        sent = [
            left
            for left, back in asked
            if (left <= at if itself else left < at) and (back is None or back > at)
        ]
        known = first is not None and (first <= at if itself else first < at)
        return min(sent, default=first if known else None)

    def order(self, step_id: int) -> tuple[int, int]:
        """Where a step stands in the directive."""
        return self.book.instructions[self.steps[step_id].instruction_id].ordinal, step_id

    def name(self, step_id: int) -> StepName:
        """Of a step too that went to another unit since."""
        if step_id not in self.names:
            step = self.book.session.get_one(Step, step_id)
            self.names[step_id] = _name(self.book, step, self.steps)
        return self.names[step_id]

    @cached_property
    def _asked(self) -> defaultdict[int, list[tuple[datetime, datetime | None]]]:
        """Of each step, when mails to the unit that asked for it left, and came back."""
        found: defaultdict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
        for one in self.mails:
            if one.at is not None and not one.upward:
                back = self.bounced.get(one.id) if one.state == "bounced" else None
                for step_id in {cause.step_id for cause in one.causes}:
                    found[step_id].append((one.at, back))
        return found

    def _since(self, row: Decision | Answer) -> datetime:
        """From when on the system knew: in a rehearsal, whose clock stands still, from when it was said."""
        return row.at if self.book.campaign.clock_at is not None else max(row.at, row.recorded_at)

    def day_of(self, mail: UnitMail) -> date:
        return self.book.calendar.local(mail.at).date() if mail.at else mail.slot_on


def _name(book: Casebook, step: Step, steps: dict[int, Step]) -> StepName:
    instruction = book.instructions[step.instruction_id].key
    words, spec = book.definition.instructions.get(instruction), book.spec(step)
    above = steps.get(step.covered_by_id or 0)
    return StepName(
        id=ident(step),
        step=f"{instruction}/{step.key}",
        label=words.label if words else instruction,
        title=spec.title if spec else step.key,
        carried_by=f"{book.instructions[above.instruction_id].key}/{above.key}" if above else "",
    )


def _notices(book: Casebook, step_ids: Collection[int]) -> defaultdict[int, list[Noticed]]:
    """Every notice of each step, superseded ones too, with each of its addressees and their mail."""
    found: defaultdict[int, list[Noticed]] = defaultdict(list)
    for some in chunks(sorted(step_ids)):
        rows = book.session.exec(
            select(Notice, Addressee, Message)
            .join(Addressee, col(Addressee.notice_id) == Notice.id, isouter=True)
            .join(Message, col(Message.id) == Addressee.message_id, isouter=True)
            .where(col(Notice.step_id).in_(some))
            .order_by(col(Notice.id), col(Addressee.id))
        )
        for notice, addressee, message in rows:
            found[notice.step_id].append((notice, addressee, message))
    return found


def _bounced(book: Casebook, unit_id: int) -> dict[int, datetime]:
    """When each mail to the unit came back."""
    rows = book.session.exec(
        select(Audit).where(Audit.campaign_id == book.campaign.id, Audit.kind == "contact.bounced")
    )
    return {audit.said(row, "message"): row.at for row in rows if audit.said(row, "unit") == unit_id}
