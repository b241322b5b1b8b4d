"""What every decision has in common: its row, its one audit event a step, and a new numbered deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from directives.conversation import DecisionBase
from directives.deadline import last_good_day
from directives.errors import Refused
from directives.ledger import audit
from directives.ledger.frozen import policy_of
from directives.ledger.states import ident
from directives.ledger.tables import Campaign, Deadline, Decision, Step
from directives.model import Source
from directives.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Desk:
    """One decision being made, in the caller's transaction: the campaign's row is locked."""

    session: Session
    campaign: Campaign
    given: DecisionBase
    recorded_at: datetime

    @property
    def calendar(self) -> WorkCalendar:
        return policy_of(self.campaign).calendar

    @property
    def kind(self) -> str:
        return str(getattr(self.given, "kind"))  # noqa: B009 - every member of the union has one, the base has not

    @property
    def today(self) -> date:
        """The day on which it was decided."""
        return self.calendar.local(self.given.at).date()

    def record(self, data: dict[str, Any], step: Step | None = None, private: str = "") -> Decision:
        """The decision's row and its event. `private`: personal text beside who decided and why."""
        row = Decision(
            campaign_id=ident(self.campaign),
            step_id=step.id if step else None,
            kind=self.kind,
            data=data,
            by=self.given.by,
            at=self.given.at,
            recorded_at=self.recorded_at,
        )
        self.session.add(row)
        self.session.flush()
        words = "\n".join(part for part in (self.given.by, private, self.given.reason) if part)
        event = {"decision": row.id, **data, **audit.recorded(self.given.at, self.recorded_at)}
        step_id = step.id if step else None
        audit.append(
            self.session,
            ident(self.campaign),
            self.given.at,
            f"decision.{self.kind}",
            event,
            step_id,
            words,
        )
        return row

    def new_day(self, until: date, after: datetime | None = None) -> None:
        """Errors: Refused for a last day that is past, not after `after`, or beyond the calendar."""
        if until < self.today:
            raise Refused(
                f"{until:%d/%m/%Y} is past; give a day to come", "day_past", until=f"{until:%d/%m/%Y}"
            )
        if until > self.calendar.last:
            last = f"{self.calendar.last:%d/%m/%Y}"
            raise Refused(
                f"the calendar knows days to {last} only; give an earlier one", "day_unknown", last=last
            )
        if after is not None and until <= (last_day := last_good_day(after, self.calendar)):
            last = f"{last_day:%d/%m/%Y}"
            raise Refused(
                f"{until:%d/%m/%Y} is not after the present deadline, whose last day is {last}",
                "day_not_after",
                until=f"{until:%d/%m/%Y}",
                last=last,
            )

    def set_last_day(self, step: Step, until: date, source: Source = Source.MONITOR) -> list[Any]:
        """Give a step its next numbered deadline, the end of that day; [number, due before] for the event."""
        due_before = self.calendar.ends(until)
        return self.set_deadline(step, due_before, source)

    def set_deadline(self, step: Step, due_before: datetime, source: Source = Source.MONITOR) -> list[Any]:
        step.deadline_number += 1
        step.due_before, step.deadline_set_at = due_before, self.given.at
        self.session.add_all(
            [
                step,
                Deadline(
                    step_id=ident(step),
                    number=step.deadline_number,
                    due_before=due_before,
                    source=source,
                    text=self.given.reason,
                    set_by=self.given.by,
                    set_at=self.given.at,
                ),
            ]
        )
        return [step.deadline_number, due_before.isoformat()]
